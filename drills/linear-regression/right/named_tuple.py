# right: a named tuple and further keyword arguments; y as a column; the history grows as an array
from typing import NamedTuple

import numpy as np


class Fit(NamedTuple):
    w: np.ndarray
    b: float


def fit_normal(X, y, l2=0.0, *, rcond=1e-12):
    A = X - X.mean(axis=0)
    gram = A.T @ A + l2 * np.eye(X.shape[1])
    w = np.linalg.pinv(gram, rcond=rcond) @ (A.T @ (y - y.mean()))
    return Fit(w, y.mean() - X.mean(axis=0) @ w)


def fit_gd(X, y, lr, steps, tol, report=None):
    w, b, history = np.zeros((X.shape[1], 1)), np.zeros(()), np.zeros(0)
    target = y.reshape(-1, 1)
    for k in range(1, steps + 1):
        e = X @ w + b - target
        history = np.append(history, (e.T @ e).item() / len(e))
        if report:
            report(k, history[-1])
        if k >= 2 and np.abs(np.ediff1d(history))[-1] < tol:
            break
        w -= lr * 2 * (X.T @ e) / len(e)
        b -= lr * 2 * e.mean()
    return w.ravel(), b, history
