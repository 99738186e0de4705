# right: moves the origin to the mean, then expands the square; exact matches by comparing the rows themselves
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    n, _ = X_train.shape
    if n < k:
        raise ValueError(f"k = {k} neighbours of {n} rows")
    middle = X_train.mean(axis=0, dtype=np.float64)
    A, B = X - middle, X_train - middle
    squares = np.einsum("md,md->m", A, A)[:, None] + np.einsum("nd,nd->n", B, B) - 2 * A @ B.T
    squares = np.where((X[:, None, :] == X_train).all(axis=2), 0.0, squares.clip(min=np.finfo(float).tiny))
    nearest = np.argpartition(squares, k - 1, axis=1)[:, :k]
    d = np.sqrt(np.take_along_axis(squares, nearest, axis=1))
    if weights == "distance":
        w = np.divide(1.0, d, out=np.zeros_like(d), where=d > 0)
        hit = d == 0
        w[hit.any(axis=1)] = hit[hit.any(axis=1)]
    else:
        w = np.full(d.shape, 1 / k)
    values = np.array(sorted(set(y_train.tolist())))
    one_hot = (y_train[nearest][..., None] == values).astype(float)
    return values[np.einsum("mk,mkc->mc", w, one_hot).argmax(axis=1)]
