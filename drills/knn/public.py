"""The public checks of k nearest neighbours: rows on a line, and distances that can be counted."""

import numpy as np

from groundup.drill.checks import check, exactly, raises

X_TRAIN, Y_TRAIN = np.array([[0.0], [1.0], [3.0], [6.0]]), np.array([7, 2, 2, 7])


@check("correctness", "the worked example of the question comes out")
def test_example(solution):
    X = np.array([[0.0], [5.5]])
    exactly(solution.knn_predict(X_TRAIN, Y_TRAIN, X, 3), [2, 2], of="knn_predict(X_train, y_train, X, 3)")
    weighted = solution.knn_predict(X_TRAIN, Y_TRAIN, X, 3, weights="distance")
    exactly(weighted, [7, 7], of='knn_predict(X_train, y_train, X, 3, weights="distance")')


@check("correctness", "of labels with as many votes, the smallest is taken")
def test_tie(solution):
    X = np.array([[-1.0], [5.5]])  # nearest to label 7, both of them
    exactly(solution.knn_predict(X_TRAIN, Y_TRAIN, X, 4), [2, 2], of="knn_predict(X_train, y_train, X, 4)")


@check("correctness", "an exact match wins under distance, however many near rows say something else")
def test_exact_match(solution):
    X_train = np.array([[0.0, 0.0], [0.0, 0.001], [0.001, 0.0], [5.0, 5.0]])
    y_train = np.array([1, 0, 0, 0])
    X = np.array([[0.0, 0.0], [5.0, 5.0], [0.001, 0.001]])
    found = solution.knn_predict(X_train, y_train, X, 3, weights="distance")
    exactly(found, [1, 0, 0], of='knn_predict(X_train, y_train, X, 3, weights="distance")')


@check("correctness", "more neighbours than training rows raise ValueError with a message")
def test_too_many(solution):
    raises(ValueError, solution.knn_predict, X_TRAIN, Y_TRAIN, np.zeros((7, 1)), 5)
