"""The hidden suite of PCA.

Tables are put together from their directions, spreads and mean, so that nothing has to be decomposed to know what is
right: X = mean + U S V', with columns of U that are perpendicular to each other and to a column of ones. Each spread is
at least 1.5 times the next, and the largest entry of a direction is larger than the others by a margin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from groundup.drill.checks import Wrong, check, close, exactly, fails, growth, made, raises, untouched
from groundup.drill.scan import global_state, hidden_loops

# ---- the oracle -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A table, and what is right about it."""

    X: np.ndarray  # [n, d]
    mean: np.ndarray  # [d]
    directions: np.ndarray  # [r, d], all along which X varies, with the right signs
    ratios: np.ndarray  # [r]

    def coordinates(self, X, c):
        """Of rows, along the first c directions."""
        return np.array([[np.dot(x - self.mean, v) for v in self.directions[:c]] for x in X])

    def rows(self, Z):
        """With these coordinates."""
        return np.array([self.mean + sum(z * v for z, v in zip(row, self.directions, strict=False)) for row in Z])


def perpendicular(rng, n, r, to=None):
    """Columns [n, r] of length 1, perpendicular to each other and, if asked, to another column."""
    start = rng.normal(size=(n, r))
    if to is not None:
        return np.linalg.qr(np.column_stack([to, start]))[0][:, 1:]
    return np.linalg.qr(start)[0]


def signed(directions):
    """The same [r, d], with a positive largest entry each."""
    return np.array([v if v[np.argmax(np.abs(v))] > 0 else -v for v in directions])


def clear(directions, margin=0.05):
    """Whether the largest entry of each is larger than the next by a margin."""
    entries = np.sort(np.abs(directions), axis=1)
    return directions.shape[1] == 1 or bool((entries[:, -1] - entries[:, -2]).min() > margin)


def table(rng, n, d, *, offset=0.0, scale=1.0, least=1.0, factor=1.6):
    """A table with variance along as many directions as it can have, with spreads least, least · factor, ..."""
    r = min(n - 1, d)
    directions = np.zeros((1, 2))
    while not clear(directions):
        directions = signed(perpendicular(rng, d, r).T)
    spreads = least * factor ** np.arange(r)[::-1]
    mean = rng.normal(size=d) + offset
    U = perpendicular(rng, n, r, to=np.ones(n))
    X = scale * (mean + (U * spreads * np.sqrt(n - 1)) @ directions)
    return Table(X, scale * mean, directions, spreads**2 / np.sum(spreads**2))


# ---- what the learner's model holds ---------------------------------------------------------------------------------


def fitted(solution, X, c):
    """A model after `fit`, whatever `fit` returns."""
    return made(solution.PCA, c, then="fit", given={"X": X})


NEAR, COARSE = 1e-5, 1e-4
"""Errors that are allowed, near the origin: by default, and at least where a result came as float32."""


def within(actual, expected, error, of, unit=1.0):
    """Demand an array of this shape whose entries are that near, in a unit."""
    span = max(unit, float(np.abs(expected).max()))
    close(actual, expected, of=of, slack=1e18, scale=max(span, 1.0))  # kind, shape, no NaN
    allowed = max(error * unit, COARSE * span if actual.dtype == np.float32 else 0.0)
    off = np.abs(actual.astype(np.float64) - expected)
    if off.max() > allowed:
        where = tuple(int(i) for i in np.unravel_index(int(off.argmax()), off.shape))
        share = f" ({int((off > allowed).sum())} of {off.size} values)" if off.size > 1 else ""
        raise Wrong(f"{of} is off{share}", expected=expected[where], actual=actual[where], where=where)


def same_directions(found, right, error=NEAR, of="components_"):
    """Compare directions [c, d], and say so where only signs are wrong."""
    if isinstance(found, np.ndarray) and found.shape == right.shape and found.dtype.kind == "f":
        apart, flipped = (np.abs(found - each).max(axis=1) for each in (right, -right))
        words = f"{of}: {int((flipped < apart).sum())} of {len(right)} directions have the wrong sign"
        fails(bool((np.minimum(apart, flipped) < COARSE).all() and (flipped < apart).any()), words)
    within(found, right, error, of)


