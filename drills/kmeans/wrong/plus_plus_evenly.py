# wrong: draws all first centres evenly, with repetitions
import numpy as np


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.tol = tol
        self.rng = np.random.default_rng() if rng is None else rng

    def _distances(self, X, centers):
        return ((X[:, None, :] - centers[None, :, :]) ** 2).sum(axis=2)  # [n, k]

    def _first_centers(self, X):
        if not isinstance(self.init, str):
            return np.array(self.init, dtype=float)
        rows = self.rng.integers(len(X), size=self.n_clusters)
        return X[rows]

    def _means(self, X, labels, squares):
        centers = np.empty((self.n_clusters, X.shape[1]))
        for j in range(self.n_clusters):
            if (labels == j).any():
                centers[j] = X[labels == j].mean(axis=0)
            else:
                centers[j] = X[squares.argmax()]
                squares[squares.argmax()] = 0
        return centers

    def fit(self, X):
        X = np.asarray(X, dtype=float)
        if X.ndim != 2:
            raise ValueError("X must be two-dimensional")
        if not np.isfinite(X).all():
            raise ValueError("X must be finite")
        if not 1 <= self.n_clusters <= len(X):
            raise ValueError("n_clusters must be between 1 and the number of rows")
        centers = self._first_centers(X)
        D = self._distances(X, centers)
        labels = D.argmin(axis=1)
        self.inertia_history_ = []
        for _ in range(self.max_iter):
            new = self._means(X, labels, D.min(axis=1))
            shift = np.linalg.norm(new - centers, axis=1).max()
            centers = new
            D = self._distances(X, centers)
            labels = D.argmin(axis=1)
            self.inertia_history_.append(D.min(axis=1).sum())
            if shift <= self.tol:
                break
        self.cluster_centers_ = centers
        self.labels_ = labels
        self.inertia_ = self.inertia_history_[-1]
        self.n_iter_ = len(self.inertia_history_)
        return self

    def predict(self, X):
        return self._distances(np.asarray(X, dtype=float), self.cluster_centers_).argmin(axis=1)
