# right: buffers made once and filled in place; errors of a class of its own; views, a 0-d array and floats as results
import numpy as np


class LogisticRegression:
    class BadInput(ValueError):
        pass

    def __init__(self, lr=0.1, max_iter=1000, l2=0.0, tol=1e-6):
        self.settings = lr, int(max_iter), l2, tol

    def fit(self, X, y):
        if len(X) - len(y):
            raise self.BadInput(f"{len(X)} rows and {len(y)} labels")
        if len(np.flatnonzero((y != 0) * (y != 1))):
            raise self.BadInput("a label is neither 0 nor 1")
        lr, most, l2, tol = self.settings
        n, columns = len(y), np.ascontiguousarray(X.T)
        z, theta, history, k = np.empty(n), np.zeros(X.shape[1] + 1), np.zeros(most), 0
        while k < most:
            np.matmul(X, theta[1:], out=z)
            z += theta[0]
            costs = np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
            history[k] = np.sum(costs) / n + l2 / 2 * np.dot(theta[1:], theta[1:])
            k += 1
            if k > 1 and abs(history[k - 1] - history[k - 2]) < tol:
                break
            np.tanh(z / 2, out=z)
            z += 1
            z /= 2
            z -= y
            gradient = np.r_[z.sum(), columns @ z] / n
            gradient[1:] += l2 * theta[1:]
            theta -= lr * gradient
        self.intercept_, self.coef_ = np.array(theta[0]), theta[:0:-1][::-1]
        self.loss_history_ = history[:k]
        return self

    def predict_proba(self, X):
        z = X @ self.coef_ + self.intercept_
        return np.asfortranarray(np.c_[1 + np.tanh(-z / 2), 1 + np.tanh(z / 2)] / 2)

    def predict(self, X):
        return np.floor(self.predict_proba(X)[:, 1] + 0.5)