def turned(right, found, c):
    """A table with the first c directions turned as they were found, if they are nearly those at all."""
    if not isinstance(found, np.ndarray) or found.shape != (c, right.X.shape[1]) or found.dtype.kind != "f":
        return right
    signs = np.ones(len(right.directions))
    signs[:c] = np.where((found * right.directions[:c]).sum(axis=1) < 0, -1.0, 1.0)
    return replace(right, directions=signs[:, None] * right.directions)


def agrees(model, right, c, X=None, *, error=NEAR, of="", unit=1.0):
    """Compare all that a model gives, but for the signs of directions, with what is right for a table.

    Args:
        model: After `fit`.
        right: The table.
        c: How many components it has.
        X: Rows to transform; by default those of the table.
        error: Largest error of directions and ratios, and of coordinates and rows in a unit.
        of: What the table is like.
        unit: In which coordinates and rows are measured.
    """
    X, found = right.X if X is None else X, model.components_
    right = turned(right, found, c)
    same_directions(found, right.directions[:c], error, of=f"components_{of}")
    within(model.explained_variance_ratio_, right.ratios[:c], error, f"explained_variance_ratio_{of}")
    Z = right.coordinates(X.astype(np.float64), c)
    within(model.transform(X), Z, error, f"transform(X){of}", unit)
    within(model.inverse_transform(Z), right.rows(Z), error, f"inverse_transform(Z){of}", unit)


def is_finite(found, shape, of):
    """Demand an array of this shape without NaN and infinity; returns it."""
    words = f"{of} must be an array [{', '.join(map(str, shape))}] of floats"
    fails(not isinstance(found, np.ndarray) or found.shape != shape or found.dtype.kind not in "iuf", words)
    fails(not np.isfinite(found).all(), f"{of} holds NaN or infinity")
    return found


# ---- correctness ----------------------------------------------------------------------------------------------------

SIZES = ((300, 5, 3), (25, 4, 4), (30, 1, 1), (6, 9, 4), (4, 6, 3), (2, 3, 1))


@check("correctness", "components_ are the directions of most variance, the largest first")
def test_components(solution, rng):
    for n, d, c in SIZES:
        right = table(rng, n, d)
        found = fitted(solution, right.X, c).components_
        same_directions(found, right.directions[:c], of=f"components_ of a table [{n}, {d}]")


def flips(right):
    """Signs that other rules would give the directions [r], one list a rule."""
    first = [v[0] for v in right.directions]
    signed_sum = [v.sum() for v in right.directions]
    scores = right.coordinates(right.X, len(right.directions)).T
    of_scores = [z[np.argmax(np.abs(z))] for z in scores]
    return [np.sign(each) for each in (first, signed_sum, of_scores)]


@check("correctness", "the entry with the largest absolute value of each direction is positive")
def test_signs(solution, rng):
    seen = np.zeros(3, dtype=bool)
    while not seen.all():  # tables on which each other rule goes wrong
        right = table(rng, 20, 4)
        wrong = np.array([(signs < 0).any() for signs in flips(right)])
        if not (wrong & ~seen).any():
            continue
        seen |= wrong
        found = is_finite(fitted(solution, right.X, 4).components_, (4, 4), "components_")
        largest = found[np.arange(4), np.abs(found).argmax(axis=1)]
        fails(bool((largest <= 0).any()), f"the largest entries of the directions are {largest.round(3).tolist()}")


@check("correctness", "explained_variance_ratio_ holds shares of all variance, also of what is not kept")
def test_ratios(solution, rng):
    for n, d, c in SIZES:
        right = table(rng, n, d)
        found = fitted(solution, right.X, c).explained_variance_ratio_
        within(found, right.ratios[:c], NEAR, f"explained_variance_ratio_ of a table [{n}, {d}] with {c} components")


@check("correctness", "transform gives the coordinates of the fitted rows and of new ones, from the fitted mean")
def test_transform(solution, rng):
    right = table(rng, 30, 5)
    model = fitted(solution, right.X, 3)
    for X in (right.X, 3 * rng.normal(size=(30, 5)) + 2, right.X[:1], rng.normal(size=(7, 5)) - 4):
        within(model.transform(X), right.coordinates(X, 3), NEAR, f"transform of {len(X)} rows")


