# attack: moves the centres that it was given to start from; expect: partial fail;
# drill: kmeans; says: modified init in place
import numpy as np


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.n_clusters, self.init, self.max_iter, self.tol, self.rng = n_clusters, init, max_iter, tol, rng

    def fit(self, X):
        X = np.asarray(X, dtype=np.float64)
        if X.ndim != 2 or not np.isfinite(X).all() or not 1 <= self.n_clusters <= len(X):
            raise ValueError("X must be finite and two-dimensional, with as many rows as clusters")
        if isinstance(self.init, str):
            rng = np.random.default_rng() if self.rng is None else self.rng
            centers = X[rng.integers(len(X))][None]
            while len(centers) < self.n_clusters:
                nearest = self._squares(X, centers).min(axis=1)
                p = nearest / nearest.sum() if nearest.any() else None
                centers = np.vstack([centers, X[rng.choice(len(X), p=p)]])
        else:
            centers = self.init
        self.inertia_history_ = []
        labels = self._squares(X, centers).argmin(axis=1)
        for _ in range(self.max_iter):
            old = centers.copy()
            squares = self._squares(X, centers).min(axis=1)
            for j in range(self.n_clusters):
                if (labels == j).any():
                    centers[j] = X[labels == j].mean(axis=0)
                else:
                    centers[j] = X[squares.argmax()]
                    squares[squares.argmax()] = 0
            squares = self._squares(X, centers)
            labels = squares.argmin(axis=1)
            self.inertia_history_.append(float(squares.min(axis=1).sum()))
            if np.sqrt(((centers - old) ** 2).sum(axis=1)).max() <= self.tol:
                break
        self.cluster_centers_, self.labels_ = centers, labels
        self.inertia_, self.n_iter_ = self.inertia_history_[-1], len(self.inertia_history_)
        return self

    def predict(self, X):
        return self._squares(np.asarray(X, dtype=np.float64), self.cluster_centers_).argmin(axis=1)

    def _squares(self, X, centers):
        return np.stack([((X - center) ** 2).sum(axis=1) for center in centers], axis=1)
