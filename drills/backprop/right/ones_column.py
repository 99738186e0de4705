# right: biases folded into the weights by a column of ones, split off again at the end
import numpy as np


def with_ones(A):
    return np.hstack([A, np.ones((len(A), 1), dtype=A.dtype)])


def stacked(params):
    return np.vstack([params["W1"], params["b1"]]), np.vstack([params["W2"], params["b2"]])


def pieces(params, X):
    V1, V2 = stacked(params)
    A = with_ones(X)
    H = with_ones(np.tanh(A @ V1))
    return A, H, H @ V2


def forward(params, X):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-pieces(params, X)[2]))


def loss_and_grads(params, X, y):
    A, H, z = pieces(params, X)
    e = np.exp(-abs(z))
    p = np.where(z > 0, 1 / (1 + e), e / (1 + e))
    dz = (p - y) / len(y)
    G2 = H.T @ dz
    G1 = A.T @ ((dz * params["W2"][:, 0]) * (1 - H[:, :-1] ** 2))
    loss = np.average(np.maximum(z, 0) - y * z + np.log1p(e))
    return float(loss), {"W1": G1[:-1], "b1": G1[-1], "W2": G2[:-1], "b2": G2[-1]}
