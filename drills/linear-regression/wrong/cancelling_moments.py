# wrong: variances as E[xx] - E[x]E[x], which cancel far from 0
import numpy as np


def fit_normal(X, y, l2=0.0):
    n, d = X.shape
    x_mean, y_mean = X.mean(axis=0), y.mean()
    cov = X.T @ X - n * np.outer(x_mean, x_mean)  # [d, d]
    mixed = X.T @ y - n * x_mean * y_mean
    if l2:
        cov += l2 * np.eye(d)
        w = np.linalg.solve(cov, mixed)
    else:
        w = np.linalg.pinv(cov, rcond=1e-10, hermitian=True) @ mixed
    return w, float(y_mean - x_mean @ w)


def fit_gd(X, y, lr, steps, tol):
    n, d = X.shape
    w, b = np.zeros(d), 0.0
    history = []
    for _ in range(steps):
        errors = X @ w + b - y
        history.append(np.mean(errors**2))
        if len(history) > 1 and abs(history[-1] - history[-2]) < tol:
            break
        w = w - lr * 2 / n * X.T @ errors
        b = b - lr * 2 * errors.mean()
    return w, b, history
