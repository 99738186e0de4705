"""The hidden suite of logistic regression. Descent is followed in Python's own floats, row by row, with exact sums."""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import mul

import numpy as np

from groundup.drill.checks import check, close, exactly, fails, growth, made, raises, untouched
from groundup.drill.scan import global_state, hidden_loops

# ---- the oracle -----------------------------------------------------------------------------------------------------


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))


@dataclass(frozen=True)
class State:
    """What there is after some updates."""

    w: np.ndarray
    b: float
    logits: list[float]
    loss: float

    def probabilities(self, X):
        """[m, 2], each column by itself."""
        logits = [math.fsum([*(row * self.w), self.b]) for row in X.astype(np.float64)]
        return np.array([[sigmoid(-z), sigmoid(z)] for z in logits])


def descent(X, y, lr, updates, l2=0.0):
    """States after 0, 1, ... updates."""
    rows, labels, (n, d) = X.astype(np.float64).tolist(), y.tolist(), X.shape
    columns = list(zip(*rows, strict=True))
    w, b, states = [0.0] * d, 0.0, []
    for _ in range(updates + 1):
        logits = [math.fsum([*map(mul, row, w), b]) for row in rows]
        wrong_by = [-z if label else z for z, label in zip(logits, labels, strict=True)]
        costs = [max(z, 0.0) + math.log1p(math.exp(-abs(z))) for z in wrong_by]
        penalty = l2 / 2 * math.fsum(each * each for each in w)
        states.append(State(np.array(w), b, logits, math.fsum(costs) / n + penalty))
        errors = [sigmoid(z) - label for z, label in zip(logits, labels, strict=True)]
        slopes = [math.fsum(map(mul, column, errors)) / n for column in columns]
        w = [each - lr * (slope + l2 * each) for each, slope in zip(w, slopes, strict=True)]
        b -= lr * math.fsum(errors) / n
    return states


def losses(states):
    return np.array([state.loss for state in states])


def drawn(rng, n=12, d=3):
    """Rows [n, d] whose classes overlap, off the origin, and labels [n], of which more are 1 than 0; both occur."""
    y = rng.permutation(np.arange(n) % 3 > 0).astype(np.int64)
    return rng.normal(size=(n, d)) + 0.7 * y[:, None] + np.resize([0.5, -1.0], d), y


def symmetric():
    """Six rows on a line, four on the side of their label, and labels: the intercept stays 0."""
    return np.array([[1.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0]]), np.array([1, 0, 1, 0, 0, 1])


def falling(rng, shape, lr, updates, l2=0.0):
    """Rows, labels, and the states after 0, 1, ... updates, between which the loss falls.

    So nobody who ends at a loss that rises does that by chance.
    """
    while True:
        X, y = drawn(rng, *shape)
        states = descent(X, y, lr, updates, l2)
        if (np.diff(losses(states)) < 0).all():
            return X, y, states


def ending(rng, at):
    """Rows, labels and a tol which loss number ``at`` is the first to meet at lr=0.5, and the states until then.

    No change lies within half a per cent of tol, so rounding does not decide.
    """
    while True:
        X, y, states = falling(rng, (12, 3), 0.5, at)
        *before, last = -np.diff(losses(states))
        if last < 0.99 * min(before):
            return X, y, math.sqrt(last * min(before)), states


# ---- what came back -------------------------------------------------------------------------------------------------


def fitted(solution, X, y, **settings):
    """A model after `fit`, whatever `fit` returns."""
    return made(solution.LogisticRegression, **settings, then="fit", given={"X": X, "y": y})


def history_of(model):
    found = model.loss_history_
    found = np.asarray(found) if type(found) in (list, tuple, np.ndarray) else np.empty((0, 0))
    fails(found.ndim != 1 or found.dtype.kind not in "iuf", "loss_history_ must be a list or an array of floats")
    return found.astype(np.float64)


def labels_of(found, n):
    """Labels as integers, of whatever kind they are."""
    found = np.asarray(found) if type(found) in (list, tuple, np.ndarray) else np.empty(0)
    fails(found.shape != (n,) or found.dtype.kind not in "iufb", f"predict must return {n} labels 0 or 1")
    fails(not np.isin(found, (0, 1)).all(), "predict returned something else than 0 and 1")
    return found.astype(np.int64)


