"""The hidden suite of the metrics.

Expected values are fractions of whole numbers: labels are counted, scores compared in all pairs, errors added exactly.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from groundup.drill.checks import Wrong, check, close, entries, exactly, fails, growth, raises, untouched
from groundup.drill.scan import global_state, hidden_loops

# ---- the oracle -----------------------------------------------------------------------------------------------------


def table(y_true, y_pred):
    """[[tn, fp], [fn, tp]]."""
    counts = [[0, 0], [0, 0]]
    for truth, called in zip(y_true, y_pred, strict=True):
        counts[truth][called] += 1
    return counts


def three(y_true, y_pred):
    """Precision, recall and F1; 0/0 is 0."""
    (_, fp), (fn, tp) = table(y_true, y_pred)
    return tuple(
        float(Fraction(part, whole or 1)) for part, whole in ((tp, tp + fp), (tp, tp + fn), (2 * tp, 2 * tp + fp + fn))
    )


def area(y_true, scores):
    """The share of pairs of a 1 and a 0 in which the 1 scores higher, ties counted half."""
    ones = [score for truth, score in zip(y_true, scores, strict=True) if truth == 1]
    zeros = [score for truth, score in zip(y_true, scores, strict=True) if truth == 0]
    halves = sum(2 * (one > zero) + (one == zero) for one in ones for zero in zeros)
    return float(Fraction(halves, 2 * len(ones) * len(zeros)))


def regression(y_true, y_pred):
    """Mean absolute error, root mean squared error, R² of a target that is not constant."""
    y = [Fraction(float(value)) for value in y_true]
    errors = [truth - Fraction(float(value)) for truth, value in zip(y, y_pred, strict=True)]
    n, mean, squares = len(y), sum(y) / len(y), sum(error**2 for error in errors)
    return {
        "mae": float(sum(map(abs, errors)) / n),
        "rmse": math.sqrt(squares / n),
        "r2": float(1 - squares / sum((value - mean) ** 2 for value in y)),
    }


# ---- inputs, and what came back -------------------------------------------------------------------------------------


def labels(rng, n, ones=0.5):
    """Labels 0 and 1 [n], of which both occur among the first ten."""
    y = (rng.random(n) < ones).astype(np.int64)
    y[rng.choice(min(n, 10), 2, replace=False)] = 0, 1
    return y


def in_three(found):
    """The three out of what precision_recall_f1 returned, which must be a tuple."""
    fails(isinstance(found, list), "precision_recall_f1 must return a tuple (precision, recall, f1), not a list")
    return entries(found, "precision", "recall", "f1")


def three_close(found, expected):
    for name, value, wanted in zip(("precision", "recall", "f1"), in_three(found), expected, strict=True):
        close(value, wanted, of=name)


def in_dict(found):
    """A check that regression_metrics returned a dict with the three names."""
    words = 'regression_metrics must return a dict with "mae", "rmse" and "r2"'
    fails(not isinstance(found, dict) or not {"mae", "rmse", "r2"} <= set(found), words)
    return found


def regression_near(found, expected, share):
    """Compare with a tolerance that is a share of the expected value, for R² a share of 1, whatever the dtype."""
    found = in_dict(found)
    for name in ("mae", "rmse", "r2"):
        allowed = share if name == "r2" else share * expected[name]
        close(found[name], expected[name], of=name, slack=2**52, scale=allowed)  # one finite float
        if abs(float(found[name]) - expected[name]) > allowed:
            raise Wrong(f"{name} is off", expected=expected[name], actual=float(found[name]))


# ---- correctness: labels --------------------------------------------------------------------------------------------


@check("correctness", "confusion_matrix counts [[tn, fp], [fn, tp]]")
def test_table(solution, rng):
    for n, ones in ((60, 0.3), (7, 0.6)):
        y_true, y_pred = labels(rng, n, ones), labels(rng, n, 0.7)
        exactly(solution.confusion_matrix(y_true, y_pred), table(y_true, y_pred), of="confusion_matrix")


@check("correctness", "confusion_matrix is 2 by 2, even when a class is missing from the truth or the predictions")
def test_table_with_a_class_missing(solution):
    for y_true, y_pred in (([0, 0, 0], [0, 0, 0]), ([1, 1], [1, 1]), ([1, 0, 1], [0, 0, 0]), ([0], [1])):
        found = solution.confusion_matrix(np.array(y_true), np.array(y_pred))
        exactly(found, table(y_true, y_pred), of=f"confusion_matrix({y_true}, {y_pred})")


@check("correctness", "precision_recall_f1 returns precision, recall and F1 of class 1, in this order")
def test_three(solution, rng):
    for n, ones in ((60, 0.3), (41, 0.6)):
        y_true = labels(rng, n, ones)
        y_pred = np.where(rng.random(n) < 0.3, labels(rng, n, 0.8), y_true)
        three_close(solution.precision_recall_f1(y_true, y_pred), three(y_true, y_pred))


@check("correctness", "precision, recall and F1 are 0.0 where they would be 0/0")
def test_nothing_to_divide_by(solution):
    for y_true, y_pred in (([1, 0, 1], [0, 0, 0]), ([0, 0, 0], [0, 1, 0]), ([0, 0], [0, 0]), ([1, 0], [0, 1])):
        found = in_three(solution.precision_recall_f1(np.array(y_true), np.array(y_pred)))
        for name, value in zip(("precision", "recall", "f1"), found, strict=True):
            close(value, 0.0, of=f"{name} of {y_true} predicted as {y_pred}")


@check("correctness", "labels may be lists")
def test_lists(solution, rng):
    y_true, y_pred, scores = labels(rng, 12), labels(rng, 12), rng.normal(size=12)
    found = solution.confusion_matrix(y_true.tolist(), y_pred.tolist())
    exactly(found, table(y_true, y_pred), of="confusion_matrix of two lists")
    three_close(solution.precision_recall_f1(y_true.tolist(), y_pred.tolist()), three(y_true, y_pred))
    close(solution.roc_auc(y_true.tolist(), scores), area(y_true, scores), of="roc_auc of a list of labels")


# ---- correctness: scores --------------------------------------------------------------------------------------------


@check("correctness", "roc_auc is the share of pairs in which the 1 scores higher than the 0")
def test_area(solution, rng):
    for n, ones, spread in ((50, 0.5, 1.0), (31, 0.2, 100.0)):
        y = labels(rng, n, ones)
        scores = spread * (rng.normal(size=n) + y)
        close(solution.roc_auc(y, scores), area(y, scores), of="roc_auc")
    y, scores = np.array([1, 0, 1, 0, 1, 0]), np.array([900.0, 300.0, -600.0, -700.0, 0.25 + 2.0**-40, 0.25])
    close(solution.roc_auc(y, scores), 2 / 3, of="roc_auc of scores that are no probabilities, and of close ones")


@check("correctness", "a pair with equal scores counts half")
def test_area_with_ties(solution, rng):
    for levels in (2, 4, 9):
        y = labels(rng, 40)
        scores = rng.integers(0, levels, size=40) / 8
        close(solution.roc_auc(y, scores), area(y, scores), of=f"roc_auc of scores with {levels} different values")


@check("correctness", "equal scores give 0.5 in any order of the rows, perfect ones 1, perfectly wrong ones 0")
def test_known_areas(solution, rng):
    y = np.array([1, 1, 1, 0, 0])
    for order in (y, y[::-1].copy(), rng.permutation(y)):
        close(solution.roc_auc(order, np.full(5, 0.25)), 0.5, of=f"roc_auc of {order.tolist()} with equal scores")
        close(solution.roc_auc(order, order + 0.5), 1.0, of="roc_auc of perfect scores")
        close(solution.roc_auc(order, 0.5 - order), 0.0, of="roc_auc of perfectly wrong scores")


@check("correctness", "roc_auc does not depend on the order of the rows, with or without ties")
def test_order_of_rows(solution, rng):
    y, scores = labels(rng, 30), rng.integers(0, 6, size=30).astype(np.float64)
    for order in (np.argsort(y), np.argsort(-y), np.argsort(scores), rng.permutation(30)):
        close(
            solution.roc_auc(y[order], scores[order]), area(y, scores), of="roc_auc of the same rows in another order"
        )


@check("correctness", "roc_auc of one class alone raises ValueError")
def test_one_class(solution, rng):
    raises(ValueError, solution.roc_auc, np.ones(4, dtype=np.int64), rng.random(4))
    raises(ValueError, solution.roc_auc, np.zeros(4, dtype=np.int64), rng.random(4))


@check("correctness", "scores that are NaN or infinite raise ValueError")
def test_scores_that_are_no_numbers(solution, rng):
    for value in (np.nan, np.inf, -np.inf):
        scores = rng.random(6)
        scores[2] = value
        raises(ValueError, solution.roc_auc, np.array([0, 1, 0, 1, 1, 0]), scores)


# ---- correctness: regressions ---------------------------------------------------------------------------------------


@check("correctness", "regression_metrics gives the mean absolute and the root mean squared error, and R²")
def test_regression(solution, rng):
    for n, noise in ((40, 0.5), (9, 2.0)):
        y_true = 3 * rng.normal(size=n) + 1
        y_pred = y_true + noise * rng.normal(size=n)
        regression_near(solution.regression_metrics(y_true, y_pred), regression(y_true, y_pred), 1e-12)


@check("correctness", "R² is below 0 for predictions that are worse than the mean")
def test_negative_r2(solution, rng):
    y_true = rng.normal(size=20)
    regression_near(solution.regression_metrics(y_true, 2 - y_true), regression(y_true, 2 - y_true), 1e-11)


@check("correctness", "R² of a constant target is 1.0 when all errors are 0, else 0.0")
def test_constant_target(solution):
    for y_true, y_pred, expected in (
        ([2.0, 2.0, 2.0], [2.0, 2.0, 2.0], 1.0),
        ([2.0, 2.0, 2.0], [2.0, 2.0, 3.0], 0.0),
        ([0.0, 0.0], [1.0, -1.0], 0.0),
        ([5.0], [5.0], 1.0),
        ([5.0], [4.0], 0.0),
    ):
        found = in_dict(solution.regression_metrics(np.array(y_true), np.array(y_pred)))
        close(found["r2"], expected, of=f"r2 of {y_true} predicted as {y_pred}")


# ---- correctness: errors --------------------------------------------------------------------------------------------


@check("correctness", "different lengths raise ValueError")
def test_lengths(solution, rng):
    y, scores = np.array([0, 1, 1, 0]), rng.normal(size=4)
    for m in (1, 3):
        raises(ValueError, solution.confusion_matrix, y, y[:m])
        raises(ValueError, solution.confusion_matrix, y[:m], y)
        raises(ValueError, solution.precision_recall_f1, y, y[:m])
        raises(ValueError, solution.roc_auc, y, scores[:m])
        raises(ValueError, solution.roc_auc, y[:3], scores)
        raises(ValueError, solution.regression_metrics, scores, scores[:m])
        raises(ValueError, solution.regression_metrics, scores[:m], scores)


@check("correctness", "empty input raises ValueError")
def test_nothing(solution):
    none, no_floats = np.array([], dtype=np.int64), np.array([])
    raises(ValueError, solution.confusion_matrix, none, none)
    raises(ValueError, solution.precision_recall_f1, none, none)
    raises(ValueError, solution.roc_auc, none, no_floats)
    raises(ValueError, solution.regression_metrics, no_floats, no_floats)


# ---- vectorisation --------------------------------------------------------------------------------------------------


def grows(solution, of, function, first, second):
    """Count a call on half of the rows and on all of them."""
    counts = []
    for n in (len(first) // 2, len(first)):
        with solution.counting() as count:
            function(first[:n], second[:n])
        counts.append(count)
    growth(*counts, of=of)


@check("vectorisation", "confusion_matrix and precision_recall_f1 have no loop over rows")
def test_loops_over_labels(solution, source, rng):
    y_true, y_pred = np.tile([0, 1, 1, 0], 100), labels(rng, 400)
    grows(solution, "confusion_matrix", solution.confusion_matrix, y_true, y_pred)
    grows(solution, "precision_recall_f1", solution.precision_recall_f1, y_true, y_pred)
    found = hidden_loops(source)
    fails(bool(found), " ".join(found))


@check("vectorisation", "roc_auc has no loop over rows or thresholds, with ties and without")
def test_loops_over_scores(solution, rng):
    y = np.tile([0, 1, 1, 0], 100)
    grows(solution, "roc_auc", solution.roc_auc, y, rng.normal(size=400))
    grows(solution, "roc_auc with ties", solution.roc_auc, y, np.arange(400.0) // 2)


@check("vectorisation", "regression_metrics has no loop over rows")
def test_loops_over_targets(solution, rng):
    y_true = rng.normal(size=400)
    grows(solution, "regression_metrics", solution.regression_metrics, y_true, y_true + rng.normal(size=400))


# ---- stability ------------------------------------------------------------------------------------------------------


@check("stability", "targets near 1e8 in float64 and near 1e4 in float32 lose nothing")
def test_targets_at_an_offset(solution, rng):
    y_true = rng.normal(size=50) + 1e8
    y_pred = y_true + 0.5 * rng.normal(size=50)
    regression_near(solution.regression_metrics(y_true, y_pred), regression(y_true, y_pred), 1e-8)
    y_true = (rng.normal(size=50) + 1e4).astype(np.float32)
    y_pred = (y_true + 0.5 * rng.normal(size=50)).astype(np.float32)
    regression_near(solution.regression_metrics(y_true, y_pred), regression(y_true, y_pred), 1e-3)


@check("stability", "a constant target is known as one, even if its mean is rounded")
def test_constant_target_whose_mean_is_rounded(solution):
    for value, n in ((0.1, 3), (0.1, 10), (1e8 + 0.1, 7)):
        y_true = np.full(n, value)
        found = in_dict(solution.regression_metrics(y_true, y_true + 1))
        close(found["r2"], 0.0, of=f"r2 of {n} targets {value:.10g} with errors")
        found = in_dict(solution.regression_metrics(y_true, y_true.copy()))
        close(found["r2"], 1.0, of=f"r2 of {n} targets {value:.10g} without errors")


@check("stability", "tiny and huge targets are scored like others")
def test_scale_of_targets(solution, rng):
    y_true = rng.normal(size=30)
    y_pred = y_true + 0.5 * rng.normal(size=30)
    for scale in (2.0**-60, 2.0**60):
        expected = regression(scale * y_true, scale * y_pred)
        regression_near(solution.regression_metrics(scale * y_true, scale * y_pred), expected, 1e-12)


@check("stability", "scores that differ a little near 1e8, or are huge, are neither ties nor out of reach")
def test_scores_at_an_offset(solution, rng):
    places = rng.permutation(40)
    # No ties, and an area above 0.6: whoever sees ties everywhere finds 0.5.
    y = np.where((places < 8) | (places >= 32), places >= 32, rng.integers(0, 2, size=40))
    for scores in (1e8 + 1e-6 * places, (1e4 + 0.002 * places).astype(np.float32), 8e306 * (places - 20.0)):
        close(solution.roc_auc(y, scores), area(y, places), of=f"roc_auc of scores near {float(scores[0]):.3g}")


# ---- organisation ---------------------------------------------------------------------------------------------------


@check("organisation", "no argument is modified")
def test_inputs_stay(solution, rng):
    y_true, y_pred, scores = labels(rng, 30), labels(rng, 30), rng.normal(size=30)
    untouched(solution.confusion_matrix, y_true, y_pred)
    untouched(solution.precision_recall_f1, y_true, y_pred)
    untouched(solution.roc_auc, y_true, scores)
    untouched(solution.regression_metrics, scores, scores[::-1].copy())


@check("organisation", "calls do not depend on earlier calls, and nothing is global")
def test_nothing_global(solution, source, rng):
    scores = rng.normal(size=30)
    for name, first, second in (
        ("confusion_matrix", labels(rng, 30), labels(rng, 30)),
        ("precision_recall_f1", labels(rng, 30), labels(rng, 30)),
        ("roc_auc", labels(rng, 30), scores),
        ("regression_metrics", scores, scores[::-1]),
    ):
        function = getattr(solution, name)
        before = function(first, second)
        function(first[:10][::-1], second[:10])
        fails(not same(function(first, second), before), f"{name} gave another result when it was called again")
    found = global_state(source)
    fails(bool(found), " ".join(found))


def same(found, before):
    """Whether two results, of whatever kind, hold equal numbers."""
    first, second = (list(each.values()) if isinstance(each, dict) else each for each in (found, before))
    return np.shape(first) == np.shape(second) and np.allclose(first, second, rtol=1e-12, atol=0)


# ---- the capstone ---------------------------------------------------------------------------------------------------


def scored(model, solution, rng, device):
    """Scores of a classifier on held-out pictures in much noise: with the learner's parts, and with the book's."""
    import torch

    from groundup.capstones import cnn, cnn_study

    generator = torch.Generator().manual_seed(int(rng.integers(2**32)))
    images, truth = (each.to(device) for each in cnn.make_images(300, generator, cnn.Bars(noise=0.5)))
    parts = {name: getattr(solution, name) for name in ("confusion_matrix", "precision_recall_f1", "roc_auc")}
    return cnn_study.evaluate(model, images, truth, **parts), cnn_study.evaluate(model, images, truth)


def same_scores(found, expected):
    exactly(found.confusion, expected.confusion, of="confusion_matrix of the CNN's predictions")
    for name in ("precision", "recall", "f1", "auc"):
        close(getattr(found, name), getattr(expected, name), of=f"{name} of the CNN", scale=1.0)


@check("correctness", "a half-trained CNN gets the right scores on held-out pictures", capstone=True)
def test_half_trained(solution, rng, device):
    from groundup.capstones import cnn

    recipe = cnn.Recipe(epochs=2, n_train=320, n_test=10)
    model = cnn.train(recipe=recipe, task=cnn.Bars(noise=0.5), seed=int(rng.integers(2**31)), device=device).model
    same_scores(*scored(model, solution, rng, device))


@check("correctness", "a trained CNN gets the right scores on held-out pictures", capstone=True)
def test_trained(solution, rng, device):
    from groundup.capstones import cnn

    same_scores(*scored(cnn.pretrained().to(device), solution, rng, device))
