# right (partial): lists and loops over rows, so the vectorisation mark is lost and nothing else
import math
from collections import Counter
from itertools import groupby


def pairs(first, second):
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values against {len(second)}")
    if len(first) == 0:
        raise ValueError("no values")
    return [(float(a), float(b)) for a, b in zip(first, second, strict=True)]


def confusion_matrix(y_true, y_pred):
    counts = Counter(pairs(y_true, y_pred))
    return [[counts[truth, called] for called in (0, 1)] for truth in (0, 1)]


def precision_recall_f1(y_true, y_pred):
    (_, fp), (fn, tp) = confusion_matrix(y_true, y_pred)
    return tuple(
        part / whole if whole else 0.0 for part, whole in ((tp, tp + fp), (tp, tp + fn), (2 * tp, 2 * tp + fp + fn))
    )


def roc_auc(y_true, scores):
    rows = sorted((score, truth) for truth, score in pairs(y_true, scores))
    if not all(math.isfinite(score) for score, _ in rows):
        raise ValueError("a score is not finite")
    below = wins = ones = 0
    for _, tied in groupby(rows, key=lambda row: row[0]):
        truths = [truth for _, truth in tied]
        positive = sum(truths)
        negative = len(truths) - positive
        wins += positive * (below + negative / 2)
        below += negative
        ones += positive
    if not ones or not below:
        raise ValueError("there is one class only")
    return wins / (ones * below)


def regression_metrics(y_true, y_pred):
    rows = pairs(y_true, y_pred)
    n, errors, targets = len(rows), [truth - value for truth, value in rows], [truth for truth, _ in rows]
    squares = math.fsum(error**2 for error in errors)
    if len(set(targets)) == 1:
        r2 = float(squares == 0)
    else:
        mean = math.fsum(targets) / n
        r2 = 1 - squares / math.fsum((target - mean) ** 2 for target in targets)
    return {"mae": math.fsum(map(abs, errors)) / n, "rmse": math.sqrt(squares / n), "r2": r2}
