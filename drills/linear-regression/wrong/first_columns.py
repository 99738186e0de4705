# wrong: drops columns that depend on earlier ones: a best fit, and not the shortest
import numpy as np


def fit_normal(X, y, l2=0.0):
    x_mean, y_mean = X.mean(axis=0), y.mean()
    A, t = X - x_mean, y - y_mean
    d = A.shape[1]
    if l2 > 0:
        w = np.linalg.solve(A.T @ A + l2 * np.eye(d), A.T @ t)
        return w, float(y_mean - x_mean @ w)
    kept = []
    for j in range(d):
        if np.linalg.matrix_rank(A[:, [*kept, j]]) > len(kept):
            kept.append(j)
    w = np.zeros(d)
    w[kept] = np.linalg.pinv(A[:, kept]) @ t
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
