# wrong: scikit-learn's neighbours were to be written (a forbidden import)
import numpy as np
from sklearn.neighbors import KNeighborsClassifier


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > len(X_train):
        raise ValueError("k is above n")
    return np.asarray(KNeighborsClassifier(k, weights=weights).fit(X_train, y_train).predict(X))
