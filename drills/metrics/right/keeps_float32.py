# right: stays in the dtype that comes in, float32 included; ranks by searchsorted in the sorted scores
import numpy as np


def _validated(first, second):
    first, second = np.asarray(first), np.asarray(second)
    if first.shape[0] != second.shape[0]:
        raise ValueError("lengths differ")
    if first.shape[0] == 0:
        raise ValueError("no rows")
    return first, second


def confusion_matrix(y_true, y_pred):
    first, second = _validated(y_true, y_pred)
    table, _, _ = np.histogram2d(first, second, bins=2, range=[[-0.5, 1.5], [-0.5, 1.5]])
    return table.astype(np.int64)


def precision_recall_f1(y_true, y_pred):
    first, second = _validated(y_true, y_pred)
    hit = np.count_nonzero(first & second)
    called, real = np.count_nonzero(second), np.count_nonzero(first)
    precision = np.float32(0) if called == 0 else np.float64(hit) / called
    recall = 0 if real == 0 else hit / real
    return precision, recall, (2 * hit / (called + real) if hit else 0.0)


def roc_auc(y_true, scores):
    first, second = _validated(y_true, scores)
    if not np.isfinite(second).all():
        raise ValueError("infinite or undefined scores")
    positive = first == 1
    if positive.all() or not positive.any():
        raise ValueError("only one class")
    ordered = np.sort(second)
    low = np.searchsorted(ordered, second, side="left")
    high = np.searchsorted(ordered, second, side="right")
    rank_sum = (low + high + 1)[positive].sum() / 2
    p, q = int(positive.sum()), int((~positive).sum())
    return np.array((rank_sum - p * (p + 1) / 2) / (p * q))


def regression_metrics(y_true, y_pred):
    first, second = _validated(y_true, y_pred)
    error = first - second
    mae = np.mean(np.abs(error))
    rmse = np.sqrt(np.mean(error * error))
    if np.all(first == first[0]):
        r2 = 1.0 if np.array_equal(first, second) else 0.0
    else:
        centred = first - first.mean()
        r2 = 1 - np.sum(error * error) / np.sum(centred * centred)
    return {"mae": mae, "rmse": rmse, "r2": r2}
