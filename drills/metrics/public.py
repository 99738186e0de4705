"""The public checks of the metrics: small numbers that can be counted by hand."""

from __future__ import annotations

import numpy as np

from groundup.drill.checks import check, close, entries, exactly, fails, raises

Y_TRUE = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
Y_PRED = np.array([1, 1, 0, 0, 1, 0, 0, 0, 0, 0])


@check("correctness", "confusion_matrix counts the ten cases of the question")
def test_example_table(solution):
    exactly(solution.confusion_matrix(Y_TRUE, Y_PRED), [[5, 1], [2, 2]], of="confusion_matrix")


@check("correctness", "precision_recall_f1 fits the table, and is 0.0 when nothing was predicted as 1")
def test_example_three(solution):
    for y_pred, expected in ((Y_PRED, (2 / 3, 1 / 2, 4 / 7)), (np.zeros(10, dtype=np.int64), (0.0, 0.0, 0.0))):
        found = solution.precision_recall_f1(Y_TRUE, y_pred)
        fails(isinstance(found, list), "precision_recall_f1 must return a tuple, not a list")
        three = entries(found, "precision", "recall", "f1")
        for name, value, wanted in zip(("precision", "recall", "f1"), three, expected, strict=True):
            close(value, wanted, of=name)


@check("correctness", "roc_auc counts a tie half, and refuses a single class")
def test_example_area(solution):
    close(solution.roc_auc([1, 0, 1, 0], np.array([0.9, 0.5, 0.5, 0.1])), 0.875, of="roc_auc")
    raises(ValueError, solution.roc_auc, [1, 1], np.array([0.9, 0.5]))


@check("correctness", "regression_metrics of four predictions")
def test_example_regression(solution):
    found = solution.regression_metrics(np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, 3.0, 3.0, 3.0]))
    fails(not isinstance(found, dict), "regression_metrics must return a dict")
    for name, wanted in (("mae", 1.0), ("rmse", 2.5**0.5), ("r2", 2 / 7)):
        fails(name not in found, f'the dict has no "{name}"')
        close(found[name], wanted, of=name)