def weights_are(model, state, of):
    close(model.coef_, state.w, of=f"coef_ {of}", slack=SLACK)
    close(model.intercept_, state.b, of=f"intercept_ {of}", slack=SLACK, scale=1.0)


SLACK = 1e5
"""Of numbers after some updates, in eps."""


# ---- correctness ----------------------------------------------------------------------------------------------------


@check("correctness", "training starts at zero, and each update subtracts lr times the gradient, for w and for b")
def test_updates(solution, rng):
    for n, d, lr, updates in ((12, 3, 0.5, 1), (9, 2, 1.0, 2), (15, 4, 0.3, 8), (6, 1, 2.0, 4), (2, 3, 0.5, 3)):
        X, y, states = falling(rng, (n, d), lr, updates)
        model = fitted(solution, X, y, lr=lr, max_iter=updates, tol=0.0)
        weights_are(model, states[-1], f"with max_iter={updates}")


@check("correctness", "l2 adds l2 times w to the gradient of w, and nothing to that of b")
def test_penalty(solution, rng):
    for n, l2, updates in ((12, 0.3, 2), (20, 0.8, 7)):
        X, y, states = falling(rng, (n, 3), 0.7, updates, l2)
        model = fitted(solution, X, y, lr=0.7, l2=l2, max_iter=updates, tol=0.0)
        weights_are(model, states[-1], f"with max_iter={updates} and l2={l2:g}")


@check("correctness", "the losses before each update are returned, mean log loss plus l2 / 2 · |w|²")
def test_losses(solution, rng):
    for l2 in (0.0, 0.6):
        X, y, states = falling(rng, (12, 3), 0.8, 4, l2)
        model = fitted(solution, X, y, lr=0.8, l2=l2, max_iter=5, tol=0.0)
        close(history_of(model), losses(states), of=f"loss_history_ with l2={l2:g}", slack=SLACK)


@check("correctness", "by default lr is 0.1 and l2 is 0")
def test_defaults(solution, rng):
    X, y, states = falling(rng, (12, 3), 0.1, 3)
    weights_are(fitted(solution, X, y, max_iter=3, tol=0.0), states[-1], "with the default lr and l2")


@check("correctness", "labels may be floats, 0.0 and 1.0")
def test_float_labels(solution, rng):
    X, y, states = falling(rng, (12, 3), 0.5, 3)
    model = fitted(solution, X, y.astype(np.float64), lr=0.5, max_iter=3, tol=0.0)
    weights_are(model, states[-1], "of labels that are floats")


@check("correctness", "predict_proba gives the probabilities of class 0 and class 1 for new rows, [m, 2]")
def test_probabilities(solution, rng):
    X, y, (*_, state) = falling(rng, (12, 3), 0.7, 4)
    model = fitted(solution, X, y, lr=0.7, max_iter=4, tol=0.0)
    for m in (1, 7, 7, len(X)):  # as many as before, and as many as were fitted: nothing may be remembered
        new = 2 * rng.normal(size=(m, 3))
        close(model.predict_proba(new), state.probabilities(new), of="predict_proba(X)", inputs={"X": new}, slack=SLACK)


@check("correctness", "predict gives 1 where the probability of class 1 is above one half, else 0")
def test_labels(solution, rng):
    X, y, (*_, state) = falling(rng, (12, 3), 0.7, 4)
    model = fitted(solution, X, y, lr=0.7, max_iter=4, tol=0.0)
    for m in (1, len(X), 25):
        new = 3 * rng.normal(size=(m, 3))
        p = state.probabilities(new)[:, 1]
        new, p = new[abs(p - 0.5) > 1e-6], p[abs(p - 0.5) > 1e-6]  # rounding does not decide
        exactly(labels_of(model.predict(new), len(new)), (p > 0.5).astype(np.int64), of="predict(X)", inputs={"X": new})


@check("correctness", "a probability of exactly one half is predicted as 1")
def test_one_half(solution):
    X, y = np.zeros((4, 2)), np.array([0, 1, 1, 0])  # no gradient: w and b stay 0
    model = fitted(solution, X, y, max_iter=3)
    close(model.predict_proba(X), np.full((4, 2), 0.5), of="predict_proba(X) of rows of zeros", inputs={"X": X, "y": y})
    exactly(labels_of(model.predict(X), 4), [1, 1, 1, 1], of="predict(X) of rows of zeros", inputs={"X": X, "y": y})


