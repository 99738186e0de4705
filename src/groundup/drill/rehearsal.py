"""A suite of one check, which the zygote of judges runs at its start: what pytest does only once is done then."""

import numpy as np
import pytest

from groundup.drill.checks import check, close
from groundup.drill.proxy import Solution


@pytest.mark.parametrize("n", [1])
@check("correctness", "arrays are compared")
def test_rehearsal(solution: Solution, rng: np.random.Generator, n: int) -> None:
    """Use every fixture that most checks use, and compare."""
    close(np.zeros(n), np.zeros(n), of="nothing")
