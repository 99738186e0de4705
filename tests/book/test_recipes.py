"""Every recipe of the page "A bench of small tested functions" keeps its promises, on inputs that nobody chose."""

import ast
import inspect
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special, stats
from scipy.spatial import distance
from sklearn import metrics, preprocessing
from sklearn.metrics import pairwise

PROGRAM = Path(__file__).parents[2] / "snippets" / "18-recipes.py"

quick = settings(derandomize=True, deadline=None, database=None, max_examples=60)


def load() -> SimpleNamespace:
    """The functions of the program, without a run of its cells."""
    kept = [
        node
        for node in ast.parse(PROGRAM.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        or (isinstance(node, ast.Import) and node.names[0].name == "numpy")
        or (isinstance(node, ast.ImportFrom) and node.module == "scipy.stats")
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EPS")
    ]
    names = [node.name for node in kept if isinstance(node, ast.FunctionDef)]
    assert len(names) == len(set(names)), "a recipe is defined twice"
    space: dict[str, Any] = {}
    exec(compile(ast.Module(kept, type_ignores=[]), str(PROGRAM), "exec"), space)
    return SimpleNamespace(**space)


recipes = load()


def refused(*words: Any) -> None:
    call, *arguments = words
    with pytest.raises(ValueError, match=r"\S"):
        call(*arguments)


def fresh() -> np.random.Generator:
    return np.random.default_rng(0)


# ---- what they are tried on -----------------------------------------------------------------------------------------

# Sizes from 0.01 to 1000 and zero: small against the largest float, large against ε.
numbers = st.one_of(st.just(0.0), st.floats(0.01, 1000), st.floats(-1000, -0.01))
any_numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
seeds = st.integers(0, 2**32 - 1)


def vectors(elements: Any = numbers, low: int = 1, high: int = 8) -> Any:
    return st.integers(low, high).flatmap(lambda n: arrays(float, n, elements=elements))


def tables(elements: Any = numbers, rows: int = 1) -> Any:
    return st.tuples(st.integers(rows, 8), st.integers(1, 4)).flatmap(lambda s: arrays(float, s, elements=elements))


@st.composite
def two_vectors(draw: Any) -> Any:
    return draw(st.integers(1, 6).flatmap(lambda d: arrays(float, (2, d), elements=numbers)))


@st.composite
def two_tables(draw: Any) -> Any:
    n, m, d = (draw(st.integers(1, 6)) for _ in range(3))
    return draw(arrays(float, (n, d), elements=numbers)), draw(arrays(float, (m, d), elements=numbers))


@st.composite
def two_labels(draw: Any, classes: int = 2) -> Any:
    return draw(st.integers(1, 12).flatmap(lambda n: arrays(int, (2, n), elements=st.integers(0, classes - 1))))


# ---- data -----------------------------------------------------------------------------------------------------------


@quick
@given(st.integers(2, 60), st.floats(0.05, 0.95), seeds)
def test_split_keeps_pairs_and_loses_none(n: int, share: float, seed: int) -> None:
    X, y = np.arange(n)[:, None] * 10, np.arange(n)
    if not 0 < int(n * share + 1e-9) < n:
        return refused(recipes.split, X, y, share, np.random.default_rng(seed))
    X_train, X_test, y_train, y_test = recipes.split(X, y, share, np.random.default_rng(seed))
    assert abs(len(y_test) - n * share) < 1
    assert sorted([*y_train, *y_test]) == list(range(n))
    assert (X_train[:, 0] == 10 * y_train).all()
    assert (X_test[:, 0] == 10 * y_test).all()
    again = recipes.split(X, y, share, np.random.default_rng(seed))
    assert all(np.array_equal(*parts) for parts in zip((X_train, X_test, y_train, y_test), again, strict=True))


@pytest.mark.parametrize(("n", "share", "size"), [(100, 0.29, 29), (10, 0.25, 2), (10, 0.3, 3), (8, 0.25, 2)])
def test_split_rounds_the_test_size_down(n: int, share: float, size: int) -> None:
    assert len(recipes.split(np.arange(n), np.arange(n), share, np.random.default_rng(0))[1]) == size


def test_split_refuses_unpaired_rows_and_an_empty_side() -> None:
    rng = np.random.default_rng(0)
    refused(recipes.split, np.arange(4), np.arange(5), 0.5, rng)
    refused(recipes.split, np.arange(5), np.arange(4), 0.5, rng)
    refused(recipes.split, np.arange(4), np.arange(4), 0.1, rng)
    refused(recipes.split, np.arange(4), np.arange(4), 1.0, rng)


def test_split_takes_its_order_from_the_generator() -> None:
    rng, y = np.random.default_rng(0), np.arange(50)
    first, second = (recipes.split(y, y, 0.4, rng)[3].tolist() for _ in range(2))
    assert first != second  # the generator goes on
    assert len({*first, *second} - set(range(20))) > 5  # not the first rows each time


@quick
@given(st.integers(0, 30), st.integers(1, 40), seeds)
def test_batches_show_each_row_once_and_only_the_last_is_short(n: int, size: int, seed: int) -> None:
    X, y = np.arange(n)[:, None] * 10, np.arange(n)
    parts = list(recipes.batches(X, y, size, np.random.default_rng(seed)))
    assert sorted(label for _, labels in parts for label in labels) == list(range(n))
    assert all((rows[:, 0] == 10 * labels).all() for rows, labels in parts)
    assert all(len(labels) == size for _, labels in parts[:-1])
    assert len(parts) == -(-n // size)


def test_batches_take_a_new_order_from_a_generator_that_goes_on() -> None:
    rng, y = np.random.default_rng(0), np.arange(50)
    first, second = (np.concatenate([labels for _, labels in recipes.batches(y, y, 8, rng)]) for _ in range(2))
    assert not np.array_equal(first, second)
    for size, labels in ((0, y), (-1, y), (8, y[:-1]), (8, [*y, 50])):
        with pytest.raises(ValueError, match="size"):
            list(recipes.batches(y, labels, size, rng))


@quick
@given(st.lists(st.integers(0, 6), min_size=1, max_size=10))
def test_one_hot_has_one_one_a_row(labels: list[int]) -> None:
    rows = recipes.one_hot(labels, 7)
    assert rows.shape == (len(labels), 7)
    assert (rows.sum(axis=1) == 1).all()
    assert rows.argmax(axis=1).tolist() == labels
    assert recipes.one_hot(labels).shape[1] == max(labels) + 1  # the batch may lack the largest class


def test_one_hot_refuses_labels_without_a_column() -> None:
    refused(recipes.one_hot, [0, 3], 3)
    refused(recipes.one_hot, [0, -1], 3)
    refused(recipes.one_hot, np.array([], dtype=int))
    assert recipes.one_hot(np.array([], dtype=int), 3).shape == (0, 3)


# ---- features -------------------------------------------------------------------------------------------------------


@quick
@given(tables(), st.floats(0.1, 100))
def test_unit_rows(X: np.ndarray, scale: float) -> None:
    U = recipes.unit_rows(X)
    assert np.allclose(U, preprocessing.normalize(X))
    assert np.allclose(np.linalg.norm(U, axis=1), X.any(axis=1))  # a zero row stays zero
    assert np.allclose(recipes.unit_rows(scale * X), U)
    assert np.allclose(recipes.unit_rows(U), U)
    assert np.array_equal(recipes.unit_rows(X[0]), U[0])  # one vector works too


@quick
@given(tables(), st.floats(0.1, 100), st.floats(-100, 100))
def test_column_scaling_forgets_units_and_origin(X: np.ndarray, scale: float, shift: float) -> None:
    X = X.round(2)
    varies = X.max(axis=0) > X.min(axis=0)
    Z, unit = recipes.standardise(X), recipes.min_max(X)
    assert np.allclose(Z, preprocessing.StandardScaler().fit_transform(X), atol=1e-6)
    assert np.allclose(Z.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(Z.std(axis=0), varies)
    assert np.allclose(recipes.standardise(scale * X + shift)[:, varies], Z[:, varies], atol=1e-6)
    assert unit.min() >= 0
    assert unit.max() <= 1
    assert np.array_equal(unit.max(axis=0), varies.astype(float))
    assert np.allclose(recipes.min_max(scale * X + shift)[:, varies], unit[:, varies], atol=1e-6)


@quick
@given(numbers, st.integers(1, 30))
def test_a_constant_column_becomes_exactly_zero(value: float, n: int) -> None:
    column = np.full((n, 1), value / 3)
    assert not recipes.standardise(column).any()
    assert not recipes.min_max(column).any()


def test_new_rows_are_scaled_as_the_train_rows_were() -> None:
    train, new = np.array([[1, 7], [2, 7], [3, 7]]), np.array([[4, 8], [2, 7]])
    scaler = preprocessing.StandardScaler().fit(train)
    assert np.allclose(recipes.standardise(new, train)[:, 0], scaler.transform(new)[:, 0])
    assert np.allclose(recipes.min_max(new, train)[:, 0], [1.5, 0.5])
    assert np.array_equal(recipes.standardise(new, train)[:, 1], [0, 0])  # constant in train: carries nothing


@pytest.mark.parametrize("recipe", [recipes.standardise, recipes.min_max], ids=["standardise", "min_max"])
def test_a_nan_spoils_its_own_column_and_no_other(recipe: Any) -> None:
    scaled = recipe([[1.0, 2.0], [np.nan, 3.0], [4.0, 5.0]])
    assert np.isnan(scaled[:, 0]).any()
    assert np.isfinite(scaled[:, 1]).all()


@quick
@given(vectors(any_numbers), any_numbers, any_numbers)
def test_clip_stays_inside_and_leaves_what_is_inside(x: np.ndarray, a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    inside = recipes.clip(x, low, high)
    assert np.array_equal(inside, np.clip(x, low, high))
    assert np.array_equal(recipes.clip(inside, low, high), inside)
    if low < high:
        refused(recipes.clip, x, high, low)
    refused(recipes.clip, x, np.nan, high)


# ---- scores ---------------------------------------------------------------------------------------------------------


@quick
@given(two_vectors(), st.floats(0.1, 100), st.floats(0.1, 100))
def test_cosine_ignores_lengths(two: np.ndarray, s: float, t: float) -> None:
    a, b = two
    value = recipes.cosine(a, b)
    assert -1 <= value <= 1
    assert np.isclose(value, pairwise.cosine_similarity([a], [b])[0, 0])
    assert np.isclose(recipes.cosine(s * a, t * b), value)
    assert np.isclose(recipes.cosine(-a, b), -value)
    assert recipes.cosine(np.zeros_like(a), b) == 0


@quick
@given(two_vectors(), st.floats(-100, 100), st.floats(0.001, 10))
def test_distance_and_kernel_ignore_a_common_shift(two: np.ndarray, shift: float, gamma: float) -> None:
    a, b = two
    gap = recipes.euclidean(a, b)
    assert np.isclose(gap, distance.euclidean(a, b))
    assert gap == recipes.euclidean(b, a)
    assert np.isclose(recipes.euclidean(a + shift, b + shift), gap)
    assert 0 <= recipes.rbf(a, b, gamma) <= 1
    assert recipes.rbf(a, a, gamma) == 1
    assert np.isclose(recipes.rbf(a, b, gamma), pairwise.rbf_kernel([a], [b], gamma=gamma)[0, 0])


@pytest.mark.parametrize("recipe", [recipes.cosine, recipes.euclidean], ids=["cosine", "euclidean"])
def test_vectors_of_unequal_length_are_refused(recipe: Any) -> None:
    refused(recipe, [1, 2, 3], [1])
    refused(recipe, [[1, 2, 3]], [[1], [2], [3]])
    refused(recipes.rbf, [1, 2, 3], [1], 1.0)


def test_a_large_gamma_ends_at_zero() -> None:
    with np.errstate(over="raise", invalid="raise"):
        assert recipes.rbf([0, 0], [1, 0], 1e6) == 0


@quick
@given(tables())
def test_cosine_matrix(X: np.ndarray) -> None:
    S = recipes.cosine_matrix(X)
    assert np.allclose(S, pairwise.cosine_similarity(X))
    assert np.allclose(S, S.T)
    assert np.allclose(np.diag(S), X.any(axis=1))  # a zero row is like nothing, itself included
    assert np.abs(S).max() <= 1


def test_a_cosine_stays_inside_where_rounding_is_coarse() -> None:
    X = 1e6 * np.random.default_rng(0).normal(size=(50, 8))
    U = recipes.unit_rows(X)
    assert (U @ U.T).max() > 1
    assert recipes.cosine_matrix(X).max() <= 1
    assert max(recipes.cosine(x, x) for x in X) <= 1


@quick
@given(two_tables(), st.integers(1, 8))
def test_squared_distances_whole_and_in_blocks(two: Any, block: int) -> None:
    X, Y = two
    whole = recipes.squared_distances(X, Y)
    assert whole.shape == (len(X), len(Y))
    assert (whole >= 0).all()
    assert np.allclose(whole, distance.cdist(X, Y, "sqeuclidean"), atol=1e-6)
    assert np.allclose(recipes.squared_distances(Y, X), whole.T, atol=1e-6)
    parts = list(recipes.pairwise_blocks(X, Y, block))
    assert max(len(part) for part in parts) <= block
    assert np.allclose(np.vstack(parts), whole, atol=1e-6)


def test_the_floor_holds_where_rounding_is_coarse() -> None:
    far = 1e6 + np.random.default_rng(0).normal(size=(50, 8))
    lengths = (far**2).sum(axis=1)
    assert (lengths[:, None] + lengths - 2 * far @ far.T < 0).any()
    assert recipes.squared_distances(far, far).min() >= 0


def test_blocks_hold_one_block_at_a_time() -> None:
    X = np.random.default_rng(0).normal(size=(1000, 4))

    def peak(call: Any) -> int:
        tracemalloc.start()
        call()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    whole = peak(lambda: recipes.squared_distances(X, X).argmin(axis=1))
    blocks = peak(lambda: [part.argmin(axis=1) for part in recipes.pairwise_blocks(X, X, 20)])
    assert blocks < whole / 10
    for block in (0, -1):
        with pytest.raises(ValueError, match="block"):
            list(recipes.pairwise_blocks(X, X, block))


@quick
@given(vectors(st.one_of(any_numbers, st.integers(0, 3).map(float)), low=0), st.integers(0, 12))
def test_top_k_has_the_largest_values_best_first(scores: np.ndarray, k: int) -> None:
    best = recipes.top_k(scores, k)
    assert len(best) == min(k, len(scores)) == len(set(best))
    assert np.array_equal(scores[best], np.sort(scores)[::-1][:k])  # of equal items, any


@quick
@given(vectors(st.one_of(any_numbers, st.just(np.nan), st.just(np.inf), st.just(-np.inf))), st.integers(1, 12))
def test_top_k_puts_nan_below_every_number(scores: np.ndarray, k: int) -> None:
    found = scores[recipes.top_k(scores, k)]
    real = np.sort(scores[~np.isnan(scores)])[::-1]
    assert np.array_equal(found[: len(real)], real[:k])
    assert np.isnan(found[len(real) :]).all()


def test_top_k_takes_small_integers_and_refuses_a_negative_k() -> None:
    assert recipes.top_k(np.array([0, 200, 3], dtype=np.uint8), 1) == [1]
    assert recipes.top_k(np.array([False, True]), 1) == [1]
    refused(recipes.top_k, [1.0, 2.0], -1)


@quick
@given(tables(st.integers(-3, 3).map(float)), st.integers(0, 6))
def test_top_k_rows_is_top_k_of_each_row(S: np.ndarray, k: int) -> None:
    found = recipes.top_k_rows(S, k)
    assert found.shape == (len(S), min(k, S.shape[1]))
    for row, best in zip(S, found, strict=True):
        assert np.array_equal(row[best], row[recipes.top_k(row, k)])
        assert len(set(best)) == len(best)


def test_wide_rows_come_out_best_first() -> None:  # short ones do by chance
    S = fresh().normal(size=(3, 1000))
    assert np.array_equal(recipes.top_k_rows(S, 200), np.argsort(-S, axis=1)[:, :200])
    assert np.array_equal(recipes.top_k(S[0], 200), np.argsort(-S[0])[:200])
    assert recipes.top_k_rows(np.zeros((3, 0)), 2).shape == (3, 0)
    refused(recipes.top_k_rows, S, -1)


@quick
@given(vectors(st.floats(-1e6, 1e6)), st.floats(-1000, 1000))
def test_squashing_never_overflows(x: np.ndarray, shift: float) -> None:
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        s, p = recipes.sigmoid(x), recipes.softmax(x)
    assert s.shape == p.shape == recipes.relu(x).shape == x.shape
    assert np.allclose(s, special.expit(x), rtol=0, atol=1e-12)
    assert np.allclose(s + recipes.sigmoid(-x), 1)
    assert np.allclose(p, special.softmax(x))
    assert np.isclose(p.sum(), 1)
    assert np.allclose(recipes.softmax(x + shift), p, atol=1e-6)
    assert np.array_equal(recipes.relu(x) - recipes.relu(-x), x)


def test_squashing_at_a_thousand() -> None:
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        assert recipes.sigmoid([-1000, 1000]).tolist() == [0, 1]
        assert recipes.softmax([-1000, 0, 1000]).tolist() == [0, 0, 1]
        assert recipes.softmax([[1000, 1000], [-1000, -1000]]).tolist() == [[0.5, 0.5], [0.5, 0.5]]
        assert recipes.sigmoid(0).shape == ()
    assert np.isnan(recipes.sigmoid(np.nan))


@quick
@given(tables(st.floats(-50, 50)))
def test_softmax_takes_the_axis_that_is_named(x: np.ndarray) -> None:
    assert np.allclose(recipes.softmax(x, axis=0).sum(axis=0), 1)
    assert np.allclose(recipes.softmax(x), [recipes.softmax(row) for row in x])


# ---- metrics --------------------------------------------------------------------------------------------------------


@quick
@given(tables(st.floats(0, 1)), seeds)
def test_accuracy_forgets_the_order_of_rows(P: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, order = rng.integers(0, P.shape[1], size=len(P)), rng.permutation(len(P))
    value = recipes.accuracy(P, y)
    assert value == metrics.accuracy_score(y, P.argmax(axis=1))
    assert np.isclose(recipes.accuracy(P[order], y[order]), value)
    assert recipes.accuracy(recipes.one_hot(y, P.shape[1]), y) == 1


def test_accuracy_gives_ties_to_the_first_class_and_refuses_what_it_cannot_count() -> None:
    assert (recipes.accuracy([[0.5, 0.5]], [0]), recipes.accuracy([[0.5, 0.5]], [1])) == (1, 0)
    refused(recipes.accuracy, np.eye(3), np.array([[0], [1], [2]]))
    refused(recipes.accuracy, np.zeros((0, 3)), [])
    refused(recipes.accuracy, [[np.nan, 0.5]], [0])


@quick
@given(two_labels(), seeds)
def test_precision_and_recall(two: np.ndarray, seed: int) -> None:
    truth, predicted = two
    order = np.random.default_rng(seed).permutation(len(truth))
    value = recipes.precision_recall(truth, predicted)
    theirs = [score(truth, predicted, zero_division=0) for score in (metrics.precision_score, metrics.recall_score)]
    assert np.allclose(value, theirs)
    assert recipes.precision_recall(truth[order], predicted[order]) == value
    assert recipes.precision_recall(predicted, truth) == value[::-1]  # the two trade places


def test_empty_denominators_give_the_stated_value() -> None:
    assert recipes.precision_recall([1, 0], [0, 0]) == (0, 0)
    assert recipes.precision_recall([0, 0], [1, 0]) == (0, 0)
    assert np.isnan(recipes.precision_recall([0, 0], [0, 0], np.nan)).all()
    refused(recipes.precision_recall, [0, 1], [[0], [1]])


@quick
@given(vectors(low=0, high=12), st.floats(0.01, 1), st.floats(-100, 100))
def test_ema(values: np.ndarray, alpha: float, shift: float) -> None:
    before = values.copy()
    smooth = recipes.ema(values, alpha)
    assert np.array_equal(values, before)
    assert np.allclose(smooth, pd.Series(values).ewm(alpha=alpha, adjust=False).mean())
    assert np.allclose(recipes.ema(values + shift, alpha), smooth + shift)
    assert np.array_equal(recipes.ema(values, 1), values)
    if len(values):
        assert smooth[0] == values[0]
        assert values.min() - 1e-9 <= smooth.min() <= smooth.max() <= values.max() + 1e-9


@quick
@given(vectors(high=12), st.floats(0.01, 1))
def test_debiased_ema(values: np.ndarray, alpha: float) -> None:
    theirs = pd.Series(values).ewm(alpha=alpha, adjust=True).mean()
    assert np.allclose(recipes.debias_ema(values, alpha), theirs)
    assert np.allclose(recipes.debias_ema(np.full(9, 5), alpha), 5)


@pytest.mark.parametrize("alpha", [0, -0.1, 1.1, np.nan])
def test_ema_refuses_other_rates(alpha: float) -> None:
    refused(recipes.ema, [1, 2], alpha)


@quick
@given(vectors(low=0, high=12))
def test_running_mean(values: np.ndarray) -> None:
    means = [values[: t + 1].mean() for t in range(len(values))]
    assert np.allclose(recipes.running_mean(values), means)


def test_a_nan_stays_in_what_is_smoothed() -> None:
    values = [1.0, np.nan, 3.0]
    for smooth in (recipes.ema(values, 0.5), recipes.running_mean(values)):
        assert np.isnan(smooth).tolist() == [False, True, True]


@quick
@given(tables(st.floats(-3, 3)), seeds)
def test_numeric_gradient_of_a_parabola(x: np.ndarray, seed: int) -> None:
    slopes = np.random.default_rng(seed).normal(size=x.shape)
    before = x.copy()

    def f(v: np.ndarray) -> float:
        return (v**2 + slopes * v).sum()

    assert recipes.numeric_gradient(f, x).shape == x.shape
    assert np.array_equal(x, before)
    assert recipes.relative_grad_error(f, lambda v: 2 * v + slopes, x) < 1e-6
    assert recipes.relative_grad_error(f, lambda v: 2 * v + slopes + 0.1, x) > 1e-6


def test_numeric_gradient_moves_one_coordinate_at_a_time() -> None:
    x, seen = np.array([[1.0, 2.0], [3.0, 4.0]]), []
    recipes.numeric_gradient(lambda v: seen.append(v - x) or 0.0, x)
    assert len(seen) == 2 * x.size
    assert all(np.count_nonzero(step) == 1 for step in seen)


def test_numeric_gradient_takes_integers_and_shows_a_step_that_is_too_small() -> None:
    def f(v: np.ndarray) -> float:
        return v[0] ** 2 + 3 * v[0] * v[1]

    assert np.allclose(recipes.numeric_gradient(f, np.array([2, 1])), [7, 6], atol=1e-5)
    assert not recipes.numeric_gradient(f, [2, 1], 1e-17).any()
    refused(recipes.relative_grad_error, f, lambda v: v[:1], [2, 1])
    assert recipes.relative_grad_error(lambda v: 0.0, np.zeros_like, [2, 1]) == 0  # both are zero
    assert recipes.relative_grad_error(lambda v: (v**2).sum(), lambda v: 2 * v, [2, 1]) < 1e-6  # a list is no array


@pytest.mark.parametrize(("made", "worst"), [([12, 1, 0.1], 2 / 12), ([8, 1, 0.1], 2 / 10), ([10, 1, 0.3], 0.2)])
def test_relative_grad_error_is_the_worst_one_over_the_larger_slope_or_one(made: list[float], worst: float) -> None:
    error = recipes.relative_grad_error(lambda v: 10 * v[0] + v[1] + 0.1 * v[2], lambda v: made, np.zeros(3))
    assert np.isclose(error, worst, rtol=1e-6)


# ---- exercises, and what goes beyond --------------------------------------------------------------------------------


@quick
@given(two_labels(classes=4), seeds)
def test_confusion_matrix_and_macro_f1(two: np.ndarray, seed: int) -> None:
    truth, predicted = two
    order = np.random.default_rng(seed).permutation(len(truth))
    C = recipes.confusion_matrix(truth, predicted, 4)
    assert np.array_equal(C, metrics.confusion_matrix(truth, predicted, labels=range(4)))
    assert np.array_equal(recipes.confusion_matrix(truth[order], predicted[order], 4), C)
    theirs = metrics.f1_score(truth, predicted, labels=range(4), average="macro", zero_division=0)
    assert np.isclose(recipes.macro_f1(truth, predicted, 4), theirs)


def test_confusion_matrix_refuses_labels_without_a_cell() -> None:
    for truth, predicted in (([0, 1], [2, 1]), ([2, 0], [0, 1]), ([0, 1], [0, -1]), ([0, 1], [0])):
        refused(recipes.confusion_matrix, truth, predicted, 2)


@quick
@given(arrays(int, st.integers(1, 40), elements=st.integers(0, 3)), st.floats(0, 1), seeds)
def test_stratified_split_keeps_shares_within_one_item(y: np.ndarray, share: float, seed: int) -> None:
    train, test = recipes.stratified_split(y, share, np.random.default_rng(seed))
    assert sorted([*train, *test]) == list(range(len(y)))
    for label in np.unique(y):
        assert abs((y[test] == label).sum() - share * (y == label).sum()) <= 0.5 + 1e-9  # rounded to the nearest


@quick
@given(arrays(float, (3, 4, 2), elements=numbers), arrays(bool, (3, 4)))
def test_padding_changes_nothing(X: np.ndarray, real: np.ndarray) -> None:
    means, weights = recipes.masked_mean(X, real), recipes.masked_softmax(X[..., 0], real)
    for i in range(3):
        kept = X[i][real[i]]
        assert np.allclose(means[i], kept.mean(axis=0) if len(kept) else 0)
        assert np.allclose(weights[i][real[i]], recipes.softmax(kept[:, 0]) if len(kept) else [])
        assert not weights[i][~real[i]].any()


@quick
@given(arrays(float, (2, 6), elements=st.integers(0, 4).map(float)))
def test_auc_by_ranks(two: np.ndarray) -> None:
    scores, truth = np.concatenate(two), np.repeat([0, 1], [4, 8])
    assert np.isclose(recipes.auc(truth, scores), metrics.roc_auc_score(truth, scores))
    assert np.isclose(recipes.auc(truth, np.exp(scores)), recipes.auc(truth, scores))
    wins = stats.mannwhitneyu(scores[4:], scores[:4]).statistic / 32
    assert np.isclose(recipes.auc(truth, scores), wins)


@quick
@given(vectors(high=30), st.floats(-1e6, 1e6))
def test_streaming_moments(values: np.ndarray, shift: float) -> None:
    mean, variance = recipes.streaming(values + shift)
    assert np.isclose(mean, (values + shift).mean())
    assert np.isclose(variance, values.var(), rtol=1e-6, atol=1e-6)


def test_streaming_refuses_an_empty_stream() -> None:
    with pytest.raises(ZeroDivisionError):
        recipes.streaming([])


@quick
@given(st.integers(0, 20), st.integers(0, 8), seeds)
def test_a_reservoir_keeps_k_different_items(n: int, k: int, seed: int) -> None:
    kept = recipes.reservoir(range(n), k, np.random.default_rng(seed))
    assert len(kept) == len(set(kept)) == min(n, k)
    assert set(kept) <= set(range(n))


def test_a_reservoir_is_fair() -> None:
    rng = fresh()
    kept = np.bincount([item for _ in range(3000) for item in recipes.reservoir(range(8), 2, rng)], minlength=8)
    assert np.abs(kept / 3000 - 2 / 8).max() < 0.03  # more than three standard deviations


# ---- what all have in common ----------------------------------------------------------------------------------------

REAL = np.array([[True, False], [True, True], [False, False]])

NUMBERS: dict[str, Callable[[np.ndarray], Any]] = {
    "accuracy": lambda X: recipes.accuracy(X, [0, 1, 1]),
    "auc": lambda X: recipes.auc([0, 1, 1], X[:, 0]),
    "batches": lambda X: next(recipes.batches(X, [0, 1, 1], 2, fresh()))[0],
    "clip": lambda X: recipes.clip(X, 1, 9),
    "cosine": lambda X: recipes.cosine(X[:, 0], X[:, 1]),
    "cosine_matrix": lambda X: recipes.cosine_matrix(X),
    "debias_ema": lambda X: recipes.debias_ema(X[:, 0], 0.3),
    "ema": lambda X: recipes.ema(X[:, 0], 0.3),
    "euclidean": lambda X: recipes.euclidean(X[:, 1], X[:, 0]),
    "masked_mean": lambda X: recipes.masked_mean(X[..., None], REAL),
    "masked_softmax": lambda X: recipes.masked_softmax(X, REAL),
    "min_max": lambda X: recipes.min_max(X),
    "numeric_gradient": lambda X: recipes.numeric_gradient(lambda v: (v**2).sum(), X),
    "pair": lambda X: recipes.pair(X, X[::-1]),
    "pairwise_blocks": lambda X: next(recipes.pairwise_blocks(X, X, 2)),
    "rbf": lambda X: recipes.rbf(X[:, 1], X[:, 0], 1e-4),
    "relative_grad_error": lambda X: recipes.relative_grad_error(lambda v: (v**2).sum(), lambda v: v, X),
    "relu": lambda X: recipes.relu(X),
    "reservoir": lambda X: recipes.reservoir(X[:, 0], 2, fresh()),
    "running_mean": lambda X: recipes.running_mean(X[:, 0]),
    "sigmoid": lambda X: recipes.sigmoid(X),
    "softmax": lambda X: recipes.softmax(X),
    "split": lambda X: recipes.split(X, [0, 1, 1], 0.4, fresh())[0],
    "squared_distances": lambda X: recipes.squared_distances(X, X[:2]),
    "standardise": lambda X: recipes.standardise(X),
    "streaming": lambda X: recipes.streaming(X[:, 0]),
    "top_k": lambda X: recipes.top_k(X[:, 0], 2),
    "top_k_rows": lambda X: recipes.top_k_rows(X, 1),
    "unit_rows": lambda X: recipes.unit_rows(X),
}

LABELS: dict[str, Callable[[np.ndarray], Any]] = {
    "confusion_matrix": lambda y: recipes.confusion_matrix(y, y[::-1], 30),
    "macro_f1": lambda y: recipes.macro_f1(y, y[::-1], 30),
    "one_hot": lambda y: recipes.one_hot(y),
    "precision_recall": lambda y: recipes.precision_recall(y, y[::-1]),
    "stratified_split": lambda y: recipes.stratified_split(y, 0.5, fresh())[0],
}

ASIDE = {"by_hand", "f", "looks", "plain_softmax", "rankdata", "refused", "slip"}  # these are no recipes


def test_no_recipe_is_left_out() -> None:
    functions = {name for name, value in vars(recipes).items() if inspect.isfunction(value)}
    assert {*NUMBERS, *LABELS} == functions - ASIDE


@pytest.mark.parametrize("name", NUMBERS)
def test_small_integers_give_what_floats_give_and_stay_as_they_were(name: str) -> None:
    whole = np.array([[200, 3], [0, 7], [5, 90]], dtype=np.uint8)  # their differences and squares wrap round
    whole.flags.writeable = False
    assert np.allclose(NUMBERS[name](whole), NUMBERS[name](whole.astype(float)))


@pytest.mark.parametrize("name", LABELS)
def test_labels_may_be_small_integers_and_stay_as_they_were(name: str) -> None:
    y = np.array([1, 1, 28, 0, 1, 28], dtype=np.uint8)  # 30 times 28 wraps round
    y.flags.writeable = False
    assert np.array_equal(LABELS[name](y), LABELS[name](y.astype(int)))


def test_one_hot_has_room_for_the_last_small_integer() -> None:
    assert recipes.one_hot(np.array([255], dtype=np.uint8)).shape == (1, 256)
