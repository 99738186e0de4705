"""The plug points of the capstones: the shapes of the parts that a reader may write and plug in.

A part keeps the signature of its drill. Parts written in NumPy meet a model written in PyTorch through ``array`` and
``tensor``, or, where a gradient must pass, through an ``autograd.Function`` in the capstone that uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Array = NDArray[Any]


class Softmax(Protocol):
    """NumPy: ``z`` of any shape to probabilities of the same shape and dtype, which sum to 1 along ``axis``."""

    def __call__(self, z: Array, axis: int = -1) -> Array: ...


class CrossEntropy(Protocol):
    """NumPy: logits (n, c) and integer targets (n,) to the mean loss in nats."""

    def __call__(self, logits: Array, targets: Array) -> float: ...


class Attention(Protocol):
    """PyTorch: q (..., t_q, d), k (..., t_k, d), v (..., t_k, w), boolean mask (True keeps) to (..., t_q, w)."""

    def __call__(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor: ...


class LayerNorm(Protocol):
    """PyTorch: x (..., d), weight and bias (d,) to (..., d)."""

    def __call__(self, x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor: ...


class LayerNormBackward(Protocol):
    """PyTorch: dy and x (..., d), weight (d,) to (dx, dweight, dbias)."""

    def __call__(self, dy: Tensor, x: Tensor, weight: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]: ...


class Sampler(Protocol):
    """NumPy: logits (vocabulary,) to the index of one token; ``rng`` is a ``numpy.random.Generator``."""

    def __call__(
        self,
        logits: Array,
        temperature: float,
        top_k: int | None = None,
        top_p: float | None = None,
        rng: np.random.Generator | None = None,
    ) -> int: ...


class LoRALayer(Protocol):
    """PyTorch: a module class; base (out, in) is frozen, ``A`` is (r, in), ``B`` is (out, r) and zero."""

    def __call__(self, base: nn.Linear, r: int, alpha: float) -> nn.Module: ...


class Conv2d(Protocol):
    """NumPy: x (n, c, h, w), weight (o, c, k, k), bias (o,) or None to (n, o, h', w'); cross-correlation."""

    def __call__(
        self, x: Array, weight: Array, bias: Array | None = None, stride: int = 1, padding: int = 0
    ) -> Array: ...


class Conv2dBackward(Protocol):
    """NumPy: dy (n, o, h', w') to (dx, dweight, dbias)."""

    def __call__(self, dy: Array, x: Array, weight: Array, stride: int, padding: int) -> tuple[Array, Array, Array]: ...


class Optimiser(Protocol):
    """NumPy: made with the shapes; ``step`` takes parameters and gradients by name and returns new parameters."""

    def step(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> dict[str, Array]: ...


class MakeOptimiser(Protocol):
    """NumPy: the class of an ``Optimiser``."""

    def __call__(
        self,
        shapes: Mapping[str, tuple[int, ...]],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> Optimiser: ...


class ConfusionMatrix(Protocol):
    """NumPy: labels 0/1 (n,) twice to [[tn, fp], [fn, tp]]."""

    def __call__(self, y_true: Array, y_pred: Array) -> Any: ...


class PrecisionRecallF1(Protocol):
    """NumPy: labels 0/1 (n,) twice to three numbers, 0/0 being 0."""

    def __call__(self, y_true: Array, y_pred: Array) -> tuple[float, float, float]: ...


class RocAuc(Protocol):
    """NumPy: labels 0/1 (n,) and scores (n,) to the share of pairs in the right order, ties counted half."""

    def __call__(self, y_true: Array, scores: Array) -> float: ...


class LossAndGrads(Protocol):
    """NumPy: W1 (d, h), b1 (h,), W2 (h, 1), b2 (1,) by name, X (n, d), y (n, 1) to the loss and its gradients."""

    def __call__(self, params: Mapping[str, Array], X: Array, y: Array) -> tuple[float, dict[str, Array]]: ...


class NoiseSchedule(Protocol):
    """NumPy: number of steps and both ends of beta to (betas, alphas, abar), each (T,)."""

    def __call__(self, T: int, beta_start: float, beta_end: float) -> tuple[Array, Array, Array]: ...


class AddNoise(Protocol):
    """NumPy: x0 and noise (n, ...), t an int or (n,), abar (T,) to x_t, of the shape of x0."""

    def __call__(self, x0: Array, t: int | Array, noise: Array, abar: Array) -> Array: ...


class DdpmStep(Protocol):
    """NumPy: x_t, eps_hat and noise (n, ...), t an int, betas (T,) to x_{t-1}; no noise is added at t = 0."""

    def __call__(self, x_t: Array, eps_hat: Array, t: int, betas: Array, noise: Array) -> Array: ...


class RunAgent(Protocol):
    """Plain Python: the loop of chapter 33 over a model that answers a prompt with text; returns answer and trace."""

    def __call__(
        self,
        model: Callable[[str], str],
        tools: Mapping[str, Callable[[str], str]],
        question: str,
        max_steps: int = 5,
    ) -> tuple[str | None, Sequence[Mapping[str, Any]]]: ...


def array(x: Tensor) -> Array:
    """A tensor's values as an array that a part may keep."""
    return x.detach().cpu().numpy().copy()


def tensor(x: Any, like: Tensor) -> Tensor:
    """A copy of what a part returned, with the dtype and on the device of ``like``."""
    return torch.from_numpy(np.array(x, order="C")).to(device=like.device, dtype=like.dtype)


class Steps(Protocol):
    """What a training calls: ``training.AdamW``, or a ``PluggedOptimiser``."""

    def zero_grad(self) -> None: ...
    def step(self) -> None: ...


class PluggedOptimiser:
    """A NumPy ``Optimiser`` that trains a PyTorch model: values and gradients go out as arrays, new values come in.

    Args:
        named: Parameters by name, as of ``model.named_parameters()``; those without ``requires_grad`` are left alone.
        make: The class of the optimiser.
        lr: Its learning rate.

    Raises:
        ValueError: From ``step``, if a new value is missing or has another shape than its parameter.
    """

    def __init__(self, named: Iterable[tuple[str, nn.Parameter]], make: MakeOptimiser, lr: float) -> None:
        self.params = {name: p for name, p in named if p.requires_grad}
        self.part = make({name: tuple(p.shape) for name, p in self.params.items()}, lr=lr)

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for p in self.params.values():
            p.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Update all parameters from their gradients."""
        values = {name: array(p) for name, p in self.params.items()}
        grads = {
            name: np.zeros_like(values[name]) if p.grad is None else array(p.grad) for name, p in self.params.items()
        }
        new = self.part.step(values, grads)
        for name, p in self.params.items():
            if name not in new or np.shape(new[name]) != tuple(p.shape):
                raise ValueError(f"the optimiser must return {name} with shape {tuple(p.shape)}")
            p.copy_(tensor(new[name], p))
