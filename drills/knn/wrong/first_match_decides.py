# wrong: of several exact matches takes the first one, without a vote
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    d = np.linalg.norm(X[:, None] - X_train, axis=2)
    nearest = d.argsort(axis=1)[:, :k]
    near = np.take_along_axis(d, nearest, axis=1)
    votes = 1 / np.where(near == 0, 1, near) if weights == "distance" else np.ones_like(near)
    labels = np.unique(y_train)
    totals = np.stack([(votes * (y_train[nearest] == label)).sum(axis=1) for label in labels], axis=1)
    found = labels[totals.argmax(axis=1)]
    if weights == "distance":
        found = np.where(near[:, 0] == 0, y_train[nearest[:, 0]], found)
    return found
