# right: a dataclass, [n, k, d] by broadcasting, the history as an array, several empty clusters at once by argsort
from dataclasses import dataclass

import numpy as np


def to_centers(X, centers):
    return np.square(X[:, np.newaxis, :] - centers[np.newaxis, :, :]).sum(axis=-1)


@dataclass
class KMeans:
    n_clusters: int
    init: object = "k-means++"
    max_iter: int = 300
    tol: float = 1e-4
    rng: object = None

    def fit(self, X):
        X = np.asarray(X).astype(np.float64)
        if X.ndim != 2 or not np.isfinite(X).all():
            raise ValueError(f"X must be a finite array [n, d], got shape {X.shape}")
        n = len(X)
        if self.n_clusters < 1 or self.n_clusters > n:
            raise ValueError(f"n_clusters must lie between 1 and {n}, got {self.n_clusters}")
        centers = self.first(X)
        squares = to_centers(X, centers)
        history = np.zeros(self.max_iter)
        for i in range(self.max_iter):
            before = centers
            centers = self.averages(X, squares)
            squares = to_centers(X, centers)
            history[i] = squares.min(axis=1).sum()
            if np.sqrt(np.square(centers - before).sum(axis=1).max()) <= self.tol:
                break
        self.n_iter_ = i + 1
        self.inertia_history_ = history[: self.n_iter_]
        self.inertia_ = self.inertia_history_[-1]
        self.cluster_centers_, self.labels_ = centers, squares.argmin(axis=1)
        return self

    def first(self, X):
        if not isinstance(self.init, str):
            return np.array(self.init, dtype=np.float64)
        rng = self.rng or np.random.default_rng()
        rows = [rng.integers(len(X))]
        while len(rows) < self.n_clusters:
            weights = to_centers(X, X[rows]).min(axis=1)
            edges = np.cumsum(weights)
            row = np.searchsorted(edges, rng.random() * edges[-1], side="right")
            rows.append(min(row, len(X) - 1))
        return X[rows]

    def averages(self, X, squares):
        member = squares.argmin(axis=1)[:, np.newaxis] == np.arange(self.n_clusters)  # [n, k]
        sizes = member.sum(axis=0)
        centers = np.array([X[mine].sum(axis=0) for mine in member.T]) / np.maximum(sizes, 1)[:, np.newaxis]
        empty = np.flatnonzero(sizes == 0)
        farthest = np.argsort(-squares.min(axis=1), kind="stable")[: len(empty)]
        centers[empty] = X[farthest]
        return centers

    def predict(self, X):
        return to_centers(np.asarray(X, dtype=np.float64), self.cluster_centers_).argmin(axis=1)
