"""The public checks of linear regression: small numbers that can be followed by hand."""

import numpy as np

from groundup.drill.checks import check, close, entries, exactly

X = np.array([[1.0], [2.0], [3.0], [4.0]])
Y = np.array([3.0, 5.0, 7.0, 9.0])


@check("correctness", "fit_normal finds the line through four points, and a penalty of 5 halves its slope")
def test_line(solution):
    for l2, slope, intercept in ((0.0, 2.0, 1.0), (5.0, 1.0, 3.5)):
        w, b = entries(solution.fit_normal(X, Y, l2), "w", "b")
        close(w, np.array([slope]), of=f"w with l2={l2:g}", inputs={"X": X, "y": Y})
        close(b, intercept, of=f"b with l2={l2:g}", inputs={"X": X, "y": Y}, scale=1.0)


@check(
    "correctness", "of equally good weights fit_normal returns the shortest: the same column twice shares its weight"
)
def test_twins(solution):
    twins = np.hstack([X, X])
    w, b = entries(solution.fit_normal(twins, Y), "w", "b")
    close(w, np.array([1.0, 1.0]), of="w", inputs={"X": twins, "y": Y}, slack=1e5)
    close(b, 1.0, of="b", inputs={"X": twins, "y": Y}, slack=1e5)


@check("correctness", "the first update of fit_gd is lr times the gradient at w = 0, b = 0")
def test_first_update(solution):
    w, b, _ = entries(solution.fit_gd(X, Y, 0.05, 1, 0.0), "w", "b", "history")
    close(w, np.array([1.75]), of="w after one update", inputs={"X": X, "y": Y})
    close(b, 0.6, of="b after one update", inputs={"X": X, "y": Y})


@check("convergence", "the history holds the loss before each update, and is as long as there are steps")
def test_history(solution):
    *_, history = entries(solution.fit_gd(X, Y, 0.05, 2, 0.0), "w", "b", "history")
    history = np.asarray(history, dtype=np.float64)
    exactly(history.size, 2, of="the length of the history after 2 steps", inputs={"X": X, "y": Y})
    close(history, np.array([41.0, 1.12875]), of="the history", inputs={"X": X, "y": Y})


@check("stability", "a column near 1e8 does not spoil the fit")
def test_far(solution):
    w, _ = entries(solution.fit_normal(X + 1e8, Y), "w", "b")
    close(w, np.array([2.0]), of="w", inputs={"X": X + 1e8, "y": Y}, slack=1e-6 / np.finfo(float).eps)
