# right: takes the nearest k times and crosses it out; totals in a table that np.add.at adds to
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    X_train, X = np.asarray(X_train, dtype=float), np.asarray(X, dtype=float)
    if len(X_train) < k:
        raise ValueError("fewer training rows than neighbours")
    classes = np.unique(y_train)
    code = np.searchsorted(classes, y_train)
    gap = np.sqrt(np.square(X[:, None] - X_train[None]).sum(-1))
    matched = (gap == 0).any(axis=1)
    everyone = np.arange(len(X))
    totals = np.zeros((len(X), len(classes)))
    for _ in range(k):
        i = gap.argmin(axis=1)
        d = gap[everyone, i]
        vote = 1 if weights == "uniform" else np.where(matched, d == 0, 1 / np.where(d == 0, 1, d))
        np.add.at(totals, (everyone, code[i]), vote)
        gap[everyone, i] = np.inf
    return classes[np.argmax(totals, axis=1)]
