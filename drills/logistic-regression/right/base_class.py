# right: a base class, weights as a column [d, 1], further settings; labels by the sign of the logit
from abc import ABC, abstractmethod

import numpy as np


class Linear(ABC):
    def __init__(self, **settings):
        self.__dict__.update(settings)

    @abstractmethod
    def loss(self, z, y): ...

    @abstractmethod
    def slope(self, z, y): ...

    def descend(self, X, Y):
        w, b, losses = np.zeros((X.shape[1], 1)), np.zeros(1), []
        for i in range(self.max_iter):
            z = X @ w + b
            losses.append(self.loss(z, Y) + self.l2 * float((w**2).sum()) / 2)
            if i and abs(losses[i] - losses[i - 1]) < self.tol:
                break
            slope = self.slope(z, Y) / len(Y)
            w, b = w - self.lr * (X.T @ slope) - self.lr * self.l2 * w, b - self.lr * slope.sum(axis=0)
        return w, b, losses


class LogisticRegression(Linear):
    def __init__(self, lr=0.1, max_iter=1000, l2=0.0, tol=1e-6, **further):
        super().__init__(lr=lr, max_iter=max_iter, l2=l2, tol=tol, **further)

    def loss(self, z, y):
        return np.logaddexp(0, (1 - 2.0 * y) * z).mean()

    def slope(self, z, y):
        more = 1 / (1 + np.exp(-np.abs(z)))
        return np.where(z > 0, more, 1 - more) - y

    def fit(self, X, y):
        if X.shape[0] != y.shape[0]:
            raise ValueError("one label a row")
        if not set(y.tolist()) <= {0, 1}:
            raise ValueError(f"labels are 0 and 1, not {sorted(set(y.tolist()))}")
        w, b, self.loss_history_ = self.descend(X, y.reshape(-1, 1))
        self.coef_, self.intercept_ = w[:, 0], b[0]
        return self

    def predict_proba(self, X):
        z = X @ self.coef_ + self.intercept_
        return 1 / (1 + np.exp(np.minimum([z, -z], 700))).T

    def predict(self, X):
        return (X @ self.coef_ + self.intercept_ >= 0) * 1
