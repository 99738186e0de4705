# wrong: compares n_components with the columns alone
import numpy as np


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        if self.n_components > X.shape[1]:
            raise ValueError("n_components is above n or d")
        self._mean = X[0] + (X - X[0]).mean(axis=0)
        _, s, V = np.linalg.svd(X - self._mean, full_matrices=False)
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