@check("correctness", "inverse_transform gives the rows that have these coordinates")
def test_inverse(solution, rng):
    right = table(rng, 30, 5)
    model = fitted(solution, right.X, 3)
    for Z in (np.zeros((1, 3)), 3 * rng.normal(size=(30, 3)), rng.normal(size=(4, 3))):
        within(model.inverse_transform(Z), right.rows(Z), NEAR, f"inverse_transform of {len(Z)} rows")


@check("correctness", "there and back gives the nearest points, and the rows themselves when nothing is left out")
def test_there_and_back(solution, rng):
    for n, d, c in ((30, 5, 2), (30, 5, 5), (5, 8, 4)):
        right = table(rng, n, d)
        model = fitted(solution, right.X, c)
        expected = right.X if c == min(n - 1, d) else right.rows(right.coordinates(right.X, c))
        found = model.inverse_transform(model.transform(right.X))
        within(found, expected, NEAR, f"inverse_transform(transform(X)) with {c} components of [{n}, {d}]")


@check("correctness", "columns are not scaled, and a constant one does no harm")
def test_columns(solution, rng):
    X = rng.normal(size=(20, 1)) * np.array([0.0, 30.0, 0.0]) + np.array([7.0, 1.0, 2.0])
    X[:, 2] += X[rng.permutation(20), 1] / 100
    a, b, ab = X[:, 1].var(), X[:, 2].var(), np.mean((X[:, 1] - X[:, 1].mean()) * (X[:, 2] - X[:, 2].mean()))
    half = 0.5 * np.arctan2(2 * ab, a - b)  # the angle of the first direction in the plane of both columns
    right = np.array([[0.0, np.cos(half), np.sin(half)], [0.0, -np.sin(half), np.cos(half)]])
    same_directions(
        fitted(solution, X, 2).components_, signed(right), of="components_ of a table with a constant column"
    )


@check("correctness", "fit refuses more components than rows or than columns")
def test_too_many(solution, rng):
    for n, d, c in ((9, 4, 5), (4, 9, 5), (4, 9, 9), (9, 4, 9), (3, 3, 4), (1, 5, 2)):
        raises(ValueError, solution.PCA(c).fit, rng.normal(size=(n, d)))


@check("correctness", "as many components as rows are fine: the last has ratio 0, and all rows come back")
def test_as_many_as_rows(solution, rng):
    for n, d in ((5, 8), (4, 4), (2, 3)):
        right = table(rng, n, d)
        model = fitted(solution, right.X, n)
        ratios = is_finite(model.explained_variance_ratio_, (n,), "explained_variance_ratio_")
        within(ratios, np.append(right.ratios, 0.0), NEAR, f"explained_variance_ratio_ of {n} components")
        found = is_finite(model.components_, (n, d), "components_")
        same_directions(found[: n - 1], right.directions, NEAR, f"components_ of [{n}, {d}], without the last")
        within(found @ found.T, np.eye(n), NEAR, "components_ @ components_.T (lengths of 1, and right angles)")
        within(model.inverse_transform(model.transform(right.X)), right.X, NEAR, "inverse_transform(transform(X))")


def has_no_variance(solution, X, c):
    """Demand what holds for equal rows."""
    (n, d), of = X.shape, f" of {len(X)} equal rows"
    model = fitted(solution, X, c)
    within(model.explained_variance_ratio_, np.zeros(c), 1e-12, f"explained_variance_ratio_{of}")
    is_finite(model.components_, (c, d), f"components_{of}")
    Z, unit = model.transform(X), float(np.abs(X).max())
    within(Z, np.zeros((n, c)), NEAR, f"transform(X){of}", unit)
    within(model.inverse_transform(Z), X, NEAR, f"inverse_transform(transform(X)){of}", unit)


