# right: einsum throughout, softplus for the loss, two cases for the sigmoid
import numpy as np


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z < 0, e, 1.0) / (1.0 + e)


def forward(params, X):
    a = np.tanh(np.einsum("nd,dh->nh", X, params["W1"]) + params["b1"])
    return sigmoid(np.einsum("nh,ho->no", a, params["W2"]) + params["b2"])


def loss_and_grads(params, X, y):
    n = X.shape[0]
    a = np.tanh(np.einsum("nd,dh->nh", X, params["W1"]) + params["b1"])
    z = np.einsum("nh,ho->no", a, params["W2"]) + params["b2"]
    loss = np.sum(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))) / n
    d = (sigmoid(z) - y) / n
    back = np.einsum("no,ho,nh->nh", d, params["W2"], 1 - np.square(a))
    return loss, {
        "b2": np.einsum("no->o", d),
        "W2": np.einsum("nh,no->ho", a, d),
        "b1": np.einsum("nh->h", back),
        "W1": np.einsum("nd,nh->dh", X, back),
    }
