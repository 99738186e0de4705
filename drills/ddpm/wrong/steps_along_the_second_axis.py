# wrong: lines steps up with the second axis of three where that is as long
import numpy as np


def schedule(T, beta_start, beta_end):
    betas = np.linspace(beta_start, beta_end, T)
    return betas, 1 - betas, np.cumprod(1 - betas)


def add_noise(x0, t, noise, abar):
    a = np.asarray(abar[t])
    if a.ndim:
        a = a.reshape((len(a),) + (1,) * (x0.ndim - 1))
        if x0.ndim == 3 and x0.shape[1] == len(a):
            a = a.reshape(1, len(a), 1)
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def ddpm_step(x_t, eps_hat, t, betas, noise):
    ab = np.prod(1 - betas[: t + 1])
    m = (x_t - betas[t] / np.sqrt(1 - ab) * eps_hat) / np.sqrt(1 - betas[t])
    return m + np.sqrt(betas[t]) * noise if t else m
