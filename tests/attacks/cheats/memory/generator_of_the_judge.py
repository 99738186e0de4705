# attack: draws from its copy of the judge's generator what the judge will draw next; expect: fail;
# drill: kmeans
import numpy as np

drawn = []


class KMeans:
    def __init__(self, n_clusters, init="k-means++", max_iter=300, tol=1e-4, rng=None):
        self.k = n_clusters
        if rng is not None:
            drawn.append(rng.spawn(1)[0].normal(size=1000))
            drawn.append(rng.normal(size=1000))

    def fit(self, X):
        X = np.asarray(X, dtype=float)
        self.cluster_centers_ = X[: self.k]
        self.labels_ = np.isin(X[:, 0], np.concatenate(drawn) if drawn else X).astype(int)
        self.inertia_history_, self.n_iter_, self.inertia_ = [0.0], 1, 0.0
        return self

    def predict(self, X):
        return np.zeros(len(X), dtype=int)
