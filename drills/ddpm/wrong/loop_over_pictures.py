# wrong: loops over rows where these are pictures with steps of their own (the vectorisation mark is lost)
import numpy as np


def schedule(T, beta_start, beta_end):
    betas = np.linspace(beta_start, beta_end, T)
    return betas, 1 - betas, np.cumprod(1 - betas)


def add_noise(x0, t, noise, abar):
    if np.ndim(t) and x0.ndim > 2:
        return np.stack([np.sqrt(abar[t[i]]) * x0[i] + np.sqrt(1 - abar[t[i]]) * noise[i] for i in range(len(x0))])
    a = abar[t]
    a = a[:, None] if np.ndim(a) and x0.ndim > 1 else a
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def ddpm_step(x_t, eps_hat, t, betas, noise):
    ab = np.prod(1 - betas[: t + 1])
    m = (x_t - betas[t] / np.sqrt(1 - ab) * eps_hat) / np.sqrt(1 - betas[t])
    return m + np.sqrt(betas[t]) * noise if t else m
