# wrong: a change of exactly tol ends training, so with tol=0 a loss that stays does (the convergence mark is lost)
import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


class LogisticRegression:
    def __init__(self, lr=0.1, max_iter=1000, l2=0.0, tol=1e-6):
        self.lr = lr
        self.max_iter = max_iter
        self.l2 = l2
        self.tol = tol

    def fit(self, X, y):
        if len(X) != len(y):
            raise ValueError("X and y differ in length")
        if not np.isin(y, [0, 1]).all():
            raise ValueError("labels must be 0 or 1")
        n, d = X.shape
        w, b = np.zeros(d), 0.0
        history = []
        for _ in range(self.max_iter):
            z = X @ w + b
            history.append(np.mean(np.logaddexp(0, z) - y * z) + self.l2 / 2 * w @ w)
            if len(history) > 1 and abs(history[-1] - history[-2]) <= self.tol:
                break
            error = sigmoid(z) - y
            w = w - self.lr * (X.T @ error / n + self.l2 * w)
            b = b - self.lr * error.mean()
        self.coef_, self.intercept_, self.loss_history_ = w, b, history
        return self

    def predict_proba(self, X):
        p = sigmoid(X @ self.coef_ + self.intercept_)
        return np.column_stack([1 - p, p])

    def predict(self, X):
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(int)
