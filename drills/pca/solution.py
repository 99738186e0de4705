"""Principal component analysis by the singular value decomposition of the centred table."""

import numpy as np


class PCA:
    """The directions in which rows differ most.

    Args:
        n_components: How many directions to keep, c.

    Attributes:
        components_: [c, d], one direction a row, of length 1, that with the largest variance first. The entry with the
            largest absolute value of each is positive.
        explained_variance_ratio_: [c], the share of all variance that lies along each; 0 if all rows are equal.
    """

    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X):
        """Find the directions of X [n, d]; returns self.

        Raises:
            ValueError: n_components is larger than n or d.
        """
        # your part
        X = np.asarray(X, dtype=np.float64)
        if self.n_components > min(X.shape):
            raise ValueError(f"n_components is {self.n_components}; a table of {X.shape} has at most {min(X.shape)}")
        self._mean = X[0] + (X - X[0]).mean(axis=0)  # exact if all rows are equal
        _, strengths, directions = np.linalg.svd(X - self._mean, full_matrices=False)
        kept = directions[: self.n_components]
        largest = np.take_along_axis(kept, np.abs(kept).argmax(axis=1)[:, None], axis=1)  # [c, 1]
        self.components_ = kept * np.sign(largest)
        variances = strengths**2
        total = variances.sum()
        ratios = variances / total if total > 0 else np.zeros(len(variances))
        self.explained_variance_ratio_ = ratios[: self.n_components]
        return self
        # end of your part

    def transform(self, X):
        """Coordinates of the rows of X [m, d] along the directions, from the mean of the fitted rows: [m, c]."""
        # your part
        return (np.asarray(X, dtype=np.float64) - self._mean) @ self.components_.T
        # end of your part

    def inverse_transform(self, Z):
        """Rows [m, d] from their coordinates Z [m, c]."""
        # your part
        return Z @ self.components_ + self._mean
        # end of your part
