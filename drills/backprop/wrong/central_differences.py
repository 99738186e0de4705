# wrong: central differences in place of derivatives: off in the eighth digit, and two forward passes for each weight
import numpy as np


def _logits(params, X):
    return np.tanh(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


def forward(params, X):
    return 0.5 + 0.5 * np.tanh(_logits(params, X) / 2)


def _loss(params, X, y):
    z = _logits(params, X)
    return float(np.mean(np.logaddexp(0, z) - y * z))


def loss_and_grads(params, X, y, e=1e-6):
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    for name, value in params.items():
        for at in np.ndindex(value.shape):
            step = np.zeros_like(value)
            step[at] = e
            up, down = {**params, name: value + step}, {**params, name: value - step}
            grads[name][at] = (_loss(up, X, y) - _loss(down, X, y)) / (2 * e)
    return _loss(params, X, y), grads
