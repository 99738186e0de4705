# wrong: lets no distance be below 1e-12, so that others vote beside exact matches
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    d = np.linalg.norm(X[:, None] - X_train, axis=2)
    nearest = d.argsort(axis=1)[:, :k]
    near = np.take_along_axis(d, nearest, axis=1)
    votes = 1 / np.maximum(near, 1e-12) if weights == "distance" else np.ones_like(near)
    labels = np.unique(y_train)
    totals = np.stack([(votes * (y_train[nearest] == label)).sum(axis=1) for label in labels], axis=1)
    return labels[totals.argmax(axis=1)]
