# wrong: adds 1e-8 to every denominator
import numpy as np


def _check(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if len(a) != len(b):
        raise ValueError("the lengths differ")
    if len(a) == 0:
        raise ValueError("nothing to score")
    return a, b


def confusion_matrix(y_true, y_pred):
    t, p = _check(y_true, y_pred)
    tn = np.sum((t == 0) & (p == 0))
    fp = np.sum((t == 0) & (p == 1))
    fn = np.sum((t == 1) & (p == 0))
    tp = np.sum((t == 1) & (p == 1))
    return np.array([[tn, fp], [fn, tp]])


def precision_recall_f1(y_true, y_pred):
    (_, fp), (fn, tp) = confusion_matrix(y_true, y_pred)
    precision = tp / (tp + fp + 1e-8)
    recall = tp / (tp + fn + 1e-8)
    f1 = 2 * precision * recall / (precision + recall + 1e-8)
    return precision, recall, f1


def roc_auc(y_true, scores):
    t, s = _check(y_true, scores)
    if not np.isfinite(s).all():
        raise ValueError("scores must be finite")
    if t.all() or not t.any():
        raise ValueError("both classes are needed")
    pos, neg = s[t == 1], s[t == 0]
    return float((pos[:, None] > neg).mean() + 0.5 * (pos[:, None] == neg).mean())


def regression_metrics(y_true, y_pred):
    t, p = _check(y_true, y_pred)
    error = t - p
    mae = np.abs(error).mean()
    rmse = np.sqrt((error**2).mean())
    r2 = float((error == 0).all())
    if not (t == t[0]).all():
        r2 = 1 - (error**2).sum() / ((t - t.mean()) ** 2).sum()
    return {"mae": mae, "rmse": rmse, "r2": r2}
