# right: one bincount over rows and classes at once, weights inf-safe; a result of int32
import numpy as np


def _votes(d, weights):
    if weights == "uniform":
        return np.ones(d.size)
    zero = d == 0
    rows_with_zero = zero.sum(axis=1, keepdims=True) > 0
    safe = d.copy()
    safe[zero] = 1.0
    return (zero + (1 / safe) * (~zero & ~rows_with_zero)).ravel()


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    m, n = X.shape[0], X_train.shape[0]
    if not k <= n:
        raise ValueError(f"not enough neighbours: k = {k}, n = {n}")
    difference = X.astype(np.float64).reshape(m, 1, -1) - X_train.astype(np.float64).reshape(1, n, -1)
    d = np.sqrt(np.einsum("mnd,mnd->mn", difference, difference))
    nearest = d.argsort(1)[:, :k]
    values, inverse = np.unique(y_train, return_inverse=True)
    c = values.size
    slot = inverse[nearest] + c * np.arange(m)[:, None]
    near = d[np.arange(m)[:, None], nearest]
    totals = np.bincount(slot.ravel(), weights=_votes(near, weights), minlength=m * c).reshape(m, c)
    return values.astype(np.int32)[totals.argmax(1)]
