"""The hidden suite of lora-linear. Values and gradients come from W + alpha / r · (a sum of outer products)."""

import copy

import numpy as np
import torch
from torch import nn

from groundup.drill.checks import Wrong, check, close, exactly, fails, growth, untouched
from groundup.drill.modules import Plugged
from groundup.drill.scan import global_state, hidden_loops

DOUBLE = 2.0**14  # slack in eps: of float64
SINGLE = 2.0**7  # of float32
EXACT = 1e-5  # what merging may cost, as a share of the largest number

# ---- layers and what they should make of their input ----------------------------------------------------------------


def linear(rng, n_in, n_out, *, bias=True, dtype=torch.float64):
    base = nn.Linear(n_in, n_out, bias=bias, dtype=dtype)
    with torch.no_grad():
        for p in base.parameters():
            p.copy_(torch.tensor(rng.normal(size=tuple(p.shape))))
    return base


def plugged(solution, base, r, alpha):
    """The learner's layer, if it has A and B."""
    layer = Plugged(solution.LoRALinear, base, r, alpha)
    for name, shape in (("A", (r, base.in_features)), ("B", (base.out_features, r))):
        found = layer.twins.get(name)
        fails(found is None, f"the layer has no parameter {name} that requires a gradient")
        if tuple(found.shape) != shape:
            raise Wrong(f"{name} has the wrong shape", expected=list(shape), actual=list(found.shape))
    return layer


def trained(solution, rng, base, r, alpha):
    """The same with any A and B, as after training."""
    layer = plugged(solution, base, r, alpha)
    fill(layer, rng)
    return layer


def fill(layer, rng):
    with torch.no_grad():
        for p in (layer.A, layer.B):
            p.copy_(torch.tensor(rng.normal(size=tuple(p.shape))))


def doubled(tensor):
    return tensor.detach().double().numpy()


def weight_of(base, layer, r, alpha):
    """W + alpha / r · B A in float64, one direction after the other."""
    total = doubled(base.weight)
    for row, column in zip(doubled(layer.A), doubled(layer.B).T, strict=True):
        total = total + alpha / r * np.multiply.outer(column, row)
    return total


def output(weight, base, x):
    """What a linear layer with that weight makes of x, output by output."""
    columns = [(doubled(x) * row).sum(-1) for row in weight]
    return np.stack(columns, -1) + (0.0 if base.bias is None else doubled(base.bias))


def weight_there(layer):
    return layer.parameters_of(layer.base_there)["weight"][0]


def entries(rng, *shape, dtype=torch.float64):
    return torch.tensor(rng.normal(size=shape), dtype=dtype)


def near(actual, expected, of, share=EXACT):
    """Equal up to a share of the largest number, whatever the dtype."""
    eps = torch.finfo(actual.dtype).eps if isinstance(actual, torch.Tensor) and actual.is_floating_point() else 2**-52
    close(actual, expected, of=of, slack=share / (2 * eps))


LAYERS = ((5, 3, 2, 16), (3, 7, 3, 1), (4, 4, 1, 0.5), (6, 5, 4, 3))  # in, out, r, alpha


# ---- the start ------------------------------------------------------------------------------------------------------


@check("correctness", "the layer starts as its base: same outputs, for inputs of one, two and three dimensions")
def test_starts_as_base(solution, rng):
    for (n_in, n_out, r, alpha), lead, bias in zip(LAYERS[:3], ((6,), (2, 3), ()), (True, False, True), strict=True):
        base = linear(rng, n_in, n_out, bias=bias)
        x = entries(rng, *lead, n_in)
        expected = output(doubled(base.weight), base, x)
        close(plugged(solution, base, r, alpha)(x), expected, of="layer(x) before training", slack=DOUBLE)


@check("correctness", "A [r, in] and B [out, r] are all that requires gradients; B is zero, A is not")
def test_parameters(solution, rng):
    for (n_in, n_out, r, alpha), bias in zip(LAYERS[:2], (True, False), strict=True):
        layer = plugged(solution, linear(rng, n_in, n_out, bias=bias), r, alpha)
        fails(
            sorted(layer.twins) != ["A", "B"], f"{', '.join(layer.twins)} require gradients, and A and B alone should"
        )
        fails(bool((layer.B != 0).any()), "B is not zero at the start")
        fails(not bool(layer.A.isfinite().all()), "A is not finite at the start")
        fails(not bool((layer.A != 0).any()), "A is zero at the start: with B zero too, neither ever gets a gradient")


