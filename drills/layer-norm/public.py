"""The public checks of layer-norm: the clauses of the prompt on numbers that can be worked out by hand."""

import math

import numpy as np
import torch

from groundup.drill.checks import check, close, entries

SLACK = 2.0**12  # in eps
# Mean 5, and variance 4: with eps = 0 in the variance the row would be -1, -1, 1, 1.
X = torch.tensor([[3.0, 3.0, 7.0, 7.0], [1.0, 1.0, 1.0, 1.0]], dtype=torch.float64)
WEIGHT = torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64)
BIAS = torch.tensor([0.5, 0.0, 0.0, -1.0], dtype=torch.float64)


@check("correctness", "a row is normalised by its mean and its biased variance, then times weight plus bias")
def test_by_hand(solution):
    unit = 2 / math.sqrt(4 + 1e-5)
    expected = np.array([[0.5 - unit, -2 * unit, 3 * unit, 4 * unit - 1], [0.5, 0.0, 0.0, -1.0]])
    given = {"x": X, "weight": WEIGHT, "bias": BIAS}
    close(solution.layer_norm(X, WEIGHT, BIAS), expected, of="layer_norm(x, weight, bias)", inputs=given, slack=SLACK)
    close(solution.layer_norm(X[0], WEIGHT, BIAS), expected[0], of="layer_norm of one row", inputs=given, slack=SLACK)
    unit = 2 / math.sqrt(4 + 5)
    expected = np.array([[0.5 - unit, -2 * unit, 3 * unit, 4 * unit - 1], [0.5, 0.0, 0.0, -1.0]])
    close(solution.layer_norm(X, WEIGHT, BIAS, 5.0), expected, of="layer_norm(x, weight, bias, 5.0)", slack=SLACK)


def three(result):
    """The gradients out of a result, whose form is checked."""
    return entries(result, "dx", "dweight", "dbias")


@check("correctness", "there are three gradients: dx like x, dweight and dbias [d]")
def test_form(solution):
    dx, dweight, dbias = three(solution.layer_norm_backward(torch.ones_like(X), X, torch.ones_like(WEIGHT)))
    unit = 2 / math.sqrt(4 + 1e-5)
    close(dx, np.zeros((2, 4)), of="dx, where dy is the same for a whole row", inputs={"x": X}, slack=SLACK, scale=1e3)
    close(dweight, np.array([-unit, -unit, unit, unit]), of="dweight", inputs={"x": X}, slack=SLACK)
    close(dbias, np.full(4, 2.0), of="dbias", inputs={"x": X}, slack=SLACK)


@check("correctness", "dx agrees with central differences")
def test_dx(solution):
    rows = X + torch.tensor([[0.0, 1.0, -2.0, 0.5], [0.3, -0.4, 0.0, 0.2]], dtype=torch.float64)
    dy = torch.tensor([[1.0, -2.0, 0.5, 3.0], [-1.0, 0.25, 2.0, 0.0]], dtype=torch.float64)

    def loss(x):
        xhat = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        return float((xhat * WEIGHT.numpy() * dy.numpy()).sum())

    dx, _, _ = three(solution.layer_norm_backward(dy, rows, WEIGHT))
    expected = np.zeros((2, 4))
    for at in np.ndindex(2, 4):
        step = np.zeros((2, 4))
        step[at] = 1e-5
        expected[at] = (loss(rows.numpy() + step) - loss(rows.numpy() - step)) / 2e-5
    close(dx, expected, of="dx", inputs={"x": rows, "dy": dy}, slack=1e-7 / np.finfo(float).eps, scale=1.0)


@check("stability", "rows round 100,000,000 are normalised like those round 0")
def test_far(solution):
    unit = 2 / math.sqrt(4 + 1e-5)
    expected = unit * np.array([[-1.0, -1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    one, zero = torch.ones_like(WEIGHT), torch.zeros_like(BIAS)
    got = solution.layer_norm(X + 1e8, one, zero)
    close(got, expected, of="layer_norm(x, weight, bias)", inputs={"x": X}, slack=64, scale=1e8)
