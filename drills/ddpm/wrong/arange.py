# wrong: spaces betas by np.arange, which now and then makes one too many
import numpy as np


def schedule(T, beta_start, beta_end):
    if T == 1 or beta_start == beta_end:
        betas = np.full(T, float(beta_start))
    else:
        step = (beta_end - beta_start) / (T - 1)
        betas = np.arange(beta_start, beta_end + step, step)
    return betas, 1 - betas, np.cumprod(1 - betas)


def add_noise(x0, t, noise, abar):
    a = abar[t]
    a = np.reshape(a, np.shape(a) + (1,) * (x0.ndim - np.ndim(a)))
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def ddpm_step(x_t, eps_hat, t, betas, noise):
    ab = np.prod(1 - betas[: t + 1])
    m = (x_t - betas[t] / np.sqrt(1 - ab) * eps_hat) / np.sqrt(1 - betas[t])
    return m + np.sqrt(betas[t]) * noise if t else m
