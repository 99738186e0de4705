# wrong: takes rows for equal that differ by less than 1e-8 of their size (the stability mark is lost)
import numpy as np


class PCA:
    """SVD of scaled table, robust."""

    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        X = np.asarray(X)
        n, d = X.shape
        k = self.n_components
        if k > min(n, d):
            raise ValueError(f"n_components={k} must be at most {min(n, d)}")
        self.mean_ = X[0] + (X - X[0]).mean(axis=0)
        D = X - X[0]
        D = D - D.mean(axis=0)
        scale = np.abs(D).max()
        if scale <= 1e-8 * np.abs(X).max():
            self.components_ = np.eye(d)[:k]
            self.explained_variance_ratio_ = np.zeros(k)
            return self
        D = D / scale
        _, S, Vt = np.linalg.svd(D, full_matrices=False)
        V = Vt[:k]
        i = np.argmax(np.abs(V), axis=1)
        self.components_ = V * np.sign(V[np.arange(k), i])[:, None]
        self.explained_variance_ratio_ = (S**2 / np.sum(S**2))[:k]
        return self

    def transform(self, X):
        return (X - self.mean_) @ self.components_.T

    def inverse_transform(self, Z):
        return Z @ self.components_ + self.mean_
