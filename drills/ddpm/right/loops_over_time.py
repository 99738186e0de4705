# right: plain Python over the time steps, math for single numbers; NumPy only where the rows are
import math
from itertools import accumulate
from operator import mul

import numpy as np


def schedule(T, beta_start, beta_end):
    if T == 1:
        betas = [beta_start]
    else:
        step = (beta_end - beta_start) / (T - 1)
        betas = [beta_start + step * i for i in range(T)]
    alphas = [1.0 - b for b in betas]
    return [np.array(betas), np.array(alphas), np.array(list(accumulate(alphas, mul)))]


def add_noise(x0, t, noise, abar):
    if isinstance(t, int):
        return math.sqrt(abar[t]) * x0 + math.sqrt(1.0 - abar[t]) * noise
    a = abar[t][(...,) + (None,) * (x0.ndim - 1)]
    return a**0.5 * x0 + (1.0 - a) ** 0.5 * noise


def ddpm_step(x_t, eps_hat, t, betas, noise):
    abar = 1.0
    for b in betas[: t + 1]:
        abar *= 1.0 - b
    x = x_t - betas[t] * eps_hat / math.sqrt(1.0 - abar)
    x = x / math.sqrt(1.0 - betas[t])
    if t > 0:
        x = x + math.sqrt(betas[t]) * noise
    return x
