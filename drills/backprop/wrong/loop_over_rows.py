# wrong: one row at a time (right values, and the vectorisation mark is lost)
import numpy as np


def _sigmoid(z):
    return 0.5 + 0.5 * np.tanh(z / 2)


def forward(params, X):
    rows = [np.tanh(x @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"] for x in X]
    return _sigmoid(np.array(rows))


def loss_and_grads(params, X, y):
    loss, grads = 0.0, {name: np.zeros_like(value) for name, value in params.items()}
    for x, t in zip(X, y, strict=True):
        hidden = np.tanh(x @ params["W1"] + params["b1"])
        z = hidden @ params["W2"] + params["b2"]
        loss += (np.logaddexp(0, z) - t * z).item() / len(X)
        dz = (_sigmoid(z) - t) / len(X)
        da = params["W2"][:, 0] * dz * (1 - hidden**2)
        grads["W1"] += np.outer(x, da)
        grads["b1"] += da
        grads["W2"] += np.outer(hidden, dz)
        grads["b2"] += dz
    return loss, grads
