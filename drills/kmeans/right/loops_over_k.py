# right: loops over k, Euclidean norms, empty clusters take a row of the largest cluster
import numpy as np


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.k = n_clusters
        self.start = init
        self.limit = max_iter
        self.tol = tol
        self.generator = rng if rng is not None else np.random.default_rng()

    def _check(self, X):
        X = np.array(X, dtype=float)
        if X.ndim != 2:
            raise ValueError("X has to be a table: rows and columns")
        if not np.all(np.isfinite(X)):
            raise ValueError("X has to be finite")
        if self.k < 1:
            raise ValueError("at least one cluster is needed")
        if self.k > X.shape[0]:
            raise ValueError("there are fewer rows than clusters")
        return X

    def _distances(self, X, centers):
        D = np.zeros((X.shape[0], len(centers)))
        for j, center in enumerate(centers):
            D[:, j] = np.linalg.norm(X - center, axis=1)
        return D

    def _seed(self, X):
        n = X.shape[0]
        chosen = [int(self.generator.integers(0, n))]
        for _ in range(self.k - 1):
            D = self._distances(X, X[chosen]).min(axis=1)
            weights = D**2
            if weights.sum() == 0:
                chosen.append(int(self.generator.integers(0, n)))
            else:
                chosen.append(int(self.generator.choice(n, p=weights / weights.sum())))
        return X[chosen]

    def fit(self, X):
        X = self._check(X)
        centers = self._seed(X) if isinstance(self.start, str) else np.array(self.start, dtype=float)
        self.inertia_history_ = []
        self.n_iter_ = 0
        D = self._distances(X, centers)
        labels = np.argmin(D, axis=1)
        while self.n_iter_ < self.limit:
            old = centers.copy()
            for j in range(self.k):
                members = X[labels == j]
                if len(members) > 0:
                    centers[j] = members.mean(axis=0)
            for j in range(self.k):
                if not np.any(labels == j):
                    sizes = [np.sum(labels == i) for i in range(self.k)]
                    spread = [np.sum(D[labels == i, i]) for i in range(self.k)]
                    donor = int(np.argmax(spread)) if max(spread) > 0 else int(np.argmax(sizes))
                    inside = np.flatnonzero(labels == donor)
                    row = inside[np.argmax(D[inside, donor])]
                    centers[j] = X[row]
                    D[row, donor] = 0
            D = self._distances(X, centers)
            labels = np.argmin(D, axis=1)
            self.n_iter_ += 1
            self.inertia_history_.append(np.sum(D.min(axis=1) ** 2))
            if np.linalg.norm(centers - old, axis=1).max() <= self.tol:
                break
        self.cluster_centers_ = centers
        self.labels_ = labels
        self.inertia_ = self.inertia_history_[-1]
        return self

    def predict(self, X):
        return np.argmin(self._distances(np.asarray(X, dtype=float), self.cluster_centers_), axis=1)
