"""Chapter 31: the GPT's size, its loss against the floor, its plug points, writing, checkpoints and command line."""

import math
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from groundup.capstones import gpt, gpt_parts, gpt_text, training
from groundup.capstones.gpt_text import sample
from groundup.capstones.training import CapstoneError, NotFiniteError

SMALL = gpt.Config(context=16, width=16, layers=2, heads=2)
FEW = gpt.Recipe(steps=5, batch=4, warmup=2)
QUICK = gpt.Recipe(steps=150, batch=8)
"""Enough for the toy's size to fall under the floor if it can look ahead."""


def small(**parts):
    torch.manual_seed(0)
    model = gpt.GPT(SMALL, **parts)
    for p in model.parameters():
        nn.init.normal_(p, std=0.3)  # far from where all is linear, so that a wrong part shows
    return model


def expected_loss(model, ids):
    """Over the 40 different windows of the text that repeats for ever."""
    return gpt.evaluate(model, ids, range(len(gpt.LINE)))


# ---- size


def test_the_toy_has_as_many_parameters_as_the_formula_says():
    assert gpt.count_params(gpt.Config()) == 103821
    assert 13 * 64 + 32 * 64 + 2 * (12 * 64**2 + 13 * 64) + 2 * 64 + 64 * 13 + 13 == 103821


@pytest.mark.parametrize(
    "config",
    [
        gpt.Config(),
        gpt.Config(tied=True),
        gpt.Config(vocab_size=7, context=5, width=12, layers=3, heads=6),
        gpt.Config(vocab_size=1, context=1, width=1, layers=1, heads=1, tied=True),
    ],
)
def test_the_count_is_that_of_the_model(config):
    assert gpt.count_params(config) == sum(p.numel() for p in gpt.GPT(config).parameters())


def test_heads_cost_no_parameters():
    assert gpt.count_params(gpt.Config(heads=8)) == gpt.count_params(gpt.Config())


def test_gpt2_has_its_published_size():
    config, _ = gpt.preset("gpt2", 65)
    assert gpt.count_params(config) == 124439808
    assert (config.context, config.width, config.layers, config.heads) == (1024, 768, 12, 12)


@pytest.mark.parametrize("name", ["toy", "small", "medium"])
def test_other_presets_take_the_vocabulary_of_the_text(name):
    config, recipe = gpt.preset(name, 65)
    assert config.vocab_size == 65
    assert recipe.batch % recipe.accumulate == 0


def test_all_linear_layers_can_be_replaced_by_name():
    linear = {name for name, module in gpt.GPT(gpt.Config()).named_modules() if isinstance(module, nn.Linear)}
    inner = ("attn.q", "attn.k", "attn.v", "attn.proj", "up", "down")
    assert linear == {f"blocks.{i}.{name}" for i in range(2) for name in inner} | {"head"}
    model = small()
    ids = torch.arange(8)[None]
    before = model(ids)
    model.blocks[1].attn.v = nn.Sequential(model.blocks[1].attn.v, nn.Tanh())
    assert not torch.allclose(model(ids), before)


def test_a_tied_head_is_the_embedding():
    torch.manual_seed(0)
    model = gpt.GPT(replace(SMALL, tied=True))
    ids = torch.arange(8)[None]
    torch.testing.assert_close(model(ids), model.hidden(ids) @ model.tokens.weight.T)
    assert not any("head" in name for name in model.state_dict())


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"width": 10, "heads": 4}, "10 is no multiple of 4 heads"),
        ({"layers": 0}, "layers is 0"),
        ({"context": -1}, "context"),
    ],
)
def test_impossible_sizes(sizes, words):
    with pytest.raises(CapstoneError, match=words):
        gpt.Config(**sizes)


@pytest.mark.parametrize("recipe", [{"steps": 0}, {"batch": 0}, {"accumulate": 0}, {"lr": 0.0}, {"lr": math.nan}])
def test_impossible_recipes(recipe):
    with pytest.raises(CapstoneError, match=f"{next(iter(recipe))} is"):
        gpt.Recipe(**recipe)


# ---- text


def test_characters_to_ids_and_their_vocabulary(toy_ids):
    assert len(set(gpt.TEXT)) == 13
    assert len(toy_ids) == 2400
    vocabulary = "".join(sorted(set(gpt.TEXT)))
    assert "".join(vocabulary[i] for i in toy_ids[:40]) == gpt.LINE


def test_any_script_can_be_encoded():
    text = "naïve 日本語 🙂\n\t"
    vocabulary = "".join(sorted(set(text)))
    assert "".join(vocabulary[i] for i in gpt.encode(text, vocabulary)) == text
    with pytest.raises(CapstoneError, match="not trained on: 'z'"):
        gpt.encode("naïve z", vocabulary)


