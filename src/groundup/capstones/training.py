"""What the capstones share: the optimiser, the choice of a device, and checkpoints that survive a bad end.

Everything else a capstone needs stands in its own file.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from groundup.capstones.errors import CapstoneError as CapstoneError
from groundup.capstones.parts import MakeOptimiser, PluggedOptimiser, Steps


class NotFiniteError(CapstoneError):
    """The loss became NaN or infinite."""


# ---- the optimiser --------------------------------------------------------------------------------------------------


class AdamW:
    """Adam with decoupled weight decay on one flat buffer (Loshchilov and Hutter, 2019, algorithm 2).

    Parameters and gradients become views of two long vectors, so that a step is a handful of operations on all
    of them. Steps as fast as the library's fused optimiser, and spares its import: a second, mostly the compiler.

    Args:
        params: Floating-point parameters of one dtype on one device. Those without ``requires_grad`` are left alone.
        lr: Learning rate; an attribute that a schedule may set before each step.
        betas: Decay rates of the two moments.
        eps: Added to the root of the second moment.
        weight_decay: ``lr * weight_decay * p`` is subtracted from each decayed parameter.
        decays: Which parameters decay; by default all.

    Raises:
        ValueError: There is nothing to train, or the parameters differ in dtype or device.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        decays: Callable[[Tensor], bool] = lambda p: True,
    ) -> None:
        trained = [p for p in params if p.requires_grad]
        if not trained:
            raise ValueError("no parameter requires a gradient; there is nothing to train")
        if len({(p.dtype, p.device) for p in trained}) > 1:
            raise ValueError("parameters must share one dtype and one device")
        # Decayed parameters first: decay is then one operation on the head of the buffer.
        trained = [p for p in trained if decays(p)] + [p for p in trained if not decays(p)]
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.n_decayed = sum(p.numel() for p in trained if decays(p))
        self.flat = torch.cat([p.detach().reshape(-1) for p in trained])  # (n,)
        self.grad = torch.zeros_like(self.flat)  # (n,)
        self.m, self.v = torch.zeros_like(self.flat), torch.zeros_like(self.flat)
        self.steps = 0
        at = 0
        for p in trained:
            end = at + p.numel()
            p.data = self.flat[at:end].view_as(p)
            p.grad = self.grad[at:end].view_as(p)
            at = end

    def zero_grad(self) -> None:
        """Set all gradients to zero, in place."""
        self.grad.zero_()

    def clip_grad(self, largest: float) -> Tensor:
        """Scale the gradients down to a norm of at most ``largest``; returns the norm they had, a scalar."""
        norm: Tensor = torch.linalg.vector_norm(self.grad)
        self.grad.mul_((largest / (norm + 1e-6)).clamp(max=1.0))
        return norm

    @torch.no_grad()
    def step(self) -> None:
        """Update all parameters from their gradients."""
        self.steps += 1
        beta1, beta2 = self.betas
        self.m.lerp_(self.grad, 1 - beta1)
        self.v.mul_(beta2).addcmul_(self.grad, self.grad, value=1 - beta2)
        if self.weight_decay:
            self.flat[: self.n_decayed].mul_(1 - self.lr * self.weight_decay)
        root = (self.v / (1 - beta2**self.steps)).sqrt_().add_(self.eps)
        self.flat.addcdiv_(self.m, root, value=-self.lr / (1 - beta1**self.steps))


def optimiser(model: nn.Module, plugged: MakeOptimiser | None, lr: float) -> Steps:
    """What trains a model without weight decay: ``AdamW``, or the NumPy part that is plugged in its place."""
    if plugged is None:
        return AdamW(model.parameters(), lr, weight_decay=0.0)
    return PluggedOptimiser(model.named_parameters(), plugged, lr)


# ---- where it runs --------------------------------------------------------------------------------------------------


def pick_device(name: str) -> torch.device:
    """The device of that name; ``auto`` is CUDA where there is one.

    Args:
        name: ``auto``, ``cpu``, ``cuda``, ``cuda:1`` or ``mps``.

    Raises:
        CapstoneError: There is no such device here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        here = ["cpu", *(f"cuda:{n}" for n in range(torch.cuda.device_count()))]
        here += ["mps"] if torch.backends.mps.is_available() else []
        raise CapstoneError(f"there is no device {name} here; wanted: auto or one of {', '.join(here)}") from error
    return device


# ---- checkpoints ----------------------------------------------------------------------------------------------------


def save(path: Path, tensors: Mapping[str, Tensor], config: Any) -> None:
    """Write a checkpoint, whole or not at all.

    Args:
        path: A ``.safetensors`` file.
        tensors: By name; shared storage is written once per name.
        config: A dataclass, kept beside the weights and held against on loading.

    Raises:
        NotFiniteError: A tensor holds NaN or infinities; what was at ``path`` stays.
    """
    from safetensors.torch import save as serialised

    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise NotFiniteError(f"{name} is not finite, and is not kept; try a smaller learning rate")

    settings = asdict(config) if is_dataclass(config) and not isinstance(config, type) else config
    data = serialised(
        {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()},
        metadata={"config": json.dumps(settings, sort_keys=True)},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        new.write_bytes(data)
        os.replace(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def load(path: Path, config: Any = None) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read a checkpoint.

    Args:
        path: As given to ``save``.
        config: If given, what the checkpoint's configuration must be.

    Returns:
        The tensors, on the CPU, and the configuration as a dictionary.

    Raises:
        CapstoneError: There is no checkpoint there, it is damaged, or it is of another configuration.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise CapstoneError(f"there is no checkpoint {path}")
    try:
        with safe_open(path, framework="pt") as file:
            kept = json.loads((file.metadata() or {})["config"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (SafetensorError, KeyError, ValueError) as error:
        raise CapstoneError(f"{path} is no checkpoint of a capstone, or is damaged ({error})") from None
    if config is not None:
        wanted = json.loads(json.dumps(asdict(config)))
        differ = [f"{k} = {kept.get(k)!r}, wanted {v!r}" for k, v in wanted.items() if kept.get(k) != v]
        if differ:
            raise CapstoneError(f"{path} is a checkpoint of another configuration: {'; '.join(differ)}")
    return tensors, kept


def check_finite(loss: float, step: int) -> None:
    """Stop the training when its loss is no number.

    Raises:
        NotFiniteError: Names the step.
    """
    if not loss - loss == 0:  # NaN and the infinities
        raise NotFiniteError(f"the loss is {loss} at step {step}; training stopped, try a smaller learning rate")


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C end a training between two steps instead of inside one; a second Ctrl-C ends it at once.

    Yields:
        Whether the user has asked to stop.
    """
    asked = False

    def ask(*_: Any) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, previous)

    try:
        previous = signal.signal(signal.SIGINT, ask)
    except ValueError:  # not the main thread, which alone hears signals
        yield lambda: False
        return
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, previous)
