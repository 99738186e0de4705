"""A convolutional network that tells pictures of a bright row from pictures of a bright column.

    python -m groundup.capstones.cnn                                train and score it, in seconds on one core
    python -m groundup.capstones.cnn --head global-max --noise 0.5 --epochs 15 --device cuda --save my.safetensors
    python -m groundup.capstones.cnn --load my.safetensors          score a trained one
    python -m groundup.capstones.cnn_study shift              what it has learned (also: noise, transfer, scores)
    python -m groundup.capstones.cnn --save src/groundup/capstones/weights/cnn.safetensors       (shipped weights)

Two rounds of 3x3 convolution, ReLU and 2x2 max pooling make 16 maps of 3x3 numbers from a picture of 12x12 (LeCun et
al., 1998); a linear head gives the logits of the two classes. With a global pooling as its head the network can not
know where a bar stands; with `mlp` it has no convolution at all, and is the control.

Plug points, all keyword arguments (`CNN`, `build`, `train` and `pretrained` take those of the model):

    conv2d(x, weight, bias, stride, padding)           model     NumPy; default PyTorch's, written out: `conv2d`
    conv2d_backward(dy, x, weight, stride, padding)    model     NumPy; its gradient, written out: `conv2d_backward`
    max_pool2d(x), relu(x), global_pool(x)             model     PyTorch; (N, C, H, W) to half the sides, same, (N, C)
    linear(x, weight, bias)                            model     PyTorch; (N, F), (c, F), (c,) to (N, c)
    make_images(n, generator, task)                    train     pictures (n, 1, H, W) and labels (n,); `cnn_images`
    cross_entropy(logits, labels)                      train     PyTorch; (N, c), (N,) to a scalar
    optimiser(shapes, lr)                              train     NumPy; the class of an Adam; default `training.AdamW`
    train_epoch(model, images, labels, optimiser, batch, cross_entropy)    train    to the mean loss
    accuracy(model, images, labels)                    train     to a share
    swap_head(model, n)                                cnn_study.transfer    gives the model a head for n classes
    confusion_matrix, precision_recall_f1, roc_auc     cnn_study.evaluate    NumPy; labels and predictions, or scores
    loss_and_grads(params, X, y)                       cnn_study.train_head  NumPy; a small network on frozen features
"""

from __future__ import annotations

import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from groundup.capstones import training
from groundup.capstones.cnn_images import BARS, Bars, Pictures, make_images
from groundup.capstones.cnn_parts import conv2d, conv2d_backward, numpy_conv2d
from groundup.capstones.parts import Conv2d, Conv2dBackward, MakeOptimiser, Steps
from groundup.capstones.training import CapstoneError, NotFiniteError

__all__ = [
    "BARS", "CNN", "CONFIG", "HEADS", "MLP", "RECIPE", "WEIGHTS", "Bars", "Classifier", "Config", "Parts", "Pictures",
    "Recipe", "Trained", "accuracy", "build", "count_params", "main", "make_images", "pretrained", "train",
    "train_epoch",
]  # fmt: skip

WEIGHTS = Path(__file__).parent / "weights" / "cnn.safetensors"
HEADS = ("flatten", "global-max", "global-mean", "mlp")


# ---- sizes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Config:
    """The size of the model; the defaults have 1,538 parameters."""

    head: str = "flatten"  # or global-max, global-mean; or mlp, which has no convolutions
    side: int = 12  # H = W
    channels: tuple[int, int] = (8, 16)
    hidden: int = 10  # units of the mlp
    n_classes: int = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", tuple(self.channels))  # JSON made a list of it
        if self.head not in HEADS:
            raise CapstoneError(f"there is no head {self.head}; wanted: {', '.join(HEADS)}")
        if self.side < 4 or min(*self.channels, self.hidden) < 1 or self.n_classes < 2:
            raise CapstoneError("wanted a side of at least 4, at least 1 channel and hidden unit, at least 2 classes")


@dataclass(frozen=True)
class Recipe:
    """How the model is trained."""

    epochs: int = 6
    batch: int = 32
    lr: float = 1e-3
    n_train: int = 1000
    n_test: int = 500

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "lr", "n_train", "n_test"):
            if getattr(self, name) <= 0:
                raise CapstoneError(f"{name} is {getattr(self, name)}; it must be positive")


CONFIG, RECIPE = Config(), Recipe()


