# right: one-hot matrices for the table, signs of all differences for the area
import numpy as np


def confusion_matrix(y_true, y_pred):
    rows, columns = one_hot(y_true), one_hot(y_pred)
    same_length(rows, columns)
    return rows.T @ columns


def precision_recall_f1(y_true, y_pred):
    table = confusion_matrix(y_true, y_pred)
    hits, called, real = table[1, 1], table[:, 1].sum(), table[1, :].sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.array([hits / called, hits / real, 2 * hits / (called + real)])
    ratios = np.nan_to_num(ratios, nan=0.0)
    return ratios[0], ratios[1], ratios[2]


def roc_auc(y_true, scores):
    y_true, scores = np.asarray(y_true), np.asarray(scores)
    same_length(y_true, scores)
    if not np.isfinite(scores).all():
        raise ValueError("there is no place in the order for NaN, and infinity is no score")
    if np.unique(y_true).size < 2:
        raise ValueError("two classes, please")
    signs = np.sign(scores[y_true > 0][:, None] - scores[y_true < 1])
    return 0.5 + 0.5 * signs.mean()


def regression_metrics(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    same_length(y_true, y_pred)
    errors = y_true - y_pred
    from_first = y_true - y_true[0]  # exact, and small also at large offsets
    spread = from_first - from_first.mean()
    answer = {}
    answer["r2"] = 1 - (errors**2).sum() / (spread**2).sum() if from_first.any() else float((errors == 0).all())
    answer["mae"] = abs(errors).mean()
    answer["mse"] = (errors**2).mean()
    answer["rmse"] = np.sqrt(answer["mse"])
    return answer


def one_hot(labels):
    return np.eye(2, dtype=int)[np.asarray(labels, dtype=int)]


def same_length(a, b):
    if len(a) != len(b):
        raise ValueError(f"{len(a)} is not {len(b)}")
    if len(a) < 1:
        raise ValueError("at least one value is needed")
