"""The checks of `scaled` that a learner sees."""

import torch

from groundup.drill.checks import check, close


@check("correctness", "values are multiplied")
def test_values(solution):
    close(solution.scaled(torch.ones(3), torch.tensor(2.0)), torch.full((3,), 2.0).numpy(), of="scaled(x, w)")
