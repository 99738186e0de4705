# wrong: centres only where columns depend on one another, and is lost far from 0
import numpy as np


def fit_normal(X, y, l2=0.0):
    x_mean, y_mean = X.mean(axis=0), y.mean()
    A, t = X - x_mean, y - y_mean
    if l2:
        gram = A.T @ A + l2 * np.eye(A.shape[1])
        w = np.linalg.solve(gram, A.T @ t)
    elif np.linalg.matrix_rank(A) == A.shape[1]:
        ones = np.column_stack([X, np.ones(len(X))])
        w = np.linalg.solve(ones.T @ ones, ones.T @ y)[:-1]
    else:
        w = np.linalg.pinv(A) @ t
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