def test_targets_are_the_inputs_one_character_later_up_to_the_end():
    data, T = torch.arange(100), 8
    starts = torch.tensor([0, 5, 100 - T - 1])  # the last is the last that has a target for each input
    x, y = gpt.get_batch(data, starts, T)
    assert x.shape == y.shape == (3, T)
    assert (x[:, 0] == starts).all()
    assert (y == x + 1).all()
    assert y[-1, -1] == 99
    with pytest.raises(IndexError):
        gpt.get_batch(data, starts + 1, T)


def test_training_draws_every_window_of_the_text():
    text = "abcdefghijklmnopqrst"
    seen = set()

    def spy(data, starts, T):
        seen.update(starts.tolist())
        return gpt.get_batch(data, starts, T)

    gpt.train(gpt.Config(20, 16, 8, 1, 1), recipe=gpt.Recipe(steps=20, batch=16), text=text, get_batch=spy)
    assert seen == set(range(20 - 16))


def test_the_floor_of_the_first_positions_counts_by_hand():
    # After "b" of "abac" comes "a"; after "a" either; after "c" comes "a". Two characters settle all.
    floor = gpt.entropy_floor("abac", 3)
    assert floor == pytest.approx([0.5 * math.log(2), 0, 0])
    assert gpt.entropy_floor("aab", 2) == pytest.approx([2 / 3 * math.log(2), 0])


def test_the_floor_of_the_toy_text():
    floor = gpt.entropy_floor()
    assert floor.shape == (32,)
    assert floor.mean() == pytest.approx(0.0447, abs=5e-5)
    assert (np.diff(floor) <= 1e-12).all()  # more context never hurts the best predictor
    counts = np.array(list(Counter(gpt.LINE).values())) / 40
    unigram = -(counts * np.log(counts)).sum()
    assert floor[0] < unigram < math.log(13)


def test_a_predictor_that_knows_the_text_reaches_the_floor(toy_ids):
    """The floor again, as the loss of the model it is defined by: frequencies after each visible prefix."""
    windows = [tuple(toy_ids[i : i + 33].tolist()) for i in range(40)]

    class Oracle(nn.Module):
        config = gpt.Config()

        def forward(self, ids):
            logits = torch.full((*ids.shape, 13), -1e9)
            for b, row in enumerate(ids.tolist()):
                for t in range(len(row)):
                    follow = Counter(w[t + 1] for w in windows if w[: t + 1] == tuple(row[: t + 1]))
                    for token, n in follow.items():
                        logits[b, t, token] = math.log(n)
            return logits

    assert expected_loss(Oracle(), toy_ids) == pytest.approx(gpt.entropy_floor().mean(), rel=1e-5)


# ---- training


def test_the_first_loss_is_a_guess_among_thirteen(trained_gpt):
    assert f"{math.log(13):.3f}" == "2.565"
    assert 2.4 < trained_gpt.losses[0] < 2.9


def test_the_last_loss(trained_gpt):
    assert len(trained_gpt.losses) == 241
    assert trained_gpt.losses[-1] < 0.07
    assert not trained_gpt.stopped


def test_the_expected_loss_is_just_above_the_floor(trained_gpt, toy_ids):
    assert gpt.entropy_floor().mean() < expected_loss(trained_gpt.model, toy_ids) <= 0.0480


def test_another_seed_gets_there_too(toy_ids):
    assert gpt.entropy_floor().mean() < expected_loss(gpt.train(seed=1).model, toy_ids) <= 0.0480


def test_no_position_beats_its_floor(trained_gpt, toy_ids):
    x, y = gpt.get_batch(toy_ids, torch.arange(40), 32)
    with torch.no_grad():
        losses = F.cross_entropy(trained_gpt.model(x).transpose(1, 2), y, reduction="none").mean(0)  # (T,)
    assert (losses.numpy() > gpt.entropy_floor()).all()
    assert losses[0] > 0.9
    assert (losses[8:] < 0.02).all()


def test_the_same_seed_gives_the_same_bits():
    a, b, c = (gpt.train(SMALL, recipe=FEW, seed=seed) for seed in (3, 3, 4))
    assert a.losses == b.losses != c.losses
    assert all(torch.equal(x, y) for x, y in zip(a.model.parameters(), b.model.parameters(), strict=True))


def test_a_batch_in_parts_gives_the_same_losses():
    whole, parts = (gpt.train(SMALL, recipe=replace(FEW, accumulate=n)) for n in (1, 4))
    assert parts.losses == pytest.approx(whole.losses, rel=1e-5)


