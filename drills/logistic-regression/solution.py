"""Logistic regression for two classes, trained by gradient descent."""

import numpy as np


# your part
def _sigmoid(z):
    """1 / (1 + exp(-z)) in a form in which nothing overflows."""
    return 0.5 + 0.5 * np.tanh(z / 2)


# end of your part


class LogisticRegression:
    """Probability of class 1: sigmoid(x · coef_ + intercept_).

    Args:
        lr: Learning rate.
        max_iter: Most updates, at least 1.
        l2: Strength of the penalty l2 / 2 · |coef_|²; the intercept is not penalised.
        tol: Training stops when the loss changed by less than this since the update before.

    Attributes:
        coef_: Weights [d].
        intercept_: A float.
        loss_history_: The loss before each update, penalty included.
    """

    def __init__(self, lr=0.1, max_iter=1000, l2=0.0, tol=1e-6):
        self.lr = lr
        self.max_iter = max_iter
        self.l2 = l2
        self.tol = tol

    def fit(self, X, y):
        """Train on rows X [n, d] and labels y [n], each 0 or 1, from zero; returns self.

        Raises:
            ValueError: There is another label, or X and y differ in length.
        """
        # your part
        n, d = X.shape
        if len(y) != n:
            raise ValueError(f"X has {n} rows and y has {len(y)} labels; one label a row is wanted")
        if not np.isin(y, (0, 1)).all():
            raise ValueError("labels are 0 and 1, and y holds others")
        w, b, history, before = np.zeros(d), 0.0, [], np.inf
        for _ in range(self.max_iter):
            z = X @ w + b  # [n]
            loss = np.mean(np.logaddexp(0, z) - y * z) + self.l2 / 2 * (w @ w)
            history.append(float(loss))
            if abs(loss - before) < self.tol:
                break
            before = loss
            slope = (_sigmoid(z) - y) / n  # of the loss, for each logit [n]
            w = w - self.lr * (X.T @ slope + self.l2 * w)
            b = b - self.lr * slope.sum()
        self.coef_ = w
        self.intercept_ = float(b)
        self.loss_history_ = history
        return self
        # end of your part

    def predict_proba(self, X):
        """Probabilities of class 0 and of class 1 for rows X [m, d]: [m, 2]."""
        # your part
        p = _sigmoid(X @ self.coef_ + self.intercept_)
        return np.column_stack([1 - p, p])
        # end of your part

    def predict(self, X):
        """Labels for rows X [m, d]: [m], 1 where the probability of class 1 is at least one half, else 0."""
        # your part
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(np.int64)
        # end of your part
