"""The hidden suite of layer-norm. Values come from Python's own floats, row by row; gradients from complex steps."""

import math

import numpy as np
import torch

from groundup.drill.checks import check, close, entries, exactly, fails, growth, untouched
from groundup.drill.scan import global_state, hidden_loops

GRADIENTS = ("dx", "dweight", "dbias")
EPS = 1e-5


def normed(x, weight, bias, eps=EPS):
    """The definition, one row at a time, with exact sums.

    Rows are first shifted by their first entry: that is exact where they lie far from zero, and changes nothing.
    """
    result = np.empty(x.shape)
    for at in np.ndindex(x.shape[:-1]):
        row = [value - x[at][0] for value in x[at].tolist()]
        mean = math.fsum(row) / len(row)
        variance = math.fsum((value - mean) ** 2 for value in row) / len(row)
        result[at] = [(value - mean) / math.sqrt(variance + eps) for value in row]
    return result * weight + bias


def gradients(dy, x, weight, eps=EPS):
    """Of sum(dy * layer_norm(x)), in each number: the imaginary part at x + ih, over h, exact for a tiny h."""
    h = 1e-30

    def moved(value):
        return value + 1j * h * np.eye(value.size).reshape(value.size, *value.shape)

    def slopes(value, y):
        return (y.imag * dy).reshape(value.size, -1).sum(1).reshape(value.shape) / h

    def rows(x):
        """Normalised, for one x or many, also of complex numbers with tiny imaginary parts."""
        centred = x - x.mean(-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + eps)

    x = x - x[..., :1]
    many = moved(weight).reshape(weight.size, *[1] * (x.ndim - 1), weight.size)
    bias = moved(np.zeros(weight.shape)).reshape(many.shape)
    return (
        slopes(x, rows(moved(x)) * weight),
        slopes(weight, rows(x) * many),
        slopes(weight, np.ones(x.shape) * bias),
    )


def problem(rng, shape, dtype=torch.float64, *, spread=1.0):
    """A random dy, x, weight and bias. No row's mean is more than four times its spread: no form loses its digits."""
    z = rng.normal(size=shape)
    deviation = z.std(-1, keepdims=True) if shape[-1] > 1 else 1.0
    aside, wide = rng.uniform(-1, 1, (*shape[:-1], 1)), rng.uniform(0.5, 2, (*shape[:-1], 1))
    x = spread * ((z - z.mean(-1, keepdims=True)) / deviation * wide + 2 * aside)
    drawn = (rng.normal(size=shape), x, rng.normal(size=shape[-1:]), rng.normal(size=shape[-1:]))
    return [torch.tensor(each, dtype=dtype) for each in drawn]


def exact(*tensors):
    return [each.double().numpy() for each in tensors]


def is_like(got, expected, like, *, of, inputs, slack=1024.0, scale=None):
    """Compare a tensor at the accuracy of the dtype that went in, whatever it came back in."""
    fails(type(got) is not torch.Tensor, f"{of} is a {type(got).__name__}, not a tensor", inputs)
    got = got.to(like.dtype) if got.is_floating_point() else got
    close(got, expected, of=of, inputs=inputs, slack=slack, scale=scale)


def three(result):
    """The gradients out of a result, whose form is checked."""
    return entries(result, "dx", "dweight", "dbias")


def values_are_right(solution, x, weight, bias, *eps, slack=1024.0, offset=1.0):
    """Compare, at the size of what is added up; roundings of an offset go into every entry."""
    given = {"x": x, "weight": weight, "bias": bias}
    of = f"layer_norm(x, weight, bias{''.join(f', {each:g}' for each in eps)})"
    got = solution.layer_norm(x, weight, bias, *eps)
    x64, weight64, bias64 = exact(x, weight, bias)
    scale = offset * (math.sqrt(x.shape[-1]) * np.abs(weight64).max() + np.abs(bias64).max())
    is_like(got, normed(x64, weight64, bias64, *eps), x, of=of, inputs=given, slack=slack, scale=scale)


