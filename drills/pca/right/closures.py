# right: methods stored on the object by fit, a subclass of a base of its own; signs by comparing maximum and minimum
import abc

import numpy as np


class Transformer(abc.ABC):
    @abc.abstractmethod
    def fit(self, X): ...

    def transform(self, X):
        return self._there(np.asarray(X, dtype=float))

    def inverse_transform(self, Z):
        return self._back(np.asarray(Z, dtype=float))


class PCA(Transformer):
    def __init__(self, n_components, **settings):
        self.n_components, self.settings = n_components, settings

    def fit(self, X):
        if any(self.n_components > size for size in np.shape(X)):
            raise ValueError("n_components exceeds a side of the table")
        X = np.asarray(X, dtype=float)
        varies = bool(np.ptp(X, axis=0).any())
        mean = X.mean(axis=0) if varies else X[0]
        s, Vt = np.linalg.svd((X - mean) / np.sqrt(len(X)), full_matrices=True)[1:]
        Vt = Vt[: self.n_components]
        Vt = np.where((Vt.max(axis=1) >= -Vt.min(axis=1))[:, None], Vt, -Vt)
        power = np.square(s)
        self.components_ = Vt
        self.explained_variance_ratio_ = power[: self.n_components] / power.sum() if varies else 0 * s[: len(Vt)]
        self._there = lambda rows: np.tensordot(rows - mean, Vt, axes=(1, 1))
        self._back = lambda Z: np.tensordot(Z, Vt, axes=1) + mean
        return self
