# right: the ROC curve itself and the trapezoid rule; a dataclass for the counts
from dataclasses import astuple, dataclass

import numpy as np


@dataclass(frozen=True)
class Counts:
    tn: int
    fp: int
    fn: int
    tp: int

    @classmethod
    def of(cls, truth, called):
        truth, called = np.ravel(truth), np.ravel(called)
        require(truth, called)
        tp = np.dot(truth, called)
        fp, fn = np.sum(called) - tp, np.sum(truth) - tp
        return cls(len(truth) - tp - fp - fn, fp, fn, tp)

    @property
    def precision(self):
        return self.tp / max(self.tp + self.fp, 1)

    @property
    def recall(self):
        return self.tp / max(self.tp + self.fn, 1)

    @property
    def f1(self):
        return self.tp / max(self.tp + (self.fp + self.fn) / 2, 0.5)


def require(a, b):
    if a.size != b.size:
        raise ValueError(f"got {a.size} and {b.size} values")
    if a.size == 0:
        raise ValueError("got no values")


def confusion_matrix(y_true, y_pred):
    return np.array(astuple(Counts.of(y_true, y_pred))).reshape(2, 2)


def precision_recall_f1(y_true, y_pred):
    counts = Counts.of(y_true, y_pred)
    return counts.precision, counts.recall, counts.f1


def roc_auc(y_true, scores):
    truth, scores = np.ravel(y_true), np.ravel(scores)
    require(truth, scores)
    if np.isnan(scores).any() or np.isinf(scores).any():
        raise ValueError("a score is NaN or infinite")
    if truth.min() == truth.max():
        raise ValueError("the ROC curve needs positives and negatives")
    order = np.argsort(scores)[::-1]
    truth, scores = truth[order], scores[order]
    ends = np.append(np.flatnonzero(scores[1:] != scores[:-1]), truth.size - 1)
    tpr = np.append(0, np.cumsum(truth)[ends]) / truth.sum()
    fpr = np.append(0, np.cumsum(1 - truth)[ends]) / (1 - truth).sum()
    return np.trapezoid(tpr, fpr)


def regression_metrics(y_true, y_pred):
    y_true, y_pred = np.ravel(y_true), np.ravel(y_pred)
    require(y_true, y_pred)
    error = y_pred - y_true
    mse = np.square(error).mean()
    result = {"mae": np.abs(error).mean(), "rmse": mse**0.5}
    if y_true.min() == y_true.max():
        result["r2"] = 1.0 if mse == 0 else 0.0
    else:
        result["r2"] = 1.0 - mse / y_true.var()
    return result
