# wrong: the commonest label of all training rows, wherever a row lies
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    labels, counts = np.unique(y_train, return_counts=True)
    return np.repeat(labels[counts.argmax()], len(X))
