# right: rotates pairs of columns until all are perpendicular (one-sided Jacobi); of wide tables in the row space
import numpy as np


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        n, d = X.shape
        if self.n_components > min(n, d):
            raise ValueError(f"{self.n_components} components of a table {n} x {d}")
        X = X.astype(np.float64)
        self.mean_ = X[-1] + (X - X[-1]).mean(axis=0)
        A = X - self.mean_
        size = np.abs(A).max()
        A = A / size if size else A
        V = np.eye(d)
        if d > n:  # turn n columns, not d
            V, A = np.linalg.qr(A.T)
            A = A.T
        d = A.shape[1]
        for _ in range(60):
            turned = 0.0
            for i in range(d):
                for j in range(i + 1, d):
                    turned = max(turned, rotate(A, V, i, j))
            if turned < 1e-15:
                break
        squares = (A**2).sum(axis=0)
        order = np.argsort(-squares, kind="stable")[: self.n_components]
        V = V[:, order]
        self.components_ = np.stack([v * np.sign(max(v, key=abs)) for v in V.T])
        self.explained_variance_ratio_ = squares[order] / max(squares.sum(), np.finfo(float).tiny)
        return self

    def transform(self, X):
        return (X.astype(np.float64) - self.mean_).dot(self.components_.transpose())

    def inverse_transform(self, Z):
        return Z.dot(self.components_) + self.mean_


def rotate(A, V, i, j):
    """Makes columns i and j of A perpendicular; returns the sine of the angle."""
    a, b, ab = A[:, i] @ A[:, i], A[:, j] @ A[:, j], A[:, i] @ A[:, j]
    if abs(ab) <= 1e-15 * np.sqrt(a * b) or ab == 0 or max(a, b) < 1e-28:
        return 0.0
    angle = 0.5 * np.arctan2(2 * ab, a - b)
    c, s = np.cos(angle), np.sin(angle)
    for M in (A, V):
        M[:, [i, j]] = M[:, [i, j]] @ np.array([[c, -s], [s, c]])
    return abs(s)
