import numpy as np
import pytest

from groundup.drill.checks import Counting, Wrong, check, close, entries, exactly, fails, growth, shown
from groundup.drill.proxy import Remote


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.0, 1.0),
        (np.float64(1.0), 1.0),
        (np.float32(0.1), 0.1),
        (np.array(1.0), 1.0),
        (1, 1.0),
        (np.int64(3), 3.0),
        (float("inf"), float("inf")),
        (float("nan"), float("nan")),
        (np.array([1.0, 2.0]), np.array([1.0, 2.0])),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array([1.0, np.inf, np.nan]), np.array([1.0, np.inf, np.nan])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([1.0, 2.0], dtype=">f8"), np.array([1.0, 2.0])),
        (np.array([0.1, 0.2], dtype=np.float32), np.array([0.1, 0.2])),
    ],
)
def test_right_results_are_close(actual, expected):
    close(actual, expected, of="f(x)")


@pytest.mark.parametrize(
    ("actual", "expected", "words"),
    [
        (None, 1.0, r"f\(x\) is None \(nothing was returned\), not a float"),
        (True, 1.0, "is a bool, not a float"),
        ("1.0", 1.0, "is a str, not a float"),
        (np.array([1.0]), 1.0, r"is an array \[1\], not a float"),
        ([1.0], np.array([1.0]), "is a list, not an array"),
        (np.ma.masked_array([1.0]), np.array([1.0]), r"is an array \[1\], not an array"),
        (np.array([True]), np.array([1.0]), "holds bool, not floats"),
        (np.array([1.0 + 0j]), np.array([1.0]), "holds complex128, not floats"),
        (np.ones((3, 1)), np.ones(3), r"has shape \[3, 1\], not \[3\]"),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), "is nan where 2 is right"),
        (np.array([1.0, 2.0]), np.array([1.0, np.inf]), "is 2 where inf is right"),
        (np.array([-np.inf]), np.array([np.inf]), "is -inf where inf is right"),
        (np.array([1.0, 2.1, 3.0]), np.array([1.0, 2.0, 3.0]), r"is off \(1 of 3 values\)"),
        (1.0 + 1e-9, 1.0, "is off"),
        (10**400, 1.0, "too large"),
    ],
)
def test_wrong_results_are_told_apart(actual, expected, words):
    with pytest.raises(Wrong, match=words):
        close(actual, expected, of="f(x)")


def test_a_failure_shows_the_largest_error_and_the_inputs():
    with pytest.raises(Wrong) as caught:
        close(
            np.array([[1.0, 2.5], [3.1, 4.0]]),
            np.array([[1.0, 2.0], [3.0, 4.0]]),
            of="f(x)",
            inputs={"x": np.ones((2, 2))},
        )

    assert (caught.value.where, caught.value.expected, caught.value.actual) == ("[0, 1]", "2", "2.5")
    assert caught.value.inputs == {"x": "float64 [2, 2]"}


def test_values_that_look_alike_are_shown_in_full():
    with pytest.raises(Wrong) as caught:
        close(1.0 + 1e-12, 1.0, of="f(x)", slack=1)

    assert (caught.value.expected, caught.value.actual) == ("1.0", "1.000000000001")


def test_the_tolerance_follows_the_dtype():
    close(np.float32(1 + 1e-5), 1.0, of="f(x)")
    with pytest.raises(Wrong):
        close(1 + 1e-5, 1.0, of="f(x)")
    with pytest.raises(Wrong):
        close(np.float16(1.001), 1.0, of="f(x)")  # no coarser than float32's


def test_scale_zero_compares_tiny_values_by_themselves():
    close(np.array([1.0, 1e-20]), np.array([1.0, 2e-20]), of="f(x)")
    with pytest.raises(Wrong):
        close(np.array([1.0, 1e-20]), np.array([1.0, 2e-20]), of="f(x)", scale=0)


def test_a_demanded_dtype_is_demanded():
    close(np.ones(2, dtype=np.float32), np.ones(2), of="f(x)", dtype=np.float32)
    with pytest.raises(Wrong, match="has dtype float64, not float32"):
        close(np.ones(2), np.ones(2), of="f(x)", dtype=np.float32)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (3, 3),
        (np.int32(3), 3),
        ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])),
        (np.array([1, 2], dtype=np.uint8), [1, 2]),
        ((1, 2), [1, 2]),
        ("a", "a"),
        (None, None),
        (np.bool_(True), True),
    ],
)
def test_exact_results_are_equal(actual, expected):
    exactly(actual, expected, of="f(x)")


@pytest.mark.parametrize(
    ("actual", "expected", "words"),
    [
        (3.0, 3, "is a float, not whole numbers"),
        (np.array([1.0]), [1], "holds float64, not whole numbers"),
        ([[1, 2], [3]], [[1, 2], [3, 4]], "unequal length"),
        ([1, 2], [1, 3], r"is off \(1 of 2 values\)"),
        (np.array([[1], [2]]), [1, 2], r"has shape \[2, 1\], not \[2\]"),
        (1, [1, 2], r"is an int, not an array \[2\]"),
        ([1], 1, "is a list, not a whole number"),
        (1, True, "is an int, not a bool"),
        (True, 1, "holds bool, not integers"),
        ("b", "a", "is b, not a"),
        (0, None, "is an int, not None"),
    ],
)
def test_inexact_results_are_told_apart(actual, expected, words):
    with pytest.raises(Wrong, match=words):
        exactly(actual, expected, of="f(x)")


@pytest.mark.parametrize("result", [(1.0, 2.0), [1.0, 2.0]])
def test_entries_of_a_tuple_and_a_list(result):
    assert entries(result, "w", "b") == (1.0, 2.0)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "a tuple (w, b) is wanted, not None (nothing was returned)"),
        (np.zeros(2), "a tuple (w, b) is wanted, not an array [2]"),
        ({"w": 1, "b": 2}, "a tuple (w, b) is wanted, not a dict"),
        ((1.0, 2.0, 3.0), "a tuple (w, b) is wanted, and 3 entries came back"),
        (Remote(None, 1, "Fit"), "a tuple (w, b) is wanted, not an object of type Fit"),
    ],
)
def test_other_results_have_no_entries(result, words):
    with pytest.raises(Wrong) as caught:
        entries(result, "w", "b")
    assert caught.value.words == words


def test_growth_tells_a_loop_from_none():
    growth(Counting(100), Counting(119), of="f")
    with pytest.raises(Wrong, match=r"takes 1\.2 times the Python steps for twice the rows: there is a loop over rows"):
        growth(Counting(100), Counting(120), of="f")
    with pytest.raises(Wrong, match="could not be counted"):
        growth(Counting(100, disturbed=True), Counting(100), of="f")


def test_fails_raises_on_what_is_wrong():
    fails(False, "fine")
    with pytest.raises(Wrong, match="not fine"):
        fails(True, "not fine")


def test_a_check_needs_a_mark_of_the_rubric():
    with pytest.raises(ValueError, match="a mark is one of correctness"):
        check("beauty", "it is nice")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array([1.0, 2.5]), "[1. , 2.5]"),
        (np.zeros((50, 3), dtype=np.float32), "float32 [50, 3]"),
        (np.float32(0.5), "0.5"),
        (1 / 3, "0.3333333333"),
        ("abc", "abc"),
        (list(range(100)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16..."),
        (np.random.default_rng(0), "a random generator"),
        (len, "a function"),
        ({"W": np.zeros((2, 9)), "b": 0.5}, "{W: float64 [2, 9], b: 0.5}"),
    ],
)
def test_values_are_shown_shortly(value, text):
    assert shown(value) == text
