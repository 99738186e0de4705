# wrong: counts with bincount, and so returns wrong labels or fails when they are negative
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
    m, c = len(X), y_train.max() + 1
    slots = y_train[nearest] + c * np.arange(m)[:, None]
    return np.bincount(slots.ravel(), votes.ravel(), m * c).reshape(m, c).argmax(axis=1)
