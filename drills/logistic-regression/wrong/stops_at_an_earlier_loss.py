# wrong: ends when any earlier loss comes back (the convergence mark is lost)
import numpy as np


def _sigmoid(z):
    return 0.5 + 0.5 * np.tanh(z / 2)


class LogisticRegression:
    def __init__(self, lr=0.1, max_iter=1000, l2=0.0, tol=1e-6):
        self.lr, self.max_iter, self.l2, self.tol = lr, max_iter, l2, tol

    def fit(self, X, y):
        n, d = X.shape
        if len(y) != n:
            raise ValueError("lengths differ")
        if not np.isin(y, (0, 1)).all():
            raise ValueError("labels are 0 and 1")
        w, b, history = np.zeros(d), 0.0, []
        for _ in range(self.max_iter):
            z = X @ w + b
            loss = float(np.mean(np.logaddexp(0, z) - y * z) + self.l2 / 2 * (w @ w))
            history.append(loss)
            if len(history) > 1 and min(abs(loss - each) for each in history[:-1]) < self.tol:
                break
            slope = (_sigmoid(z) - y) / n
            w = w - self.lr * (X.T @ slope + self.l2 * w)
            b = b - self.lr * slope.sum()
        self.coef_, self.intercept_, self.loss_history_ = w, float(b), history
        return self

    def predict_proba(self, X):
        p = _sigmoid(X @ self.coef_ + self.intercept_)
        return np.column_stack([1 - p, p])

    def predict(self, X):
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(np.int64)
