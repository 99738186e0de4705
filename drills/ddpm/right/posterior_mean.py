# right: the step back by way of the clean data, as the mean given both; a named tuple as result
from typing import NamedTuple

import numpy as np


class Schedule(NamedTuple):
    beta: np.ndarray
    alpha: np.ndarray
    alpha_bar: np.ndarray


def schedule(T, beta_start, beta_end):
    beta = np.linspace(beta_start, beta_end, num=T, endpoint=True, dtype=np.float64)
    return Schedule(beta, 1.0 - beta, np.multiply.accumulate(1.0 - beta))


def _like(values, x):
    """Values of the rows, shaped to multiply x."""
    values = np.asarray(values)
    return np.expand_dims(values, axis=tuple(range(values.ndim, x.ndim)))


def add_noise(x0, t, noise, abar):
    signal = _like(np.sqrt(abar)[t], x0)
    rest = _like(np.sqrt(1.0 - abar)[t], x0)
    return signal * x0 + rest * noise


def ddpm_step(x_t, eps_hat, t, betas, noise):
    abar = np.cumprod(1.0 - betas)
    before = np.concatenate(([1.0], abar))[t]
    x0 = (x_t - np.sqrt(1.0 - abar[t]) * eps_hat) / np.sqrt(abar[t])
    c0 = np.sqrt(before) * betas[t] / (1.0 - abar[t])
    ct = np.sqrt(1.0 - betas[t]) * (1.0 - before) / (1.0 - abar[t])
    sigma = np.where(t > 0, np.sqrt(betas[t]), 0.0)
    return c0 * x0 + ct * x_t + sigma * noise
