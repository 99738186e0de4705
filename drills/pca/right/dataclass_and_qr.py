# right: a dataclass with properties; the SVD of the triangle of a QR decomposition, which has the same directions
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class PCA:
    n_components: int
    whiten: bool = False
    _mean: np.ndarray | None = field(default=None, repr=False)
    _spread: np.ndarray | None = field(default=None, repr=False)
    _axes: np.ndarray | None = field(default=None, repr=False)

    def fit(self, X, y=None):
        if self.n_components > min(X.shape):
            raise ValueError("there are only min(n, d) components")
        n = len(X)
        first = X[:1]
        self._mean = first.astype(np.float64) + (X.astype(np.float64) - first).sum(axis=0, keepdims=True) / n
        triangle = np.linalg.qr(X - self._mean, mode="r")
        _, self._spread, axes = np.linalg.svd(triangle)
        top = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
        self._axes = np.copysign(1.0, top)[:, np.newaxis] * axes
        return self

    @property
    def components_(self):
        return self._axes[: self.n_components]

    @property
    def explained_variance_(self):
        return self._spread**2

    @property
    def explained_variance_ratio_(self):
        share = self.explained_variance_[: self.n_components]
        return share / self.explained_variance_.sum() if share[0] > 0 else np.zeros_like(share)

    def transform(self, X):
        return np.matmul(X - self._mean, self.components_.T)

    def inverse_transform(self, Z):
        return np.add(Z @ self.components_, self._mean)
