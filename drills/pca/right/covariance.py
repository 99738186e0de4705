# right: eigenvectors of the covariance matrix, sorted by argsort; equal rows are looked for first
import numpy as np


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components
        self.components_ = None
        self.explained_variance_ratio_ = None

    def fit(self, X):
        n, d = X.shape
        if self.n_components > n or self.n_components > d:
            raise ValueError(f"cannot find {self.n_components} directions in {n} rows of {d} columns")
        if not (X - X[0]).any():
            self.mean_ = X[0].astype(float)
            self.components_ = np.eye(d)[: self.n_components]
            self.explained_variance_ratio_ = np.zeros(self.n_components)
            return self
        self.mean_ = np.mean(X, axis=0, dtype=np.float64)
        covariance = np.atleast_2d(np.cov(X.astype(np.float64), rowvar=False))
        values, vectors = np.linalg.eigh(covariance)
        order = np.argsort(values)[::-1][: self.n_components]
        V = vectors[:, order]
        V = V * np.where(V[np.abs(V).argmax(axis=0), np.arange(V.shape[1])] < 0, -1.0, 1.0)
        self.components_ = V.T
        self.explained_variance_ratio_ = values[order] / np.trace(covariance)
        return self

    def transform(self, X):
        return np.dot(X - self.mean_, self.components_.T)

    def inverse_transform(self, Z):
        return np.dot(Z, self.components_) + self.mean_
