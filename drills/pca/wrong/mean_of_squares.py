# wrong: covariance as mean of products minus product of means, which cancels at offsets (the stability mark is lost)
import numpy as np


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        if self.n_components > min(X.shape):
            raise ValueError("n_components is above n or d")
        self._mean = X[0] + (X - X[0]).mean(axis=0)
        values, V = np.linalg.eigh(X.T @ X / len(X) - np.outer(self._mean, self._mean))
        s, V = np.sqrt(values.clip(min=0))[::-1], V.T[::-1]
        s = 0 * s if (X[0] == X).all() else s
        V = V[: self.n_components]
        largest = V[np.arange(len(V)), np.abs(V).argmax(axis=1)]
        self.components_ = V * np.sign(largest)[:, None]
        total = (s**2).sum()
        self.explained_variance_ratio_ = (s**2 / total if total > 0 else s)[: self.n_components]
        return self

    def transform(self, X):
        return (X - self._mean) @ self.components_.T

    def inverse_transform(self, Z):
        return Z @ self.components_ + self._mean
