# right: power iteration on the covariance, one direction after the other, each kept perpendicular to those before
import math

import numpy as np


class PCA:
    def __init__(self, n_components):
        self.c = n_components

    def fit(self, X):
        if self.c > min(np.shape(X)):
            raise ValueError("too many components")
        X = np.array(X, dtype=np.float64)
        origin = X[0].copy()
        moved = X - origin
        self.mean = origin + moved.mean(axis=0)
        A = moved - moved.mean(axis=0)
        size = np.abs(A).max()
        if size > 0:
            A = A / size
        S = A.T @ A
        chance = np.random.default_rng(0)
        found = np.zeros((0, X.shape[1]))
        shares = []
        for _ in range(self.c):
            v = self.one_direction(S, found, chance)
            found = np.vstack([found, v if v[np.abs(v).argmax()] > 0 else -v])
            shares.append(v @ S @ v)
        total = np.trace(S)
        self.components_ = found
        self.explained_variance_ratio_ = np.array(shares) / (total if total > 0 else 1.0)
        return self

    def one_direction(self, S, found, chance):
        v = chance.normal(size=len(S))
        for _ in range(2000):
            before = v
            w = S @ v
            w = w - found.T @ (found @ w)
            if np.linalg.norm(w) < 1e-13 * np.trace(S) or not w.any():  # nothing varies any more
                w = chance.normal(size=len(S))
                w -= found.T @ (found @ w)
                w -= found.T @ (found @ w)
                return w / math.hypot(*w)
            v = w / math.hypot(*w)
            if np.abs(v - before).max() < 1e-14:
                break
        return v

    def transform(self, X):
        return (X - self.mean) @ self.components_.T

    def inverse_transform(self, Z):
        return self.mean + Z @ self.components_
