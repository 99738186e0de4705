# right: subtracts the mean of all rows first, then expands the square; einsum and one-hot matrices
import numpy as np


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.n_clusters, self.init, self.max_iter, self.tol, self.rng = n_clusters, init, max_iter, tol, rng

    @staticmethod
    def _sq(A, B):
        sq = np.einsum("ij,ij->i", A, A)[:, None] - 2 * np.einsum("ij,kj->ik", A, B) + np.einsum("kj,kj->k", B, B)
        return np.maximum(sq, 0.0)

    def _initial(self, Z, rng):
        centers = np.empty((self.n_clusters, Z.shape[1]))
        centers[0] = Z[rng.integers(len(Z))]
        closest = self._sq(Z, centers[:1])[:, 0]
        for j in range(1, self.n_clusters):
            total = closest.sum()
            index = rng.choice(len(Z), p=closest / total) if total > 0.0 else rng.integers(len(Z))
            centers[j] = Z[index]
            closest = np.minimum(closest, self._sq(Z, centers[j : j + 1])[:, 0])
            closest[index] = 0.0
        return centers

    def fit(self, X):
        X = np.asarray(X, dtype=np.float64)
        if X.ndim != 2:
            raise ValueError("expected a 2-D array")
        if not np.isfinite(X).all():
            raise ValueError("expected finite values")
        if not 0 < self.n_clusters <= X.shape[0]:
            raise ValueError("n_clusters has to be in 1..n")
        self._mean = X.mean(axis=0)
        Z = X - self._mean
        if isinstance(self.init, str):
            centers = self._initial(Z, self.rng if self.rng is not None else np.random.default_rng())
        else:
            centers = np.asarray(self.init, dtype=np.float64) - self._mean
        sq = self._sq(Z, centers)
        self.inertia_history_ = []
        for _ in range(self.max_iter):
            one_hot = np.eye(self.n_clusters)[sq.argmin(1)]  # [n, k]
            sizes = one_hot.sum(0)
            new = np.einsum("nk,nd->kd", one_hot, Z) / np.where(sizes > 0, sizes, 1)[:, None]
            own = np.einsum("nk,nk->n", sq, one_hot)
            for j in np.nonzero(sizes == 0)[0]:
                new[j] = Z[own.argmax()]
                own[own.argmax()] = -1
            moved = np.sqrt(np.einsum("kd,kd->k", new - centers, new - centers))
            centers = new
            sq = self._sq(Z, centers)
            self.inertia_history_.append(float(sq.min(1).sum()))
            if moved.max() <= self.tol:
                break
        self._centers = centers
        self.cluster_centers_ = centers + self._mean
        self.labels_ = sq.argmin(1)
        self.inertia_ = self.inertia_history_[-1]
        self.n_iter_ = len(self.inertia_history_)
        return self

    def predict(self, X):
        return self._sq(np.asarray(X, dtype=np.float64) - self._mean, self._centers).argmin(1)
