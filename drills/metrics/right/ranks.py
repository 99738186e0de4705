# right: mean ranks (Mann and Whitney), np.add.at for the table, NumPy scalars as results
import numpy as np


class ScoreError(ValueError):
    pass


def confusion_matrix(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.shape != y_pred.shape:
        raise ScoreError(f"shapes {y_true.shape} and {y_pred.shape} differ")
    if not y_true.size:
        raise ScoreError("no labels")
    table = np.zeros((2, 2), dtype=np.int32)
    np.add.at(table, (y_true, y_pred), 1)
    return table


def precision_recall_f1(y_true, y_pred):
    table = confusion_matrix(y_true, y_pred).astype(float)
    tops = np.array([table[1, 1], table[1, 1], 2 * table[1, 1]])
    bottoms = np.array([table[:, 1].sum(), table[1].sum(), table[1].sum() + table[:, 1].sum()])
    return tuple(np.divide(tops, bottoms, out=np.zeros(3), where=bottoms > 0))


def roc_auc(y_true, scores):
    y_true, scores = np.asarray(y_true), np.asarray(scores)
    if y_true.shape != scores.shape:
        raise ScoreError("one score for each label is wanted")
    if not np.isfinite(scores).all():
        raise ScoreError("a score is not finite")
    n, n_pos = y_true.size, np.count_nonzero(y_true)
    if n_pos in (0, n):
        raise ScoreError("one class is missing")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[inverse]
    return (ranks[y_true == 1].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * (n - n_pos))


def regression_metrics(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true, dtype=np.float64), np.asarray(y_pred, dtype=np.float64)
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ScoreError("two arrays of the same length, at least 1, are wanted")
    e = y_true - y_pred
    if np.unique(y_true).size == 1:
        r2 = np.float64(not e.any())
    else:
        d = y_true - y_true.mean()
        r2 = 1 - e @ e / (d @ d)
    return dict(mae=np.abs(e).mean(), rmse=np.linalg.norm(e) / np.sqrt(e.size), r2=r2)
