"""The suite of gain: values, gradients under a random cotangent, inputs, steps."""

import torch

from groundup.drill.checks import check, close, growth, untouched


def tensors(rng, n, *, grad=False):
    x, w = torch.tensor(rng.normal(size=(n, 3))), torch.tensor(rng.normal(size=3))
    return x.requires_grad_(grad), w.requires_grad_(grad)


@check("correctness", "the values are the products")
def test_products(solution, rng):
    for n in (4, 1, 4):
        x, w = tensors(rng, n)
        close(solution.gain(x, w), (x * w).numpy(), of="gain(x, w)", dtype="torch.float64")


@check("correctness", "the gradients are those of the product")
def test_gradients(solution, rng):
    x, w = tensors(rng, 5, grad=True)
    dy = torch.tensor(rng.normal(size=(5, 3)))
    solution.gain(x, w).backward(dy)
    close(x.grad, (dy * w).detach().numpy(), of="the gradient of x")
    close(w.grad, (dy * x).sum(0).detach().numpy(), of="the gradient of w")


@check("organisation", "inputs stay as they are")
def test_inputs(solution, rng):
    untouched(solution.gain, *tensors(rng, 3))


@check("vectorisation", "there is no loop over rows")
def test_steps(solution, rng):
    counts = []
    for n in (32, 64):
        with solution.counting() as count:
            solution.gain(*tensors(rng, n))
        counts.append(count)
    growth(*counts, of="gain")
