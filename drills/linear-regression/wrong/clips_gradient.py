# wrong: clips the gradient at 1,000, which nobody asked for (the convergence mark is lost)
import numpy as np


def fit_normal(X, y, l2=0.0):
    x_mean, y_mean = X.mean(axis=0), y.mean()
    A, t = X - x_mean, y - y_mean
    if l2 > 0:
        w = np.linalg.solve(A.T @ A + l2 * np.eye(X.shape[1]), A.T @ t)
        return w, float(y_mean - x_mean @ w)
    w = np.linalg.lstsq(A, t, rcond=None)[0]
    return w, float(y_mean - x_mean @ w)


def fit_gd(X, y, lr, steps, tol):
    n, d = X.shape
    w, b, history = np.zeros(d), 0.0, []
    for _ in range(steps):
        error = X @ w + b - y
        history.append(float(np.mean(error**2)))
        if len(history) > 1 and abs(history[-1] - history[-2]) < tol:
            break
        w = w - lr * 2 / n * np.clip(X.T @ error, -1e3, 1e3)
        b = b - lr * 2 / n * float(error.sum())
    return w, b, history
