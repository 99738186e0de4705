"""The parts of the diffusion model that know no network: the noise schedule, a step forward and a step back, in NumPy.

They stand behind the plug points of `diffusion`, with the signatures of the drills.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from groundup.capstones.parts import Array


class Tables(NamedTuple):
    """A noise schedule: by step t the variance added, what is left of the signal's, and what is left since t = 0."""

    betas: Array  # (T,)
    alphas: Array
    abar: Array


def schedule(T: int, beta_start: float, beta_end: float) -> tuple[Array, Array, Array]:
    """A linear schedule: betas (T,) with both ends, alphas = 1 - betas, and their running product."""
    betas = np.linspace(beta_start, beta_end, T)
    return betas, 1 - betas, np.cumprod(1 - betas)


def add_noise(x0: Array, t: int | Array, noise: Array, abar: Array) -> Array:
    """Jump from clean data to step t: x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε (Ho et al., 2020, equation 4).

    Args:
        x0: (n, ...).
        t: One step, or one for each of n.
        noise: Like x0.
        abar: (T,).
    """
    kept = np.asarray(abar[t])
    kept = kept.reshape(kept.shape + (1,) * (x0.ndim - kept.ndim))  # (n, 1, ...)
    noisy: Array = np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise
    return noisy


def ddpm_step(x_t: Array, eps_hat: Array, t: int, betas: Array, noise: Array) -> Array:
    """One step back (Ho et al., 2020, algorithm 2), with variance β_t; at t = 0 no noise is added.

    Args:
        x_t: (n, ...).
        eps_hat: The noise that is thought to be in it.
        t: The step, from 0.
        betas: (T,).
        noise: Fresh, of variance 1.
    """
    beta, abar = betas[t], np.prod(1 - betas[: t + 1])
    mean: Array = (x_t - beta / np.sqrt(1 - abar) * eps_hat) / np.sqrt(1 - beta)
    return mean if t == 0 else mean + np.sqrt(beta) * noise


def sinusoids(t: Tensor, T: int, n: int = 8) -> Tensor:
    """The step (n,) as sines and cosines of falling frequency, (n, 8), as in large models."""
    rate = math.pi * 2.0 ** torch.arange(n // 2, device=t.device)
    angle = t[:, None] / T * rate  # (n, 4)
    return torch.cat([angle.sin(), angle.cos()], 1)
