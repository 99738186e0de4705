# wrong: makes the largest coordinate of the rows positive, not the largest entry of the direction
import numpy as np


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        if self.n_components > min(X.shape):
            raise ValueError("n_components is above n or d")
        self._mean = X[0] + (X - X[0]).mean(axis=0)
        _, s, V = np.linalg.svd(X - self._mean, full_matrices=False)
        V = V[: self.n_components]
        scores = (X - self._mean) @ V.T
        largest = scores[np.abs(scores).argmax(axis=0), np.arange(len(V))]
        self.components_ = V * np.sign(largest)[:, None]
        total = (s**2).sum()
        self.explained_variance_ratio_ = (s**2 / total if total > 0 else s)[: self.n_components]
        return self

    def transform(self, X):
        return (X - self._mean) @ self.components_.T

    def inverse_transform(self, Z):
        return Z @ self.components_ + self._mean
