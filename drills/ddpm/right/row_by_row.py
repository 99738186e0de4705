# right (partial): lists and loops over rows and numbers, so the vectorisation mark is lost and nothing else
import math

import numpy as np


def schedule(T, beta_start, beta_end):
    betas = [beta_start if T == 1 else beta_start + (beta_end - beta_start) * t / (T - 1) for t in range(T)]
    alphas = [1 - beta for beta in betas]
    abar, product = [], 1.0
    for alpha in alphas:
        product *= alpha
        abar.append(product)
    return np.array(betas), np.array(alphas), np.array(abar)


def _mix(a, x, b, y):
    """a x + b y, number by number, however deep the lists are nested."""
    if isinstance(x, list):
        return [_mix(a, u, b, v) for u, v in zip(x, y, strict=True)]
    return a * x + b * y


def add_noise(x0, t, noise, abar):
    steps = [int(t)] * len(x0) if np.ndim(t) == 0 else t.tolist()
    rows = []
    for x, e, step in zip(x0.tolist(), noise.tolist(), steps, strict=True):
        rows.append(_mix(math.sqrt(abar[step]), x, math.sqrt(1 - abar[step]), e))
    return np.array(rows)


def ddpm_step(x_t, eps_hat, t, betas, noise):
    beta, abar = betas[t], math.prod((1 - betas[: t + 1]).tolist())
    root = math.sqrt(1 - beta)
    mean = _mix(1 / root, x_t.tolist(), -beta / math.sqrt(1 - abar) / root, eps_hat.tolist())
    return np.array(mean if t == 0 else _mix(1.0, mean, math.sqrt(beta), noise.tolist()))
