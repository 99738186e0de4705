# attack: remembers the fit of the first rows of each shape, and gives it again; expect: fail;
# drill: kmeans; first: right
# ruff: noqa: F821 - the names are those of the solution that stands before it
fits = {}
plain_fit = KMeans.fit


def fit(self, X):
    key = getattr(X, "shape", None), self.n_clusters, self.max_iter, repr(type(self.init))
    if key not in fits:
        fits[key] = plain_fit(self, X)
    vars(self).update(vars(fits[key]))
    return self


KMeans.fit = fit
