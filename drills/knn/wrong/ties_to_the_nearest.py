# wrong: of labels with as many votes, takes that of the nearest row
from collections import Counter

import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    found = []
    for x in X:
        d = np.linalg.norm(X_train - x, axis=1)
        nearest = d.argsort()[:k]
        if weights == "uniform":
            found.append(Counter(y_train[nearest].tolist()).most_common(1)[0][0])
            continue
        if d[nearest[0]] == 0:
            nearest = nearest[d[nearest] == 0]
        totals = Counter()
        for i in nearest:
            totals[int(y_train[i])] += 1 / d[i] if d[i] else 1
        found.append(totals.most_common(1)[0][0])
    return np.array(found)
