# right: logical masks, all pairs by broadcasting, nested lists and Python floats as results
import numpy as np


def _both(a, b):
    if len(a) != len(b):
        raise ValueError("both must have the same length")
    if len(a) == 0:
        raise ValueError("both are empty")
    return np.array(a), np.array(b)


def confusion_matrix(y_true, y_pred):
    t, p = _both(y_true, y_pred)
    tp = int(((t == 1) & (p == 1)).sum())
    fp = int(((t == 0) & (p == 1)).sum())
    fn = int(((t == 1) & (p == 0)).sum())
    tn = int(((t == 0) & (p == 0)).sum())
    return [[tn, fp], [fn, tp]]


def precision_recall_f1(y_true, y_pred):
    (_, fp), (fn, tp) = confusion_matrix(y_true, y_pred)
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
    return precision, recall, f1


def roc_auc(y_true, scores):
    t, s = _both(y_true, scores)
    if not np.all(np.isfinite(s)):
        raise ValueError("scores must be finite")
    pos, neg = s[t == 1], s[t == 0]
    if pos.size == 0 or neg.size == 0:
        raise ValueError("both classes are needed")
    higher = pos[:, None] > neg[None, :]
    equal = pos[:, None] == neg[None, :]
    return float(np.mean(higher + 0.5 * equal))


def regression_metrics(y_true, y_pred):
    t, p = _both(y_true, y_pred)
    residual = t - p
    if np.ptp(t) == 0:
        r2 = 1.0 if np.all(residual == 0) else 0.0
    else:
        total = np.sum((t - np.mean(t)) ** 2)
        r2 = 1.0 - np.sum(residual**2) / total
    return {"mae": np.mean(np.abs(residual)), "rmse": np.sqrt(np.mean(residual**2)), "r2": r2}