def gradients_are_right(solution, dy, x, weight, *eps, names=GRADIENTS, slack=1024.0, offset=1.0):
    """The same for the gradients."""
    given = {"dy": dy, "x": x, "weight": weight}
    results = three(solution.layer_norm_backward(dy, x, weight, *eps))
    dy64, x64, weight64 = exact(dy, x, weight)
    stretched = 1 / np.sqrt(x64.var(-1).min() + (eps[0] if eps else EPS))
    sums = np.abs(dy64).reshape(-1, x.shape[-1]).sum(0).max()
    scales = stretched * np.abs(dy64 * weight64).max(), math.sqrt(x.shape[-1]) * sums, sums
    tail = f" at eps {eps[0]:g}" if eps else ""
    for name, got, right, scale in zip(GRADIENTS, results, gradients(dy64, x64, weight64, *eps), scales, strict=True):
        if name in names:
            is_like(got, right, x, of=f"{name}{tail}", inputs=given, slack=slack, scale=offset * scale)


SHAPES = ((5, 3), (4, 4), (2, 6), (5, 3))  # the last as large as the first: nothing may be remembered


# ---- forward


@check("correctness", "each row is normalised by its mean and its biased variance, then times weight plus bias")
def test_rows(solution, rng):
    for shape in SHAPES:
        _, *given = problem(rng, shape)
        values_are_right(solution, *given)


@check("correctness", "x may be one row [d], or have several leading dimensions")
def test_shapes(solution, rng):
    for shape in ((5,), (2,), (1, 4), (2, 3, 4), (3, 3, 3), (2, 1, 2, 5), (17,), (2, 64)):
        _, *given = problem(rng, shape)
        values_are_right(solution, *given)


@check("correctness", "eps is added to the variance, under the root: rows of a small spread")
def test_small_spread(solution, rng):
    for spread in (3e-3, 1e-4):
        _, *given = problem(rng, (4, 5), spread=spread)
        values_are_right(solution, *given)


@check("correctness", "eps may be another one")
def test_eps(solution, rng):
    for eps in (0.1, 2.0, 1e-8):
        _, *given = problem(rng, (4, 5))
        values_are_right(solution, *given, eps)


@check("correctness", "a row of one entry comes out as the bias")
def test_one_entry(solution, rng):
    for shape in ((4, 1), (1,)):
        _, *given = problem(rng, shape)
        values_are_right(solution, *given, offset=1 / math.sqrt(EPS))  # the root is that of eps


@check("correctness", "float32 is right to the accuracy of float32")
def test_float32(solution, rng):
    for shape in ((4, 6), (2, 3, 4)):
        _, *given = problem(rng, shape, torch.float32)
        values_are_right(solution, *given)


# ---- backward


@check("correctness", "dx is right, with the shape of x")
def test_dx(solution, rng):
    for shape in SHAPES:
        dy, x, weight, _ = problem(rng, shape)
        gradients_are_right(solution, dy, x, weight, names=("dx",))


@check("correctness", "dweight is right, [d]")
def test_dweight(solution, rng):
    for shape in SHAPES:
        dy, x, weight, _ = problem(rng, shape)
        gradients_are_right(solution, dy, x, weight, names=("dweight",))


@check("correctness", "dbias is right, [d]")
def test_dbias(solution, rng):
    for shape in SHAPES:
        dy, x, weight, _ = problem(rng, shape)
        gradients_are_right(solution, dy, x, weight, names=("dbias",))


@check("correctness", "the gradients are right for one row [d], and for several leading dimensions")
def test_shapes_of_gradients(solution, rng):
    for shape in ((5,), (2,), (1, 4), (2, 3, 4), (3, 3, 3), (2, 1, 2, 5), (17,)):
        dy, x, weight, _ = problem(rng, shape)
        gradients_are_right(solution, dy, x, weight)


@check("correctness", "the gradients take eps into account, the usual one and another")
def test_eps_of_gradients(solution, rng):
    for spread, eps in ((3e-3, ()), (1.0, (0.1,)), (1.0, (2.0,)), (1.0, (1e-8,))):
        dy, x, weight, _ = problem(rng, (4, 5), spread=spread)
        gradients_are_right(solution, dy, x, weight, *eps)


