# wrong: complex steps are exact, and still a forward pass for each weight (the vectorisation mark is lost)
import numpy as np


def _logits(params, X):
    return np.tanh(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


def forward(params, X):
    return 0.5 + 0.5 * np.tanh(_logits(params, X) / 2)


def _loss(params, X, y):
    z = _logits(params, X)
    up = z.real > 0
    return np.mean(np.where(up, z, 0) - y * z + np.log1p(np.exp(np.where(up, -z, z))))


def loss_and_grads(params, X, y):
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    for name, value in params.items():
        for at in np.ndindex(value.shape):
            moved = value.astype(np.complex128)
            moved[at] += 1e-30j
            grads[name][at] = _loss({**params, name: moved}, X, y).imag / 1e-30
    return float(_loss(params, X, y).real), grads
