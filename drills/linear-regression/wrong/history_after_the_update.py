# wrong: records the loss after each update
import numpy as np


def fit_normal(X, y, l2=0.0):
    x_mean, y_mean = X.mean(axis=0), y.mean()
    A, t = X - x_mean, y - y_mean
    if l2:
        gram = A.T @ A + l2 * np.eye(A.shape[1])
        w = np.linalg.solve(gram, A.T @ t)
    else:
        w = np.linalg.pinv(A) @ t
    return w, float(y_mean - x_mean @ w)


def fit_gd(X, y, lr, steps, tol):
    n, d = X.shape
    w, b, history = np.zeros(d), 0.0, []
    for _ in range(steps):
        errors = X @ w + b - y
        w = w - lr * 2 / n * X.T @ errors
        b = b - lr * 2 * errors.mean()
        history.append(np.mean((X @ w + b - y) ** 2))
        if len(history) > 1 and abs(history[-1] - history[-2]) < tol:
            break
    return w, b, history
