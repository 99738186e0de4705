# wrong: forgets the root, so votes are one over the squared distance
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError(f"only {len(X_train)} rows")
    squares = ((X[:, None, :] - X_train) ** 2).sum(axis=2)
    nearest = np.argsort(squares, axis=1)[:, :k]
    near = np.take_along_axis(squares, nearest, axis=1)
    votes = np.ones(near.shape)
    if weights == "distance":
        exact = near == 0
        with np.errstate(divide="ignore"):
            votes = np.where(exact.any(axis=1, keepdims=True), exact, 1 / near)
    labels, codes = np.unique(y_train, return_inverse=True)
    totals = (votes[:, :, None] * np.eye(len(labels))[codes[nearest]]).sum(axis=1)
    return labels[totals.argmax(axis=1)]
