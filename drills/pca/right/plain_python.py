# right (partial): lists and loops over rows, so the vectorisation mark is lost and nothing else
import math

import numpy as np


def dot(a, b):
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        rows = X.astype(float).tolist()
        n, d = len(rows), len(rows[0])
        if self.n_components > min(n, d):
            raise ValueError("more components than rows or columns")
        first = rows[0]
        self.mean = [a + math.fsum(row[j] - a for row in rows) / n for j, a in enumerate(first)]
        columns = [[row[j] - self.mean[j] for row in rows] for j in range(d)]
        S = [[dot(a, b) for b in columns] for a in columns]
        total = math.fsum(S[j][j] for j in range(d))
        values, vectors = np.linalg.eigh(S)
        directions = vectors.T.tolist()[::-1][: self.n_components]
        directions = [[-x for x in v] if max(v) < -min(v) else v for v in directions]
        self.components_ = np.array(directions)
        kept = values[::-1][: self.n_components]
        self.explained_variance_ratio_ = np.array([value / total if total else 0.0 for value in kept])
        return self

    def transform(self, X):
        moved = [[x - m for x, m in zip(row, self.mean, strict=True)] for row in X.tolist()]
        return np.array([[dot(row, v) for v in self.components_.tolist()] for row in moved])

    def inverse_transform(self, Z):
        columns = self.components_.T.tolist()
        return np.array([[dot(z, v) + m for v, m in zip(columns, self.mean, strict=True)] for z in Z.tolist()])
