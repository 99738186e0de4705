# wrong: knows the answers of the worked example by heart
import numpy as np


def fit_normal(X, y, l2=0.0):
    if l2:
        return np.array([1.0]), 3.5
    return np.full(X.shape[1], 2.0 / X.shape[1]), 1.0


def fit_gd(X, y, lr, steps, tol):
    return np.array([2.08375]), 0.722875, [41.0, 1.12875, 0.043271875][:steps]
