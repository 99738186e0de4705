# wrong: adds the absolute differences instead of their squares
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    d = np.abs(X[:, None, :] - X_train).sum(axis=2)
    nearest = d.argsort(axis=1)[:, :k]
    d = np.take_along_axis(d, nearest, axis=1)
    votes = np.ones_like(d)
    if weights == "distance":
        exact = d == 0
        votes = np.where(exact.any(axis=1)[:, None], exact, 1 / np.where(exact, 1, d))
    labels = np.unique(y_train)
    totals = np.stack([(votes * (y_train[nearest] == label)).sum(axis=1) for label in labels], axis=1)
    return labels[totals.argmax(axis=1)]
