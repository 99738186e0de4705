# attack: labels with which the judge's own indexing gives what it expects; expect: fail;
# drill: kmeans
import numpy as np


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.k = n_clusters

    def fit(self, X):
        X = np.asarray(X, dtype=float)
        self.cluster_centers_ = X[: self.k]
        self.labels_ = None
        self.n_iter_ = slice(None)
        self.inertia_ = Ellipsis
        self.inertia_history_ = np.array([], dtype=bool)
        return self

    def predict(self, X):
        return Ellipsis