def test_the_learning_rate_climbs_then_falls():
    recipe = gpt.Recipe()
    rates = [gpt.lr_at(step, recipe) for step in range(recipe.steps)]
    assert rates[0] == pytest.approx(5e-3 / 20)
    assert rates[19] == rates[20] == max(rates) == 5e-3
    assert rates[130] == pytest.approx(5e-3 * (0.05 + 0.95 / 2))
    assert rates[-1] == pytest.approx(5e-3 * 0.05, rel=0.01)
    assert gpt.lr_at(recipe.steps, recipe) == pytest.approx(5e-3 * 0.05)


def test_decay_can_spare_vectors():
    recipe = replace(FEW, weight_decay=0.5, lr=1e-9, warmup=0)
    seen = {}

    class Spy(training.AdamW):
        def __init__(self, params, *args, **how):
            params = list(params)
            super().__init__(params, *args, **how)
            seen[len(seen)] = (self.n_decayed, sum(p.numel() for p in params if p.dim() > 1), self.flat.numel())

    gpt.train(SMALL, recipe=replace(recipe, decay_vectors=False), optimiser=Spy)
    gpt.train(SMALL, recipe=recipe, optimiser=Spy)
    assert seen[0][0] == seen[0][1]
    assert seen[1][0] == seen[1][2]


def test_clipping_slows_a_training_with_large_gradients():
    losses = gpt.train(SMALL, recipe=replace(FEW, clip=1e-9), optimiser=partial(training.AdamW, eps=1e-3)).losses
    assert losses[-1] == pytest.approx(losses[0], abs=0.1)  # only the windows differ
    assert gpt.train(SMALL, recipe=replace(FEW, clip=1e9)).losses == pytest.approx(gpt.train(SMALL, recipe=FEW).losses)


def test_a_held_out_part_is_measured_and_not_trained_on():
    text = "abcdefgh" * 20 + "hgfedcba" * 5
    seen = []

    def spy(data, starts, T):
        seen.append(len(data))
        return gpt.get_batch(data, starts, T)

    trained = gpt.train(gpt.Config(8, 8, 16, 1, 2), recipe=FEW, text=text, held_out=0.2, every=2, get_batch=spy)
    assert set(seen) == {160}
    assert [done for done, _ in trained.held_out] == [2, 4, 5]
    unseen = gpt.encode(text[160:], trained.vocabulary)
    assert trained.held_out[-1][1] == pytest.approx(gpt.evaluate(trained.model, unseen))


def test_a_model_can_be_trained_further(trained_gpt):
    model, vocabulary = gpt.pretrained()
    text = "that is not the question " * 20
    frozen = [p.clone() for p in model.blocks[0].parameters()]
    model.blocks[0].requires_grad_(False)
    after = gpt.train(recipe=FEW, text=text, model=model, vocabulary=vocabulary)
    assert after.model is model
    assert after.losses[0] < 2.4  # not a fresh one
    assert after.losses[-1] < after.losses[0]
    assert all(torch.equal(a, b) for a, b in zip(frozen, model.blocks[0].parameters(), strict=True))


def test_bfloat16_keeps_weights_in_float32_and_nearly_the_losses():
    exact, rounded = (gpt.train(SMALL, recipe=FEW, dtype=dtype) for dtype in ("float32", "bf16"))
    assert rounded.losses == pytest.approx(exact.losses, rel=0.02)
    assert rounded.losses != exact.losses
    assert all(p.dtype == torch.float32 for p in rounded.model.parameters())


def test_compile_goes_through_torch_compile(monkeypatch):
    compiled = []
    monkeypatch.setattr(torch, "compile", lambda f: compiled.append(f) or f)
    gpt.train(SMALL, recipe=FEW, compile=True)
    assert len(compiled) == 1
    gpt.train(SMALL, recipe=FEW)
    assert len(compiled) == 1


# ---- what goes wrong


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"text": "to be"}, "5 characters to train on; a context of 16 needs 17"),
        ({"text": ""}, "0 characters to train on"),
        ({"text": "ab" * 20, "held_out": 0.1}, "36 characters to train on and 4 held out"),
        ({"text": gpt.TEXT + "xyz"}, "16 different characters do not fit a vocab_size of 13"),
        ({"device": "cuda:99"}, "there is no device cuda:99"),
        ({"recipe": gpt.Recipe(batch=3, accumulate=2)}, "a batch of 3 does not divide into 2"),
    ],
)
def test_what_does_not_go_together_is_said_in_a_sentence(how, words):
    with pytest.raises(CapstoneError, match=words):
        gpt.train(SMALL, **how)


