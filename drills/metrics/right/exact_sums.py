# right: sums by math.fsum, counts of each score by bincount, Python numbers throughout
from math import fsum, sqrt

import numpy as np


def _arrays(a, b, kind):
    a, b = np.asarray(a, kind), np.asarray(b, kind)
    if a.ndim != 1 or a.shape != b.shape or not a.size:
        raise ValueError(f"two equally long sequences are wanted, not {a.shape} and {b.shape}")
    return a, b


def confusion_matrix(y_true, y_pred):
    y_true, y_pred = _arrays(y_true, y_pred, int)
    ones, called = int(y_true.sum()), int(y_pred.sum())
    both = int((y_true * y_pred).sum())
    return [[y_true.size - ones - called + both, called - both], [ones - both, both]]


def precision_recall_f1(y_true, y_pred):
    [[_, fp], [fn, tp]] = confusion_matrix(y_true, y_pred)
    if tp == 0:
        return (0.0, 0.0, 0.0)
    return (tp / (tp + fp), tp / (tp + fn), tp / (tp + 0.5 * (fp + fn)))


def roc_auc(y_true, scores):
    y_true, scores = _arrays(y_true, scores, float)
    if not np.isfinite(fsum(np.abs(scores) / scores.size)):
        raise ValueError("scores must be finite")
    levels, at = np.unique(scores, return_inverse=True)
    ones = np.bincount(at[y_true == 1], minlength=levels.size)
    zeros = np.bincount(at[y_true == 0], minlength=levels.size)
    if not ones.any() or not zeros.any():
        raise ValueError("there must be at least one 0 and one 1")
    lower = np.cumsum(zeros) - zeros
    wins = int(ones @ lower) + int(ones @ zeros) / 2
    return wins / (int(ones.sum()) * int(zeros.sum()))


def regression_metrics(y_true, y_pred):
    y_true, y_pred = _arrays(y_true, y_pred, float)
    n, errors = y_true.size, y_true - y_pred
    squares = fsum(errors**2)
    if y_true.max() > y_true.min():
        r2 = 1 - squares / fsum((y_true - fsum(y_true) / n) ** 2)
    else:
        r2 = 0.0 if squares else 1.0
    return {"mae": fsum(abs(errors)) / n, "rmse": sqrt(squares / n), "r2": r2}
