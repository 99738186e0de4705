# right: a function of loss and gradient, a generator that descends; properties in place of attributes
import itertools

import numpy as np


def loss_and_gradient(theta, X, y, l2):
    w, b = theta
    z = np.dot(X, w) + b
    p = np.tanh(0.5 * z)
    p = 0.5 * (p + 1)
    softplus = np.where(z > 0, z, 0) + np.log1p(np.exp(-np.abs(z)))
    gap = p - y
    return np.average(softplus - y * z) + 0.5 * l2 * np.inner(w, w), (np.mean(gap * X.T, axis=1) + l2 * w, np.mean(gap))


def path(X, y, lr, l2):
    theta = (np.zeros(X.shape[1]), 0.0)
    while True:
        loss, gradient = loss_and_gradient(theta, X, y, l2)
        after = tuple(value - lr * slope for value, slope in zip(theta, gradient, strict=True))
        yield loss, theta, after
        theta = after


class LogisticRegression:
    def __init__(self, lr=0.1, max_iter=1000, l2=0.0, tol=1e-6):
        self.settings = {"lr": lr, "l2": l2}
        self.max_iter, self.tol = max_iter, tol

    def fit(self, X, y):
        labels = np.array(y, dtype=float)
        if labels.ndim != 1 or labels.size != len(X):
            raise ValueError(f"labels of shape {labels.shape} for {len(X)} rows")
        if ((labels != 0) & (labels != 1)).any():
            raise ValueError("a label is neither 0 nor 1")
        history = []
        for loss, theta, after in itertools.islice(path(X, labels, **self.settings), self.max_iter):
            history.append(loss)
            if history[1:] and abs(loss - history[-2]) < self.tol:
                self._theta = theta
                break
            self._theta = after
        self._history = np.array(history)
        return self

    @property
    def coef_(self):
        return self._theta[0]

    @property
    def intercept_(self):
        return self._theta[1]

    @property
    def loss_history_(self):
        return self._history

    def predict_proba(self, X):
        half = np.tanh((X @ self.coef_ + self.intercept_) / 2) / 2
        return 0.5 + np.column_stack((-half, half))

    def predict(self, X):
        p = self.predict_proba(X).T[1]
        labels = np.zeros(p.shape, dtype=np.uint8)
        labels[p >= 0.5] = 1
        return labels
