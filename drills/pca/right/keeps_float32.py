# right: works in the dtype of X, float32 included; relative threshold for what does not vary
import numpy as np


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        n, d = X.shape
        if not self.n_components <= min(n, d):
            raise ValueError(f"at most {min(n, d)} components")
        self.mean_ = X.mean(axis=0)
        _, s, Vt = np.linalg.svd(X - self.mean_, full_matrices=False)
        rounding = 4 * np.finfo(X.dtype).eps * np.sqrt(X.size) * np.abs(X).max()
        s = np.where(s > rounding, s, 0)
        Vt = Vt[: self.n_components].copy()
        for v in Vt:
            if v.max() < -v.min():
                v *= -1
        self.components_ = Vt
        square_sum = (s * s).sum()
        self.explained_variance_ratio_ = (s * s / (square_sum or 1))[: self.n_components]
        self.singular_values_ = s
        return self

    def transform(self, X):
        return (X - self.mean_) @ self.components_.T

    def inverse_transform(self, Z):
        return (Z @ self.components_ + self.mean_).astype(self.mean_.dtype)
