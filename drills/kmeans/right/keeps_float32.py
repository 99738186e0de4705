# right: works in the dtype of X, float32 included; labels as int32
import numpy as np


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.tol = tol
        self.rng = rng

    def fit(self, X):
        X = np.asarray(X)
        if not np.issubdtype(X.dtype, np.floating):
            X = X.astype(np.float64)
        if X.ndim != 2:
            raise ValueError("X must have two dimensions")
        if np.isnan(X).any() or np.isinf(X).any():
            raise ValueError("X must not hold NaN or infinity")
        if self.n_clusters < 1:
            raise ValueError("n_clusters must be at least 1")
        if self.n_clusters > len(X):
            raise ValueError("n_clusters must be at most the number of rows")
        if isinstance(self.init, str):
            centers = seeds(X, self.n_clusters, self.rng or np.random.default_rng())
        else:
            centers = np.array(self.init).astype(X.dtype)
        labels, squares = nearest(X, centers)
        history = []
        shift = np.inf
        while len(history) < self.max_iter and shift > self.tol:
            previous = centers
            centers = np.stack([self.center(X, labels, squares, j) for j in range(self.n_clusters)])
            shift = np.linalg.norm(centers - previous, axis=1).max()
            labels, squares = nearest(X, centers)
            history.append(squares.sum(dtype=np.float64))
        self.cluster_centers_ = centers
        self.labels_ = labels
        self.inertia_history_ = history
        self.inertia_ = history[-1]
        self.n_iter_ = len(history)
        return self

    def center(self, X, labels, squares, j):
        if (labels == j).any():
            return X[labels == j].mean(axis=0)
        row = squares.argmax()
        squares[row] = 0
        return X[row]

    def predict(self, X):
        return nearest(np.asarray(X).astype(self.cluster_centers_.dtype), self.cluster_centers_)[0]


def nearest(X, centers):
    squares = np.empty((len(centers), len(X)), dtype=X.dtype)
    for j in range(len(centers)):
        difference = X - centers[j]
        squares[j] = (difference * difference).sum(axis=1)
    labels = squares.argmin(axis=0)
    return labels.astype(np.int32), squares[labels, np.arange(len(X))]


def seeds(X, k, rng):
    centers = X[[rng.integers(len(X))]]
    for _ in range(k - 1):
        weights = nearest(X, centers)[1].astype(np.float64)
        if not weights.any():
            weights[:] = 1
        centers = np.vstack([centers, X[rng.choice(len(X), p=weights / weights.sum())]])
    return centers
