"""The suite of relay: callbacks that work, that refuse and that remember, and a question of eight megabytes."""

import numpy as np

from groundup.drill.checks import check, close, exactly, raises


@check("correctness", "the function's values come back in order")
def test_values(solution, rng):
    given = []

    def remember(i):
        given.append(i)
        return int(np.sort(rng.normal(size=200_000)).argmin()) + 2 * i  # some work: 0 + 2 i

    exactly(solution.relay(remember, 5), [0, 2, 4, 6, 8], of="relay(double, 5)")
    exactly(given, [0, 1, 2, 3, 4], of="what the function was given")


@check("correctness", "an exception of the function's is passed on")
def test_exception(solution):
    def refuse(i):
        raise ValueError("not this one")

    raises(ValueError, solution.relay, refuse, 2)


@check("correctness", "a million numbers are summed")
def test_total(solution, rng):
    x = rng.normal(size=1_000_000)
    close(solution.total(x), float(x.sum()), of="total(x)", scale=1e3)
