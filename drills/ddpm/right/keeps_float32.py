# right: works in float32 where the data are float32; the schedule itself in float64
import numpy as np


def schedule(T, beta_start, beta_end):
    grid = np.arange(T) / max(T - 1, 1)
    betas = (1 - grid) * beta_start + grid * beta_end
    return betas, 1 - betas, np.cumprod(1 - betas)


def add_noise(x0, t, noise, abar):
    shape = np.shape(t) + (1,) * (x0.ndim - np.ndim(t))
    a = np.reshape(abar[t], shape)
    out = np.multiply(np.sqrt(a).astype(x0.dtype), x0)
    out += np.sqrt(1 - a).astype(x0.dtype) * noise
    return out


def ddpm_step(x_t, eps_hat, t, betas, noise):
    kind = x_t.dtype.type
    alpha = 1 - betas
    abar = alpha[: t + 1].prod()
    out = np.array(x_t)
    out -= kind(betas[t] / np.sqrt(1 - abar)) * eps_hat
    out *= kind(1 / np.sqrt(alpha[t]))
    out += kind(np.sqrt(betas[t]) if t else 0.0) * noise
    return out
