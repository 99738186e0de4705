# right: a dataclass; blocks of 1,000 rows, distances column by column with hypot, a list of labels
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BLOCK = 1000


@dataclass
class Neighbours:
    rows: np.ndarray
    labels: np.ndarray
    k: int
    by_distance: bool

    def __post_init__(self):
        if self.k > len(self.rows):
            raise ValueError(f"k={self.k} is more than the {len(self.rows)} rows there are")
        self.classes = sorted(set(self.labels.tolist()))

    def distances(self, X):
        total = np.zeros((len(X), len(self.rows)))
        for a, b in zip(X.T, self.rows.T, strict=True):
            total = np.hypot(total, np.subtract.outer(a, b))
        return total

    def predict(self, X):
        d = self.distances(X)
        kth = np.sort(d, axis=1)[:, self.k - 1 : self.k]
        near = d <= kth
        if self.by_distance:
            exact = d == 0
            with np.errstate(divide="ignore"):
                votes = np.where(exact.any(1)[:, None], exact, near / d)
        else:
            votes = near.astype(int)
        totals = np.column_stack([votes[:, self.labels == each].sum(axis=1) for each in self.classes])
        return np.array(self.classes)[totals.argmax(axis=1)].tolist()


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    model = Neighbours(X_train, y_train, k, by_distance=weights == "distance")
    found = []
    for start in range(0, len(X), BLOCK):
        found += model.predict(X[start : start + BLOCK])
    return found
