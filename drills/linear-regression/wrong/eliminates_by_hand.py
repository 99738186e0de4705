# wrong: solves by elimination, one column after the other (the vectorisation mark is lost)
import numpy as np


def eliminate(A, b):
    table = np.column_stack([A, b])
    for i in range(len(table)):
        table[i] /= table[i, i]
        for j in range(len(table)):
            if j != i:
                table[j] -= table[j, i] * table[i]
    return table[:, -1]


def fit_normal(X, y, l2=0.0):
    x_mean, y_mean = X.mean(axis=0), y.mean()
    A, t = X - x_mean, y - y_mean
    if l2:
        w = eliminate(A.T @ A + l2 * np.eye(A.shape[1]), A.T @ t)
    else:
        w = np.linalg.pinv(A) @ t if np.linalg.matrix_rank(A) < A.shape[1] else eliminate(A.T @ A, A.T @ t)
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
