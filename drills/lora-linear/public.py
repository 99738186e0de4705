"""The public checks of lora-linear: one small layer, followed by hand."""

import numpy as np
import torch
from torch import nn

from groundup.drill.checks import check, close, fails
from groundup.drill.modules import Plugged


def layer(solution, *, alpha=2.0):
    """A layer from 2 numbers to 3, with rank 1; A and B as in the question once they are set."""
    base = nn.Linear(2, 3)
    with torch.no_grad():
        base.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
        base.bias.copy_(torch.tensor([0.0, 0.0, 1.0]))
    plugged = Plugged(solution.LoRALinear, base, 1, alpha)
    names = sorted(plugged.twins)
    fails(names != ["A", "B"], f"{', '.join(names) or 'no parameters'} require gradients, and A and B alone should", {})
    fails(plugged.A.shape != (1, 2) or plugged.B.shape != (3, 1), "A is to be [1, 2] here, and B [3, 1]", {})
    return plugged


def given(solution, **settings):
    plugged = layer(solution, **settings)
    with torch.no_grad():
        plugged.A.copy_(torch.tensor([[1.0, 1.0]]))
        plugged.B.copy_(torch.tensor([[0.5], [-0.5], [0.0]]))
    return plugged


X = torch.tensor([[1.0, 2.0]])


@check("correctness", "only A and B require gradients, and B is zero, so that the layer starts as its base")
def test_start(solution):
    plugged = layer(solution)
    close(plugged.B.detach(), np.zeros((3, 1)), of="B at the start", inputs={})
    fails(not bool((plugged.A != 0).any()), "A is zero at the start, and with B zero too, neither can learn", {})
    close(plugged(X), np.array([[1.0, 2.0, 4.0]]), of="layer(x) at the start")


@check("correctness", "the correction of the question is scaled by alpha / r and added")
def test_correction(solution):
    for alpha, expected in ((2.0, [4.0, -1.0, 4.0]), (1.0, [2.5, 0.5, 4.0])):
        close(given(solution, alpha=alpha)(X), np.array([expected]), of=f"layer(x) with alpha={alpha:g}")


@check("correctness", "merge brings the correction into base.weight, once, and unmerge takes it out")
def test_merge(solution):
    plugged = given(solution)
    merged = [[2.0, 1.0], [-1.0, 0.0], [1.0, 1.0]]
    for method, weight in (("merge", merged), ("merge", merged), ("unmerge", [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])):
        plugged.do(method)
        found = plugged.parameters_of(plugged.base_there)["weight"][0]
        close(found, np.array(weight), of=f"base.weight after {method}()", inputs={})
        close(plugged(X), np.array([[4.0, -1.0, 4.0]]), of=f"layer(x) after {method}()")