@check("correctness", "the base that was given is frozen, weight and bias, and building the layer changes neither")
def test_frozen(solution, rng):
    base = linear(rng, 5, 3)
    layer = plugged(solution, base, 2, 4)
    layer(entries(rng, 4, 5))
    for name, (value, wants) in layer.parameters_of(layer.base_there).items():
        fails(wants, f"the {name} of the base still requires a gradient")
        fails(not torch.equal(value, getattr(base, name)), f"the {name} of the base has changed before any merge")


# ---- the correction -------------------------------------------------------------------------------------------------


@check("correctness", "the output is base(x) plus alpha / r times B A x, whatever the shapes")
def test_correction(solution, rng):
    leads, biases = ((6,), (), (2, 1, 4)), (True, False, True)
    for (n_in, n_out, r, alpha), lead, bias in zip(LAYERS[1:], leads, biases, strict=True):
        base = linear(rng, n_in, n_out, bias=bias)
        layer = trained(solution, rng, base, r, alpha)
        for _ in range(2):  # the second time with other matrices: nothing may be kept
            x = entries(rng, *lead, n_in)
            expected = output(weight_of(base, layer, r, alpha), base, x)
            close(layer(x), expected, of=f"layer(x) with r={r}, alpha={alpha}", slack=DOUBLE)
            fill(layer, rng)


@check("correctness", "gradients reach A, B and x, with the right values")
def test_gradients(solution, rng):
    for (n_in, n_out, r, alpha), lead in zip((LAYERS[0], LAYERS[3]), ((6,), (2, 3)), strict=True):
        base = linear(rng, n_in, n_out)
        layer = trained(solution, rng, base, r, alpha)
        x, dy = entries(rng, *lead, n_in).requires_grad_(), entries(rng, *lead, n_out)
        dx, dA, dB = torch.autograd.grad(layer(x), (x, layer.A, layer.B), dy, allow_unused=True)
        for name, grad in (("x", dx), ("A", dA), ("B", dB)):
            fails(grad is None, f"no gradient reaches {name}")
        rows, ups = doubled(x).reshape(-1, n_in), doubled(dy).reshape(-1, n_out)
        # The gradient of the whole matrix is a sum of outer products; A and B get theirs through it.
        whole = alpha / r * sum(np.multiply.outer(up, row) for up, row in zip(ups, rows, strict=True))
        close(dA, doubled(layer.B).T @ whole, of="the gradient of A", slack=DOUBLE)
        close(dB, whole @ doubled(layer.A).T, of="the gradient of B", slack=DOUBLE)
        expected = (ups @ weight_of(base, layer, r, alpha)).reshape(*lead, n_in)
        close(dx, expected, of="the gradient of x", slack=DOUBLE)


@check("correctness", "an untrained layer can learn: B gets a gradient, and A none yet")
def test_first_gradients(solution, rng):
    layer = plugged(solution, linear(rng, 5, 3), 2, 4)
    x, dy = entries(rng, 6, 5), entries(rng, 6, 3)
    dA, dB = torch.autograd.grad(layer(x), (layer.A, layer.B), dy, allow_unused=True)
    fails(dA is None or dB is None, "no gradient reaches A or B")
    close(dA, np.zeros((2, 5)), of="the first gradient of A", scale=1.0)
    close(dB, 2.0 * doubled(dy).T @ doubled(x) @ doubled(layer.A).T, of="the first gradient of B", slack=DOUBLE)


# ---- merging --------------------------------------------------------------------------------------------------------


@check("correctness", "merge adds the correction to base.weight, and the output stays what it was")
def test_merge(solution, rng):
    for (n_in, n_out, r, alpha), bias in zip(LAYERS[:2], (True, False), strict=True):
        base = linear(rng, n_in, n_out, bias=bias)
        layer = trained(solution, rng, base, r, alpha)
        layer.do("merge")
        weight, x = weight_of(base, layer, r, alpha), entries(rng, 2, 3, n_in)
        there = layer.parameters_of(layer.base_there)
        near(there["weight"][0], weight, "base.weight after merge()")
        near(layer(x), output(weight, base, x), "layer(x) after merge()")
        if bias:
            close(there["bias"][0], doubled(base.bias), of="base.bias after merge()")


@check("correctness", "unmerge takes the correction out again, and the output stays what it was")
def test_unmerge(solution, rng):
    for n_in, n_out, r, alpha in LAYERS[:2]:
        base = linear(rng, n_in, n_out)
        layer = trained(solution, rng, base, r, alpha)
        layer.do("merge")
        layer.do("unmerge")
        x = entries(rng, 6, n_in)
        near(weight_there(layer), doubled(base.weight), "base.weight after merge() and unmerge()")
        near(layer(x), output(weight_of(base, layer, r, alpha), base, x), "layer(x) after merge() and unmerge()")


