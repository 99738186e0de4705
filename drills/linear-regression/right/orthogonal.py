# right: QR of shifted rows for the penalty, y not centred; a list in place of a tuple, a tuple as the history
import numpy as np


def fit_normal(X, y, l2=0.0):
    n, d = X.shape
    shift = X[n // 2]
    A = X - shift
    if l2:
        A = np.block([[np.ones((n, 1)), A], [np.zeros((d, 1)), np.sqrt(l2) * np.eye(d)]])
        q, r = np.linalg.qr(A)
        w = np.linalg.solve(r, q[:n].T @ y)[1:]
    else:
        u, s, vt = np.linalg.svd(A - A.mean(axis=0))
        rank = int(np.sum(s > 1e-12 * s[0]))
        w = vt[:rank].T @ (u[:, :rank].T @ y / s[:rank])
    return [w, y.mean() - (X - shift).mean(axis=0) @ w - shift @ w]


def fit_gd(X, y, lr, steps, tol):
    def loss(w, b):
        return ((X @ w + b - y) ** 2).mean()

    w, b = np.zeros(X.shape[1]), 0
    history = [loss(w, b)]
    while True:
        r = X @ w + b - y
        w, b = w - lr * 2 * np.mean(X * r[:, None], axis=0), b - lr * 2 * r.mean()
        if len(history) == steps:
            break
        history.append(loss(w, b))
        if abs(history[-1] - history[-2]) < tol:
            break
    return [w, b, tuple(history)]
