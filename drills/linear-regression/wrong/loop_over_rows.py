# wrong: adds the gradient up row by row (right values, and the vectorisation mark is lost)
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
        loss, dw, db = 0.0, np.zeros(d), 0.0
        for row, target in zip(X, y, strict=True):
            error = row @ w + b - target
            loss += error**2 / n
            dw += 2 / n * error * row
            db += 2 / n * error
        history.append(loss)
        if len(history) > 1 and abs(history[-1] - history[-2]) < tol:
            break
        w, b = w - lr * dw, b - lr * db
    return w, b, history
