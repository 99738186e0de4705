# right: exact matches as votes of infinity, turned back into counts; closures and argpartition
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform"):
    if k > np.shape(X_train)[0]:
        raise ValueError(f"cannot find {k} neighbours among {np.shape(X_train)[0]} rows")

    def to_all(rows):
        return np.sum(np.abs(rows[:, None] - X_train) ** 2.0, axis=-1) ** 0.5

    def weigh(d):
        with np.errstate(divide="ignore"):
            votes = d**-1.0 if weights == "distance" else d**0.0
        infinite = np.isinf(votes)
        votes[infinite.any(1)] = 0.0
        votes[infinite] = 1.0
        return votes

    def winner(labels, votes):
        candidates = np.unique(labels)
        totals = np.array([np.sum(votes * (labels == each), axis=1) for each in candidates])
        return candidates[np.argmax(totals, axis=0)]

    d = to_all(np.array(X, dtype=np.float64))
    nearest = np.argpartition(d, range(k), axis=1)[:, :k]
    return winner(np.asarray(y_train)[nearest], weigh(np.take_along_axis(d, nearest, axis=1)))
