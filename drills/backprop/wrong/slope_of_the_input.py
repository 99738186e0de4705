# wrong: takes the derivative of the tanh at its output, 1 - tanh(tanh(x))^2
import numpy as np


def _layers(params, X):
    hidden = np.tanh(X @ params["W1"] + params["b1"])
    return hidden, hidden @ params["W2"] + params["b2"]


def _sigmoid(z):
    return 0.5 + 0.5 * np.tanh(z / 2)


def forward(params, X):
    return _sigmoid(_layers(params, X)[1])


def loss_and_grads(params, X, y):
    hidden, z = _layers(params, X)
    loss = float(np.mean(np.logaddexp(0, z) - y * z))
    dz = (_sigmoid(z) - y) / len(X)
    da = dz @ params["W2"].T * (1 - np.tanh(hidden) ** 2)
    return loss, {"W1": X.T @ da, "b1": da.sum(axis=0), "W2": hidden.T @ dz, "b2": dz.sum(axis=0)}
