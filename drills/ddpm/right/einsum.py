# right: einsum over rows, steps always as an array of one for each row
import numpy as np


def schedule(T, beta_start, beta_end):
    betas = beta_start + (beta_end - beta_start) * np.linspace(0, 1, T)
    alphas = 1 - betas
    lower = np.tril(np.ones((T, T), dtype=bool))
    abar = np.where(lower, alphas[None, :], 1.0).prod(axis=1)
    return betas, alphas, abar


def add_noise(x0, t, noise, abar):
    t = np.broadcast_to(t, (len(x0),))
    return np.einsum("n,n...->n...", np.sqrt(abar[t]), x0) + np.einsum("n,n...->n...", np.sqrt(1 - abar[t]), noise)


def ddpm_step(x_t, eps_hat, t, betas, noise):
    abar = np.multiply.reduce(1 - betas[: t + 1])
    weights = np.array([1.0, -betas[t] / np.sqrt(1 - abar)]) / np.sqrt(1 - betas[t])
    mean = np.einsum("k,k...->...", weights, np.stack([x_t, eps_hat]))
    return mean if t == 0 else mean + betas[t] ** 0.5 * noise
