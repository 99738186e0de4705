# right (partial): lists and loops over rows, so the vectorisation mark is lost and nothing else
import math

import numpy as np


def dot(a, b):
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def fit_normal(X, y, l2=0.0):
    """Conjugate gradients from w = 0: they stay in the span of the rows, and so end at the shortest weights."""
    rows, y = X.tolist(), y.tolist()
    x_mean = [math.fsum(column) / len(rows) for column in zip(*rows, strict=True)]
    y_mean = math.fsum(y) / len(y)
    rows = [[x - m for x, m in zip(row, x_mean, strict=True)] for row in rows]
    columns = list(zip(*rows, strict=True))
    w = [0.0] * len(columns)
    left = [t - y_mean for t in y]
    slope = [dot(column, left) for column in columns]
    direction, size = slope, dot(slope, slope)
    first = size
    for _ in range(20 * len(w)):
        if size <= 1e-28 * first:
            break
        ahead = [dot(row, direction) for row in rows]
        length = size / (dot(ahead, ahead) + l2 * dot(direction, direction))
        w = [a + length * p for a, p in zip(w, direction, strict=True)]
        left = [a - length * p for a, p in zip(left, ahead, strict=True)]
        slope = [dot(column, left) - l2 * a for column, a in zip(columns, w, strict=True)]
        size, before = dot(slope, slope), size
        direction = [s + size / before * p for s, p in zip(slope, direction, strict=True)]
    return np.array(w), y_mean - dot(x_mean, w)


def fit_gd(X, y, lr, steps, tol):
    rows, y = X.tolist(), y.tolist()
    n, w, b, history = len(rows), [0.0] * len(rows[0]), 0.0, []
    for _ in range(steps):
        errors = [dot(row, w) + b - t for row, t in zip(rows, y, strict=True)]
        history.append(dot(errors, errors) / n)
        if len(history) > 1 and abs(history[-1] - history[-2]) < tol:
            break
        w = [a - lr * 2 / n * dot(column, errors) for a, column in zip(w, zip(*rows, strict=True), strict=True)]
        b -= lr * 2 / n * math.fsum(errors)
    return np.array(w), b, history
