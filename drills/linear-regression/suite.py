"""The hidden suite of linear regression.

Inputs are whole multiples of 1/64, also where they lie near 1e8, so that `least_squares` and `shortest` solve for the
expected weights in fractions, without rounding. Descent is followed row by row, with exactly rounded sums.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from groundup.drill.checks import Wrong, check, close, entries, exactly, fails, growth, untouched
from groundup.drill.scan import global_state, hidden_loops

# ---- the oracle: fit_normal -----------------------------------------------------------------------------------------


def fractions(rows):
    return [[Fraction(value) for value in row] for row in np.asarray(rows, dtype=np.float64).tolist()]


def transposed(A):
    return [list(column) for column in zip(*A, strict=True)]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def solved(A, b):
    """x of A x = b, where there is one: elimination in fractions."""
    rows = [[*row, value] for row, value in zip(A, b, strict=True)]
    for i in range(len(rows)):
        pivot = next(j for j in range(i, len(rows)) if rows[j][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for j in range(len(rows)):
            if j != i and rows[j][i]:
                rows[j] = [value - rows[j][i] * own for value, own in zip(rows[j], rows[i], strict=True)]
    return [row[-1] for row in rows]


@dataclass(frozen=True)
class Fit:
    """The right answer, as fractions."""

    w: list[Fraction]
    b: Fraction

    def weights(self):
        return np.array([float(each) for each in self.w])

    def predictions(self, X):
        return np.array([float(dot(row, self.w) + self.b) for row in fractions(X)])


def least_squares(X, y, l2=0.0):
    """For independent columns: from the normal equations of all d + 1 unknowns, the intercept being the last."""
    columns, y = [*transposed(fractions(X)), [Fraction(1)] * len(X)], [Fraction(value) for value in y.tolist()]
    gram = [[dot(one, two) for two in columns] for one in columns]
    for i in range(len(gram) - 1):
        gram[i][i] += Fraction(l2)
    *w, b = solved(gram, [dot(column, y) for column in columns])
    return Fit(w, b)


def shortest(Z, R, shift, y):
    """For X = Z R + shift, where the columns of Z [n, r] are independent, and so are the rows of R [r, d].

    All best weights w have the same R w, the weights of Z; the shortest of them is a combination of the rows of R.
    """
    of_z, R = least_squares(Z, y), fractions(R)
    u = solved([[dot(one, two) for two in R] for one in R], of_z.w)
    w = [dot(column, u) for column in transposed(R)]
    return Fit(w, of_z.b - dot([Fraction(value) for value in shift.tolist()], w))


def on_a_grid(values):
    """Rounded to multiples of 1/64."""
    return np.round(64 * values) / 64


def drawn(rng, n, d):
    """Rows [n, d] round (3, -2, 3, -2, ...), whose columns are far from dependent, and noisy targets [n] round 5."""
    while True:
        noise = on_a_grid(rng.normal(size=(n, d)))
        if np.linalg.cond(noise - noise.mean(axis=0)) < 10:
            X = noise + np.resize([3.0, -2.0], d)
            return X, on_a_grid(noise @ rng.normal(size=d) + 5 + 0.5 * rng.normal(size=n))


def dependent(rng, n, R, shift):
    """Z [n, r], X = Z R + shift [n, d] and y [n]; n is a power of 2, so that means of columns are exact.

    The least singular value that is not 0 is far above any rounding, wherever a solution puts the limit.
    """
    R = np.array(R, dtype=np.float64)
    while True:
        Z = rng.integers(-4, 5, (n, len(R))).astype(np.float64)
        X = Z @ R + shift
        values = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
        if values[len(R) - 1] > 0.05 * values[0]:
            return Z, R, X, on_a_grid(3 * rng.normal(size=n) + 2)


# ---- the oracle: fit_gd ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """What there is after some updates."""

    w: np.ndarray
    b: float
    loss: float


def descent(X, y, lr, updates):
    """States after 0, 1, ... updates."""
    rows, targets, (n, d) = X.tolist(), y.tolist(), X.shape
    w, b, states = [0.0] * d, 0.0, []
    for _ in range(updates + 1):
        errors = [
            math.fsum([*(x * each for x, each in zip(row, w, strict=True)), b, -t])
            for row, t in zip(rows, targets, strict=True)
        ]
        states.append(State(np.array(w), b, math.fsum(e * e for e in errors) / n))
        slopes = [2 * math.fsum(row[j] * e for row, e in zip(rows, errors, strict=True)) / n for j in range(d)]
        w = [each - lr * slope for each, slope in zip(w, slopes, strict=True)]
        b -= lr * 2 * math.fsum(errors) / n
    return states


def losses(states):
    return np.array([state.loss for state in states])


def halving(rng, size):
    """A problem in one weight whose numbers are all exact: at lr=0.25 each update halves the error of the weight.

    Four rows of ±1 with targets of ±size: losses are size² / 4^k, and the intercept stays 0.
    """
    signs = rng.permutation([1.0, 1.0, -1.0, -1.0])
    return signs.reshape(4, 1), size * float(rng.choice([-1.0, 1.0])) * signs


# ---- what came back -------------------------------------------------------------------------------------------------


def descended(result):
    """w, b and the history of fit_gd, this as an array."""
    w, b, history = entries(result, "w", "b", "history")
    found = np.asarray(history) if type(history) in (list, tuple, np.ndarray) else np.empty((0, 0))
    fails(found.ndim != 1 or found.dtype.kind not in "iuf", "the history must be a list or an array of floats")
    return w, b, found.astype(np.float64)


SLACK = 1e5
"""Of fits, in eps: the condition is below 30, and some square it."""


def fit_is_right(solution, X, y, expected, l2=None, slack=SLACK):
    of, rest = ("fit_normal(X, y)", ()) if l2 is None else (f"fit_normal(X, y, l2={l2:g})", (l2,))
    w, b = entries(solution.fit_normal(X, y, *rest), "w", "b")
    close(w, expected.weights(), of=f"w of {of}", slack=slack)
    close(b, float(expected.b), of=f"b of {of}", slack=slack, scale=1.0)


# ---- correctness: fit_normal ----------------------------------------------------------------------------------------


@check("correctness", "fit_normal finds the weights and the intercept of least squared error")
def test_least_squares(solution, rng):
    for n, d in ((20, 3), (9, 2), (16, 4)):
        X, y = drawn(rng, n, d)
        fit_is_right(solution, X, y, least_squares(X, y))


@check("correctness", "w is [d] and b is a float, for one column and for as few rows as settle the weights, too")
def test_small(solution, rng):
    for n, d in ((6, 1), (2, 1), (4, 3)):
        X, y = drawn(rng, n, d)
        fit_is_right(solution, X, y, least_squares(X, y))


@check("correctness", "l2 times |w|² is added to the sum of the squared errors")
def test_penalty(solution, rng):
    for l2 in (0.5, 40.0):
        X, y = drawn(rng, 12, 3)
        fit_is_right(solution, X, y, least_squares(X, y, l2), l2)
    X, y = drawn(rng, 7, 1)
    fit_is_right(solution, X, y, least_squares(X, y, 3.0), 3.0)
    X, y = drawn(rng, 10, 2)
    X, l2 = X / 64, 2.0**-13  # small columns: no l2 is too small to matter
    fit_is_right(solution, X, y, least_squares(X, y, l2), l2)


@check("correctness", "the intercept is not penalised: with a huge l2 it is the mean of y")
def test_huge_penalty(solution, rng):
    X, y = drawn(rng, 16, 3)
    fit_is_right(solution, X, y, least_squares(X, y, 1e6), 1e6)


@check("correctness", "with a penalty the columns may depend on one another, and there may be fewer rows than columns")
def test_penalty_on_dependent_columns(solution, rng):
    for n, R in ((8, [[1, 0, 1], [0, 1, 1]]), (4, [[1, 0, 0, 2, 1], [0, 1, 0, -1, 1], [0, 0, 1, 1, 1]])):
        _, _, X, y = dependent(rng, n, R, rng.integers(-3, 4, len(R[0])))
        fit_is_right(solution, X, y, least_squares(X, y, 2.0), 2.0)


@check("correctness", "of equally good weights the shortest are returned: a column that is there twice, or is a sum")
def test_dependent_columns(solution, rng):
    for R in ([[1, 1]], [[1, 0, 1], [0, 1, 0]], [[1, 0, 1, 2], [0, 1, 1, -1]]):
        shift = rng.integers(-5, 6, len(R[0])).astype(np.float64)
        Z, rows, X, y = dependent(rng, 8, R, shift)
        fit_is_right(solution, X, y, shortest(Z, rows, shift, y))


@check("correctness", "a constant column gets the weight 0, and leaves its share to the intercept")
def test_constant_column(solution, rng):
    for R, shift in (([[1, 0]], [0.0, 3.0]), ([[1, 0, 0], [0, 0, 1]], [2.0, -4.0, 0.0])):
        Z, rows, X, y = dependent(rng, 8, R, np.array(shift))
        fit_is_right(solution, X, y, shortest(Z, rows, np.array(shift), y))
    X, y = np.full((4, 2), 1.5), on_a_grid(rng.normal(size=4))
    fit_is_right(solution, X, y, Fit([Fraction(0)] * 2, Fraction(float(y.mean()))))


@check("correctness", "a column that is much smaller than the others counts as they do")
def test_sizes(solution, rng):
    X, y = drawn(rng, 12, 3)
    X = X * rng.permutation([16.0, 1.0, 0.0625])
    fit_is_right(solution, X, y, least_squares(X, y), slack=1e8)  # the condition is below 2560, and some square it


@check("correctness", "with fewer rows than columns the shortest of the weights that fit all rows are returned")
def test_fewer_rows(solution, rng):
    for n, d in ((4, 6), (2, 3), (4, 4)):
        R = np.hstack([np.eye(n - 1), rng.integers(-2, 3, (n - 1, d - n + 1))])
        shift = rng.integers(-5, 6, d).astype(np.float64)
        Z, rows, X, y = dependent(rng, n, R, shift)
        fit_is_right(solution, X, y, shortest(Z, rows, shift, y))


# ---- correctness: fit_gd --------------------------------------------------------------------------------------------


@check("correctness", "fit_gd starts at zero, and each update subtracts lr times the gradient, for w and for b")
def test_updates(solution, rng):
    for n, d, lr, steps in ((10, 3, 0.02, 1), (9, 2, 0.03, 2), (12, 4, 0.01, 7), (5, 1, 0.02, 4), (1, 2, 0.03, 3)):
        X, y = drawn(rng, n, d) if n > d else (on_a_grid(rng.normal(size=(n, d))), on_a_grid(rng.normal(size=n) + 3))
        w, b, _ = descended(solution.fit_gd(X, y, lr, steps, 0.0))
        last = descent(X, y, lr, steps)[-1]
        close(w, last.w, of=f"w with steps={steps}", slack=SLACK)
        close(b, last.b, of=f"b with steps={steps}", slack=SLACK, scale=1.0)


@check("correctness", "fit_gd returns the mean squared errors before each update")
def test_losses(solution, rng):
    X, y = drawn(rng, 11, 3)
    *_, history = descended(solution.fit_gd(X, y, 0.02, 5, 0.0))
    close(history, losses(descent(X, y, 0.02, 4)), of="the history of 5 steps", slack=SLACK)


@check("correctness", "when tol ends the descent, w and b are those of the last loss: no update follows it")
def test_result_at_the_end(solution, rng):
    for size, tol, updates in ((2.0, 1.0, 2), (1.0, 0.125, 3), (4.0, 1e-3, 8)):
        X, y = halving(rng, size)
        w, b, _ = descended(solution.fit_gd(X, y, 0.25, 50, tol))
        close(w, X[0] * y[0] * (1 - 0.5**updates), of=f"w with tol={tol:g}")
        close(b, 0.0, of=f"b with tol={tol:g}", scale=1.0)


# ---- vectorisation --------------------------------------------------------------------------------------------------


def grows(function, solution, shapes, of, per, *rest):
    """Count a call on shapes [n, d] of which the second is twice the first."""
    counts = []
    for n, d in shapes:
        X = np.cos(np.arange(1.0, n + 1)[:, None] * np.sqrt(np.arange(1.0, d + 1)))  # columns that are independent
        with solution.counting() as count:
            function(X, np.sin(np.arange(n)), *rest)
        counts.append(count)
    growth(*counts, of=of, per=per)


@check("vectorisation", "fit_normal has no loop over rows, and none hides behind a NumPy name")
def test_rows_of_fit_normal(solution, source):
    for l2 in (0.0, 2.0):
        grows(solution.fit_normal, solution, ((48, 3), (96, 3)), f"fit_normal with l2={l2:g}", "rows", l2)
    found = hidden_loops(source)
    fails(bool(found), "; ".join(found))


@check("vectorisation", "fit_normal has no loop over columns")
def test_columns_of_fit_normal(solution):
    for l2 in (0.0, 2.0):
        grows(solution.fit_normal, solution, ((80, 20), (80, 40)), f"fit_normal with l2={l2:g}", "columns", l2)


@check("vectorisation", "fit_gd has no loop over rows or columns")
def test_loops_of_fit_gd(solution):
    grows(solution.fit_gd, solution, ((48, 3), (96, 3)), "fit_gd", "rows", 0.01, 3, 0.0)
    grows(solution.fit_gd, solution, ((8, 20), (8, 40)), "fit_gd", "columns", 0.01, 3, 0.0)


# ---- stability ------------------------------------------------------------------------------------------------------


def far(rng, offset, dtype):
    """Rows near an offset, whose columns are independent, and targets near 0."""
    X, y = drawn(rng, 24, 3)
    X = X - np.resize([3.0, -2.0], 3) + offset
    return X.astype(dtype), (y - 5).astype(dtype)


def fit_is_near(solution, X, y, l2, share):
    """Compare weights, and what they predict together with the intercept, up to a share of their size."""
    expected = least_squares(X, y, l2)
    w, b = entries(solution.fit_normal(X, y, l2), "w", "b")
    where = f"of rows near {float(X[0, 0]):.0e} with l2={l2:g}"
    as_double = w.astype(np.float64) if isinstance(w, np.ndarray) and w.dtype.kind == "f" else w
    close(as_double, expected.weights(), of=f"w {where}", slack=share * 2**52)
    close(b, float(expected.b), of=f"b {where}", slack=share * 2**52, scale=float(np.abs(X).max()))  # a float
    off = np.abs(X.astype(np.float64) @ as_double + float(b) - expected.predictions(X)).max()
    if not off < share * 4:
        raise Wrong(f"the predictions {where} are off by up to {off:.2g}, where targets are about 1")


@check("stability", "columns near 1e8 in float64 give the right weights and predictions")
def test_offset_in_float64(solution, rng):
    X, y = far(rng, 1e8, np.float64)
    fit_is_near(solution, X, y, 0.0, 1e-5)
    X, y = far(rng, -1e8, np.float64)
    fit_is_near(solution, X, y, 0.0, 1e-5)


@check("stability", "columns near 1e8 give the right weights and predictions with a penalty, too")
def test_offset_with_penalty(solution, rng):
    X, y = far(rng, 1e8, np.float64)
    fit_is_near(solution, X, y, 2.0, 1e-5)


@check("stability", "columns near 1e4 in float32 give the right weights and predictions")
def test_offset_in_float32(solution, rng):
    X, y = far(rng, 1e4, np.float32)
    for l2 in (0.0, 2.0):
        fit_is_near(solution, X, y, l2, 0.03)


# ---- organisation ---------------------------------------------------------------------------------------------------


@check("organisation", "X and y stay as they were")
def test_inputs_stay(solution, rng):
    X, y = drawn(rng, 12, 3)
    for l2 in (0.0, 2.0):
        untouched(solution.fit_normal, X, y, l2)
    untouched(solution.fit_gd, X, y, 0.01, 3, 0.0)


def same(found, before, of):
    """Demand that two results hold the same numbers, right or wrong."""
    for one, two in zip(found, before, strict=True):
        close(one, np.array(two) if isinstance(two, np.ndarray) else float(two), of=of, scale=1.0)


@check("organisation", "arguments work by name")
def test_names(solution, rng):
    X, y = drawn(rng, 12, 3)
    before = entries(solution.fit_normal(X, y, 2.0), "w", "b")
    same(entries(solution.fit_normal(X=X, y=y, l2=2.0), "w", "b"), before, "fit_normal(X=X, y=y, l2=2.0)")
    before = descended(solution.fit_gd(X, y, 0.01, 3, 0.0))
    same(descended(solution.fit_gd(X=X, y=y, lr=0.01, steps=3, tol=0.0)), before, "fit_gd with all names")


@check("organisation", "nothing is kept between calls: the same arguments give the same result")
def test_no_state(solution, source, rng):
    (X, y), (rows, targets) = drawn(rng, 12, 3), drawn(rng, 12, 3)
    before = entries(solution.fit_normal(X, y), "w", "b"), descended(solution.fit_gd(X, y, 0.02, 3, 0.0))
    solution.fit_normal(rows, targets)
    solution.fit_gd(rows, targets, 0.02, 3, 0.0)
    same(entries(solution.fit_normal(X, y), "w", "b"), before[0], "fit_normal, asked again")
    same(descended(solution.fit_gd(X, y, 0.02, 3, 0.0)), before[1], "fit_gd, asked again")
    found = global_state(source)
    fails(bool(found), "; ".join(found))


# ---- convergence ----------------------------------------------------------------------------------------------------


@check("convergence", "with tol=0 the history is as long as there are steps, and holds the loss before each update")
def test_history(solution, rng):
    for steps in (1, 6, 50):
        X, y = drawn(rng, 14, 2)
        *_, history = descended(solution.fit_gd(X, y, 0.03, steps, 0.0))
        exactly(len(history), steps, of=f"the length of the history with steps={steps}")
        close(history, losses(descent(X, y, 0.03, steps - 1)), of=f"the history with steps={steps}", slack=SLACK)


def stops(solution, X, y, lr, steps, tol, recorded, of):
    """Demand so many losses; returns them, and w."""
    w, _, history = descended(solution.fit_gd(X, y, lr, steps, tol))
    exactly(len(history), recorded, of=f"the length of the history {of}")
    return w, history


@check("convergence", "the descent ends at the first loss that differs by less than tol from the one before")
def test_stopping(solution, rng):
    X, y = drawn(rng, 10, 2)
    changes = -np.diff(losses(descent(X, y, 0.03, 12)))  # each smaller than the one before
    for at in (1, 5, 9):
        tol = math.sqrt(changes[at - 1] * changes[at])
        recorded = 2 + int(np.argmax(changes < tol))
        stops(solution, X, y, 0.03, 40, tol, recorded, f"with tol={tol:.3g}")


@check("convergence", "a change of exactly tol does not end it, nor does a change of 0 with tol=0")
def test_equality(solution, rng):
    X, y = halving(rng, 2.0)  # losses 4, 1, 0.25, 0.0625: changes 3, 0.75, 0.1875
    for tol, recorded in ((3.0, 3), (0.75, 4)):
        w, _ = stops(solution, X, y, 0.25, 9, tol, recorded, f"with tol={tol:g}, when changes are 3, 0.75, 0.1875")
        close(w, X[0] * y[0] * (1 - 0.5 ** (recorded - 1)), of=f"w with tol={tol:g}")
    stops(solution, X, y, 0.5, 6, 0.0, 6, "with tol=0, when the loss is 0 after one update")


@check("convergence", "the change counts without its sign: a loss that rises does not end the descent")
def test_rising(solution, rng):
    for size in (1.0, 1024.0):
        X, y = halving(rng, size)  # at lr=1.5 the error doubles
        w, history = stops(solution, X, y, 1.5, 4, 0.5, 4, "when the loss rises")
        close(history, size**2 * np.array([1.0, 4.0, 16.0, 64.0]), of="the history when the loss rises")
        close(w, X[0] * y[0] * (1 - 2.0**4), of="w when the loss rises")


@check("convergence", "the first loss ends nothing, however small it is")
def test_first_loss(solution, rng):
    X, y = halving(rng, 2.0**-12)
    w, _ = stops(solution, X, y, 0.25, 9, 1e-3, 2, "when all losses are below tol")
    close(w, X[0] * y[0] * 0.5, of="w when all losses are below tol")


@check("convergence", "when the steps run out the last update is made, but not when tol ends the descent just there")
def test_steps_run_out(solution, rng):
    X, y = halving(rng, 2.0)  # with tol=0.5 the change of 0.1875 at the fourth loss is the first that is small enough
    for steps, recorded, updates in ((2, 2, 2), (3, 3, 3), (4, 4, 3), (5, 4, 3)):
        w, _ = stops(solution, X, y, 0.25, steps, 0.5, recorded, f"with steps={steps} and tol=0.5")
        close(w, X[0] * y[0] * (1 - 0.5**updates), of=f"w with steps={steps} and tol=0.5")


# ---- the linear probe -----------------------------------------------------------------------------------------------

CLOSE = 1e-4 / np.finfo(float).eps


def frozen_network(device):
    """The network that LoRA is to adapt, and the settings of a smaller set of data: 300 rows for training."""
    from groundup.capstones import lora

    return lora.pretrained(device=device), lora.Config(train_size=300)


def frozen_features(device):
    """What the network makes of the data; for training and held out, with the four signs.

    Features (n, 32) in float64, signs (n, 4) as -1 and 1.
    """
    from groundup.capstones import lora, lora_study, parts

    model, config = frozen_network(device)
    data = lora.make_data(config, device=model.head.weight.device)
    return [
        (lora_study.features(model, inputs).astype(np.float64), 2.0 * parts.array(bits) - 1)
        for inputs, bits in (data["target train"], data["target test"])
    ]


@check(
    "correctness",
    "probes on the frozen network tell each of its four signs as well as the reference's, on held-out data",
    capstone=True,
)
def test_probes(solution, device):
    from groundup.capstones import lora_study

    def fit_normal(X, y):
        return entries(solution.fit_normal(X, y), "w", "b")

    expected = lora_study.linear_probe(*frozen_network(device))
    got = lora_study.linear_probe(*frozen_network(device), fit_normal=fit_normal)
    close(np.array(got), np.array(expected), of="the shares of held-out signs told right", slack=CLOSE, scale=0)


@check(
    "correctness", "a probe from few rows, with a penalty and without, predicts as the reference's does", capstone=True
)
def test_few_rows(solution, device):
    from groundup.capstones import lora_study

    (X, signs), (rows, truth) = frozen_features(device)
    for n, l2 in ((24, 0.0), (24, 5.0), (200, 0.0)):
        at, right = [], []
        for part in (lora_study.fit_normal, solution.fit_normal):
            w, b = entries(part(X[:n], signs[:n, 2], l2), "w", "b")
            at.append(rows @ w + b)
            right.append(int(((at[-1] > 0) == (truth[:, 2] > 0)).sum()))
        of = f"from {n} rows with l2={l2:g}"
        close(at[1], at[0], of=f"the held-out scores {of}", slack=CLOSE, scale=1.0)
        exactly(right[1], right[0], of=f"the number of held-out signs told right, of 1000, {of}")


@check("correctness", "a probe trained by your descent: the first losses are the reference's", capstone=True)
def test_descent(solution, device):
    (X, signs), _ = frozen_features(device)
    X, y = X[:200], signs[:200, 0]
    states = descent(X, y, 0.02, 10)
    w, b, history = descended(solution.fit_gd(X, y, 0.02, 10, 0.0))
    close(history, losses(states[:-1]), of="the losses of ten updates", slack=CLOSE, scale=0)
    close(w, states[-1].w, of="w after ten updates", slack=CLOSE)
    close(b, states[-1].b, of="b after ten updates", slack=CLOSE, scale=1.0)
