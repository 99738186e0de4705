# wrong: clips the clean data that the told noise means to -1 ... 1
import numpy as np


def schedule(T, beta_start, beta_end):
    betas = np.linspace(beta_start, beta_end, T)
    alphas = 1 - betas
    return betas, alphas, np.cumprod(alphas)


def add_noise(x0, t, noise, abar):
    signal = np.asarray(abar[t])
    signal = signal.reshape(signal.shape + (1,) * (x0.ndim - signal.ndim))
    return np.sqrt(signal) * x0 + np.sqrt(1 - signal) * noise


def ddpm_step(x_t, eps_hat, t, betas, noise):
    abar = np.cumprod(1 - betas)
    before = abar[t - 1] if t > 0 else 1.0
    x0 = np.clip((x_t - np.sqrt(1 - abar[t]) * eps_hat) / np.sqrt(abar[t]), -1, 1)
    mean = np.sqrt(before) * betas[t] * x0 + np.sqrt(1 - betas[t]) * (1 - before) * x_t
    mean = mean / (1 - abar[t])
    return mean if t == 0 else mean + np.sqrt(betas[t]) * noise
