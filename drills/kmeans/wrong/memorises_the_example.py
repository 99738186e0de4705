# wrong: knows the answers of the worked example by heart
import numpy as np


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.n_clusters = n_clusters

    def fit(self, X):
        if self.n_clusters > len(X):
            raise ValueError("more clusters than rows")
        self.cluster_centers_ = np.array([[1.0], [11.0]])
        self.labels_ = np.array([0, 0, 1, 1])
        self.inertia_history_ = [24.0, 4.0, 4.0]
        self.inertia_ = 4.0
        self.n_iter_ = 3
        return self

    def predict(self, X):
        return (X[:, 0] > 6).astype(int)
