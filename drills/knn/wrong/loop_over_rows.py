# wrong: one row of X at a time (right labels, and the vectorisation mark is lost)
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    labels, codes = np.unique(y_train, return_inverse=True)
    found = []
    for x in X:
        d = np.linalg.norm(X_train - x, axis=1)
        nearest = d.argsort()[:k]
        votes = np.ones(k)
        if weights == "distance":
            votes = d[nearest] == 0 if (d[nearest] == 0).any() else 1 / d[nearest]
        found.append(labels[np.bincount(codes[nearest], weights=votes).argmax()])
    return np.array(found)
