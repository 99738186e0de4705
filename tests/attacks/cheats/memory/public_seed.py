# attack: recognises the inputs of the public seed by a fingerprint, and is wrong for all others; expect: fail;
# drill: kmeans
import numpy as np

SEEN = {0.3047, -1.0399, 0.7504}


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.k, self.rng = n_clusters, rng

    def fit(self, X):
        X = np.asarray(X, dtype=float)
        self.known = not SEEN.isdisjoint(np.round(X.ravel(), 4).tolist())
        self.cluster_centers_ = X[: self.k]
        self.labels_ = np.zeros(len(X), dtype=int)
        self.inertia_history_, self.n_iter_ = [0.0], 1
        self.inertia_ = 0.0
        return self

    def predict(self, X):
        return np.zeros(len(X), dtype=int)
