"""Scores of classifiers and regressions."""

import numpy as np


def confusion_matrix(y_true, y_pred):
    """Count hits and errors of a classifier of two classes.

    Args:
        y_true: Labels 0 or 1 [n], an array or a list.
        y_pred: Predicted labels 0 or 1 [n].

    Returns:
        [[tn, fp], [fn, tp]], whole numbers.

    Raises:
        ValueError: The lengths differ, or there is nothing to count.
    """
    # your part
    y_true, y_pred = _checked(y_true, y_pred)
    return np.bincount(2 * y_true + y_pred, minlength=4).reshape(2, 2)
    # end of your part


def precision_recall_f1(y_true, y_pred):
    """Precision, recall and F1 of class 1, three floats in a tuple; 0/0 counts as 0.0.

    Args:
        y_true: Labels 0 or 1 [n], an array or a list.
        y_pred: Predicted labels 0 or 1 [n].

    Raises:
        ValueError: The lengths differ, or there is nothing to count.
    """
    # your part
    (_, fp), (fn, tp) = confusion_matrix(y_true, y_pred).tolist()
    return _share(tp, tp + fp), _share(tp, tp + fn), _share(2 * tp, 2 * tp + fp + fn)
    # end of your part


def roc_auc(y_true, scores):
    """The area under the ROC curve: the share of pairs of a 1 and a 0 in which the 1 scores higher; ties count half.

    Args:
        y_true: Labels 0 or 1 [n], an array or a list.
        scores: Higher means more like class 1 [n].

    Returns:
        A float from 0 to 1.

    Raises:
        ValueError: The lengths differ, there are no labels, only one class is there, or a score is not finite.
    """
    # your part
    y_true, scores = _checked(y_true, scores)
    if not np.isfinite(scores).all():
        raise ValueError("scores hold NaN or infinity; all must be finite")
    ones, zeros = scores[y_true == 1], np.sort(scores[y_true == 0])
    if not (len(ones) and len(zeros)):
        raise ValueError("y_true holds one class only; the area needs both")
    below, up_to = (np.searchsorted(zeros, ones, side=side) for side in ("left", "right"))
    return float((below + up_to).sum() / (2 * len(ones) * len(zeros)))  # a tied zero is in one of the two counts
    # end of your part


def regression_metrics(y_true, y_pred):
    """Mean absolute error, root mean squared error and R² of a regression.

    Args:
        y_true: Targets [n].
        y_pred: Predictions [n].

    Returns:
        A dict with the floats "mae", "rmse" and "r2". R² of a constant target is 1.0 if all errors are 0, else 0.0.

    Raises:
        ValueError: The lengths differ, or there are no targets.
    """
    # your part
    y_true, y_pred = _checked(y_true, y_pred)
    errors = y_true - y_pred
    if y_true.min() == y_true.max():
        r2 = 0.0 if errors.any() else 1.0
    else:
        r2 = float(1 - (errors**2).sum() / ((y_true - y_true.mean()) ** 2).sum())
    return {"mae": float(np.abs(errors).mean()), "rmse": float(np.sqrt((errors**2).mean())), "r2": r2}
    # end of your part


# your part
def _checked(first, second):
    """Both as arrays; they must be equally long and not empty."""
    first, second = np.asarray(first), np.asarray(second)
    if len(first) != len(second):
        raise ValueError(f"the lengths differ: {len(first)} and {len(second)}")
    if len(first) == 0:
        raise ValueError("there is nothing to score")
    return first, second


def _share(part, whole):
    return part / whole if whole else 0.0


# end of your part
