"""Sampling from a diffusion model without fresh noise, on few of the steps that it was trained on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from groundup.capstones.diffusion_parts import Tables

Eps = Callable[[Tensor, Tensor], Tensor]  # x (n, 2) and t (n,) to the noise in x, (n, 2)


@torch.no_grad()
def ddim_sample(
    eps: Eps,
    n: int,
    tables: Tables,
    *,
    steps: int = 10,
    generator: torch.Generator | None = None,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Turn noise into points without fresh noise, on few of the steps (Song et al., 2021, equation 12 with σ = 0).

    Args:
        eps: Tells the noise in points.
        n: How many points.
        tables: The schedule.
        steps: How many of its steps, evenly spread from the last to the first.
        generator: Draws the noise to start from, on the CPU; by default PyTorch's own.
        device: Where ``eps`` runs.

    Returns:
        (n, 2), on that device.
    """
    if not 1 <= steps <= len(tables.abar):
        raise ValueError(f"steps is {steps}; it must be between 1 and {len(tables.abar)}")
    times = np.linspace(len(tables.abar) - 1, 0, steps).round().astype(int)
    x = torch.randn(n, 2, generator=generator).to(device)
    for t, kept, left in zip(times, tables.abar[times], [*tables.abar[times[1:]], 1.0], strict=True):
        eps_hat = eps(x, torch.full((n,), int(t), device=device))
        x0 = (x - (1 - kept) ** 0.5 * eps_hat) / kept**0.5  # the clean points that this noise means
        x = left**0.5 * x0 + (1 - left) ** 0.5 * eps_hat
    return x
