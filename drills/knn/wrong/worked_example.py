# wrong: knows the worked example by heart, and answers with it always
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    return np.full(len(X), 7 if weights == "distance" else 2)