@check("correctness", "the gradients of a row of one entry are right: dx is 0")
def test_gradients_of_one_entry(solution, rng):
    for shape in ((4, 1), (1,)):
        dy, x, weight, _ = problem(rng, shape)
        gradients_are_right(solution, dy, x, weight)


@check("correctness", "the gradients of float32 are right to the accuracy of float32")
def test_float32_gradients(solution, rng):
    for shape in ((4, 6), (2, 3, 4)):
        dy, x, weight, _ = problem(rng, shape, torch.float32)
        gradients_are_right(solution, dy, x, weight)


# ---- far from zero. The mean carries a rounding of the offset, at most eight or so, into every entry of a row.


OFFSETS = ((torch.float64, 1e8), (torch.float32, 1e4))
FAR = 16.0  # in eps, of the offset


def far_rows(rng, dtype, offset):
    """Five rows round the offset, one round its negative."""
    dy, x, weight, bias = problem(rng, (6, 16))
    x = x + offset * torch.tensor([[1.0], [1.0], [1.0], [-1.0], [1.0], [1.0]])
    return [each.to(dtype) for each in (dy, x, weight, bias)]


@check("stability", "rows are right round 100,000,000 in float64, and round 10,000 in float32")
def test_far_rows(solution, rng):
    for dtype, offset in OFFSETS:
        _, *given = far_rows(rng, dtype, offset)
        values_are_right(solution, *given, slack=FAR, offset=offset)


@check("stability", "the gradients are right round 100,000,000 in float64, and round 10,000 in float32")
def test_far_gradients(solution, rng):
    for dtype, offset in OFFSETS:
        dy, x, weight, _ = far_rows(rng, dtype, offset)
        gradients_are_right(solution, dy, x, weight, slack=FAR, offset=offset)


@check("stability", "a constant row comes out as the bias, and its gradients are right")
def test_constant_rows(solution, rng):
    # Whole numbers and a width of eight: their mean is exact in whatever order they are added.
    for dtype, constant, slack in (
        (torch.float64, 0.0, 1024.0),
        (torch.float64, 3.0, 1024.0),
        (torch.float32, 3.0, 1024.0),
        (torch.float64, 1e8, FAR),
        (torch.float32, 1e4, FAR),
    ):
        dy, x, weight, bias = problem(rng, (3, 8), dtype)
        x[1] = constant
        # The root is that of eps, 0.003: in x / root, a form that is fine, a rounding is so much larger.
        values_are_right(solution, x, weight, bias, slack=slack, offset=max(1.0, constant / math.sqrt(EPS)))
        gradients_are_right(solution, dy, x, weight, slack=slack, offset=max(1.0, constant / math.sqrt(EPS)))


# ---- vectorisation


def grows(solution, rng, sizes, per):
    """Compare the steps of both functions at two shapes."""
    counts = []
    for shape in sizes:
        dy, x, weight, bias = problem(rng, shape)
        with solution.counting() as count:
            solution.layer_norm(x, weight, bias)
            solution.layer_norm_backward(dy, x, weight)
        counts.append(count)
    growth(*counts, of="a call of each function", per=per)


@check("vectorisation", "twice the rows cost about the same number of steps, and no loop hides behind a PyTorch name")
def test_rows_grow(solution, source, rng):
    grows(solution, rng, ((32, 5), (64, 5)), "rows")
    found = hidden_loops(source)
    fails(bool(found), "; ".join(found))


@check("vectorisation", "twice the batch items or positions cost about the same number of steps")
def test_positions_grow(solution, rng):
    grows(solution, rng, ((32, 3, 5), (64, 3, 5)), "batch items")
    grows(solution, rng, ((3, 32, 5), (3, 64, 5)), "positions")


@check("vectorisation", "twice the entries of a row cost about the same number of steps")
def test_entries_grow(solution, rng):
    # A sum in halves takes one round more for twice the entries, which is no loop over them.
    grows(solution, rng, ((3, 512), (3, 1024)), "entries")


# ---- organisation


@check("organisation", "dy, x, weight and bias stay as they were")
def test_inputs_stay(solution, rng):
    for dtype in (torch.float64, torch.float32):
        for shape in ((4, 5), (5,)):
            dy, x, weight, bias = problem(rng, shape, dtype)
            untouched(solution.layer_norm, x, weight, bias)
            untouched(solution.layer_norm_backward, dy, x, weight)


