# wrong: puts the work off to a property, and does it row by row there (the vectorisation mark is lost)
import numpy as np


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        if self.n_components > min(X.shape):
            raise ValueError("too many components")
        self._rows, self._found = np.array(X, dtype=np.float64), None
        return self

    def _look(self):
        if self._found is None:
            X, c = self._rows, self.n_components
            mean = X[0] + (X - X[0]).mean(axis=0)
            scale = np.abs(X - mean).max() or 1.0
            products = np.zeros((X.shape[1], X.shape[1]))
            for row in X:
                products += np.outer((row - mean) / scale, (row - mean) / scale)
            values, vectors = np.linalg.eigh(products)
            kept = vectors.T[::-1][:c]
            kept = kept * np.sign(kept[np.arange(c), np.abs(kept).argmax(axis=1)])[:, None]
            total = products.trace()
            ratios = values[::-1][:c].clip(0) / total if total > 0 else np.zeros(c)
            self._found = mean, kept, ratios
        return self._found

    @property
    def components_(self):
        return self._look()[1]

    @property
    def explained_variance_ratio_(self):
        return self._look()[2]

    def transform(self, X):
        mean, kept, _ = self._look()
        return (X - mean) @ kept.T

    def inverse_transform(self, Z):
        mean, kept, _ = self._look()
        return Z @ kept + mean
