# wrong: puts a loop over rows off until labels_ is read
import numpy as np


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.n_clusters, self.init, self.max_iter, self.tol, self.rng = n_clusters, init, max_iter, tol, rng

    @property
    def labels_(self):
        return np.array([((row - self.cluster_centers_) ** 2).sum(axis=1).argmin() for row in self.rows])

    def fit(self, X):
        X = np.array(X, dtype=np.float64)
        if X.ndim != 2 or not np.isfinite(X).all():
            raise ValueError(f"X must be a finite table of rows, not of shape {X.shape}")
        if not 1 <= self.n_clusters <= len(X):
            raise ValueError(f"{len(X)} rows do not allow {self.n_clusters} clusters")
        centers = self.first(X) if isinstance(self.init, str) else np.array(self.init, dtype=np.float64)
        squares, self.inertia_history_ = distances(X, centers), []
        for _ in range(self.max_iter):
            before, centers = centers, self.means(X, squares)
            squares = distances(X, centers)
            self.inertia_history_.append(float(squares.min(axis=1).sum()))
            if np.sqrt(((centers - before) ** 2).sum(axis=1)).max() <= self.tol:
                break
        self.rows, self.cluster_centers_ = X, centers
        self.inertia_, self.n_iter_ = self.inertia_history_[-1], len(self.inertia_history_)
        return self

    def predict(self, X):
        return distances(np.asarray(X, dtype=np.float64), self.cluster_centers_).argmin(axis=1)

    def first(self, X):
        rng = np.random.default_rng() if self.rng is None else self.rng
        centers = [X[rng.integers(len(X))]]
        while len(centers) < self.n_clusters:
            nearest = distances(X, np.array(centers)).min(axis=1)
            total = nearest.sum()
            centers.append(X[rng.choice(len(X), p=nearest / total if total > 0 else None)])
        return np.array(centers)

    def means(self, X, squares):
        labels, far = squares.argmin(axis=1), iter(np.argsort(-squares.min(axis=1)))
        members = [X[labels == j] for j in range(self.n_clusters)]
        return np.array([mine.mean(axis=0) if len(mine) else X[next(far)] for mine in members])


def distances(X, centers):
    return np.stack([((X - center) ** 2).sum(axis=1) for center in centers], axis=1)
