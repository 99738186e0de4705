# right: works in the dtype of X, float32 included; a sigmoid that overflows to the right limit, losses that do not
import numpy as np


class LogisticRegression:
    def __init__(self, lr=0.1, max_iter=1000, l2=0.0, tol=1e-6):
        self.lr = lr
        self.max_iter = max_iter
        self.l2 = l2
        self.tol = tol

    def fit(self, X, y):
        self._check(X, y)
        y = y.astype(X.dtype)
        self.coef_ = np.zeros_like(X[0])
        self.intercept_ = X.dtype.type(0)
        self.loss_history_ = []
        while True:
            loss = self._loss(X, y)
            self.loss_history_.append(loss)
            if len(self.loss_history_) > 1 and abs(np.diff(self.loss_history_)[-1]) < self.tol:
                return self
            errors = self._p(X) - y
            gradient = np.einsum("nd,n->d", X, errors) / len(y) + self.l2 * self.coef_
            self.coef_ = self.coef_ - self.lr * gradient
            self.intercept_ = self.intercept_ - self.lr * errors.mean()
            if len(self.loss_history_) == self.max_iter:
                return self

    def _check(self, X, y):
        if len(X) != len(y):
            raise ValueError("X and y must be of one length")
        if np.any(y * (y - 1)):
            raise ValueError("y must be 0 or 1")

    def _z(self, X):
        return np.einsum("nd,d->n", X, self.coef_) + self.intercept_

    def _p(self, X):
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-self._z(X)))

    def _loss(self, X, y):
        z = self._z(X)
        costs = z * (1 - y) + np.logaddexp(0, -z)
        return costs.mean() + self.l2 / 2 * np.vdot(self.coef_, self.coef_)

    def predict_proba(self, X):
        P = np.empty((len(X), 2), dtype=X.dtype)
        P[:, 1] = self._p(X)
        P[:, 0] = 1 - P[:, 1]
        return P

    def predict(self, X):
        return np.where(self._p(X) < 0.5, 0.0, 1.0)
