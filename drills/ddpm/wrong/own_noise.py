# wrong: draws its own noise and ignores what is passed in
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
    abar = np.prod(1 - betas[: t + 1])
    mean = (x_t - betas[t] / np.sqrt(1 - abar) * eps_hat) / np.sqrt(1 - betas[t])
    return mean if t == 0 else mean + np.sqrt(betas[t]) * np.random.default_rng().normal(size=x_t.shape)