@check("correctness", "a second merge or unmerge changes nothing, nor does an unmerge before any merge")
def test_idempotent(solution, rng):
    base, x = linear(rng, 5, 3), entries(rng, 6, 5)
    layer = trained(solution, rng, base, 2, 16)
    weights = {False: doubled(base.weight), True: weight_of(base, layer, 2, 16)}
    expected = output(weights[True], base, x)
    said = []
    for merged in (False, True, True, False, False, True):
        method = "merge" if merged else "unmerge"
        said.append(method)
        layer.do(method)
        near(weight_there(layer), weights[merged], f"base.weight after {', '.join(said)}")
        if said[-2:] != [method] * 2:
            near(layer(x), expected, f"layer(x) after {', '.join(said)}")


@check("correctness", "what was trained since the last merge is in the next one")
def test_merge_again(solution, rng):
    base, x = linear(rng, 5, 3), entries(rng, 6, 5)
    layer = trained(solution, rng, base, 2, 3)
    layer.do("merge")
    layer.do("unmerge")
    fill(layer, rng)
    layer.do("merge")
    weight = weight_of(base, layer, 2, 3)
    near(weight_there(layer), weight, "base.weight after a second training and merge()")
    near(layer(x), output(weight, base, x), "layer(x) after a second training and merge()")
    layer.do("unmerge")
    near(weight_there(layer), doubled(base.weight), "base.weight after the last unmerge()")


@check("correctness", "after merge and unmerge, A and B are still all that requires gradients")
def test_still_frozen(solution, rng):
    layer = trained(solution, rng, linear(rng, 5, 3), 2, 3)
    for method in ("merge", "unmerge"):
        layer.do(method)
        wants = sorted(name for name, (_, wanted) in layer.parameters_of(layer.there).items() if wanted)
        more = set(wants) - {"A", "B"} or (method == "unmerge" and len(wants) < 2)
        fails(
            bool(more),
            f"after {method}() {', '.join(wants) or 'no parameters'} require gradients, and A and B alone should",
        )
        frozen = [name for name, (_, wanted) in layer.parameters_of(layer.base_there).items() if wanted]
        fails(bool(frozen), f"after {method}() the {' and '.join(frozen)} of the base require gradients")


# ---- vectorisation --------------------------------------------------------------------------------------------------


@check("vectorisation", "twice the rows or twice the batch cost about the same number of steps")
def test_rows(solution, source, rng):
    layer = plugged(solution, linear(rng, 5, 3), 2, 4)
    for shapes in (((32, 5), (64, 5)), ((32, 3, 5), (64, 3, 5)), ((2, 32, 5), (2, 64, 5))):
        counts = []
        for shape in shapes:
            with solution.counting() as count:
                layer.there(entries(rng, *shape))
            counts.append(count)
        growth(*counts, of="the layer")
    found = hidden_loops(source)
    fails(bool(found), "; ".join(found))


@check("vectorisation", "a layer of four times the weights takes about the same number of steps, and so does its merge")
def test_sizes(solution, rng):
    counts = {"the layer": [], "merge": [], "unmerge": []}
    for size in (32, 64):
        layer = plugged(solution, linear(rng, size, size), 2, 4)
        x = entries(rng, 3, size)
        for of, call, args in (
            ("the layer", layer.there, (x,)),
            ("merge", layer.there.merge, ()),
            ("unmerge", layer.there.unmerge, ()),
        ):
            with solution.counting() as count:
                call(*args)
            counts[of].append(count)
    for of, pair in counts.items():
        growth(*pair, of=of, per="weights")


# ---- stability ------------------------------------------------------------------------------------------------------


@check("stability", "in float32 outputs and gradients keep their accuracy, for inputs in the thousands too")
def test_float32(solution, rng):
    for size in (1.0, 1e4):
        base = linear(rng, 7, 4, dtype=torch.float32)
        layer = trained(solution, rng, base, 2, 16)
        x = (size * entries(rng, 6, 7, dtype=torch.float32)).requires_grad_()
        dy = entries(rng, 6, 4, dtype=torch.float32)
        y, weight = layer(x), weight_of(base, layer, 2, 16)
        close(y, output(weight, base, x), of="layer(x) in float32", slack=SINGLE)
        dx, dB = torch.autograd.grad(y, (x, layer.B), dy)
        close(dx, doubled(dy) @ weight, of="the gradient of x in float32", slack=SINGLE)
        expected = 8.0 * doubled(dy).T @ doubled(x) @ doubled(layer.A).T
        close(dB, expected, of="the gradient of B in float32", slack=SINGLE)