@check("correctness", "when tol ends training, coef_ and intercept_ are those of the last loss: no update follows it")
def test_result_at_the_end(solution, rng):
    for at in (2, 6):
        X, y, tol, states = ending(rng, at)
        model = fitted(solution, X, y, lr=0.5, max_iter=50, tol=tol)
        weights_are(model, states[at], f"with tol={tol:.3g}")


@check("correctness", "labels other than 0 and 1 raise ValueError")
def test_other_labels(solution, rng):
    X = rng.normal(size=(5, 2))
    for y in ([0, 1, 2, 1, 0], [1, -1, 1, -1, -1], [0.0, 1.0, 0.5, 1.0, 0.0], [1, 2, 2, 1, 1]):
        raises(ValueError, fitted, solution, X, np.array(y), max_iter=3)
    model = fitted(solution, X, np.array([0, 1, 1, 1, 0]), max_iter=3)
    raises(ValueError, model.fit, X, np.array([0, 1, 3, 1, 0]))  # fitted or not


@check("correctness", "X and y of different lengths raise ValueError")
def test_lengths(solution, rng):
    X, y = drawn(rng, 6, 2)
    for m in (1, 5, 7):
        raises(ValueError, fitted, solution, X, np.resize(y, m), max_iter=3)
    raises(ValueError, fitted, solution, X[:1], y, max_iter=3)


# ---- vectorisation --------------------------------------------------------------------------------------------------


def grows(solution, rng, shapes, per, call):
    """Count a call on shapes [n, d] of which the second is twice the first; ``call`` makes it ready and returns it."""
    counts = []
    for shape in shapes:
        run = call(*drawn(rng, *shape))
        with solution.counting() as count:
            run()
        counts.append(count)
    growth(*counts, of="fit" if call.__name__ == "fit" else "predict_proba and predict", per=per)


def calls(solution):
    """What is counted, for rows X and labels y."""

    def fit(X, y):
        model = solution.LogisticRegression(max_iter=3, tol=0.0, l2=0.1)
        return lambda: model.fit(X, y)

    def predict(X, y):
        model = fitted(solution, X, y, max_iter=2, tol=0.0)
        return lambda: (model.predict_proba(X), model.predict(X))

    return fit, predict


@check("vectorisation", "fit has no loop over rows or columns, and none hides behind a NumPy name")
def test_loops_of_fit(solution, source, rng):
    fit, _ = calls(solution)
    grows(solution, rng, ((60, 3), (120, 3)), "rows", fit)
    grows(solution, rng, ((9, 20), (9, 40)), "columns", fit)
    found = hidden_loops(source)
    fails(bool(found), "; ".join(found))


@check("vectorisation", "predict_proba and predict have no loop over rows or columns")
def test_loops_of_predict(solution, rng):
    _, predict = calls(solution)
    grows(solution, rng, ((60, 3), (120, 3)), "rows", predict)
    grows(solution, rng, ((9, 20), (9, 40)), "columns", predict)


# ---- stability ------------------------------------------------------------------------------------------------------

SINGLE = 2**29  # an epsilon of float32, in those of float64


def double(value):
    """Of float32 rows results may be float32 or float64; either way they have the accuracy of float32."""
    if type(value) is np.ndarray and value.dtype.kind == "f":
        return value.astype(np.float64)
    return float(value) if isinstance(value, float | np.floating) else value


def extremes(rng, dtype):
    """Rows along one direction, 6 of 9 on the side of their label; lr so large that logits become about ±1000.

    One update takes the logits to 1000 on the side of the majority, the next to somewhat less on the other side.
    """
    direction = rng.normal(size=3)
    side = rng.permutation([1.0, 1, 1, 1, 1, -1, -1, -1, -1])
    X = np.outer(side * rng.uniform(0.8, 1.0, 9), direction / np.linalg.norm(direction))
    y = (side > 0).astype(np.int64)
    for value in (1.0, -1.0):
        y[rng.choice(np.flatnonzero(side == value))] ^= 1
    first = descent(X, y, 1.0, 1)[-1]
    return X.astype(dtype), y, 1000 / max(map(abs, first.logits))


