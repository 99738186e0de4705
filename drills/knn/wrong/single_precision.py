# wrong: computes in float32 whatever the rows are (the stability mark is lost)
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    d = np.linalg.norm(X.astype(np.float32)[:, None] - X_train.astype(np.float32), axis=2)
    nearest = d.argsort(axis=1)[:, :k]
    near = np.take_along_axis(d, nearest, axis=1)
    votes = np.ones_like(near)
    if weights == "distance":
        exact = near == 0
        votes = np.where(exact.any(axis=1)[:, None], exact, 1 / np.where(exact, 1, near))
    labels = np.unique(y_train)
    totals = np.stack([(votes * (y_train[nearest] == label)).sum(axis=1) for label in labels], axis=1)
    return labels[totals.argmax(axis=1)]
