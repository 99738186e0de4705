"""What a trained image classifier is worth: its scores, its features, and three experiments.

    python -m groundup.capstones.cnn_study scores           of a half-trained and a trained network
    python -m groundup.capstones.cnn_study shift            bars where the training showed none
    python -m groundup.capstones.cnn_study noise            with and without convolutions in much noise
    python -m groundup.capstones.cnn_study transfer         20 labelled pictures and a trained body

The plug points are listed in `cnn`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from groundup.capstones.cnn import CONFIG, HEADS, RECIPE, Classifier, Config, Recipe, accuracy, build, train
from groundup.capstones.cnn_images import Bars, make_images
from groundup.capstones.cnn_parts import confusion_matrix, loss_and_grads, precision_recall_f1, roc_auc
from groundup.capstones.parts import Array, ConfusionMatrix, LossAndGrads, PrecisionRecallF1, RocAuc, array
from groundup.capstones.training import CapstoneError

# ---- scores and features ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scores:
    """What a classifier of two classes makes of held-out pictures."""

    labels: Array  # (n,)
    predictions: Array  # (n,)
    scores: Array  # (n,), float64: how far the logit of class 1 is above that of class 0
    accuracy: float
    confusion: Any  # [[tn, fp], [fn, tp]]
    precision: float
    recall: float
    f1: float
    auc: float


@torch.no_grad()
def evaluate(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    accuracy: Callable[[nn.Module, Tensor, Tensor], float] = accuracy,
    confusion_matrix: ConfusionMatrix = confusion_matrix,
    precision_recall_f1: PrecisionRecallF1 = precision_recall_f1,
    roc_auc: RocAuc = roc_auc,
) -> Scores:
    """Score a model on pictures (n, 1, H, W) with labels (n,), on its device; the parts are the plug points."""
    logits = torch.cat([model(x) for x in torch.split(images, 512)]).double()  # (n, 2)
    true, called, scores = array(labels), array(logits.argmax(1)), array(logits[:, 1] - logits[:, 0])
    three = precision_recall_f1(true, called)
    confusion = confusion_matrix(true, called)
    return Scores(true, called, scores, accuracy(model, images, labels), confusion, *three, roc_auc(true, scores))


@torch.no_grad()
def features(model: Classifier, images: Tensor) -> Array:
    """What the head of the model sees of pictures (n, 1, H, W): float64 (n, F)."""
    return array(torch.cat([model.features(x) for x in torch.split(images, 512)]).double())


def train_head(
    X: Array,
    labels: Array,
    *,
    hidden: int = 8,
    steps: int = 300,
    lr: float = 0.3,
    seed: int = 0,
    loss_and_grads: LossAndGrads = loss_and_grads,
) -> tuple[dict[str, Array], list[float]]:
    """Train a network with one tanh layer on frozen features, by gradient descent on all of them at once.

    Args:
        X: Features (n, d).
        labels: 0 or 1, (n,).
        hidden: Units of its hidden layer.
        steps: Updates.
        lr: Learning rate.
        seed: Of the first weights.
        loss_and_grads: The plug point.

    Returns:
        Its parameters, for ``cnn_parts.forward``, and the loss before each update.
    """
    rng, d = np.random.default_rng(seed), X.shape[1]
    params: dict[str, Array] = {
        "W1": rng.normal(0, d**-0.5, (d, hidden)),
        "b1": np.zeros(hidden),
        "W2": rng.normal(0, hidden**-0.5, (hidden, 1)),
        "b2": np.zeros(1),
    }
    y = labels.reshape(-1, 1).astype(np.float64)  # (n, 1)
    losses = []
    for _ in range(steps):
        loss, grads = loss_and_grads(params, X, y)
        losses.append(loss)
        params = {name: value - lr * grads[name] for name, value in params.items()}
    return params, losses


# ---- experiments ----------------------------------------------------------------------------------------------------


def swap_head(model: Classifier, n: int) -> None:
    """Give the model a fresh head for n classes."""
    model.head = nn.Linear(model.head.in_features, n).to(model.head.weight.device)
    model.config = replace(model.config, n_classes=n)


def freeze(model: Classifier) -> None:
    """Leave only the head to be trained."""
    for p in model.parameters():
        p.requires_grad_(False)
    model.head.requires_grad_(True)


def shift(head: str, seed: int = 0, epochs: int = 20, n: int = 1000, device: str = "cpu") -> tuple[float, float]:
    """Train on bars in rows and columns 0 to 5 alone; the accuracy there, and in rows and columns 6 to 11."""
    recipe = replace(RECIPE, epochs=epochs, n_train=n)
    trained = train(Config(head=head), recipe=recipe, task=Bars(last=6), seed=seed, device=device)
    images, labels = make_images(recipe.n_test, None, Bars(first=6))
    where = trained.labels.device
    return trained.accuracies[-1], accuracy(trained.model, images.to(where), labels.to(where))


def noise(head: str, noise: float, epochs: int = 15, seed: int = 0, device: str = "cpu") -> float:
    """The accuracy of a model trained and tested on pictures with so much noise."""
    recipe = replace(RECIPE, epochs=epochs)
    return train(Config(head=head), recipe=recipe, task=Bars(noise=noise), seed=seed, device=device).accuracies[-1]


def transfer(
    n: int = 20,
    seed: int = 0,
    *,
    target: Bars = Bars(noise=0.5, height=0.7),  # noqa: B008 (frozen)
    pretraining: Recipe = Recipe(epochs=8, n_train=4000, n_test=100),  # noqa: B008 (frozen)
    recipe: Recipe = Recipe(epochs=60, lr=3e-3),  # noqa: B008 (frozen)
    device: str = "cpu",
    swap_head: Callable[[Classifier, int], None] = swap_head,
) -> dict[str, float]:
    """Learn fainter bars with swapped labels from n pictures: on a trained body, from scratch, on a random body.

    Args:
        n: Labelled pictures of the new task.
        seed: Of each training.
        target: The new task, whose columns are 0 and whose rows are 1.
        pretraining: How the body is trained, on bars of height 1 in noise 0.5.
        recipe: How each of the three learns the new task.
        device: Where they run.
        swap_head: The plug point.

    Returns:
        Held-out accuracies: ``frozen``, ``scratch`` and ``random``.
    """
    pretrained = train(recipe=pretraining, task=Bars(noise=0.5), seed=seed, device=device).model
    torch.manual_seed(seed + 100)
    (x, y), (x_test, y_test) = make_images(n, None, target), make_images(recipe.n_test, None, target)
    few, one = (x, 1 - y), (x_test[:1], y_test[:1])  # accuracy counts at the end alone: after each epoch, one will do
    results = {}
    for name in ("frozen", "scratch", "random"):
        model = pretrained if name == "frozen" else build(CONFIG)
        if name != "scratch":
            swap_head(model, CONFIG.n_classes)
            freeze(model)
        done = train(recipe=recipe, seed=seed, device=device, model=model, data=(few, one))
        results[name] = accuracy(model, x_test.to(done.labels.device), 1 - y_test.to(done.labels.device))
    return results


# ---- the command ----------------------------------------------------------------------------------------------------


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the studies and print what comes out; returns the exit code."""
    import argparse

    description = (__doc__ or "").split("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m groundup.capstones.cnn_study", description=description)
    parser.add_argument("study", choices=("scores", "shift", "noise", "transfer"))
    parser.add_argument("--seed", type=int, default=0, help="of all random numbers (%(default)s)")
    parser.add_argument("--device", default="cpu", help="auto, cpu, cuda, cuda:1, mps (%(default)s)")
    given = parser.parse_args(argv)
    torch.set_num_threads(1)
    seed, device = given.seed, given.device
    try:
        if given.study == "scores":
            for epochs in (2, RECIPE.epochs):
                t = train(recipe=replace(RECIPE, epochs=epochs), seed=seed, device=device)
                s = evaluate(t.model, t.images, t.labels)
                three = f"precision {s.precision:.3f}  recall {s.recall:.3f}  F1 {s.f1:.3f}"
                print(f"{epochs} epochs: accuracy {s.accuracy:.3f}  {three}  AUC {s.auc:.3f}")
        elif given.study == "shift":
            for head in HEADS:
                inside, outside = shift(head, seed, device=device)
                print(f"{head:11}  bars where it was trained {inside:.3f}, elsewhere {outside:.3f}")
        elif given.study == "noise":
            for head in ("flatten", "mlp"):
                print(
                    f"{head:11}",
                    *(f"{s}: {noise(head, s, e, seed, device):.3f}" for s, e in ((0.1, 6), (0.5, 15), (0.7, 15))),
                )
        else:
            for n in (20, 400):
                print(
                    f"{n} pictures:",
                    *(f"{name} {right:.3f}" for name, right in transfer(n, seed, device=device).items()),
                )
    except CapstoneError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
