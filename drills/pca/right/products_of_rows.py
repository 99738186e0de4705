# right: of wide tables decomposes the products of rows [n, n]; completes directions by QR where nothing varies
import numpy as np


def _eigen(S):
    values, vectors = np.linalg.eigh(S)
    return values[::-1].clip(min=0), vectors[:, ::-1]


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        n, d = X.shape
        c = self.n_components
        if c > min(n, d):
            raise ValueError("n_components has to be at most min(n, d)")
        X = np.asarray(X, dtype=np.float64)
        self._center = X[0] + np.mean(X - X[0], axis=0)
        A = X - self._center
        if n >= d:
            values, V = _eigen(A.T @ A)
        else:
            values, U = _eigen(A @ A.T)
            some = int((values > 1e-12 * values[0]).sum()) if values[0] > 0 else 0
            V = A.T @ U[:, :some] / np.sqrt(values[:some])
            V = np.linalg.qr(np.hstack([V, np.eye(d)]))[0] * 1.0
        V = V[:, :c].T
        which = np.argmax(np.abs(V), axis=1)
        self.components_ = V * np.sign(V[np.arange(c), which])[:, None]
        whole = np.square(A).sum()
        self.explained_variance_ratio_ = np.divide(values[:c], whole, out=np.zeros(c), where=whole > 0)
        return self

    def transform(self, X):
        return np.einsum("md,cd->mc", X - self._center, self.components_)

    def inverse_transform(self, Z):
        return np.einsum("mc,cd->md", Z, self.components_) + self._center
