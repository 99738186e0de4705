# right: ranks of all training rows and a mask [m, n] of those that vote; totals by one matrix product
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > y_train.size:
        raise ValueError("k must be at most n")
    d = sum((X[:, [j]] - X_train[:, j]) ** 2 for j in range(X.shape[1])) ** 0.5
    votes = d.argsort(axis=1).argsort(axis=1) < k
    if weights == "distance":
        exact = votes & (d == 0)
        votes = np.where(exact.any(axis=1)[:, None], exact, votes / np.where(d == 0, 1, d))
        votes /= votes.sum(axis=1, keepdims=True)
    labels = np.unique(y_train)
    totals = votes @ (y_train[:, None] == labels).astype(float)
    return labels[totals.argmax(axis=1)]
