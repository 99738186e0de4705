# right: products as sums of logarithms, and expm1 for 1 - abar
import numpy as np


def schedule(T, beta_start, beta_end):
    betas = np.interp(np.arange(T), [0, max(T - 1, 1)], [beta_start, beta_end])
    log_abar = np.cumsum(np.log1p(-betas))
    return betas, np.exp(np.log1p(-betas)), np.exp(log_abar)


def add_noise(x0, t, noise, abar):
    log_snr = np.log(abar) - np.log1p(-abar)
    snr = log_snr[t]
    if snr.ndim == 1:
        snr = snr.reshape((len(snr),) + (1,) * (x0.ndim - 1))
    # The sigmoids of log-SNR and of its negative are abar and 1 - abar.
    return x0 / np.sqrt(1 + np.exp(-snr)) + noise / np.sqrt(1 + np.exp(snr))


def ddpm_step(x_t, eps_hat, t, betas, noise):
    log_abar = np.log1p(-betas[: t + 1]).sum()
    sigma = np.sqrt(-np.expm1(log_abar))
    mean = np.exp(-0.5 * np.log1p(-betas[t])) * (x_t - betas[t] * eps_hat / sigma)
    return mean + (t > 0) * np.exp(0.5 * np.log(betas[t])) * noise