def count_params(config: Config) -> dict[str, int]:
    """The number of parameters of each layer, without building the model."""
    inner, (c1, c2) = config.side**2, config.channels
    if config.head == "mlp":
        return {"hidden": (inner + 1) * config.hidden, "head": (config.hidden + 1) * config.n_classes}
    width = c2 * (config.side // 4) ** 2 if config.head == "flatten" else c2
    return {"conv1": c1 * (9 + 1), "conv2": c2 * (c1 * 9 + 1), "head": (width + 1) * config.n_classes}


# ---- the model ------------------------------------------------------------------------------------------------------


class Parts(TypedDict, total=False):
    """The plug points of the model; a part that is absent or None is PyTorch's own."""

    conv2d: Conv2d | None
    conv2d_backward: Conv2dBackward | None
    max_pool2d: Callable[[Tensor], Tensor] | None
    relu: Callable[[Tensor], Tensor] | None
    global_pool: Callable[[Tensor], Tensor] | None
    linear: Callable[[Tensor, Tensor, Tensor], Tensor] | None


class Classifier(nn.Module, ABC):
    """A body that turns pictures into features (N, F), and a linear head that turns these into logits (N, c)."""

    head: nn.Linear

    def __init__(self, config: Config, parts: Parts) -> None:
        super().__init__()
        self.config, self.parts = config, parts
        self.relu, self.linear = parts.get("relu") or F.relu, parts.get("linear") or F.linear

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """(N, 1, H, W) to (N, F)."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, H, W) to (N, c)."""
        return self.linear(self.features(x), self.head.weight, self.head.bias)


class CNN(Classifier):
    """Convolution, ReLU and pooling, twice, and a head that keeps the places (flatten) or forgets them (global)."""

    def __init__(self, config: Config = CONFIG, **parts: Unpack[Parts]) -> None:
        super().__init__(config, parts)
        c1, c2 = config.channels
        self.conv1, self.conv2 = nn.Conv2d(1, c1, 3, padding=1), nn.Conv2d(c1, c2, 3, padding=1)
        self.head = nn.Linear(count_params(config)["head"] // config.n_classes - 1, config.n_classes)
        self.max_pool2d = parts.get("max_pool2d") or (lambda x: F.max_pool2d(x, 2))
        self.written_out = bool(parts.get("conv2d") or parts.get("conv2d_backward"))

    def convolve(self, x: Tensor, layer: nn.Conv2d) -> Tensor:
        """(N, C, H, W) to (N, C', H, W)."""
        if self.written_out:
            assert layer.bias is not None  # for the type checker; both have one
            forward, backward = self.parts.get("conv2d"), self.parts.get("conv2d_backward")
            return numpy_conv2d(x, layer.weight, layer.bias, 1, forward or conv2d, backward or conv2d_backward)
        return F.conv2d(x, layer.weight, layer.bias, padding=1)

    def global_pool(self, x: Tensor) -> Tensor:
        """One number a map: (N, C, H, W) to (N, C)."""
        if part := self.parts.get("global_pool"):
            return part(x)
        return x.amax((2, 3)) if self.config.head == "global-max" else x.mean((2, 3))

    def features(self, x: Tensor) -> Tensor:
        """(N, 1, H, W) to (N, 144), or with a global pooling to (N, 16)."""
        x = self.max_pool2d(self.relu(self.convolve(x, self.conv1)))  # (N, 8, 6, 6)
        x = self.relu(self.convolve(x, self.conv2))  # (N, 16, 6, 6)
        return self.max_pool2d(x).flatten(1) if self.config.head == "flatten" else self.global_pool(x)


class MLP(Classifier):
    """The control: every pixel has a weight of its own, and no pixel knows its neighbours."""

    def __init__(self, config: Config, **parts: Unpack[Parts]) -> None:
        super().__init__(config, parts)
        self.hidden = nn.Linear(config.side**2, config.hidden)
        self.head = nn.Linear(config.hidden, config.n_classes)

    def features(self, x: Tensor) -> Tensor:
        """(N, 1, H, W) to (N, hidden)."""
        return self.relu(self.linear(x.flatten(1), self.hidden.weight, self.hidden.bias))


def build(config: Config, **parts: Unpack[Parts]) -> Classifier:
    """The model of a configuration, initialised from PyTorch's own generator."""
    return MLP(config, **parts) if config.head == "mlp" else CNN(config, **parts)


# ---- training -------------------------------------------------------------------------------------------------------


@torch.no_grad()
def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """The share of pictures (n, 1, H, W) to which the model gives their label (n,)."""
    called = torch.cat([model(x).argmax(1) for x in torch.split(images, 512)])  # (n,)
    return float((called == labels).sum()) / len(labels)


def train_epoch(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    optimiser: Steps,
    batch: int,
    cross_entropy: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
) -> float:
    """Show the model every picture once, in random order; returns the mean loss a picture.

    Raises:
        NotFiniteError: A batch's loss is no number.
    """
    total = 0.0
    for step, rows in enumerate(torch.split(torch.randperm(len(labels)).to(labels.device), batch)):
        optimiser.zero_grad()
        loss = cross_entropy(model(images[rows]), labels[rows])
        training.check_finite(value := loss.item(), step)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        total += value * len(rows)
    return total / len(labels)


@dataclass(frozen=True)
class Trained:
    """What came of a training."""

    model: Classifier
    losses: list[float]  # mean of each epoch
    accuracies: list[float]  # on the held-out pictures, after each epoch
    images: Tensor  # held-out pictures (n, 1, H, W) and labels (n,)
    labels: Tensor
    seconds: float  # of the epochs
    images_per_second: float
    stopped: bool  # by Ctrl-C


def train(
    config: Config = CONFIG,
    *,
    recipe: Recipe = RECIPE,
    task: Bars = BARS,
    seed: int = 0,
    device: str = "cpu",
    model: Classifier | None = None,
    data: tuple[Pictures, Pictures] | None = None,
    checkpoint: Path | None = None,
    report: Callable[[int, float, float], None] = lambda *_: None,
    make_images: Callable[[int, torch.Generator | None, Bars], Pictures] = make_images,
    cross_entropy: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
    optimiser: MakeOptimiser | None = None,
    accuracy: Callable[[nn.Module, Tensor, Tensor], float] = accuracy,
    train_epoch: Callable[..., float] = train_epoch,
    **parts: Unpack[Parts],
) -> Trained:
    """Draw pictures, build a model, and train what in it requires a gradient.

    Args:
        config: The size of the model.
        recipe: How it is trained.
        task: What the pictures are like.
        seed: Of PyTorch's generator, from which pictures, weights and orders are drawn, on the CPU.
        device: Where it runs.
        model: To be trained further, in place of a new one.
        data: Pictures and labels to train on, and those held out, in place of drawn ones.
        checkpoint: Where the model is kept after every epoch.
        report: Called after every epoch with its number, the mean loss and the held-out accuracy.
        make_images: A plug point.
        cross_entropy: A plug point.
        optimiser: A plug point.
        accuracy: A plug point.
        train_epoch: A plug point.
        **parts: The plug points of the model.

    Raises:
        CapstoneError: The device is not there, or pictures and model differ in size.
        NotFiniteError: The loss became NaN; the checkpoint is that of the last good epoch.
    """
    where = training.pick_device(device)
    if data is None and task.side != config.side:
        raise CapstoneError(f"pictures of side {task.side} do not fit a model for side {config.side}")
    torch.manual_seed(seed)
    drawn = data or (make_images(recipe.n_train, None, task), make_images(recipe.n_test, None, task))
    (images, labels), (x, y) = ((x.to(where), y.to(where)) for x, y in drawn)
    model = (model or build(config, **parts)).to(where)
    opt = training.optimiser(model, optimiser, recipe.lr)
    losses: list[float] = []
    accuracies: list[float] = []
    began, stopped = time.perf_counter(), False
    with training.interruptible() as asked:
        for epoch in range(recipe.epochs):
            try:
                losses.append(train_epoch(model.train(), images, labels, opt, recipe.batch, cross_entropy))
                accuracies.append(accuracy(model.eval(), x, y))
                if checkpoint:
                    training.save(checkpoint, model.state_dict(), model.config)
            except NotFiniteError as error:
                raise NotFiniteError(f"epoch {epoch}: {error}") from None
            report(epoch, losses[-1], accuracies[-1])
            if stopped := asked():
                break
    seconds = time.perf_counter() - began
    return Trained(model, losses, accuracies, x, y, seconds, len(labels) * len(losses) / seconds, stopped)


def pretrained(path: Path = WEIGHTS, config: Config | None = None, **parts: Unpack[Parts]) -> Classifier:
    """A trained model, by default the one that comes with the book.

    Args:
        path: A checkpoint.
        config: If given, what the checkpoint's configuration must be.
        parts: The plug points of the model.

    Raises:
        CapstoneError: There is no checkpoint there, or it is damaged, of another configuration or no classifier's.
    """
    tensors, kept = training.load(path, config)
    try:
        model = build(Config(**kept), **parts)
        model.load_state_dict(tensors)
    except (TypeError, RuntimeError) as error:
        raise CapstoneError(f"{path} is no checkpoint of a classifier ({error})") from None
    return model.eval()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    from groundup.capstones import cnn_cli

    return cnn_cli.main(argv)


if __name__ == "__main__":
    sys.exit(main())
