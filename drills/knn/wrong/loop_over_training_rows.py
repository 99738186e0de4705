# wrong: one column of the table of distances at a time (right labels, and the vectorisation mark is lost)
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    d = np.empty((len(X), len(X_train)))
    for j, row in enumerate(X_train):
        d[:, j] = np.linalg.norm(X - row, axis=1)
    nearest = d.argsort(axis=1)[:, :k]
    near = np.take_along_axis(d, nearest, axis=1)
    votes = np.ones_like(near)
    if weights == "distance":
        exact = near == 0
        votes = np.where(exact.any(axis=1)[:, None], exact, 1 / np.where(exact, 1, near))
    labels = np.unique(y_train)
    totals = np.stack([(votes * (y_train[nearest] == label)).sum(axis=1) for label in labels], axis=1)
    return labels[totals.argmax(axis=1)]