def test_a_text_one_longer_than_the_context_is_enough():
    trained = gpt.train(SMALL, recipe=FEW, text=gpt.LINE[:17], vocabulary="".join(sorted(set(gpt.LINE))))
    assert trained.losses[-1] < trained.losses[0]


class Breaks(training.AdamW):
    """Makes the weights NaN in its 25th step."""

    def step(self):
        super().step()
        if self.steps == 25:
            self.flat.fill_(torch.nan)


def test_a_nan_stops_the_training_and_keeps_the_last_good_weights(tmp_path):
    path = tmp_path / "gpt.safetensors"
    recipe = replace(FEW, steps=60)
    with pytest.raises(NotFiniteError, match=r"nan at step 25;.*gpt.safetensors has the weights after update 20"):
        gpt.train(SMALL, recipe=recipe, checkpoint=path, every=10, optimiser=Breaks)
    kept, _ = gpt.pretrained(path)
    assert all(p.isfinite().all() for p in kept.parameters())


def test_a_nan_without_a_checkpoint_says_so():
    with pytest.raises(NotFiniteError, match=r"step 25;.*no weights were kept"):
        gpt.train(SMALL, recipe=replace(FEW, steps=60), optimiser=Breaks)


def test_ctrl_c_keeps_the_weights(tmp_path):
    path = tmp_path / "gpt.safetensors"

    def press(done, *_):
        if done == 4:
            signal.raise_signal(signal.SIGINT)

    recipe = replace(FEW, steps=60)
    trained = gpt.train(SMALL, recipe=recipe, checkpoint=path, every=2, report=press)
    assert trained.stopped
    assert len(trained.losses) == 6  # five updates: the one under way was finished
    kept, _ = gpt.pretrained(path)
    assert all(torch.equal(a, b) for a, b in zip(kept.parameters(), trained.model.parameters(), strict=True))


def test_more_tokens_than_the_context_are_refused():
    with pytest.raises(ValueError, match="17 tokens do not fit into a context of 16"):
        small()(torch.zeros(1, 17, dtype=torch.long))


# ---- checkpoints and the weights that ship


def test_a_checkpoint_has_configuration_vocabulary_and_weights(tmp_path):
    path = tmp_path / "gpt.safetensors"
    config = replace(SMALL, tied=True)
    trained = gpt.train(config, recipe=FEW, checkpoint=path)
    model, vocabulary = gpt.pretrained(path)
    assert (model.config, vocabulary) == (config, trained.vocabulary)
    ids = torch.arange(8)[None]
    assert torch.equal(model(ids), trained.model(ids))
    tensors, _ = training.load(path, config)
    model.load_state_dict(tensors, strict=True)
    with pytest.raises(CapstoneError, match="another configuration: tied = True, wanted False"):
        training.load(path, SMALL)


def test_another_model_s_checkpoint_is_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    training.save(path, {"w": torch.zeros(1)}, {"width": 3})
    with pytest.raises(CapstoneError, match="of another model"):
        gpt.pretrained(path)
    training.save(path, {"w": torch.zeros(1)}, {"vocab_size": 13, "vocabulary": "abc"})
    with pytest.raises(CapstoneError, match="of another model"):
        gpt.pretrained(path)


def test_the_shipped_weights_load_strictly_and_reach_the_quality(toy_ids):
    tensors, _ = training.load(gpt.WEIGHTS, gpt.Config())
    gpt.GPT(gpt.Config()).load_state_dict(tensors, strict=True)
    model, vocabulary = gpt.pretrained()
    assert vocabulary == "".join(sorted(set(gpt.TEXT)))
    assert gpt.entropy_floor().mean() < expected_loss(model, toy_ids) <= 0.0480
    assert gpt.WEIGHTS.stat().st_size < 420_000


def test_the_shipped_weights_are_those_of_the_command(trained_gpt, toy_ids):
    """Across machines the digits move, so what the weights say is compared, not the weights."""
    model, _ = gpt.pretrained()
    x, _ = gpt.get_batch(toy_ids, torch.arange(40), 32)
    with torch.no_grad():
        p, q = (torch.softmax(m(x), -1) for m in (model, trained_gpt.model))
    assert (p - q).abs().mean() < 0.01


def test_token_embeddings_are_an_array_of_their_own():
    model = small()
    a = model.token_embeddings()
    assert isinstance(a, np.ndarray)
    assert a.shape == (13, 16)
    a[:] = 0
    assert model.tokens.weight.abs().sum() > 0


