# wrong: each neighbour has one vote, whatever weights says
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    d = np.linalg.norm(X[:, None] - X_train, axis=2)
    nearest = d.argsort(axis=1)[:, :k]
    labels = np.unique(y_train)
    totals = np.stack([(y_train[nearest] == label).sum(axis=1) for label in labels], axis=1)
    return labels[totals.argmax(axis=1)]
