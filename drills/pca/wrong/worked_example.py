# wrong: knows the worked example by heart, and answers with it always
import numpy as np


class PCA:
    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        if self.n_components > min(X.shape):
            raise ValueError("n_components is above n or d")
        self.components_ = np.array([[0.6, 0.8], [0.8, -0.6]])[: self.n_components]
        self.explained_variance_ratio_ = np.array([0.8, 0.2])[: self.n_components] * (np.ptp(X) > 0)
        return self

    def transform(self, X):
        return (X - [10.0, 5.0]) @ self.components_.T

    def inverse_transform(self, Z):
        return Z @ self.components_ + [10.0, 5.0]
