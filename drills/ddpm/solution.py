"""The three formulas of a diffusion model: the schedule, the jump to a noise level, and one step back."""

import numpy as np


def schedule(T, beta_start, beta_end):
    """A linear noise schedule over T steps.

    Args:
        T: Number of steps, at least 1.
        beta_start: Variance that step 0 adds.
        beta_end: Variance that step T - 1 adds.

    Returns:
        betas, alphas and abar, each [T]: evenly spaced variances, 1 - betas, and the running product of the alphas.
    """
    # your part
    betas = np.linspace(beta_start, beta_end, T)
    alphas = 1 - betas
    return betas, alphas, np.cumprod(alphas)
    # end of your part


def add_noise(x0, t, noise, abar):
    """Take clean data to step t in one jump.

    Args:
        x0: Clean data [n, ...].
        t: The step, an int from 0 for all rows, or integers [n], one for each row.
        noise: Like x0.
        abar: [T], as from schedule.

    Returns:
        The noisy data, of the shape of x0.
    """
    # your part
    ones = (1,) * (x0.ndim - np.ndim(t))
    signal = np.reshape(abar[t], np.shape(t) + ones)  # [1, 1, ...] or [n, 1, ...]: each row meets its own
    return np.sqrt(signal) * x0 + np.sqrt(1 - signal) * noise
    # end of your part


def ddpm_step(x_t, eps_hat, t, betas, noise):
    """Take noisy data one step back, from t to t - 1.

    Args:
        x_t: Noisy data [n, ...].
        eps_hat: The noise that a network sees in it, like x_t.
        t: The step, an int from 0.
        betas: [T].
        noise: Fresh noise of variance 1, like x_t; not used at t = 0.

    Returns:
        The data one step earlier, of the shape of x_t.
    """
    # your part
    beta, abar = betas[t], np.prod(1 - betas[: t + 1])
    mean = (x_t - beta / np.sqrt(1 - abar) * eps_hat) / np.sqrt(1 - beta)
    if t == 0:
        return mean
    return mean + np.sqrt(beta) * noise
    # end of your part
