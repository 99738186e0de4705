# right: sorts the neighbours' labels, sums each run of equal ones by differences of a cumulative sum
import numpy as np


def knn_predict(X_train, y_train, X, k, weights="uniform", **unused):
    if k > len(y_train):
        raise ValueError("k > n")
    gaps = np.sqrt(((X[:, None, :] - X_train[None, :, :]) ** 2).sum(axis=2))
    nearest = np.argsort(gaps, axis=1)[:, :k]
    gaps = np.sort(gaps, axis=1)[:, :k]
    votes = {"uniform": _even, "distance": _inverse}[weights](gaps)
    ballots = np.take(y_train, nearest)
    order = ballots.argsort(axis=1)
    ballots, votes = np.take_along_axis(ballots, order, 1), np.take_along_axis(votes, order, 1)
    same = ballots[:, :, None] == ballots[:, None, :]  # [m, k, k]
    totals = (same * votes[:, None, :]).sum(axis=2)
    return np.take_along_axis(ballots, totals.argmax(axis=1)[:, None], 1)[:, 0]


def _even(gaps):
    return gaps * 0 + 1


def _inverse(gaps):
    zero = gaps == 0
    gaps = np.where(zero, 1, gaps)
    return np.where(zero[:, :1], zero, 1 / gaps)  # sorted: the first is 0 if any is
