# right: rows sorted by cluster and summed by reduceat; small functions that carry a state
from typing import NamedTuple

import numpy as np


class State(NamedTuple):
    centers: np.ndarray
    labels: np.ndarray
    squares: np.ndarray


def assigned(X, centers):
    squares = ((X[:, None] - centers) ** 2).sum(-1)
    labels = squares.argmin(-1)
    return State(centers, labels, np.take_along_axis(squares, labels[:, None], -1)[:, 0])


def moved(X, state):
    order = np.argsort(state.labels, kind="stable")
    present, starts, sizes = np.unique(state.labels[order], return_index=True, return_counts=True)
    centers = state.centers.copy()
    centers[present] = np.add.reduceat(X[order], starts, axis=0) / sizes[:, None]
    missing = np.setdiff1d(np.arange(len(centers)), present)
    if missing.size:
        centers[missing] = X[np.argpartition(state.squares, -missing.size)[-missing.size :]]
    return assigned(X, centers)


def spread_out(X, k, rng):
    rows = rng.choice(len(X), 1)
    for _ in range(k - 1):
        squares = assigned(X, X[rows]).squares
        weights = squares if squares.max() > 0 else np.ones(len(X))
        rows = np.append(rows, rng.choice(len(X), p=weights / weights.sum()))
    return X[rows]


class KMeans:
    """k-means by Lloyd's iteration."""

    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.tol = tol
        self.rng = rng

    def fit(self, X):
        X = np.asarray(X, dtype="float64")
        if np.ndim(X) != 2:
            raise ValueError(f"X has {np.ndim(X)} dimensions, 2 are wanted")
        if (~np.isfinite(X)).any():
            raise ValueError("X has values that are not finite")
        if self.n_clusters not in range(1, len(X) + 1):
            raise ValueError(f"n_clusters={self.n_clusters} is not in 1..{len(X)}")
        if isinstance(self.init, str):
            state = assigned(X, spread_out(X, self.n_clusters, self.rng or np.random.default_rng()))
        else:
            state = assigned(X, np.array(self.init, dtype="float64"))
        history = []
        while True:
            before, state = state, moved(X, state)
            history.append(state.squares.sum())
            shift = np.hypot.reduce(state.centers - before.centers, axis=1).max()
            if shift <= self.tol or len(history) == self.max_iter:
                break
        self.cluster_centers_, self.labels_, _ = state
        self.inertia_history_, self.inertia_, self.n_iter_ = history, history[-1], len(history)
        return self

    def predict(self, X):
        return assigned(np.asarray(X, dtype="float64"), self.cluster_centers_).labels
