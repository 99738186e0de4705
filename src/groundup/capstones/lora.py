"""Capstone B: adapt a pretrained network, in full and by a low-rank correction (chapter 32).

    python -m groundup.capstones.lora                                       pretrain, then adapt in six ways
    python -m groundup.capstones.lora --rank 2 --save adapter.safetensors   one adapter, kept alone
    python -m groundup.capstones.lora --load adapter.safetensors            the same adapter, on the same base
    python -m groundup.capstones.lora_study gpt                             the GPT of chapter 31, adapted
    python -m groundup.capstones.lora --save-base src/groundup/capstones/weights/lora.safetensors   the shipped weights

A network of two linear layers learns to read two of the four signs hidden in its input, and weight decay makes it deaf
to the others. Adapting it to those needs two new directions in the first layer, so rank 1 falls short and rank 2 does.
LoRA (Hu et al., 2022) is in `lora_parts`.

Plug points, all keyword arguments:

    layer(base, r, alpha)                         adapt, lora_study.adapt_gpt    a module class; default `LoRALinear`
    freeze(module)                                adapt                  lets no parameter ask for a gradient
    inject(model, names, r, alpha, layer)         adapt                  returns the layers replaced, by name
    train_loop(model, batches, lr, weight_decay)  pretrain, adapt        to the losses
    optimiser(params, lr, weight_decay)           train_loop             a class with the surface of `training.AdamW`
    fit_normal(X, y)                              lora_study.linear_probe    NumPy; (n, d), (n,) to (d,) and a number

`trainable_count`, `adapter_state` and `load_adapter` work on every model whose frozen parameters ask for no gradient.
"""

from __future__ import annotations

import copy
import hashlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from groundup.capstones import training
from groundup.capstones.lora_parts import LoRALinear, freeze, inject, load_adapter, switched_off, trainable_count
from groundup.capstones.lora_parts import adapter_state as adapter_state
from groundup.capstones.parts import LoRALayer, array
from groundup.capstones.training import CapstoneError

WEIGHTS = Path(__file__).parent / "weights" / "lora.safetensors"
Examples = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Config:
    """Network, data and training; the defaults are the book's."""

    width: int = 32
    hidden: int = 32
    noise: float = 0.3
    train_size: int = 2000
    test_size: int = 1000
    batch: int = 64
    lr: float = 1e-2
    pretrain_steps: int = 400
    pretrain_decay: float = 1.0  # removes directions that the first task does not use
    adapt_steps: int = 200

    def __post_init__(self) -> None:
        for name in ("hidden", "train_size", "test_size", "batch", "pretrain_steps", "adapt_steps"):
            if getattr(self, name) < 1:
                raise CapstoneError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.width < 4:
            raise CapstoneError(f"width is {self.width}; four signs need at least 4")


# ---- network, data, training ----------------------------------------------------------------------------------------


class Net(nn.Module):
    """Inputs (n, width) through a hidden layer to the logits of four classes, (n, 4)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.first = nn.Linear(config.width, config.hidden)
        self.head = nn.Linear(config.hidden, 4)

    def hidden(self, x: Tensor) -> Tensor:
        """(n, width) to (n, hidden)."""
        h: Tensor = F.relu(self.first(x))
        return h

    def forward(self, x: Tensor) -> Tensor:
        """(n, width) to (n, 4)."""
        y: Tensor = self.head(self.hidden(x))
        return y


def make_data(config: Config | None = None, seed: int = 0, device: torch.device | str = "cpu") -> dict[str, Examples]:
    """Four random signs in the first coordinates, and noise on all; drawn on the CPU, so alike on every device.

    Returns:
        Inputs (n, width) and the signs as bits (n, 4), by ``source train``, ``source test`` and so for ``target``.
    """
    config = config or Config()
    rng = torch.Generator().manual_seed(seed)
    data = {}
    for task in ("source", "target"):
        for part, n in (("train", config.train_size), ("test", config.test_size)):
            bits = torch.randint(0, 2, (n, 4), generator=rng)
            x = config.noise * torch.randn(n, config.width, generator=rng)
            x[:, :4] += 2 * bits - 1
            data[f"{task} {part}"] = x.to(device), bits.to(device)
    return data


def classes(bits: Tensor, task: str) -> Tensor:
    """The task's two bits of (n, 4) read as a number, (n,): the first two for the source, the others for the target."""
    at = 0 if task == "source" else 2
    return 2 * bits[:, at] + bits[:, at + 1]


