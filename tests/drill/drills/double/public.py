"""The checks of `double` that a learner sees."""

import numpy as np

from groundup.drill.checks import check, close


@check("correctness", "an array is doubled")
def test_array(solution):
    close(solution.double(np.array([1.0, 2.0])), np.array([2.0, 4.0]), of="double(x)")
