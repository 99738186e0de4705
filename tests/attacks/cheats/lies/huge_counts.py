# attack: a model whose counts and labels are so large that the judge would loop or allocate for ever; expect: fail;
# drill: kmeans
import numpy as np


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.k = n_clusters

    def fit(self, X):
        X = np.asarray(X, dtype=float)
        self.cluster_centers_ = np.zeros((self.k, X.shape[1]))
        self.labels_ = np.full(len(X), 2**62)
        self.n_iter_ = 10**18
        self.inertia_ = float("inf")
        self.inertia_history_ = [float("inf")] * 10_000
        return self

    def predict(self, X):
        return np.full(len(X), -(2**62))
