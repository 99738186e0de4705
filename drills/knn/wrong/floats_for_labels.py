# wrong: the labels come back as floats
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    d = np.linalg.norm(X[:, None] - X_train, axis=2)
    nearest = d.argsort(axis=1)[:, :k]
    near = np.take_along_axis(d, nearest, axis=1)
    votes = np.ones_like(near)
    if weights == "distance":
        exact = near == 0
        votes = np.where(exact.any(axis=1)[:, None], exact, 1 / np.where(exact, 1, near))
    best, found = np.zeros(len(X)), np.zeros(len(X))
    for label in np.unique(y_train):
        total = (votes * (y_train[nearest] == label)).sum(axis=1)
        found[total > best] = label
        best = np.maximum(best, total)
    return found