@check("stability", "the losses are right where training drives logits to 1000 and -1000, in float64 and float32")
def test_training_at_extremes(solution, rng):
    for dtype, unit in ((np.float64, 1), (np.float32, SINGLE)):
        X, y, lr = extremes(rng, dtype)
        states = descent(X, y, lr, 2)
        model = fitted(solution, X, y, lr=lr, max_iter=3, tol=0.0)
        of, inputs = f"loss_history_ at lr={lr:.0f}", {"X": X, "y": y}
        close(history_of(model), losses(states), of=of, inputs=inputs, slack=256 * unit, scale=1000.0)


@check("stability", "the weights are right and finite after logits of 1000 and -1000")
def test_weights_at_extremes(solution, rng):
    for dtype, unit in ((np.float64, 1), (np.float32, SINGLE)):
        X, y, lr = extremes(rng, dtype)
        model, state = fitted(solution, X, y, lr=lr, max_iter=2, tol=0.0), descent(X, y, lr, 2)[-1]
        inputs = {"X": X, "y": y}
        close(double(model.coef_), state.w, of="coef_", inputs=inputs, slack=1024 * unit, scale=1000.0)
        close(double(model.intercept_), state.b, of="intercept_", inputs=inputs, slack=1024 * unit, scale=1000.0)


@check("stability", "probabilities are right for logits of 1000 and -1000, in float64 and float32")
def test_probabilities_at_extremes(solution, rng):
    for dtype, unit in ((np.float64, 1), (np.float32, SINGLE)):
        X, y = drawn(rng)
        model, state = fitted(solution, X, y, lr=1.0, max_iter=3, tol=0.0), descent(X, y, 1.0, 3)[-1]
        along = state.w / (state.w @ state.w)  # the logit of t times this is t + b
        new = np.outer([1000.0, -1000.0, 30.0, -30.0, 500.0, 1.0], along).astype(dtype)
        got = double(model.predict_proba(new))
        close(got, state.probabilities(new), of="predict_proba(X)", inputs={"X": new}, slack=4096 * unit, scale=1.0)
        exactly(labels_of(model.predict(new[:4]), 4), [1, 0, 1, 0], of="predict(X)", inputs={"X": new})


# ---- organisation ---------------------------------------------------------------------------------------------------


@check("organisation", "fit returns the model itself")
def test_fit_returns_self(solution, rng):
    X, y = drawn(rng)
    model = solution.LogisticRegression(max_iter=2)
    words = "fit(X, y) must return self, so that LogisticRegression().fit(X, y).predict(X) works"
    fails(model.fit(X, y) is not model, words)


@check("organisation", "X and y stay as they were")
def test_inputs_stay(solution, rng):
    for kind in (np.int64, np.float64):
        X, y = drawn(rng)
        y = y.astype(kind)
        model = solution.LogisticRegression(max_iter=3)
        untouched(model.fit, X, y)
        untouched(model.predict_proba, X)
        untouched(model.predict, X)


@check("organisation", "settings and arguments work by name, and settings by position as well")
def test_names(solution, rng):
    X, y = drawn(rng)
    model = solution.LogisticRegression(lr=0.5, max_iter=3, l2=0.2, tol=0.0)
    model.fit(X=X, y=y)
    same(solution.LogisticRegression(0.5, 3, 0.2, 0.0), X, y, numbers(model), "with settings by position")
    labels_of(model.predict(X=X), 12)
    close(model.predict_proba(X=X), np.array(model.predict_proba(X)), of="predict_proba(X=X)")


def numbers(model):
    """What a model has learned, right or wrong."""
    return np.array(model.coef_), float(model.intercept_), history_of(model)


def same(model, X, y, before, of):
    """Fit a model, and demand these numbers."""
    model.fit(X, y)
    close(model.coef_, before[0], of=f"coef_ {of}")
    close(model.intercept_, before[1], of=f"intercept_ {of}", scale=1.0)
    close(history_of(model), before[2], of=f"loss_history_ {of}")