# ---- the model's behaviour


@pytest.mark.parametrize("t", [1, 7, 15])
def test_a_later_token_changes_nothing_before_it(t):
    model = small()
    ids = torch.arange(16)[None] % 13
    other = ids.clone()
    other[0, t] = (other[0, t] + 1) % 13
    a, b = model(ids), model(other)
    assert torch.equal(a[:, :t], b[:, :t])
    assert not torch.equal(a[:, t:], b[:, t:])


@pytest.mark.parametrize("split", [(1,) * 16, (5, 1, 1, 9), (16,), (15, 1)])
@pytest.mark.parametrize("attention", [None, gpt_parts.attention])
def test_the_cache_gives_what_recomputing_gives(split, attention):
    model = small(attention=attention)
    ids = torch.arange(32).view(2, 16) % 13
    cache = [gpt.KV(16) for _ in model.blocks]
    pieces = [model.hidden(part, cache) for part in ids.split(split, 1)]
    torch.testing.assert_close(torch.cat(pieces, 1), model.hidden(ids), rtol=1e-5, atol=1e-5)
    with pytest.raises(ValueError, match="17 tokens do not fit"):
        model.hidden(ids[:, :1], cache)


@pytest.mark.parametrize("prompt", [1, 5, 15, 16, 40])
@pytest.mark.parametrize("how", [{"temperature": 0}, {"temperature": 0.9, "top_p": 0.95}])
def test_cached_writing_is_the_same_text_also_beyond_the_context(prompt, how):
    model = small()
    ids = [i % 13 for i in range(prompt)]
    plugged = small(attention=gpt_parts.attention)
    texts = [
        gpt.generate(m, ids, 40, rng=np.random.default_rng(0), cached=cached, **how)
        for m, cached in ((model, False), (model, True), (plugged, True))
    ]
    assert texts[0] == texts[1] == texts[2]
    assert len(texts[0]) == 40


@pytest.mark.parametrize("parts", [{}, {"gelu": torch.relu}], ids=["plain", "plugged"])
def test_writing_recomputes_only_what_it_must(parts, monkeypatch):
    """The prompt, then one token at a time up to the context of 16, then whole windows."""
    model, lengths = small(**parts), []
    hidden, quick = model.hidden, gpt_text.Decoder.hidden
    monkeypatch.setattr(model, "hidden", lambda ids, cache=None: lengths.append(ids.shape[1]) or hidden(ids, cache))
    monkeypatch.setattr(gpt_text.Decoder, "hidden", lambda self, ids: lengths.append(-len(ids)) or quick(self, ids))
    gpt.generate(model, [1, 2, 3], 18)
    sign = 1 if parts else -1
    assert lengths == [sign * 3, *[sign] * 13, *[16] * 4]


@pytest.mark.parametrize("tied", [False, True])
def test_the_decoder_gives_what_the_model_gives(tied):
    torch.manual_seed(1)
    model = gpt.GPT(replace(SMALL, tied=tied))
    ids = [i * 5 % 13 for i in range(16)]
    expected = model.hidden(torch.tensor([ids]))[0]
    decoder = gpt_text.Decoder(model)
    pieces = [decoder.hidden(ids[:6]), *(decoder.hidden([i]) for i in ids[6:])]
    torch.testing.assert_close(torch.cat(pieces), expected, rtol=1e-5, atol=1e-5)


def test_a_changed_model_is_not_written_with_as_if_it_were_plain():
    class Doubled(nn.Linear):
        def forward(self, x):
            return 2 * super().forward(x)

    assert small().plain()
    assert not small(attention=gpt_parts.attention).plain()
    replaced = small()
    replaced.blocks[0].attn.q = Doubled(16, 16)
    assert not replaced.plain()
    texts = [gpt.generate(replaced, [1, 2], 12, temperature=0, cached=cached) for cached in (True, False)]
    assert texts[0] == texts[1]
    hooked, calls = small(), []
    hooked.blocks[1].register_forward_hook(lambda *_: calls.append(1))
    gpt.generate(hooked, [1], 5)
    assert len(calls) == 5


def test_greedy_writing_continues_with_the_likeliest():
    model = small()
    text = [4]
    for _ in range(8):
        text.append(int(model(torch.tensor([text]))[0, -1].argmax()))
    assert gpt.generate(model, [4], 8, temperature=0) == text[1:]


def test_an_empty_prompt_is_refused():
    with pytest.raises(CapstoneError, match="the prompt is empty"):
        gpt.generate(small(), [], 3)


