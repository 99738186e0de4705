# right: works in the dtype of the rows, float32 included; votes relative to the nearest neighbour's
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > X_train.shape[0]:
        raise ValueError("k must not exceed the number of training rows")
    distances = np.linalg.norm(X_train - X[:, np.newaxis], axis=-1)
    order = np.argsort(distances, axis=-1, kind="stable")[:, :k]
    d = np.take_along_axis(distances, order, axis=-1)
    if weights == "uniform":
        share = np.ones_like(d)
    else:
        with np.errstate(invalid="ignore"):
            share = d[:, :1] / d  # 1 for the nearest; 0/0 for exact matches
        share[np.isnan(share)] = 1
    best, label = np.full(len(X), -1.0), np.zeros(len(X), dtype=y_train.dtype)
    for value in np.unique(y_train)[::-1]:
        total = np.where(y_train[order] == value, share, 0).sum(axis=1)
        label = np.where(total >= best, value, label)
        best = np.maximum(total, best)
    return label
