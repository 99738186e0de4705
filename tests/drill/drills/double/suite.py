"""The hidden checks of `double`; they use every service of the judge once."""

import numpy as np

from groundup.drill.checks import check, close, exactly, fails, growth, raises, untouched


@check("correctness", "random rows are doubled")
def test_random(solution, rng):
    x = rng.normal(size=(3, 2))
    close(solution.double(x), 2 * x, of="double(x)")


@check("correctness", "text is refused")
def test_text(solution):
    raises(ValueError, solution.double, "text")


@check("correctness", "a counter counts, and add returns it")
def test_counter(solution):
    counter = solution.Counter(start=2)
    fails(counter.add(3) is not counter, "add must return the counter")
    exactly(counter.total, 5, of="total")


@check("correctness", "a function is applied")
def test_function(solution):
    seen = []
    close(solution.Counter(start=1).apply(lambda x: seen.append(x) or x * 10.0), 10.0, of="apply(f)")
    exactly(seen, [1], of="what f was given")


@check("vectorisation", "rows are not looped over")
def test_rows(solution, rng):
    with solution.counting() as count:
        solution.double(rng.normal(size=30))
    with solution.counting() as doubled:
        solution.double(rng.normal(size=60))
    growth(count, doubled, of="double")


@check("organisation", "what is given stays as it was")
def test_untouched(solution, rng):
    untouched(solution.double, rng.normal(size=4))


@check("correctness", "PyTorch is there, on the device that was asked for", capstone=True)
def test_capstone(solution, device):
    import torch

    x = torch.ones(2, device=device)
    close(solution.double(x.cpu().numpy()), np.array([2.0, 2.0]), of="double(x)")