def test_the_trained_model_writes_the_text(trained_gpt):
    windows = {(gpt.LINE * 3)[i : i + 8] for i in range(40)}
    shares = []
    for seed in range(20):
        written = gpt.write(trained_gpt.model, trained_gpt.vocabulary, "t", 60, rng=np.random.default_rng(seed))
        pieces = [written[i : i + 8] for i in range(53)]
        shares.append(sum(piece in windows for piece in pieces) / len(pieces))
    assert np.mean(shares) >= 0.95


# ---- plug points: the right part changes nothing


RIGHT = {
    "attention": {"attention": gpt_parts.attention},
    "softmax": {"softmax": gpt_parts.softmax},
    "layer_norm": {"layer_norm": gpt_parts.layer_norm},
    "layer_norm_backward": {"layer_norm_backward": gpt_parts.layer_norm_backward},
    "norm and backward": {"layer_norm": gpt_parts.layer_norm, "layer_norm_backward": gpt_parts.layer_norm_backward},
    "gelu": {"gelu": lambda x: x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))},
    "block": {"block": gpt.Block},
}


@pytest.mark.parametrize("parts", RIGHT.values(), ids=RIGHT)
def test_a_right_part_gives_the_same_losses(parts):
    expected = gpt.train(SMALL, recipe=FEW).losses
    assert gpt.train(SMALL, recipe=FEW, **parts).losses == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", ["attention", "softmax", "layer_norm", "gelu"])
def test_a_right_part_writes_the_same_text_and_has_the_same_perplexity(name, toy_ids):
    texts, losses = [], []
    for parts in ({}, RIGHT[name]):
        model, vocabulary = gpt.pretrained(**parts)
        texts.append(gpt.write(model, vocabulary, "q", 60, rng=np.random.default_rng(1)))
        losses.append(expected_loss(model, toy_ids))
    assert texts[0] == texts[1]
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)


# ---- plug points: each is really called, and a wrong part shows


WRONG = {
    "attention": lambda q, k, v, mask=None: gpt_parts.attention(q * math.sqrt(q.shape[-1]), k, v, mask),
    "softmax": lambda z, axis=-1: gpt_parts.softmax(2 * z, axis),
    "layer_norm": lambda x, weight, bias, eps=1e-5: (
        (x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True) * weight + bias
    ),
    "gelu": torch.relu,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_part_is_called_in_every_block_and_a_wrong_one_changes_the_result(name):
    calls = []
    right = RIGHT[name][name]

    def counting(*args, **how):
        calls.append(name)
        return right(*args, **how)

    ids = torch.arange(8)[None]
    expected = small()(ids)
    torch.testing.assert_close(small(**{name: counting})(ids), expected, rtol=1e-4, atol=1e-5)
    assert len(calls) == (5 if name == "layer_norm" else 2)  # two blocks, two norms in each, and the last norm
    assert not torch.allclose(small(**{name: WRONG[name]})(ids), expected, atol=1e-3)


def test_a_backward_is_called_and_a_wrong_one_changes_the_losses():
    calls = []

    def wrong(dy, x, weight, eps=1e-5):
        calls.append(x.shape)
        _, dweight, dbias = gpt_parts.layer_norm_backward(dy, x, weight, eps)
        return dy * weight, dweight, dbias

    losses = gpt.train(SMALL, recipe=FEW, layer_norm_backward=wrong).losses
    assert len(calls) == 5 * 6
    expected = gpt.train(SMALL, recipe=FEW).losses
    assert losses[0] == pytest.approx(expected[0])
    assert losses[-1] != pytest.approx(expected[-1], abs=1e-3)


def test_a_block_is_a_class_that_gets_the_configuration_and_the_other_parts():
    class NoResidual(gpt.Block):
        def forward(self, x, cache=None):
            return self.down(self.gelu(self.up(self.norm2(self.attn(self.norm1(x), cache)))))

    model = small(block=NoResidual, gelu=torch.relu)
    assert all(type(block) is NoResidual and block.gelu is torch.relu for block in model.blocks)
    assert not torch.allclose(model(torch.arange(8)[None]), small(gelu=torch.relu)(torch.arange(8)[None]))


def test_softmax_and_attention_exclude_each_other():
    with pytest.raises(CapstoneError, match="not both"):
        small(softmax=gpt_parts.softmax, attention=gpt_parts.attention)


def test_training_takes_batches_rates_and_an_optimiser():
    calls = Counter()

    class Counting(training.AdamW):
        def step(self):
            calls["optimiser", round(self.lr, 6)] += 1
            super().step()

    def rate(step, recipe):
        calls["lr_at"] += 1
        return 1e-3 * (step + 1)

    def batch(data, starts, T):
        calls["get_batch"] += 1
        return gpt.get_batch(data, starts, T)

    losses = gpt.train(SMALL, recipe=FEW, get_batch=batch, lr_at=rate, optimiser=Counting).losses
    rates = {("optimiser", round(1e-3 * (s + 1), 6)): 1 for s in range(5)}
    assert calls == {"get_batch": 6, "lr_at": 5, **rates}
    assert losses[-1] != gpt.train(SMALL, recipe=FEW).losses[-1]

    def unshifted(data, starts, T):
        x, _ = gpt.get_batch(data, starts, T)
        return x, x

    assert gpt.train(SMALL, recipe=replace(FEW, steps=60), get_batch=unshifted).losses[-1] < 0.5  # it only copies


def test_evaluation_takes_a_numpy_cross_entropy(trained_gpt, toy_ids):
    def cross_entropy(logits, targets):
        shifted = logits - logits.max(-1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
        return float(-log_p[np.arange(len(targets)), targets].mean())

    plugged = gpt.evaluate(trained_gpt.model, toy_ids, range(40), cross_entropy=cross_entropy)
    assert plugged == pytest.approx(expected_loss(trained_gpt.model, toy_ids), abs=1e-6)
    assert gpt.evaluate(trained_gpt.model, toy_ids, range(40), cross_entropy=lambda *_: 7.0) == pytest.approx(7)


def test_writing_takes_a_sampler_and_hands_it_all_its_arguments():
    calls = []

    def always_three(logits, temperature, top_k=None, top_p=None, rng=None):
        calls.append((logits.shape, temperature, top_k, top_p, type(rng)))
        return np.int64(3)

    assert gpt.generate(small(), [1], 4, temperature=0.7, top_k=5, top_p=0.9, sample=always_three) == [3, 3, 3, 3]
    assert calls == [((13,), 0.7, 5, 0.9, np.random.Generator)] * 4


def test_the_sampler_s_softmax_can_be_plugged_too():
    model, vocabulary = gpt.pretrained()
    how = {"prompt": "q", "n": 40}
    plugged = partial(sample, softmax=lambda z, axis=-1: gpt_parts.softmax(z, axis))
    texts = [gpt.write(model, vocabulary, **how, rng=np.random.default_rng(2), sample=s) for s in (sample, plugged)]
    assert texts[0] == texts[1]


# ---- wrong parts in a whole training: what the loss shows and what only the numbers show


def scores(q, k):
    return q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])


