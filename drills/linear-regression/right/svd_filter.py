# right: singular values for both cases, as filter factors; the descent as a generator
from itertools import islice

import numpy as np


def fit_normal(X, y, l2=0.0):
    centre = X.mean(0)
    U, s, Vt = np.linalg.svd(X - centre, full_matrices=False)
    kept = s > 1e-9 * s.max(initial=0.0)
    factors = np.zeros_like(s)
    factors[kept] = s[kept] / (s[kept] ** 2 + l2)
    w = Vt.T @ (factors * (U.T @ (y - y.mean())))
    return w, y.mean() - centre @ w


def states(X, y, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    while True:
        r = y - b - X @ w
        yield w, b, r @ r / len(r)
        w, b = w + lr * 2 * (r @ X) / len(r), b + lr * 2 * r.mean()


def fit_gd(X, y, lr, steps, tol):
    losses, path = [], states(X, y, lr)
    for w, b, loss in islice(path, steps):
        losses.append(loss)
        if losses[1:] and abs(losses[-2] - loss) < tol:
            return w, b, losses
    return *next(path)[:2], losses
