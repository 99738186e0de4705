# right: an empty cluster takes the farthest row away from its old cluster before the means; np.add.at
import numpy as np


def _sq_dist(X, C):
    return np.add.reduce((X[None] - C[:, None]) ** 2, axis=2)  # [k, n]


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.tol = tol
        self.rng = np.random.default_rng() if rng is None else rng

    def fit(self, X):
        X = np.array(X, dtype=np.float64)
        if X.ndim != 2:
            raise ValueError("X must be a matrix")
        if not np.isfinite(X.sum()) and not np.isfinite(X).all():
            raise ValueError("X must be finite")
        if self.n_clusters < 1 or self.n_clusters > len(X):
            raise ValueError("the number of clusters does not fit the number of rows")
        C = self._init_centers(X)
        self.inertia_history_ = []
        D = _sq_dist(X, C)
        labels = D.argmin(axis=0)
        for it in range(self.max_iter):
            own = D[labels, np.arange(len(X))]
            counts = np.bincount(labels, minlength=self.n_clusters)
            for j in range(self.n_clusters):
                if counts[j] == 0:
                    candidates = np.where(counts[labels] > 1, own, -1.0)
                    row = int(candidates.argmax())
                    counts[labels[row]] -= 1
                    labels[row], counts[j], own[row] = j, 1, 0.0
            new = np.zeros_like(C)
            np.add.at(new, labels, X)
            new /= counts[:, None]
            shift = np.sqrt(((new - C) ** 2).sum(axis=1).max())
            C = new
            D = _sq_dist(X, C)
            labels = D.argmin(axis=0)
            self.inertia_history_.append(D.min(axis=0).sum())
            self.n_iter_ = it + 1
            if shift <= self.tol:
                break
        self.cluster_centers_ = C
        self.labels_ = labels
        self.inertia_ = self.inertia_history_[-1]
        return self

    def _init_centers(self, X):
        if isinstance(self.init, np.ndarray):
            return self.init.astype(np.float64)
        n = len(X)
        picks = [int(self.rng.integers(n))]
        for _ in range(self.n_clusters - 1):
            d2 = _sq_dist(X, X[picks]).min(axis=0)
            free = np.setdiff1d(np.arange(n), picks)
            if d2[free].sum() > 0:
                picks.append(int(self.rng.choice(free, p=d2[free] / d2[free].sum())))
            else:
                picks.append(int(self.rng.choice(free)))
        return X[picks]

    def predict(self, X):
        return _sq_dist(np.asarray(X, dtype=np.float64), self.cluster_centers_).argmin(axis=0)