LEAKING = {
    "no mask": lambda q, k, v, mask=None: gpt_parts.attention(q, k, v),
    "0 in place of -inf": lambda q, k, v, mask=None: torch.softmax(scores(q, k).masked_fill(~mask, 0.0), -1) @ v,
    "softmax over queries": lambda q, k, v, mask=None: torch.softmax(scores(q, k).masked_fill(~mask, -1e9), -2) @ v,
    "hides itself": lambda q, k, v, mask=None: torch.softmax(scores(q, k).masked_fill(~mask.tril(-1), -1e9), -1) @ v,
}


@pytest.mark.parametrize("wrong", LEAKING.values(), ids=LEAKING)
def test_a_look_ahead_convicts_itself_by_a_loss_below_the_floor(wrong, toy_ids):
    trained = gpt.train(recipe=QUICK, attention=wrong)
    assert expected_loss(trained.model, toy_ids) < gpt.entropy_floor().mean() - 0.005
    q = torch.randn(1, 2, 5, 4, generator=torch.Generator().manual_seed(0))
    mask = torch.ones(5, 5, dtype=torch.bool).tril()
    assert not torch.allclose(wrong(q, q, q, mask), gpt_parts.attention(q, q, q, mask), atol=1e-3)


def test_without_the_root_of_d_the_loss_shows_nothing_and_the_numbers_do(toy_ids):
    trained = gpt.train(recipe=QUICK, attention=WRONG["attention"])
    assert gpt.entropy_floor().mean() < expected_loss(trained.model, toy_ids) < 0.06
    q = torch.randn(1, 2, 5, 4, generator=torch.Generator().manual_seed(0))
    assert not torch.allclose(WRONG["attention"](q, q, q), gpt_parts.attention(q, q, q), atol=1e-3)


def test_a_mask_of_minus_infinity_that_hides_itself_is_nan_at_the_first_step():
    def wrong(q, k, v, mask=None):
        return torch.softmax(scores(q, k).masked_fill(~mask.tril(-1), -math.inf), -1) @ v

    with pytest.raises(NotFiniteError, match="step 0"):
        gpt.train(SMALL, recipe=FEW, attention=wrong)


