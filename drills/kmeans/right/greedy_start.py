# right: k-means++ with several candidates a draw, of which the best is kept; bincount for the means; lists as results
import math

import numpy as np


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.tol = tol
        self.rng = rng

    def fit(self, X):
        X = np.asarray(X, dtype=float)
        self._validate(X)
        self._X = X
        self._centers = self._start()
        self._assign()
        self._history = []
        for _ in range(self.max_iter):
            shift = self._update()
            self._assign()
            self._history.append(math.fsum(self._squares))
            if shift <= self.tol:
                break
        return self

    def predict(self, X):
        return self._nearest(np.asarray(X, dtype=float), self._centers)[0]

    @property
    def cluster_centers_(self):
        return self._centers.copy()

    @property
    def labels_(self):
        return self._labels.tolist()

    @property
    def inertia_(self):
        return self._history[-1]

    @property
    def inertia_history_(self):
        return tuple(self._history)

    @property
    def n_iter_(self):
        return len(self._history)

    def _validate(self, X):
        if X.ndim != 2:
            raise ValueError(f"X must be 2-D, not {X.ndim}-D")
        if not np.isfinite(X).all():
            raise ValueError("X must be finite")
        if not 1 <= self.n_clusters <= X.shape[0]:
            raise ValueError(f"cannot make {self.n_clusters} clusters of {X.shape[0]} rows")

    def _start(self):
        X, k = self._X, self.n_clusters
        if not isinstance(self.init, str):
            return np.array(self.init, dtype=float)
        rng = np.random.default_rng() if self.rng is None else self.rng
        candidates = 2 + int(math.log(k))
        centers = [X[rng.integers(len(X))]]
        best = ((X - centers[0]) ** 2).sum(axis=1)
        for _ in range(1, k):
            edges = best.cumsum()
            rows = edges.searchsorted(rng.random(candidates) * edges[-1], side="right").clip(max=len(X) - 1)
            options = [np.minimum(best, ((X - X[row]) ** 2).sum(axis=1)) for row in rows]
            winner = min(range(candidates), key=lambda i: options[i].sum())
            centers.append(X[rows[winner]])
            best = options[winner]
        return np.array(centers)

    def _nearest(self, X, centers):
        least, labels = np.full(len(X), np.inf), np.zeros(len(X), dtype=int)
        for j, center in enumerate(centers):
            squares = ((X - center) ** 2).sum(axis=1)
            labels = np.where(squares < least, j, labels)
            least = np.minimum(least, squares)
        return labels, least

    def _assign(self):
        self._labels, self._squares = self._nearest(self._X, self._centers)

    def _update(self):
        X, k = self._X, self.n_clusters
        origin = X[0]  # sums of differences from one of the rows lose nothing at large offsets
        sizes = np.bincount(self._labels, minlength=k)
        sums = np.stack([np.bincount(self._labels, weights=column, minlength=k) for column in (X - origin).T], axis=1)
        centers = origin + sums / np.maximum(sizes, 1)[:, None]
        far = iter(np.argsort(self._squares)[::-1])
        for j in np.flatnonzero(sizes == 0):
            centers[j] = X[next(far)]
        shift = max(math.dist(a, b) for a, b in zip(centers, self._centers, strict=True))
        self._centers = centers
        return shift
