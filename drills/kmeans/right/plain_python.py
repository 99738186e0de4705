# right (partial): lists and loops over rows, so the vectorisation mark is lost and nothing else
import math
import random

import numpy as np


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.tol = tol
        self.rng = rng

    def fit(self, X):
        if X.ndim != 2:
            raise ValueError("X must have rows and columns")
        rows = X.tolist()
        if not all(math.isfinite(x) for row in rows for x in row):
            raise ValueError("X must be finite")
        if not 1 <= self.n_clusters <= len(rows):
            raise ValueError("as many clusters as rows at most, and at least one")
        centers = self._spread(rows) if isinstance(self.init, str) else self.init.tolist()
        labels, distances = self._assign(rows, centers)
        history, shift = [], math.inf
        while shift > self.tol and len(history) < self.max_iter:
            moved = []
            order = sorted(range(len(rows)), key=distances.__getitem__)
            for j in range(self.n_clusters):
                mine = [row for row, label in zip(rows, labels, strict=True) if label == j]
                if mine:
                    moved.append([math.fsum(column) / len(mine) for column in zip(*mine, strict=True)])
                else:
                    moved.append(rows[order.pop()])
            shift = max(math.dist(a, b) for a, b in zip(moved, centers, strict=True))
            centers = moved
            labels, distances = self._assign(rows, centers)
            history.append(math.fsum(d * d for d in distances))
        self.cluster_centers_ = np.array(centers)
        self.labels_ = labels
        self.inertia_ = history[-1]
        self.inertia_history_ = history
        self.n_iter_ = len(history)
        return self

    def predict(self, X):
        return self._assign(X.tolist(), self.cluster_centers_.tolist())[0]

    def _assign(self, rows, centers):
        labels, distances = [], []
        for row in rows:
            to = [math.dist(row, center) for center in centers]
            distances.append(min(to))
            labels.append(to.index(distances[-1]))
        return labels, distances

    def _spread(self, rows):
        chance = random.Random(None if self.rng is None else int(self.rng.integers(2**63)))
        centers = [chance.choice(rows)]
        weights = [math.dist(row, centers[0]) ** 2 for row in rows]
        while len(centers) < self.n_clusters:
            centers.append(chance.choices(rows, weights if any(weights) else None)[0])
            weights = [min(w, math.dist(row, centers[-1]) ** 2) for row, w in zip(rows, weights, strict=True)]
        return centers
