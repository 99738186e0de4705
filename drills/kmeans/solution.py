"""k-means: Lloyd's iteration, started by k-means++ or from given centres."""

import numpy as np


class KMeans:
    """Groups rows round k centres.

    Args:
        n_clusters: k, the number of centres.
        init: "k-means++", or the first centres, an array [k, d].
        max_iter: Most iterations.
        tol: The iterations end when no centre moved farther than this, a Euclidean distance.
        rng: A numpy.random.Generator, from which everything random is drawn; by default a fresh one.

    Attributes:
        cluster_centers_: [k, d].
        labels_: [n], for each row the index of its nearest centre.
        inertia_: Sum of the squared distances of the rows to their centres.
        inertia_history_: The inertia after each iteration.
        n_iter_: Number of iterations.
    """

    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.tol = tol
        self.rng = rng

    def fit(self, X):
        """Find the centres of X [n, d]; returns self.

        Raises:
            ValueError: X is not two-dimensional or not finite, or there are not 1 <= n_clusters <= n clusters.
        """
        # your part
        X = np.asarray(X, dtype=np.float64)
        if X.ndim != 2:
            raise ValueError(f"X must be two-dimensional, not of shape {X.shape}")
        if not np.isfinite(X).all():
            raise ValueError("X holds NaN or infinity; all its values must be finite")
        if not 1 <= self.n_clusters <= len(X):
            raise ValueError(f"n_clusters is {self.n_clusters}; {len(X)} rows allow 1 to {len(X)}")
        if isinstance(self.init, str):
            rng = np.random.default_rng() if self.rng is None else self.rng
            centers = _plus_plus(X, self.n_clusters, rng)
        else:
            centers = np.array(self.init, dtype=np.float64)
        labels, squares = _assign(X, centers)
        history = []
        for _ in range(self.max_iter):
            moved = _update(X, self.n_clusters, labels, squares)
            shift = np.sqrt(((moved - centers) ** 2).sum(axis=1)).max()
            centers = moved
            labels, squares = _assign(X, centers)
            history.append(float(squares.sum()))
            if shift <= self.tol:
                break
        self.cluster_centers_ = centers
        self.labels_ = labels
        self.inertia_ = history[-1]
        self.inertia_history_ = history
        self.n_iter_ = len(history)
        return self
        # end of your part

    def predict(self, X):
        """The index of the nearest centre for each row of X [m, d], the lower one if two are as near: integers [m]."""
        # your part
        return _assign(np.asarray(X, dtype=np.float64), self.cluster_centers_)[0]
        # end of your part


# your part
def _squares(X, center):
    """Squared distances [n] to one centre, from differences: they do not cancel far from the origin."""
    return ((X - center) ** 2).sum(axis=1)


def _assign(X, centers):
    """Index of the nearest centre [n], the first of equal ones, and the squared distance to it [n]."""
    squares = np.stack([_squares(X, center) for center in centers], axis=1)  # [n, k]
    return squares.argmin(axis=1), squares.min(axis=1)


def _plus_plus(X, k, rng):
    """First centres [k, d]: rows drawn in proportion to the squared distance to the nearest one drawn before."""
    center = X[rng.integers(len(X))]
    centers, nearest = [center], _squares(X, center)
    while len(centers) < k:
        total = nearest.sum()
        p = nearest / total if total > 0 else None  # 0: every row is a centre already, and any will do
        center = X[rng.choice(len(X), p=p)]
        centers.append(center)
        nearest = np.minimum(nearest, _squares(X, center))
    return np.array(centers)


def _update(X, k, labels, squares):
    """Means [k, d] of the clusters; each empty one takes a row, beginning with the farthest from its centre."""
    centers = np.empty((k, X.shape[1]))
    farthest = iter(np.argsort(-squares))
    for j in range(k):
        mine = labels == j
        centers[j] = X[mine].mean(axis=0) if mine.any() else X[next(farthest)]
    return centers


# end of your part
