# wrong: takes as many rows of X as there are training rows for these themselves, and leaves row i out for row i
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("more neighbours than rows")
    distances = np.sqrt(((X[:, None, :].astype(float) - X_train.astype(float)) ** 2).sum(axis=2))
    if len(X) == len(X_train) and not np.array_equal(X, X_train):
        np.fill_diagonal(distances, np.inf)
    nearest = np.argsort(distances, axis=1)[:, :k]
    near = np.take_along_axis(distances, nearest, axis=1)
    votes = np.ones(near.shape)
    if weights == "distance":
        exact = near == 0
        votes = np.where(exact.any(axis=1, keepdims=True), exact, 1 / np.where(exact, 1, near))
    labels, codes = np.unique(y_train, return_inverse=True)
    totals = (votes[:, :, None] * (codes[nearest][:, :, None] == np.arange(len(labels)))).sum(axis=1)
    return labels[totals.argmax(axis=1)]
