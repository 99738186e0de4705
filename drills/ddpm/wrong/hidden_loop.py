# wrong: hides the loop over the rows in np.vectorize
import numpy as np


def schedule(T, beta_start, beta_end):
    betas = np.linspace(beta_start, beta_end, T)
    alphas = 1 - betas
    return betas, alphas, np.cumprod(alphas)


def add_noise(x0, t, noise, abar):
    steps = np.broadcast_to(np.reshape(t, np.shape(t) + (1,) * (x0.ndim - np.ndim(t))), x0.shape)
    mix = np.vectorize(lambda x, s, e: abar[s] ** 0.5 * x + (1 - abar[s]) ** 0.5 * e)
    return mix(x0, steps, noise)


def ddpm_step(x_t, eps_hat, t, betas, noise):
    abar = np.prod(1 - betas[: t + 1])
    mean = (x_t - betas[t] / np.sqrt(1 - abar) * eps_hat) / np.sqrt(1 - betas[t])
    return mean if t == 0 else mean + np.sqrt(betas[t]) * noise