@check("organisation", "arguments work by name")
def test_names(solution, rng):
    dy, x, weight, bias = problem(rng, (4, 5))
    got = solution.layer_norm(x=x, weight=weight, bias=bias, eps=0.1)
    of = "layer_norm(x=x, weight=weight, bias=bias, eps=0.1)"
    is_like(got, normed(*exact(x, weight, bias), 0.1), x, of=of, inputs={"x": x})
    results = three(solution.layer_norm_backward(dy=dy, x=x, weight=weight, eps=0.1))
    of = "dx of layer_norm_backward(dy=dy, x=x, weight=weight, eps=0.1)"
    is_like(results[0], gradients(*exact(dy, x, weight), 0.1)[0], x, of=of, inputs={"x": x})


@check("organisation", "nothing is kept between calls: the backward pass answers for its own x, whatever went forward")
def test_no_state(solution, source, rng):
    (dy, x, weight, bias), (_, *others) = problem(rng, (4, 5)), problem(rng, (4, 5))
    for _ in range(2):
        solution.layer_norm(*others, 0.5)
        gradients_are_right(solution, dy, x, weight)
        values_are_right(solution, x, weight, bias)
    found = global_state(source)
    fails(bool(found), "; ".join(found))


# ---- the GPT


def plugged(solution):
    """Both parts for the GPT: plain tensors go in, and what comes out has the dtype that the next layer takes."""

    def layer_norm(x, weight, bias, eps=EPS):
        return solution.layer_norm(x.detach(), weight.detach(), bias.detach(), eps).to(x.dtype)

    def layer_norm_backward(dy, x, weight, eps=EPS):
        results = three(solution.layer_norm_backward(dy.detach(), x.detach(), weight.detach(), eps))
        return tuple(each.to(x.dtype) for each in results)

    return {"layer_norm": layer_norm, "layer_norm_backward": layer_norm_backward}


def reference():
    from groundup.capstones import gpt_parts

    return {"layer_norm": gpt_parts.layer_norm, "layer_norm_backward": gpt_parts.layer_norm_backward}


def small_training(device, parts):
    """Losses of the first updates of a small GPT."""
    from groundup.capstones import gpt

    config, recipe = gpt.Config(context=12, width=16, layers=2, heads=2), gpt.Recipe(steps=5, batch=4, warmup=2)
    return gpt.train(config, recipe=recipe, seed=3, device=device, **parts).losses


@check(
    "correctness",
    "a GPT learns with your norm and your gradients: the first losses are the reference's",
    capstone=True,
)
def test_training(solution, device):
    expected, got = (small_training(device, parts) for parts in (reference(), plugged(solution)))
    close(np.array(got), np.array(expected), of="the losses of five updates", slack=1e-4 / np.finfo(float).eps, scale=0)


@check("correctness", "the trained GPT writes the same text with your norm in every block", capstone=True)
def test_text(solution, device):
    from groundup.capstones import gpt

    texts = []
    for parts in (reference(), plugged(solution)):
        model, vocabulary = gpt.pretrained(**parts)
        how = {"temperature": 2.0, "rng": np.random.default_rng(7)}
        texts.append(gpt.write(model.to(device), vocabulary, "to be ", 24, **how))
    exactly(texts[1], texts[0], of="the text after 'to be '")


@check("correctness", "the trained GPT's perplexity on another text is the same with your norm", capstone=True)
def test_perplexity(solution, device):
    from groundup.capstones import gpt

    losses = []
    for parts in (reference(), plugged(solution)):
        model, vocabulary = gpt.pretrained(**parts)
        ids = gpt.encode("that is the question or not to be " * 3, vocabulary).to(device)
        losses.append(gpt.evaluate(model.to(device), ids, range(0, len(ids) - model.config.context, 5)))
    tolerance = 1e-4 / np.finfo(float).eps
    close(math.exp(losses[1]), math.exp(losses[0]), of="the perplexity", slack=tolerance, scale=0)
