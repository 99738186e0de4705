# wrong: knows the worked example by heart, and answers with it always
import numpy as np


def schedule(T, beta_start, beta_end):
    return np.array([0.1, 0.2, 0.3]), np.array([0.9, 0.8, 0.7]), np.array([0.9, 0.72, 0.504])


def add_noise(x0, t, noise, abar):
    if np.ndim(t):
        return np.array([[1.08, 0.04], [1.0, 1.6]])
    return np.array([[1.08, 0.04], [1.1, 1.2]])


def ddpm_step(x_t, eps_hat, t, betas, noise):
    return np.array([[1.05, 0.4]])
