# wrong: keeps the distances of the last call in the module, and takes them again for tables of the same shape
import numpy as np

_last = {}


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    if (len(X), X_train.shape) not in _last:
        _last.clear()
        _last[len(X), X_train.shape] = np.linalg.norm(X[:, None] - X_train, axis=2)
    d = _last[len(X), X_train.shape]
    nearest = d.argsort(axis=1)[:, :k]
    near = np.take_along_axis(d, nearest, axis=1)
    votes = np.ones_like(near)
    if weights == "distance":
        exact = near == 0
        votes = np.where(exact.any(axis=1)[:, None], exact, 1 / np.where(exact, 1, near))
    labels = np.unique(y_train)
    totals = np.stack([(votes * (y_train[nearest] == label)).sum(axis=1) for label in labels], axis=1)
    return labels[totals.argmax(axis=1)]
