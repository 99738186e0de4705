# right: works in the dtype of X, float32 included; pinv; the losses by a norm
from math import sqrt

import numpy as np


def fit_normal(X, y, l2=0.0):
    middle = X.mean(axis=0, keepdims=True)
    A = X - middle
    t = (y - y.mean())[:, None]
    if l2:
        gram = A.T @ A
        gram.flat[:: len(gram) + 1] += X.dtype.type(l2)
        w = np.linalg.solve(gram, A.T @ t)
    else:
        w = np.linalg.pinv(A) @ t
    b = y.mean() - middle @ w
    return w[:, 0], b[0, 0]


def fit_gd(X, y, lr, steps, tol):
    n = len(X)
    w = np.zeros_like(X[0])
    b = X.dtype.type(0)
    history = ()
    while len(history) < steps:
        error = X.dot(w) + b - y
        history += ((np.linalg.norm(error) / sqrt(n)) ** 2,)
        if len(history) >= 2 and -tol < history[-1] - history[-2] < tol:
            return w, b, list(history)
        w = w - lr * 2 * X.T.dot(error) / n
        b = b - lr * 2 * error.sum() / n
    return w, b, list(history)