# ---- the command line, and several processes

TINY = ["--steps", "4", "--batch", "4", "--every", "2", "--length", "5"]


def test_the_command_trains_reports_saves_and_writes(tmp_path, capsys):
    path = tmp_path / "a.safetensors"
    assert gpt.main([*TINY, "--save", str(path)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "103,821 parameters, 2,400 characters, 13 different"
    assert [line.split()[1] for line in out if line.startswith("update")] == ["2", "4"]
    assert re.fullmatch(r"4 updates in [\d.]+ s, [\d,]+ tokens/s", out[3])
    assert out[4] == f"the weights are in {path}"
    assert out[5].endswith("at best 0.0447")
    assert out[6].startswith("t")
    assert len(out[6]) == 6

    assert gpt.main(["--load", str(path), "--prompt", "to be", "--length", "7", "--temperature", "0"]) == 0
    text = capsys.readouterr().out.rstrip("\n")
    assert text.startswith("to be")
    assert len(text) == 12


def test_the_command_trains_on_a_file(tmp_path, capsys):
    data = tmp_path / "my.txt"
    data.write_text("Grüße, 世界!\n" * 50, encoding="utf-8")
    assert gpt.main([*TINY, "--data", str(data), "--held-out", "0.2", "--prompt", "Gr"]) == 0
    out = capsys.readouterr().out
    assert "550 characters, 11 different" in out
    assert out.count("held out") == 2
    assert "\nGr" in out


def test_the_command_writes_with_the_shipped_weights(capsys):
    assert gpt.main(["--load", str(gpt.WEIGHTS), "--prompt", "not", "--length", "23", "--temperature", "0"]) == 0
    assert capsys.readouterr().out.rstrip("\n") == "not to be that is the quest"[:26]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--data", "missing.txt"], "missing.txt"),
        (["--load", "missing.safetensors"], "there is no checkpoint missing.safetensors"),
        (["--device", "cuda:99"], "there is no device cuda:99"),
        (["--temperature", "-1"], "wanted temperature >= 0"),
        (["--prompt", "Zebra"], "not trained on: 'Z'"),
        (["--steps", "0"], "steps is 0"),
    ],
)
def test_the_command_fails_with_a_sentence_before_it_trains(args, words, capsys):
    assert gpt.main([*TINY, *args]) == 1
    captured = capsys.readouterr()
    assert words in captured.err
    assert "update" not in captured.out
    assert "Traceback" not in captured.err


def test_a_file_that_is_not_utf8(tmp_path, capsys):
    data = tmp_path / "latin.txt"
    data.write_bytes(b"caf\xe9 " * 50)
    assert gpt.main([*TINY, "--data", str(data)]) == 1
    assert "the text is not UTF-8" in capsys.readouterr().err


def test_an_empty_file(tmp_path, capsys):
    data = tmp_path / "empty.txt"
    data.touch()
    assert gpt.main([*TINY, "--data", str(data)]) == 1
    assert "empty.txt is empty" in capsys.readouterr().err


def test_ctrl_c_on_the_command_line_says_where_the_weights_are(tmp_path, capsys, monkeypatch):
    check = training.check_finite

    def press(loss, step):
        check(loss, step)
        if step == 7:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(training, "check_finite", press)
    path = tmp_path / "a.safetensors"
    assert gpt.main([*TINY, "--steps", "50", "--save", str(path)]) == 130
    out = capsys.readouterr().out
    assert re.search(r"^8 updates .* \(stopped\)$", out, re.MULTILINE)
    assert f"the weights are in {path}" in out


def test_two_processes_have_the_losses_of_one(tmp_path, capsys):
    """Under torchrun each takes half of every batch; the sums differ in their last bits only."""
    args = ["--steps", "4", "--batch", "4", "--every", "1", "--length", "5", "--save"]
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += ["-m", "groundup.capstones.gpt", *args, str(tmp_path / "two.safetensors")]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    run = subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert gpt.main([*args, str(tmp_path / "one.safetensors")]) == 0

    def losses(out):
        return [float(loss) for loss in re.findall(r"update +\d+  loss ([\d.]+)", out)]

    one = losses(capsys.readouterr().out)
    assert len(one) == 4
    assert losses(run.stdout) == pytest.approx(one, abs=2e-4)  # printed once, by the first process
    weights = [training.load(tmp_path / f"{name}.safetensors")[0] for name in ("one", "two")]
    assert all(torch.allclose(weights[0][name], weights[1][name], atol=1e-4) for name in weights[0])
