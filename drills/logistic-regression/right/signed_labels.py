# right: labels as -1 and 1, costs of the margins; predict gives booleans; more attributes and methods than asked for
import math

import numpy as np


class LogisticRegression:
    def __init__(self, lr=0.1, max_iter=1000, l2=0.0, tol=1e-6, *, verbose=False):
        self.lr = lr
        self.max_iter = max_iter
        self.l2 = l2
        self.tol = tol
        self.verbose = verbose

    def fit(self, X, y, sample_weight=None):
        y = np.asarray(y)
        if y.shape != (len(X),):
            raise ValueError("one label for each row is wanted")
        if not np.logical_or(y == 0, y == 1).all():
            raise ValueError("0 and 1 are the only labels")
        self.classes_ = np.array([0, 1])
        sign = np.where(y == 1, 1.0, -1.0)
        w, b = np.zeros(X.shape[1]), 0.0
        last, self.loss_history_ = math.nan, np.empty(0)
        self.n_iter_ = 0
        while self.n_iter_ < self.max_iter:
            margins = sign * (X.dot(w) + b)
            tail = np.exp(-np.abs(margins))
            cost = np.maximum(-margins, 0) + np.log1p(tail)
            loss = cost.sum() / cost.size + self.l2 * w.dot(w) / 2
            self.loss_history_ = np.r_[self.loss_history_, loss]
            if abs(last - loss) < self.tol:
                break
            last = loss
            missing = np.where(margins > 0, tail, 1) / (1 + tail)  # 1 - the probability of the right label
            pull = sign * missing / cost.size
            w, b = (1 - self.lr * self.l2) * w + self.lr * pull.dot(X), b + self.lr * pull.sum()
            self.n_iter_ += 1
        self.coef_, self.intercept_ = w, float(b)
        return self

    def decision_function(self, X):
        return X.dot(self.coef_) + self.intercept_

    def predict_proba(self, X):
        z = self.decision_function(X)
        small = np.exp(-abs(z))
        less, more = small / (1 + small), 1 / (1 + small)
        return np.stack([np.where(z < 0, more, less), np.where(z < 0, less, more)]).T

    def predict(self, X):
        return self.predict_proba(X)[:, 1] >= 0.5

    def score(self, X, y):
        return (self.predict(X) == y).mean()
