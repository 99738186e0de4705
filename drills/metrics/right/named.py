# right: the three in a named tuple, the measures in an OrderedDict, the area by sorting and searching
from collections import OrderedDict
from typing import NamedTuple

import numpy as np


class Three(NamedTuple):
    precision: float
    recall: float
    f1: float


def pair_up(first, second):
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if first.shape != second.shape or first.size == 0:
        raise ValueError(f"two lists of one length are wanted, and not empty; got {first.size} and {second.size}")
    return first, second


def confusion_matrix(y_true, y_pred):
    true, pred = pair_up(y_true, y_pred)
    return np.bincount((2 * true + pred).astype(int), minlength=4).reshape(2, 2)


def precision_recall_f1(y_true, y_pred):
    (_, fp), (fn, tp) = confusion_matrix(y_true, y_pred).tolist()
    return Three(tp / (tp + fp or 1), tp / (tp + fn or 1), 2 * tp / (2 * tp + fp + fn or 1))


def roc_auc(y_true, scores):
    true, scores = pair_up(y_true, scores)
    if not np.isfinite(scores).all():
        raise ValueError("a score is not finite")
    ones, zeros = scores[true == 1], np.sort(scores[true == 0])
    if not ones.size or not zeros.size:
        raise ValueError("both classes are needed")
    below, not_above = zeros.searchsorted(ones, "left"), zeros.searchsorted(ones, "right")
    return float((below + not_above).sum() / (2 * ones.size * zeros.size))


def regression_metrics(y_true, y_pred):
    true, pred = pair_up(y_true, y_pred)
    errors, shift = pred - true, true[0]
    around = true - shift
    total = ((around - around.mean()) ** 2).sum() if np.ptp(true) else 0.0
    left = (errors**2).sum()
    r2 = 1 - left / total if total else float(left == 0)
    return OrderedDict(mae=float(np.abs(errors).mean()), rmse=float(np.sqrt((errors**2).mean())), r2=float(r2))
