"""A suite of one check, which the zygote of judges runs at its start: what pytest does only once is done then."""

import numpy as np
import pytest

from groundup.drill.checks import check, close


@pytest.mark.parametrize("n", [1])
@check("correctness", "arrays are compared")
def test_rehearsal(solution, rng, n):
    close(np.zeros(n), np.zeros(n), of="nothing")
