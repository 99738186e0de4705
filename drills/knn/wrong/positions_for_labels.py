# wrong: returns where a label stands among those that occur, not the label
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
    codes = np.unique(y_train, return_inverse=True)[1]
    totals = np.stack([(votes * (codes[nearest] == c)).sum(axis=1) for c in range(codes.max() + 1)], axis=1)
    return totals.argmax(axis=1)