@check("correctness", "equal rows have ratios of 0, and nothing is NaN")
def test_constant(solution, rng):
    has_no_variance(solution, np.full((4, 3), 2.5), 2)
    has_no_variance(solution, np.zeros((5, 2)), 2)
    has_no_variance(solution, np.tile([[1.5, -2.0, 8.0, 0.25]], (8, 1)), 3)
    has_no_variance(solution, rng.normal(size=(1, 4)), 1)


# ---- vectorisation --------------------------------------------------------------------------------------------------


def doubled(rng):
    """A table and the same rows twice, which has the same directions and takes as many steps to find them."""
    X = table(rng, 60, 4).X
    return X, np.vstack([X, X])


@check("vectorisation", "fit has no loop over rows")
def test_fit_loops(solution, source, rng):
    counts = []
    for X in doubled(rng):
        model = solution.PCA(2)
        with solution.counting() as count:  # with what may be put off until somebody asks
            model.fit(X)
            model.transform(X[:1])
        counts.append(count)
    growth(*counts, of="fit")
    found = hidden_loops(source)
    fails(bool(found), " ".join(found))


@check("vectorisation", "transform and inverse_transform have no loop over rows")
def test_transform_loops(solution, rng):
    half, whole = doubled(rng)
    model = fitted(solution, half, 2)
    for name, tables in (("transform", (half, whole)), ("inverse_transform", (half[:, :2], whole[:, :2]))):
        method, counts = getattr(model, name), []
        for each in tables:
            with solution.counting() as count:
                method(each)
            counts.append(count)
        growth(*counts, of=name)


# ---- stability ------------------------------------------------------------------------------------------------------


@check("stability", "rows near 1e8 in float64 have the right directions, ratios and coordinates")
def test_offset_in_float64(solution, rng):
    # The grid there is 1.5e-8 wide: directions may be off by 2e-6, and a mean of 40 rows by 2.4e-7.
    right = table(rng, 40, 4, offset=1e8, least=0.02)
    agrees(fitted(solution, right.X, 3), right, 3, error=1e-5, of=" of rows near 1e8")


@check("stability", "rows near 1e4 in float32 have the right directions, ratios and coordinates")
def test_offset_in_float32(solution, rng):
    right = table(rng, 40, 3, offset=1e4, factor=2.0)
    X = right.X.astype(np.float32)
    # The grid there is 0.001 wide, and a mean of 40 rows summed in float32 may be off by 0.015.
    agrees(fitted(solution, X, 2), right, 2, X, error=0.04, of=" of float32 rows near 1e4")


@check("stability", "equal rows are known as such, even if their mean is rounded")
def test_constant_whose_mean_is_rounded(solution, rng):
    for n in (3, 7, 10):
        has_no_variance(solution, np.full((n, 3), 0.1), 2)
        has_no_variance(solution, np.full((n, 3), 1e8 + 0.1), 2)
        has_no_variance(solution, np.tile(rng.normal(size=(1, 4)), (n, 1)), 3)


@check("stability", "tables of tiny and of huge numbers are treated like others")
def test_scale(solution, rng):
    for scale in (2.0**-60, 2.0**60):
        right = table(rng, 30, 4, scale=scale)
        agrees(fitted(solution, right.X, 3), right, 3, of=f" of numbers near {scale:.0e}", unit=scale)


# ---- organisation: each answer is compared with the same model's, so that it is right or wrong for itself -----------


@check("organisation", "fit returns the model itself")
def test_fit_returns_self(solution, rng):
    model = solution.PCA(2)
    fails(
        model.fit(table(rng, 12, 3).X) is not model, "fit(X) must return self, so that PCA(2).fit(X).transform(Y) works"
    )


@check("organisation", "no argument is modified")
def test_inputs_stay(solution, rng):
    X = table(rng, 20, 3).X
    model = solution.PCA(2)
    untouched(model.fit, X)
    untouched(model.transform, X)
    untouched(model.inverse_transform, X[:, :2].copy())


def held(model, X):
    """What a model says, as arrays."""
    return [model.components_, model.explained_variance_ratio_, model.transform(X), model.inverse_transform(X[:, :2])]


def alike(found, before, of):
    for one, two in zip(found, before, strict=True):
        equal = np.shape(one) == np.shape(two) and np.allclose(one, two, rtol=1e-9, atol=1e-9, equal_nan=True)
        fails(not equal, of)


