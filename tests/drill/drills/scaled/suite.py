"""The hidden checks of `scaled`: gradients through the learner's code, and dtypes."""

import pytest
import torch

from groundup.drill.checks import check, close


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 31, 32, 33, 63, 64, 65])
@check("correctness", "both gradients are right under a random cotangent")
def test_gradients(solution, rng, n):
    x = torch.tensor(rng.normal(size=(n, 3)), requires_grad=True)
    w = torch.tensor(rng.normal(size=3), requires_grad=True)
    y = solution.scaled(x, w)
    cotangent = torch.tensor(rng.normal(size=(n, 3)))
    dx, dw = torch.autograd.grad(y, (x, w), cotangent)
    close(y, (x * w).detach().numpy(), of="scaled(x, w)")
    close(dx, (cotangent * w).detach().numpy(), of="the gradient for x")
    close(dw, (cotangent * x).sum(0).detach().numpy(), of="the gradient for w")


@check("correctness", "bfloat16 stays bfloat16")
def test_bfloat16(solution):
    x = torch.ones(3, dtype=torch.bfloat16)
    close(solution.scaled(x, x), torch.ones(3).numpy(), of="scaled(x, w)", dtype="bfloat16")
