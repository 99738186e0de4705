# attack: an attribute is computed for ever; expect: timeout;
# drill: kmeans; says: in labels_


class KMeans:
    def __init__(self, *args, **kwargs):
        pass

    def fit(self, X):
        return self

    @property
    def labels_(self):
        while True:
            pass

    cluster_centers_ = inertia_ = inertia_history_ = n_iter_ = labels_