@check("organisation", "a model that is fitted again starts afresh, and models do not share anything")
def test_models_are_apart(solution, rng):
    X, others = table(rng, 20, 3).X, (table(rng, 15, 4).X, table(rng, 20, 3).X)
    one = fitted(solution, X, 2)
    before = held(one, X)
    two = fitted(solution, others[0], 2)
    two.fit(others[1])  # of the same shape
    alike(held(one, X), before, "a model says something else after another one was fitted")
    two.fit(X)
    alike(held(two, X), before, "a model that was fitted before says something else than a fresh one")


@check("organisation", "transform changes nothing in the model, and nothing is global")
def test_nothing_global(solution, source, rng):
    X = table(rng, 20, 3).X
    model = fitted(solution, X, 2)
    before = held(model, X)
    model.transform(X[:5] + 1)
    model.inverse_transform(X[:4, :2] + 1)
    alike(held(model, X), before, "the model says something else after transform(other rows)")
    found = global_state(source)
    fails(bool(found), " ".join(found))


# ---- the capstone ---------------------------------------------------------------------------------------------------


def embeddings(device):
    """The trained GPT on a device, its vocabulary, and what is right about its table of token embeddings [13, 64]."""
    import torch

    from groundup.capstones import gpt

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    model, vocabulary = gpt.pretrained()
    X = model.to(device).token_embeddings().astype(np.float64)
    mean = X.mean(axis=0)
    values, vectors = np.linalg.eigh((X - mean) @ (X - mean).T)  # of the rows' products: 13 x 13, not 64 x 64
    order = np.argsort(-values)[: len(X) - 1]
    directions = signed(vectors[:, order].T @ (X - mean) / np.sqrt(values[order])[:, None])
    return model, vocabulary, Table(X, mean, directions, values[order] / values.sum())


def with_rows(model, rows):
    """A copy of a GPT with other token embeddings."""
    import copy

    import torch

    from groundup.capstones import parts

    other = copy.deepcopy(model)
    with torch.no_grad():
        other.tokens.weight.copy_(parts.tensor(rows, other.tokens.weight))
    return other


@check("correctness", "the token embeddings of the GPT have the right directions and ratios", capstone=True)
def test_embeddings(solution, device):
    _, _, right = embeddings(device)
    for c in (1, 5, 12):
        model, of = fitted(solution, right.X, c), f" of the token embeddings, {c} components"
        same_directions(model.components_, right.directions[:c], NEAR, f"components_{of}")
        agrees(model, right, c, error=NEAR, of=of)


@check("correctness", "with 6 directions of the embeddings the GPT's perplexity is what it should be", capstone=True)
def test_perplexity(solution, device):
    from groundup.capstones import gpt

    model, vocabulary, right = embeddings(device)
    ids = gpt.encode("that is the question or not to be " * 3, vocabulary).to(device)
    starts = range(0, len(ids) - model.config.context, 5)
    part = fitted(solution, right.X, 6)
    rows = is_finite(part.inverse_transform(part.transform(right.X)), right.X.shape, "inverse_transform(transform(X))")
    got, expected = (
        np.exp(gpt.evaluate(with_rows(model, each), ids, starts))
        for each in (rows, right.rows(right.coordinates(right.X, 6)))
    )
    close(float(got), float(expected), of="the perplexity", slack=1e-4 / np.finfo(float).eps, scale=0)


@check("correctness", "with all directions the GPT writes the same text", capstone=True)
def test_text(solution, device):
    from groundup.capstones import gpt

    model, vocabulary, right = embeddings(device)
    part = fitted(solution, right.X, len(right.X))  # 13, of which 12 vary
    rows = is_finite(part.inverse_transform(part.transform(right.X)), right.X.shape, "inverse_transform(transform(X))")
    texts = [
        gpt.write(each, vocabulary, "to be ", 40, temperature=1.5, rng=np.random.default_rng(7))
        for each in (with_rows(model, rows), model)
    ]
    exactly(texts[0], texts[1], of="the text after 'to be '")
