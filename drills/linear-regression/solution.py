"""Linear regression in two ways: least squares in one go, and gradient descent."""

import numpy as np


def fit_normal(X, y, l2=0.0):
    """Minimise |y - X w - b|² + l2 |w|², sums over the rows.

    Args:
        X: Rows [n, d].
        y: Targets [n].
        l2: Strength of the penalty on the weights, at least 0; the intercept is never penalised.

    Returns:
        Weights w [d] and the intercept b, a float. Where many w are as good, w is the shortest one.
    """
    # your part
    X, y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    x_mean, y_mean = X.mean(axis=0), y.mean()
    A, t = X - x_mean, y - y_mean  # the best b is 0 for these
    if l2 > 0:
        penalty = l2 * np.eye(X.shape[1])
        w = np.linalg.solve(A.T @ A + penalty, A.T @ t)
    else:
        w = np.linalg.lstsq(A, t, rcond=None)[0]  # by singular values: of least norm
    return w, float(y_mean - x_mean @ w)
    # end of your part


def fit_gd(X, y, lr, steps, tol):
    """Minimise the mean squared error by gradient descent from w = 0, b = 0.

    Args:
        X: Rows [n, d].
        y: Targets [n].
        lr: Learning rate.
        steps: Most updates, at least 1.
        tol: Stop when the loss changed by less than this since the update before.

    Returns:
        Weights w [d], the intercept b, a float, and the losses recorded, one before each update.
    """
    # your part
    n, d = X.shape
    w, b, history, before = np.zeros(d), 0.0, [], np.inf
    for _ in range(steps):
        error = X @ w + b - y  # [n]
        loss = float(np.mean(error**2))
        history.append(loss)
        if abs(loss - before) < tol:
            break
        before = loss
        slope = 2 * error / n  # of the loss, for each prediction [n]
        w = w - lr * (X.T @ slope)
        b = b - lr * float(slope.sum())
    return w, b, history
    # end of your part
