# wrong: 1/0 is infinity, so one exact match counts as much as two
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    d = np.linalg.norm(X[:, None] - X_train, axis=2)
    nearest = d.argsort(axis=1)[:, :k]
    with np.errstate(divide="ignore"):
        votes = 1 / np.take_along_axis(d, nearest, axis=1)
    if weights == "uniform":
        votes[:] = 1
    labels = np.unique(y_train)
    totals = np.stack([np.where(y_train[nearest] == c, votes, 0).sum(axis=1) for c in labels], axis=1)
    return labels[totals.argmax(axis=1)]
