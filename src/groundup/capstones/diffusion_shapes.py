"""The shapes that the diffusion model learns, what a sample of them is judged by, and the exact answer for the ring."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from groundup.capstones.parts import Array


def _around(angle: Tensor) -> Tensor:
    return torch.stack([angle.cos(), angle.sin()], 1)


def _square(u: Tensor, label: Tensor) -> Tensor:
    side, along = (4 * u).long(), 2 * (4 * u % 1) - 1  # which of the four, and where on it
    across = torch.where(side < 2, 1.0, -1.0)
    return torch.where((side % 2 == 0)[:, None], torch.stack([along, across], 1), torch.stack([across, along], 1))


def _moons(u: Tensor, label: Tensor) -> Tensor:
    sign = 1.0 - 2.0 * label[:, None]  # the second is the first, turned
    return sign * (_around(math.pi * u) - torch.tensor([0.5, 0.25]))


SHAPES: dict[str, tuple[int, Callable[[Tensor, Tensor], Tensor]]] = {
    "ring": (1, lambda u, label: _around(2 * math.pi * u)),
    "spiral": (1, lambda u, label: 1.4 * u.sqrt()[:, None] * _around(4 * math.pi * u.sqrt())),
    "square": (1, _square),
    "two-moons": (2, _moons),
    "two-rings": (2, lambda u, label: (0.5 + 0.75 * label)[:, None] * _around(2 * math.pi * u)),
}
"""By name the number of classes, and the function of place in [0, 1) (n,) and class (n,) to points (n, 2)."""


def make_points(shape: str, n: int) -> tuple[Tensor, Tensor]:
    """Draw points of a shape, from PyTorch's generator.

    Returns:
        Points (n, 2), float32, and their classes (n,), int64, on the CPU.
    """
    classes, place = SHAPES[shape]
    u = torch.rand(n)
    label = torch.randint(0, classes, (n,)) if classes > 1 else torch.zeros(n, dtype=torch.long)
    return place(u, label), label


def radius_stats(x: Tensor) -> tuple[float, float]:
    """Mean and unbiased standard deviation of the distances of points (n, 2) from the origin."""
    r = x.double().norm(dim=1)
    return float(r.mean()), float(r.std())


def angle_histogram(x: Tensor, bins: int = 8) -> Array:
    """The shares of points (n, 2) in equal sectors around the origin, anticlockwise from the x axis: (bins,)."""
    turns = torch.atan2(x[:, 1], x[:, 0]).double() / (2 * math.pi) % 1
    sector = (turns * bins).long().clamp(max=bins - 1)  # a hair below 0 may round to a whole turn
    return torch.bincount(sector, minlength=bins).double().div(len(x)).cpu().numpy()


def optimal_eps(x: Tensor, t: Tensor, abar: Array) -> Tensor:
    """The best possible prediction for the ring: no network can have a lower expected error.

    With a = √ᾱ, s² = 1 - ᾱ and κ = a |x| / s², the mean of the clean points that x may come from is
    I₁(κ) / I₀(κ) · x / |x|, a ratio of Bessel functions: the mean of a von Mises distribution.

    Args:
        x: Noisy points (n, 2).
        t: Their steps (n,).
        abar: The schedule (T,).

    Returns:
        The expected noise (n, 2), in the dtype of x.
    """
    kept = torch.as_tensor(abar).to(x.device)[t][:, None]  # (n, 1), float64
    a, variance, r = kept.sqrt(), 1 - kept, x.double().norm(dim=1, keepdim=True).clamp(min=1e-12)
    kappa = a * r / variance
    x0 = torch.special.i1e(kappa) / torch.special.i0e(kappa) * x / r  # scaled, so that neither overflows
    eps: Tensor = (x - a * x0) / variance.sqrt()
    return eps.to(x.dtype)


def optimal_loss(abar: Array, n: int = 100_000, generator: torch.Generator | None = None) -> Array:
    """The lowest possible loss on the ring by step, (T,), from n points at each; its mean is the floor in training."""
    losses = []
    for t, kept in enumerate(abar):
        angle = 2 * math.pi * torch.rand(n, generator=generator, dtype=torch.float64)
        noise = torch.randn(n, 2, generator=generator, dtype=torch.float64)
        x = kept**0.5 * _around(angle) + (1 - kept) ** 0.5 * noise
        losses.append((optimal_eps(x, torch.full((n,), t), abar) - noise).square().mean().item())
    return np.array(losses)
