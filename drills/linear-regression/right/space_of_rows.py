# right: solves in the space of the rows, n by n; the descent on second moments, the losses from them, too
import math

import numpy as np


def fit_normal(X, y, l2=0.0):
    X = X.astype(float)
    y = y.astype(float)
    away = X - X[0]  # near 0, whatever the offset
    away = away - away.mean(axis=0)
    kernel = away @ away.T
    if l2 == 0:
        dual = np.linalg.pinv(kernel, rcond=1e-10, hermitian=True) @ (y - y.mean())
    else:
        dual = np.linalg.solve(kernel + np.diag(np.full(len(X), l2)), y - y.mean())
    w = away.T @ dual
    return w, np.mean(y - X @ w)


def fit_gd(X, y, lr, steps, tol):
    n, d = X.shape
    A = np.hstack([X, np.ones((n, 1))])
    second, mixed, square = A.T @ A / n, A.T @ y / n, y @ y / n
    theta, last, history = np.zeros(d + 1), math.nan, []
    for _ in range(steps):
        history.append(float(theta @ second @ theta - 2 * mixed @ theta + square))
        if abs(history[-1] - last) < tol:  # False for NaN
            break
        last = history[-1]
        theta = theta - lr * 2 * (second @ theta - mixed)
    return theta[:d], float(theta[d]), history
