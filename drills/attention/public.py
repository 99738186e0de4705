"""The public checks of attention: the clauses of the prompt on numbers that can be worked out by hand."""

import math

import numpy as np
import torch

from groundup.drill.checks import check, close

SLACK = 2.0**16  # in eps
LN3 = math.log(3)
# Scores 0 and ln 3 for the first query, 0 and -ln 3 for the second: weights 1/4 and 3/4, then 3/4 and 1/4.
Q = torch.tensor([[2.0, 0.0, 0.0, 0.0], [-2.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
K = torch.tensor([[0.0, 1.0, 1.0, 0.0], [LN3, 0.0, 5.0, 1.0]], dtype=torch.float64)
V = torch.tensor([[4.0, 0.0, 1.0], [0.0, 8.0, 1.0]], dtype=torch.float64)


@check("correctness", "each query gets the mixture of the values that was worked out by hand")
def test_by_hand(solution):
    expected = np.array([[1.0, 6.0, 1.0], [3.0, 2.0, 1.0]])
    close(solution.attention(Q, K, V), expected, of="attention(q, k, v)", slack=SLACK)
    batch = [torch.stack([each, each]) for each in (Q, K, V)]
    of = "attention(q, k, v) of a batch of two"
    close(solution.attention(*batch), np.stack([expected, expected]), of=of, slack=SLACK)


@check("correctness", "the mask keeps where it is True, and a query with nothing kept gets zeros")
def test_mask(solution):
    for keep, expected in (
        ([[True, False], [True, True]], [[4.0, 0.0, 1.0], [3.0, 2.0, 1.0]]),
        ([[False, False], [False, True]], [[0.0, 0.0, 0.0], [0.0, 8.0, 1.0]]),
    ):
        mask = torch.tensor(keep)
        close(solution.attention(Q, K, V, mask), np.array(expected), of="attention(q, k, v, mask)", slack=SLACK)


@check("correctness", "the gradient of the values is the weights, transposed, times what comes back")
def test_gradient(solution):
    v = V.clone().requires_grad_()
    back = torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]], dtype=torch.float64)
    y = solution.attention(Q, K, v)
    (gradient,) = torch.autograd.grad(y, v, back)
    close(gradient, np.array([[0.25, 0.75, 0.5], [0.75, 0.25, 1.5]]), of="the gradient of v", slack=SLACK)


@check("stability", "scores of 10,000 give no NaN")
def test_large(solution):
    q, k = 100 * torch.eye(4, dtype=torch.float64)[:2], 200 * torch.eye(4, dtype=torch.float64)[:2]
    close(solution.attention(q, k, V), V.numpy(), of="attention(q, k, v)", inputs={"q": q, "k": k}, slack=SLACK)