@check("stability", "in float32 merging and unmerging, time and again, is exact to 1e-5")
def test_merge_in_float32(solution, rng):
    base, x = linear(rng, 7, 4, dtype=torch.float32), entries(rng, 6, 7, dtype=torch.float32)
    layer = trained(solution, rng, base, 2, 16)
    weight = weight_of(base, layer, 2, 16)
    for _ in range(2):
        layer.do("merge")
        near(weight_there(layer), weight, "base.weight after merge() in float32")
        near(layer(x), output(weight, base, x), "layer(x) after merge() in float32")
        layer.do("unmerge")
        share = EXACT * np.abs(weight).max() / np.abs(doubled(base.weight)).max()
        near(weight_there(layer), doubled(base.weight), "base.weight after unmerge() in float32", share)


# ---- organisation ---------------------------------------------------------------------------------------------------


@check("organisation", "the input stays as it was, r and alpha work by name, and nothing global is set")
def test_inputs_stay(solution, source, rng):
    base = linear(rng, 5, 3)
    layer = Plugged(solution.LoRALinear, base, alpha=6, r=3)
    fill(layer, rng)
    layer(entries(rng, 2, 5))  # which brings A and B to the learner's module
    for x in (entries(rng, 2, 5), entries(rng, 5)):
        near(untouched(layer.there, x), output(weight_of(base, layer, 3, 6), base, x), "layer(x) with r=3, alpha=6")
        layer.do("merge")
    found = global_state(source)
    fails(bool(found), "; ".join(found))


@check("organisation", "layers share nothing: neither their matrices nor whether they are merged")
def test_layers_apart(solution, rng):
    bases = [linear(rng, 5, 3), linear(rng, 5, 3)]
    layers = [trained(solution, rng, base, 2, 4) for base in bases]
    x = entries(rng, 6, 5)
    layers[0].do("merge")
    for base, layer in zip(bases, layers, strict=True):
        near(layer(x), output(weight_of(base, layer, 2, 4), base, x), "layer(x) beside another layer that is merged")
    near(weight_there(layers[1]), doubled(bases[1].weight), "base.weight of a layer that is not merged")


# ---- the models -----------------------------------------------------------------------------------------------------


def part(solution):
    """The learner's class as a plug point; its A is drawn as the reference draws its own."""
    from groundup.capstones.lora_parts import LoRALinear

    def layer(base, r, alpha):
        theirs, ours = plugged(solution, base, r, alpha), LoRALinear(copy.deepcopy(base), r, alpha)
        with torch.no_grad():
            theirs.A.copy_(ours.A)
        return theirs

    return layer


def alike(actual, expected, of):
    """Losses to 1e-4, relative."""
    close(np.array(actual), np.array(expected), of=of, slack=1e-4 / np.finfo(float).eps, scale=0)


@check(
    "correctness", "a network adapts to a new task with your layer: losses, numbers trained, accuracy", capstone=True
)
def test_network(solution, device):
    from groundup.capstones import lora

    config = lora.Config(train_size=400, test_size=200, adapt_steps=25)
    base = lora.pretrained(device=device)
    expected, got = (lora.adapt(base, 2, config, **how) for how in ({}, {"layer": part(solution)}))
    exactly(got.trained, expected.trained, of="how many numbers are trained")
    alike(got.losses[:10], expected.losses[:10], "the first ten losses")
    for name in ("accuracy", "old_on"):
        # One row of 200 may lie so near a border that rounding decides.
        differ = round(200 * abs(getattr(got, name) - getattr(expected, name)))
        fails(differ > 1, f"{differ} of 200 held-out rows are called otherwise than with the reference ({name})")


@check(
    "correctness", "the GPT learns a second line with your layer, and writes the same text once merged", capstone=True
)
def test_gpt(solution, device):
    from groundup.capstones import gpt, lora_study

    base = gpt.pretrained()
    found, texts = [], []
    for how in ({}, {"layer": part(solution)}):
        adapted = lora_study.adapt_gpt(base, steps=8, lr=2e-2, device=device, **how)
        found.append(adapted)
        for merged in (False, True):
            for module in adapted.model.modules():
                if merged and hasattr(module, "merge"):
                    module.merge()
                elif merged and isinstance(module, Plugged):
                    module.do("merge")
            texts.append(gpt.write(adapted.model, base[1], "one ", 24, temperature=2.0, rng=np.random.default_rng(1)))
    exactly(found[1].trained, found[0].trained, of="how many numbers are trained")
    alike(found[1].on, found[0].on, "the losses on the old and on the new text")
    for text, how in zip(texts[2:], ("", ", merged"), strict=True):
        exactly(text, texts[0], of=f"the text after 'one '{how}")
