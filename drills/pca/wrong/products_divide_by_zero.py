# wrong: takes directions from the products of rows and divides by a singular value of 0
import numpy as np


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        if self.n_components > min(X.shape):
            raise ValueError("n_components is above n or d")
        self._mean = X[0] + (X - X[0]).mean(axis=0)
        values, U = np.linalg.eigh((X - self._mean) @ (X - self._mean).T)
        s, U = np.sqrt(values.clip(min=0))[::-1], U[:, ::-1]
        with np.errstate(all="ignore"):
            V = ((X - self._mean).T @ U / s).T[: X.shape[1]]
        s = s[: len(V)]
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