def batches(x: Tensor, y: Tensor, steps: int, size: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Random rows, with replacement: (size, width) and (size,), ``steps`` times."""
    drawn = torch.randint(len(x), (steps, size), generator=torch.Generator().manual_seed(seed)).to(x.device)
    for rows in drawn:
        yield x[rows], y[rows]


def train_loop(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    lr: float,
    weight_decay: float = 0.0,
    *,
    optimiser: Callable[..., Any] = training.AdamW,
) -> list[float]:
    """One update of the trainable parameters per batch; returns the loss before each.

    Raises:
        NotFiniteError: The loss became NaN or infinite; names the step.
    """
    opt = optimiser([p for p in model.parameters() if p.requires_grad], lr, weight_decay=weight_decay)
    losses: list[float] = []
    for x, y in batches:
        loss = F.cross_entropy(model(x), y)
        losses.append(loss.item())
        training.check_finite(losses[-1], len(losses) - 1)
        opt.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # PyTorch's
        opt.step()
    return losses


@torch.no_grad()
def accuracy(model: Callable[[Tensor], Tensor], x: Tensor, y: Tensor) -> float:
    """The share of rows of x (n, width) whose largest logit is that of their class in y (n,)."""
    return float((model(x).argmax(1) == y).sum()) / len(y)


def pretrain(
    config: Config | None = None,
    *,
    seed: int = 0,
    device: str = "cpu",
    train_loop: Callable[..., list[float]] = train_loop,
) -> Net:
    """Train all of the network on the source task."""
    config = config or Config()
    where = training.pick_device(device)
    torch.manual_seed(seed)
    model = Net(config).to(where)
    x, bits = make_data(config, device=where)["source train"]
    y = classes(bits, "source")
    train_loop(model, batches(x, y, config.pretrain_steps, config.batch, seed), config.lr, config.pretrain_decay)
    return model


def pretrained(path: Path = WEIGHTS, device: str = "cpu") -> Net:
    """The trained network that ships, or another that ``--save-base`` wrote.

    Raises:
        CapstoneError: There is none, it is damaged, or of another configuration than the default.
    """
    tensors, _ = training.load(path, Config())
    model = Net(Config())
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise CapstoneError(f"{path} is a checkpoint of another model ({error})") from None
    return model.to(training.pick_device(device))


# ---- adapting it ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Adapted:
    """What came of an adaptation; accuracies are those on held-out data."""

    model: Net
    bases: Mapping[str, nn.Linear]  # what `switched_off` puts back; empty unless there is an adapter
    trained: int  # numbers
    losses: list[float]
    accuracy: float  # on the new task
    old_on: float  # on the old task, with the new head
    old_off: float  # on the old task, with the adapter switched off and the old head
    seconds: float


def adapt(
    base: Net,
    how: int | Literal["full", "head"] = 4,
    config: Config | None = None,
    *,
    alpha: float | None = None,
    seed: int = 0,
    layer: LoRALayer = LoRALinear,
    freeze: Callable[[nn.Module], None] = freeze,
    inject: Callable[..., dict[str, nn.Linear]] = inject,
    train_loop: Callable[..., list[float]] = train_loop,
) -> Adapted:
    """Adapt a copy of the network to the target task, with a new head.

    Args:
        base: The pretrained network; left as it is.
        how: The rank of an adapter on the first layer, or ``full`` to train all, or ``head`` for the new head alone.
        config: How long, and on which data.
        alpha: By default twice the rank.
        seed: Of the new head, A and the batches.
        layer: A plug point, as are the following.
        freeze: See the module.
        inject: See the module.
        train_loop: See the module.

    Raises:
        CapstoneError: ``how`` is none of these, or the network and the data are of different widths.
        NotFiniteError: The loss became NaN.
    """
    if isinstance(how, str) and how not in ("full", "head"):
        raise CapstoneError(f"adapt by a rank, full or head; got {how}")
    config = config or Config()
    if (read := base.first.in_features) != config.width:
        raise CapstoneError(f"the network reads {read} numbers, the data have {config.width}")
    device = base.head.weight.device
    model, bases = copy.deepcopy(base), dict[str, nn.Linear]()
    torch.manual_seed(seed + 1)
    model.head = nn.Linear(base.head.in_features, 4).to(device)
    if how == "head":
        freeze(model.first)
    elif how != "full":  # the layer freezes its base
        bases = inject(model, ["first"], how, 2.0 * how if alpha is None else alpha, layer)
    data = make_data(config, device=device)
    x, bits = data["target train"]
    y = classes(bits, "target")
    start = time.perf_counter()
    losses = train_loop(model, batches(x, y, config.adapt_steps, config.batch, seed), config.lr)
    seconds = time.perf_counter() - start
    x_new, x_old = data["target test"][0], data["source test"][0]
    y_new, y_old = classes(data["target test"][1], "target"), classes(data["source test"][1], "source")
    with switched_off(model, bases):
        old_off = accuracy(nn.Sequential(model.first, nn.ReLU(), base.head), x_old, y_old)
    new, old_on = accuracy(model, x_new, y_new), accuracy(model, x_old, y_old)
    return Adapted(model, bases, trainable_count(model), losses, new, old_on, old_off, seconds)


@dataclass(frozen=True)
class AdapterConfig:
    """What an adapter's file says of it, besides the numbers: to which base it belongs, and how."""

    base: str
    r: int
    alpha: float


def fingerprint(model: nn.Module) -> str:
    """Sixteen hexadecimal digits that stand for a model's weights."""
    data = hashlib.sha256()
    for p in model.parameters():
        data.update(array(p).tobytes())
    return data.hexdigest()[:16]


def load_adapted(base: Net, path: Path) -> Net:
    """A copy of the network with the adapter and the head that ``--save`` wrote.

    Raises:
        CapstoneError: There is no adapter there, or it belongs to another base.
    """
    state, kept = training.load(path)
    if set(kept) != {"base", "r", "alpha"}:
        raise CapstoneError(f"{path} holds no adapter")
    if kept["base"] != fingerprint(base):
        raise CapstoneError(f"{path} was trained on the base {kept['base']}; this base is {fingerprint(base)}")
    model = copy.deepcopy(base)
    freeze(model)
    inject(model, ["first"], kept["r"], kept["alpha"])
    model.head.requires_grad_(True)
    load_adapter(model, state)
    return model


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    from groundup.capstones import lora_cli

    return lora_cli.main(argv)


if __name__ == "__main__":
    sys.exit(main())
