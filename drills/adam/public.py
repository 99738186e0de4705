"""The public checks of adam: steps that can be followed by hand."""

import numpy as np

from groundup.drill.checks import check, close, exactly, fails

START = {"w": np.array([1.0, -2.0]), "b": np.array([[0.5]])}
SHAPES = {"w": (2,), "b": (1, 1)}


def stepped(optimiser, params, grads):
    """The result of a step, after a look at its form."""
    new = optimiser.step(params, grads)
    fails(type(new) is not dict, "step returns a dict of the new parameters")
    exactly(sorted(map(str, new)), sorted(params), of="the names of the new parameters")
    return new


@check("correctness", "the first step is lr long, against the sign of the gradient")
def test_first_step(solution):
    grads = {"w": np.array([0.5, -50.0]), "b": np.array([[1e-3]])}
    new = stepped(solution.Adam(SHAPES, lr=0.1), START, grads)
    close(new["w"], np.array([0.9, -1.9]), of="w", slack=1e-6 / np.finfo(float).eps)
    close(new["b"], np.array([[0.4]]), of="b", slack=1e-4 / np.finfo(float).eps)


@check("correctness", "the second step follows the corrected means of both gradients")
def test_second_step(solution):
    optimiser = solution.Adam({"w": (1,)}, lr=0.1, betas=(0.5, 0.5), eps=0.5)
    stepped(optimiser, {"w": np.array([7.0])}, {"w": np.array([3.0])})
    new = stepped(optimiser, {"w": np.array([1.0])}, {"w": np.array([0.0])})
    # m = 0.75 of 0.75, so m_hat is 1; v = 2.25 of 0.75, so v_hat is 3
    close(new["w"], np.array([1 - 0.1 / (3**0.5 + 0.5)]), of="w after gradients of 3 and 0")


@check("correctness", "weight decay takes its share of the parameter, also where there is no gradient")
def test_decay(solution):
    optimiser = solution.Adam({"w": (2,)}, lr=0.1, weight_decay=0.5)
    new = stepped(optimiser, {"w": np.array([10.0, -4.0])}, {"w": np.zeros(2)})
    close(new["w"], np.array([9.5, -3.8]), of="w")


@check("correctness", "a float32 parameter stays float32")
def test_float32(solution):
    params, grads = ({"w": np.array([1.0, 2.0], dtype=np.float32)} for _ in range(2))
    new = stepped(solution.Adam({"w": (2,)}, lr=0.5), params, grads)
    close(new["w"], np.array([0.5, 1.5]), of="w", dtype=np.float32)