@check(
    "organisation", "a model that is fitted again starts from zero, predicting changes nothing, models share nothing"
)
def test_models_are_apart(solution, source, rng):
    (X, y), (rows, others) = drawn(rng), drawn(rng, 9, 3)
    before = numbers(fitted(solution, X, y, max_iter=3, tol=0.0))
    again = fitted(solution, rows, others, max_iter=3, tol=0.0)
    same(again, X, y, before, "of a model that was fitted before")
    fitted(solution, rows, others, max_iter=2, tol=0.0)
    again.predict_proba(rows)
    again.predict(rows)
    of = "after predictions, and after another model was fitted"
    close(again.coef_, before[0], of=f"coef_ {of}")
    close(again.intercept_, before[1], of=f"intercept_ {of}", scale=1.0)
    close(history_of(again), before[2], of=f"loss_history_ {of}")
    found = global_state(source)
    fails(bool(found), "; ".join(found))


# ---- convergence ----------------------------------------------------------------------------------------------------


@check("convergence", "with tol=0 there are max_iter losses, each that before an update")
def test_history(solution, rng):
    for most in (1, 6, 40):
        X, y = drawn(rng)
        history = history_of(fitted(solution, X, y, lr=0.4, max_iter=most, tol=0.0))
        exactly(len(history), most, of=f"the length of loss_history_ with max_iter={most}")
        close(history, losses(descent(X, y, 0.4, most - 1)), of=f"loss_history_ with max_iter={most}", slack=SLACK)


def stops(solution, X, y, recorded, of, **settings):
    """Demand so many losses; returns the model and its history."""
    model = fitted(solution, X, y, **settings)
    history = history_of(model)
    exactly(len(history), recorded, of=f"the length of loss_history_ {of}")
    return model, history


@check("convergence", "training ends at the first loss that differs by less than tol from the one before")
def test_stopping(solution, rng):
    for at in (2, 9):
        X, y, tol, _ = ending(rng, at)
        stops(solution, X, y, at + 1, f"with tol={tol:.3g}", lr=0.5, max_iter=60, tol=tol)
    X, y = symmetric()
    changes = -np.diff(losses(descent(X, y, 0.5, 4, 1.0)))  # those of the loss without its penalty are far larger
    tol = math.sqrt(changes[2] * changes[3])
    stops(solution, X, y, 5, f"with tol={tol:.3g} and l2=1", lr=0.5, l2=1.0, max_iter=60, tol=tol)


@check("convergence", "with tol=0 training never ends early, not even when the loss does not change at all")
def test_no_change(solution):
    X, y = np.zeros((4, 2)), np.array([0, 1, 1, 0])  # no gradient: every loss is log 2
    stops(solution, X, y, 7, "of rows of zeros with tol=0", max_iter=7, tol=0.0)
    stops(solution, X, y, 2, "of rows of zeros with tol=1e-12", max_iter=7, tol=1e-12)


@check("convergence", "the change counts without its sign: a loss that rises does not end training")
def test_rising(solution):
    X, y = symmetric()  # at lr=40 the first update goes too far: 0.69, 2.5, 5, ...
    expected = descent(X, y, 40.0, 3)
    _, history = stops(solution, X, y, 3, "when the loss rises", lr=40.0, max_iter=3, tol=0.5)
    close(history, losses(expected[:3]), of="loss_history_ when the loss rises", slack=SLACK)


@check("convergence", "a loss is compared with the one just before it, not with an earlier or the smallest one")
def test_swinging(solution):
    # Each update changes the sign of the slope and not its size: w goes from 0 to log 5 and back, the loss from 0.693
    # to 0.719 and back.
    (X, y), lr = symmetric(), 6 * math.log(5)
    _, history = stops(solution, X, y, 6, "when the loss swings", lr=lr, max_iter=6, tol=0.01)
    close(history, losses(descent(X, y, lr, 5)), of="loss_history_ when the loss swings", slack=SLACK)


@check("convergence", "the first loss ends nothing, even if it is below tol")
def test_first_loss(solution, rng):
    X, y = drawn(rng)
    model, _ = stops(solution, X, y, 2, "with tol=0.7, when the first loss is log 2", lr=0.1, max_iter=9, tol=0.7)
    weights_are(model, descent(X, y, 0.1, 1)[-1], "with tol=0.7")


