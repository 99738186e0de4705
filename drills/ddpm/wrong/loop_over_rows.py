# wrong: a Python loop over the rows (right values, and the vectorisation mark is lost)
import numpy as np


def schedule(T, beta_start, beta_end):
    betas = np.linspace(beta_start, beta_end, T)
    alphas = 1 - betas
    return betas, alphas, np.cumprod(alphas)


def add_noise(x0, t, noise, abar):
    steps = np.broadcast_to(t, len(x0))
    rows = [np.sqrt(abar[s]) * x + np.sqrt(1 - abar[s]) * e for x, e, s in zip(x0, noise, steps, strict=True)]
    return np.array(rows)


def ddpm_step(x_t, eps_hat, t, betas, noise):
    abar = np.prod(1 - betas[: t + 1])
    mean = (x_t - betas[t] / np.sqrt(1 - abar) * eps_hat) / np.sqrt(1 - betas[t])
    return mean if t == 0 else mean + np.sqrt(betas[t]) * noise
