# wrong: ranks by the angle between rows, which is not their distance
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    unit = lambda A: A / np.linalg.norm(A, axis=1, keepdims=True).clip(1e-300)  # noqa: E731
    nearest = (-unit(X) @ unit(X_train).T).argsort(axis=1)[:, :k]
    d = np.linalg.norm(X[:, None] - X_train[nearest], axis=2)
    votes = np.ones_like(d)
    if weights == "distance":
        exact = d == 0
        votes = np.where(exact.any(axis=1)[:, None], exact, 1 / np.where(exact, 1, d))
    labels = np.unique(y_train)
    totals = np.stack([(votes * (y_train[nearest] == label)).sum(axis=1) for label in labels], axis=1)
    return labels[totals.argmax(axis=1)]