@check("convergence", "at max_iter the last update is made, but not when tol ends training just there")
def test_limit(solution, rng):
    X, y, tol, states = ending(rng, 4)
    for most, recorded, updates in ((3, 3, 3), (4, 4, 4), (5, 5, 4), (6, 5, 4)):
        of = f"with max_iter={most} and tol={tol:.3g}"
        model, _ = stops(solution, X, y, recorded, of, lr=0.5, max_iter=most, tol=tol)
        weights_are(model, states[updates], of)


@check("convergence", "by default tol is 1e-6")
def test_default_tol(solution, rng):
    order = rng.permutation(8)  # the changes are 1e-1, 3e-3, 3e-4, 3e-5, 3e-6, 3e-7
    X, y = np.array([[6.0]] * 4 + [[-6.0]] * 4)[order], np.array([1, 1, 1, 0, 0, 0, 0, 1])[order]
    stops(solution, X, y, 7, "with the default tol", lr=0.1)


# ---- the CNN --------------------------------------------------------------------------------------------------------

CLOSE = 1e-4 / np.finfo(float).eps


def frozen_features(device, n):
    """What the trained CNN makes of noisy pictures of rows (0) and columns (1), (n, 144), and the labels."""
    import torch

    from groundup.capstones import cnn, cnn_study

    images, labels = cnn.make_images(n, torch.Generator().manual_seed(5), cnn.Bars(noise=0.5))
    return cnn_study.features(cnn.pretrained().to(device), images.to(device)), labels.numpy()


def reference(X, y, lr, updates, l2=0.0):
    """Weights, intercept and the losses before each update, by array operations."""
    w, b, history = np.zeros(X.shape[1]), 0.0, []
    for _ in range(updates):
        z = X @ w + b
        history.append(np.logaddexp(0, np.where(y == 1, -z, z)).mean() + l2 / 2 * (w @ w))
        errors = np.exp(-np.logaddexp(0, -z)) - y
        w, b = w - lr * (X.T @ errors / len(y) + l2 * w), b - lr * errors.mean()
    return w, b, np.array(history)


@check(
    "correctness",
    "horizontal against vertical on a CNN's frozen features: the first losses are the reference's",
    capstone=True,
)
def test_first_losses(solution, device):
    X, y = frozen_features(device, 60)
    for l2 in (0.0, 0.1):
        model = fitted(solution, X, y, lr=0.05, l2=l2, max_iter=10, tol=0.0)
        w, b, history = reference(X, y, 0.05, 10, l2)
        close(history_of(model), history, of=f"the losses of ten updates with l2={l2:g}", slack=CLOSE, scale=0)
        close(model.coef_, w, of=f"coef_ after ten updates with l2={l2:g}", slack=CLOSE)
        close(model.intercept_, b, of=f"intercept_ after ten updates with l2={l2:g}", slack=CLOSE, scale=1.0)


@check("correctness", "held-out pictures are called horizontal or vertical as the reference calls them", capstone=True)
def test_held_out(solution, device):
    from groundup.capstones import cnn_parts

    X, y = frozen_features(device, 360)
    model = fitted(solution, X[:60], y[:60], lr=0.05, max_iter=100, tol=0.0)
    w, b, _ = reference(X[:60], y[:60], 0.05, 100)
    z = X[60:] @ w + b
    called, p = labels_of(model.predict(X[60:]), 300), model.predict_proba(X[60:])
    exactly(int((called == y[60:]).sum()), int(((z >= 0) == y[60:]).sum()), of="the number called right, of 300")
    close(p, np.exp(-np.logaddexp(0, np.outer(z, [1, -1]))), of="predict_proba(X)", slack=CLOSE, scale=1.0)
    areas = [cnn_parts.roc_auc(y[60:], scores) for scores in (p[:, 1], z)]
    close(areas[0], areas[1], of="the area under the ROC curve", slack=CLOSE, scale=0)


@check(
    "convergence", "by default max_iter is 1000: so many losses on a CNN's frozen features, with tol=0", capstone=True
)
def test_default_max_iter(solution, device):
    X, y = frozen_features(device, 60)
    _, history = stops(solution, X, y, 1000, "with the default max_iter and tol=0", lr=0.05, tol=0.0)
    close(history, reference(X, y, 0.05, 1000)[2], of="the losses of 1000 updates", slack=CLOSE, scale=1.0)
