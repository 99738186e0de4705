# wrong: hides the loop over rows in apply_along_axis (the vectorisation mark is lost)
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    d = np.apply_along_axis(lambda x: np.linalg.norm(X_train - x, axis=1), 1, X)
    nearest = d.argsort(axis=1)[:, :k]
    near = np.take_along_axis(d, nearest, axis=1)
    votes = np.ones_like(near)
    if weights == "distance":
        exact = near == 0
        votes = np.where(exact.any(axis=1)[:, None], exact, 1 / np.where(exact, 1, near))
    labels = np.unique(y_train)
    totals = np.stack([(votes * (y_train[nearest] == label)).sum(axis=1) for label in labels], axis=1)
    return labels[totals.argmax(axis=1)]
