# right: one vector of all weights with a column of ones; the penalty by a mask; lists and NumPy scalars as results
import numpy as np


class LogisticRegression:
    def __init__(self, lr=0.1, max_iter=1000, l2=0.0, tol=1e-6):
        self.lr, self.max_iter, self.l2, self.tol = lr, max_iter, l2, tol

    @staticmethod
    def _with_ones(X):
        return np.concatenate([X, np.ones((X.shape[0], 1))], axis=1)

    def fit(self, X, y):
        if X.shape[0] != y.shape[0]:
            raise ValueError(f"{X.shape[0]} rows, {y.shape[0]} labels")
        if set(np.unique(y)) - {0, 1}:
            raise ValueError("labels must be 0 or 1")
        A = self._with_ones(X)
        theta = np.zeros(A.shape[1])
        penalised = np.arange(A.shape[1]) < X.shape[1]
        self.loss_history_ = []
        for step in range(self.max_iter):
            z = A @ theta
            loss = np.logaddexp(0, z).mean() - (y * z).mean() + 0.5 * self.l2 * np.sum(theta[penalised] ** 2)
            self.loss_history_.append(loss)
            if step > 0 and abs(self.loss_history_[-1] - self.loss_history_[-2]) < self.tol:
                break
            gradient = A.T @ (np.exp(-np.logaddexp(0, -z)) - y) / len(y) + self.l2 * theta * penalised
            theta -= self.lr * gradient
        self.coef_, self.intercept_ = theta[:-1], theta[-1]
        return self

    def predict_proba(self, X):
        z = X @ self.coef_ + self.intercept_
        return np.exp(-np.logaddexp(0, np.outer(z, [1, -1])))

    def predict(self, X):
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(int).tolist()
