"""The same adaptations through the library `peft`, which takes ten seconds to import: nothing else pays for it."""

import copy
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from groundup.capstones import lora
from groundup.capstones.lora import Config, batches, classes, make_data, pretrained, train_loop
from groundup.capstones.lora_parts import adapter_state, inject, trainable_count

# peft 0.21 still asks transformers 5 for this name.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")


@pytest.fixture(scope="module", autouse=True)
def offline() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setenv("HF_HUB_OFFLINE", "1")
    yield
    patch.undo()


@pytest.fixture(scope="module")
def peft(offline: None) -> Any:
    import peft

    return peft


@pytest.fixture(scope="module")
def twins(peft: Any) -> Any:
    """The same network adapted by us and by the library, from the same numbers."""
    torch.manual_seed(0)
    ours = pretrained()
    ours.head = nn.Linear(32, 4)
    theirs = peft.get_peft_model(
        copy.deepcopy(ours), peft.LoraConfig(r=4, lora_alpha=8, target_modules=["first"], modules_to_save=["head"])
    )
    inject(ours, ["first"], 4, 8.0)
    layer = theirs.base_model.model.first
    with torch.no_grad():
        layer.lora_A["default"].weight.copy_(ours.first.A)
    return SimpleNamespace(ours=ours, theirs=theirs, layer=layer)


def test_peft_trains_the_same_numbers_to_the_same_losses(peft: Any, twins: Any) -> None:
    ours, theirs = twins.ours, twins.theirs
    assert trainable_count(ours) == trainable_count(theirs) == theirs.get_nb_trainable_parameters()[0] == 388
    data, config = make_data(), Config()
    x, bits = data["target train"]
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-6, atol=1e-6)
    losses = [
        train_loop(model, batches(x, classes(bits, "target"), config.adapt_steps, config.batch, 0), config.lr)
        for model in (ours, theirs)
    ]
    assert losses[0][-1] < 0.1 < 1 < losses[0][0]
    torch.testing.assert_close(*map(torch.tensor, losses), rtol=0, atol=1e-5)
    x_test, bits = data["target test"]
    torch.testing.assert_close(ours(x_test), theirs(x_test), rtol=1e-5, atol=1e-4)
    assert lora.accuracy(theirs, x_test, classes(bits, "target")) > 0.99

    saved = peft.get_peft_model_state_dict(theirs)
    assert sorted(tuple(v.shape) for v in saved.values()) == sorted(
        tuple(v.shape) for v in adapter_state(ours).values()
    )

    with theirs.disable_adapter():
        torch.testing.assert_close(twins.layer(x_test), ours.first.base(x_test), rtol=0, atol=0)
    merged = theirs.merge_and_unload()
    ours.first.merge()
    torch.testing.assert_close(merged.first.weight, ours.first.base.weight, rtol=1e-5, atol=1e-5)


def test_32_9_peft_on_a_tiny_transformer(peft: Any) -> None:
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    size = dict(vocab_size=100, dim=32, hidden_dim=64, n_layers=2, n_heads=4, max_position_embeddings=32, num_labels=2)
    config = peft.LoraConfig(r=4, lora_alpha=8, target_modules=["q_lin", "v_lin"], task_type="SEQ_CLS")
    model = peft.get_peft_model(DistilBertForSequenceClassification(DistilBertConfig(**size)), config)
    trained, everything = model.get_nb_trainable_parameters()
    assert (trained, everything, f"{100 * trained / everything:.4f}") == (2146, 24644, "8.7080")

    plain = DistilBertForSequenceClassification(DistilBertConfig(**size))
    names = [f"distilbert.transformer.layer.{n}.attention.{part}" for n in range(2) for part in ("q_lin", "v_lin")]
    plain.requires_grad_(False)
    inject(plain, names, 4, 8.0)
    for head in (plain.pre_classifier, plain.classifier):  # what the task type trains besides
        head.requires_grad_(True)
    assert trainable_count(plain) == trained


def test_32_10_without_a_task_type_the_head_stays_frozen(peft: Any) -> None:
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    counts = []
    for task in (None, "SEQ_CLS"):
        with torch.device("meta"):  # counts need no numbers
            model = DistilBertForSequenceClassification(DistilBertConfig(num_labels=2))
            config = peft.LoraConfig(r=8, lora_alpha=16, target_modules=["q_lin", "v_lin"], task_type=task)
            counts.append(peft.get_peft_model(model, config).get_nb_trainable_parameters()[0])
    adapters = 6 * 2 * 8 * (768 + 768)
    assert counts == [adapters, adapters + 768 * 768 + 768 + 2 * 768 + 2] == [147456, 739586]
