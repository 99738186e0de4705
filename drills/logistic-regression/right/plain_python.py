# right (partial): lists and loops over rows, so the vectorisation mark is lost and nothing else
import math

import numpy as np


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else 1 - 1 / (1 + math.exp(z))


def cost(z, label):
    wrong_by = (1 - 2 * label) * z
    return wrong_by + math.log1p(math.exp(-wrong_by)) if wrong_by > 0 else math.log1p(math.exp(wrong_by))


class LogisticRegression:
    def __init__(self, lr=0.1, max_iter=1000, l2=0.0, tol=1e-6):
        self.lr = lr
        self.max_iter = max_iter
        self.l2 = l2
        self.tol = tol

    def fit(self, X, y):
        rows, labels = X.tolist(), y.tolist()
        if len(rows) != len(labels):
            raise ValueError("different lengths")
        if any(label not in (0, 1) for label in labels):
            raise ValueError("labels other than 0 and 1")
        n = len(rows)
        w, b, losses = [0.0] * X.shape[1], 0.0, []
        for _ in range(self.max_iter):
            logits = [self._logit(row, w, b) for row in rows]
            penalty = self.l2 / 2 * sum(each * each for each in w)
            losses.append(sum(cost(z, label) for z, label in zip(logits, labels, strict=True)) / n + penalty)
            if len(losses) > 1 and abs(losses[-1] - losses[-2]) < self.tol:
                break
            errors = [sigmoid(z) - label for z, label in zip(logits, labels, strict=True)]
            slopes = [sum(x * e for x, e in zip(column, errors, strict=True)) / n for column in zip(*rows, strict=True)]
            w = [each - self.lr * (slope + self.l2 * each) for each, slope in zip(w, slopes, strict=True)]
            b -= self.lr * sum(errors) / n
        self.coef_ = np.array(w)
        self.intercept_ = b
        self.loss_history_ = losses
        return self

    def _logit(self, row, w, b):
        return sum(x * each for x, each in zip(row, w, strict=True)) + b

    def predict_proba(self, X):
        logits = [self._logit(row, self.coef_.tolist(), self.intercept_) for row in X.tolist()]
        return np.array([[sigmoid(-z), sigmoid(z)] for z in logits])

    def predict(self, X):
        return [1 if p >= 0.5 else 0 for _, p in self.predict_proba(X)]
