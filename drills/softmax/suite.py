"""The hidden suite of softmax. Expected values come from Python's own floats, entry by entry, with an exact sum."""

import math

import numpy as np

from groundup.drill.checks import check, close, exactly, fails, growth, raises, untouched
from groundup.drill.scan import global_state, hidden_loops


def log_probabilities(z, axis=-1):
    """Log-softmax in float64: (z - largest) - log of the correctly rounded sum of the exponentials."""
    rows = np.moveaxis(np.asarray(z, dtype=np.float64), axis, -1)
    result = np.empty(rows.shape)
    for at in np.ndindex(rows.shape[:-1]):
        row = rows[at].tolist()
        largest = max(row)
        total = math.log(math.fsum(math.exp(each - largest) for each in row))
        result[at] = [(each - largest) - total for each in row]
    return np.moveaxis(result, -1, axis)


def probabilities(z, axis=-1):
    return np.exp(log_probabilities(z, axis))


def mean_loss(logits, targets):
    rows = log_probabilities(logits)
    return -math.fsum(rows[i, t] for i, t in enumerate(targets.tolist())) / len(rows)


def plain(value):
    """A loss as a Python float: of float32 logits it may be a float of any kind, with the accuracy of float32."""
    return float(value) if isinstance(value, float | np.floating | np.ndarray) and np.ndim(value) == 0 else value


SINGLE = 2**29  # an epsilon of float32, in those of float64


# ---- softmax: values, axes, dtypes


@check("correctness", "softmax matches its definition on every row")
def test_softmax_rows(solution, rng):
    for shape in ((5, 3), (1, 4), (3, 3), (5, 3)):  # the last one as large as the first: nothing may be remembered
        z = rng.normal(0, 3, shape)
        close(solution.softmax(z), probabilities(z), of="softmax(z)", inputs={"z": z})


@check("correctness", "softmax sums to 1 along the axis that is asked for, whatever the number of dimensions")
def test_softmax_axes(solution, rng):
    z = rng.normal(0, 2, (2, 3, 4))
    for axis in (0, 1, 2, -2, -3):
        close(solution.softmax(z, axis), probabilities(z, axis), of=f"softmax(z, {axis})", inputs={"z": z})
    close(solution.softmax(z), probabilities(z), of="softmax(z) without an axis", inputs={"z": z})


@check("correctness", "softmax of a single vector is a vector")
def test_softmax_vector(solution, rng):
    for n in (6, 1):
        z = rng.normal(0, 3, n)
        close(solution.softmax(z), probabilities(z), of="softmax(z)", inputs={"z": z})
        close(solution.softmax(z, 0), probabilities(z), of="softmax(z, 0)", inputs={"z": z})


@check("correctness", "float32 scores give float32 results, right to the accuracy of float32")
def test_float32(solution, rng):
    z = rng.normal(0, 3, (4, 5)).astype(np.float32)
    close(solution.softmax(z), probabilities(z), of="softmax(z)", inputs={"z": z}, dtype=np.float32)
    close(solution.softmax(z, 0), probabilities(z, 0), of="softmax(z, 0)", inputs={"z": z}, dtype=np.float32)
    close(solution.log_softmax(z), log_probabilities(z), of="log_softmax(z)", inputs={"z": z}, dtype=np.float32)
    close(
        solution.log_softmax(z, 0), log_probabilities(z, 0), of="log_softmax(z, 0)", inputs={"z": z}, dtype=np.float32
    )


@check("correctness", "integer scores give float64 results, and float64 stays float64")
def test_float64(solution, rng):
    for z in (rng.integers(-4, 5, (4, 5)), rng.normal(0, 3, (4, 5))):
        close(solution.softmax(z), probabilities(z), of="softmax(z)", inputs={"z": z}, dtype=np.float64)
        close(solution.log_softmax(z), log_probabilities(z), of="log_softmax(z)", inputs={"z": z}, dtype=np.float64)


# ---- log_softmax


@check("correctness", "log_softmax matches its definition on every row, and of a single vector")
def test_log_softmax_rows(solution, rng):
    for shape in ((5, 3), (1, 4), (3, 3), (6,), (1,), (5, 3)):
        z = rng.normal(0, 3, shape)
        got = solution.log_softmax(z)
        # Where a result is about 0, as of one class, roundings of z decide.
        close(got, log_probabilities(z), of="log_softmax(z)", inputs={"z": z}, scale=1.0)


@check("correctness", "log_softmax normalises along the axis that is asked for")
def test_log_softmax_axes(solution, rng):
    z = rng.normal(0, 2, (2, 3, 4))
    for axis in (0, 1, 2, -2, -3):
        close(solution.log_softmax(z, axis), log_probabilities(z, axis), of=f"log_softmax(z, {axis})", inputs={"z": z})
    close(solution.log_softmax(z), log_probabilities(z), of="log_softmax(z) without an axis", inputs={"z": z})


# ---- cross_entropy


@check("correctness", "cross_entropy is the mean over rows of -log p(target)")
def test_cross_entropy(solution, rng):
    for n, c in ((6, 4), (4, 4), (3, 7)):
        logits, targets = rng.normal(0, 3, (n, c)), rng.integers(0, c, n)
        of, inputs = "cross_entropy(logits, targets)", {"logits": logits, "targets": targets}
        close(solution.cross_entropy(logits, targets), mean_loss(logits, targets), of=of, inputs=inputs, scale=1.0)


@check("correctness", "cross_entropy works for one row, for one class, and for the first and the last class")
def test_cross_entropy_of_little(solution, rng):
    for n, c in ((1, 5), (4, 1), (1, 1), (2, 5)):
        logits, targets = rng.normal(0, 3, (n, c)), np.array([0, c - 1])[np.arange(n) % 2]
        of, inputs = "cross_entropy(logits, targets)", {"logits": logits, "targets": targets}
        close(solution.cross_entropy(logits, targets), mean_loss(logits, targets), of=of, inputs=inputs, scale=1.0)


@check("correctness", "cross_entropy takes integer logits and targets of any integer dtype")
def test_cross_entropy_of_integers(solution, rng):
    logits = rng.integers(-4, 5, (6, 5))
    for dtype in (np.int32, np.uint8):
        targets = rng.integers(0, 5, 6).astype(dtype)
        of, inputs = "cross_entropy(logits, targets)", {"logits": logits, "targets": targets}
        close(solution.cross_entropy(logits, targets), mean_loss(logits, targets), of=of, inputs=inputs, scale=1.0)


@check("correctness", "cross_entropy of float32 logits is right to the accuracy of float32")
def test_cross_entropy_of_float32(solution, rng):
    logits, targets = rng.normal(0, 3, (6, 5)).astype(np.float32), rng.integers(0, 5, 6)
    of, inputs = "cross_entropy(logits, targets)", {"logits": logits, "targets": targets}
    loss = plain(solution.cross_entropy(logits, targets))
    close(loss, mean_loss(logits, targets), of=of, inputs=inputs, slack=64 * SINGLE, scale=10.0)


@check("correctness", "cross_entropy raises ValueError for a negative target")
def test_negative_target(solution, rng):
    raises(ValueError, solution.cross_entropy, rng.normal(size=(4, 3)), np.array([0, 2, -1, 1]))
    raises(ValueError, solution.cross_entropy, rng.normal(size=(1, 3)), np.array([-3]))


@check("correctness", "cross_entropy raises ValueError for a target beyond the last class")
def test_target_beyond(solution, rng):
    raises(ValueError, solution.cross_entropy, rng.normal(size=(4, 3)), np.array([0, 3, 1, 1]))
    raises(ValueError, solution.cross_entropy, rng.normal(size=(1, 3)), np.array([70]))


@check("correctness", "cross_entropy raises ValueError when there are no rows")
def test_no_rows(solution):
    raises(ValueError, solution.cross_entropy, np.zeros((0, 3)), np.zeros(0, dtype=np.int64))


# ---- extreme inputs. A form such as z - logsumexp(z) is fine: around 10,000 it may be off by a rounding of 10,000.


def extremes(rng, dtype):
    """Rows around 10,000 and around -10,000, with one of both and one of equals."""
    z = rng.normal(0, 2, (4, 5))
    z[0] += 1e4
    z[1] -= 1e4
    z[2, :2] = -1e4, 1e4
    z[3] = 1e4
    return z.astype(dtype)


@check("stability", "softmax is right for logits around 10,000 and -10,000, in float64 and float32")
def test_large_softmax(solution, rng):
    for dtype in (np.float64, np.float32):
        z = extremes(rng, dtype)
        for axis in (-1, 0):
            got = solution.softmax(z, axis)
            close(got, probabilities(z, axis), of=f"softmax(z, {axis})", inputs={"z": z}, slack=8, scale=1e4)


@check("stability", "log_softmax is right and finite for logits around 10,000 and -10,000, in float64 and float32")
def test_large_log_softmax(solution, rng):
    for dtype in (np.float64, np.float32):
        z = extremes(rng, dtype)
        for axis in (-1, 0):
            got = solution.log_softmax(z, axis)
            close(got, log_probabilities(z, axis), of=f"log_softmax(z, {axis})", inputs={"z": z}, slack=8, scale=1e4)


@check("stability", "cross_entropy is right where the model is sure and wrong, up to logits of 10,000")
def test_large_cross_entropy(solution, rng):
    for dtype, unit in ((np.float64, 1), (np.float32, SINGLE)):
        for logits, targets in (
            (np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 3.0]]), np.array([1, 2])),
            (np.array([[60.0, 0.0, 1.0], [0.0, -45.0, 2.0], [1.0, 0.0, 0.0]]), np.array([1, 1, 0])),
            (extremes(rng, dtype), np.array([4, 0, 3, 1])),
        ):
            logits = logits.astype(dtype)
            of, inputs = "cross_entropy(logits, targets)", {"logits": logits, "targets": targets}
            scale = float(np.abs(logits).max())
            loss = plain(solution.cross_entropy(logits, targets))
            close(loss, mean_loss(logits, targets), of=of, inputs=inputs, slack=8 * unit, scale=scale)


@check("stability", "an entry of -inf gets probability 0 and log-probability -inf, and leaves the others right")
def test_masked(solution, rng):
    for dtype in (np.float64, np.float32):
        z = rng.normal(0, 2, (4, 5))
        z[0, 1:] = z[1, 0] = z[2, 1:3] = -np.inf
        z = z.astype(dtype)
        for axis in (-1, 0):
            close(solution.softmax(z, axis), probabilities(z, axis), of=f"softmax(z, {axis})", inputs={"z": z})
            got = solution.log_softmax(z, axis)
            close(got, log_probabilities(z, axis), of=f"log_softmax(z, {axis})", inputs={"z": z})


@check("stability", "cross_entropy is finite beside masked entries, and inf when a target is masked")
def test_masked_cross_entropy(solution, rng):
    logits, targets = rng.normal(0, 2, (3, 4)), np.array([0, 3, 1])
    logits[0, 1:3] = logits[2, 0] = -np.inf
    of, inputs = "cross_entropy(logits, targets)", {"logits": logits, "targets": targets}
    close(solution.cross_entropy(logits, targets), mean_loss(logits, targets), of=of, inputs=inputs, scale=1.0)
    logits[1, 3] = -np.inf
    close(solution.cross_entropy(logits, targets), math.inf, of=of, inputs=inputs)


@check("stability", "narrow integers give float64 as well, and do not wrap around")
def test_narrow_integers(solution):
    for z in (np.array([[100, -100, 3], [-128, 127, 0]], np.int8), np.array([[200, 7, 9], [0, 255, 254]], np.uint8)):
        close(solution.softmax(z), probabilities(z), of="softmax(z)", inputs={"z": z}, dtype=np.float64)
        close(solution.log_softmax(z), log_probabilities(z), of="log_softmax(z)", inputs={"z": z}, dtype=np.float64)
        targets = np.array([2, 0])
        of, inputs = "cross_entropy(logits, targets)", {"logits": z, "targets": targets}
        close(solution.cross_entropy(z, targets), mean_loss(z, targets), of=of, inputs=inputs)


# ---- vectorisation


@check("vectorisation", "twice the rows cost softmax and log_softmax about the same number of steps")
def test_rows_grow(solution, rng):
    for name in ("softmax", "log_softmax"):
        function = getattr(solution, name)
        for shapes, axis in ((((32, 6), (64, 6)), -1), (((6, 32), (6, 64)), 0), (((2, 16, 5), (4, 16, 5)), -1)):
            counts = []
            for shape in shapes:
                z = rng.normal(size=shape)
                with solution.counting() as count:
                    function(z, axis)
                counts.append(count)
            growth(*counts, of=f"{name}(z, {axis}) on z of shape {shapes[0]} and then {shapes[1]}")


@check("vectorisation", "twice the rows cost cross_entropy about the same number of steps")
def test_cross_entropy_grows(solution, rng):
    counts = []
    for n in (32, 64):
        logits, targets = rng.normal(size=(n, 6)), rng.integers(0, 6, n)
        with solution.counting() as count:
            solution.cross_entropy(logits, targets)
        counts.append(count)
    growth(*counts, of="cross_entropy")


@check("vectorisation", "twice the classes cost about the same number of steps, and no loop hides behind a NumPy name")
def test_classes_grow(solution, source, rng):
    # A reduction in halves takes one round more for twice the classes, which is no loop over them.
    small, large = (rng.normal(size=(3, c)) for c in (512, 1024))
    targets = np.array([0, 5, 9])
    for name, rest in (("softmax", ()), ("log_softmax", ()), ("cross_entropy", (targets,))):
        counts = []
        for z in (small, large):
            with solution.counting() as count:
                getattr(solution, name)(z, *rest)
            counts.append(count)
        growth(*counts, of=name, per="classes")
    found = hidden_loops(source)
    fails(bool(found), "; ".join(found))


# ---- organisation


@check("organisation", "what the functions are given stays as it was")
def test_inputs_stay(solution, rng):
    for dtype in (np.float64, np.float32):
        z = rng.normal(0, 3, (4, 5)).astype(dtype)
        for axis in (-1, 0):
            untouched(solution.softmax, z, axis)
            untouched(solution.log_softmax, z, axis)
        untouched(solution.cross_entropy, z, rng.integers(0, 5, 4))


@check("organisation", "arguments work by name")
def test_names(solution, rng):
    z, targets = rng.normal(0, 3, (4, 5)), np.array([4, 0, 1, 2])
    close(solution.softmax(z=z, axis=0), probabilities(z, 0), of="softmax(z=z, axis=0)", inputs={"z": z})
    close(solution.log_softmax(z=z, axis=0), log_probabilities(z, 0), of="log_softmax(z=z, axis=0)", inputs={"z": z})
    loss = solution.cross_entropy(logits=z, targets=targets)
    of = "cross_entropy(logits=logits, targets=targets)"
    close(loss, mean_loss(z, targets), of=of, inputs={"logits": z}, scale=1.0)


@check("organisation", "nothing is kept between calls: the same input gives the same result")
def test_no_state(solution, source, rng):
    z, targets = rng.normal(0, 3, (4, 5)), np.array([4, 0, 1, 2])
    for _ in range(2):
        close(solution.softmax(z), probabilities(z), of="softmax(z), asked twice", inputs={"z": z})
        close(solution.log_softmax(z), log_probabilities(z), of="log_softmax(z), asked twice", inputs={"z": z})
        loss = solution.cross_entropy(z, targets)
        of = "cross_entropy(logits, targets), asked twice"
        close(loss, mean_loss(z, targets), of=of, inputs={"logits": z}, scale=1.0)
        z = rng.normal(0, 3, (4, 5))
    found = global_state(source)
    fails(bool(found), "; ".join(found))


# ---- the GPT


def small_training(device, **parts):
    """Losses of the first updates of a small GPT."""
    from groundup.capstones import gpt

    config, recipe = gpt.Config(context=12, width=16, layers=2, heads=2), gpt.Recipe(steps=5, batch=4, warmup=2)
    return gpt.train(config, recipe=recipe, seed=3, device=device, **parts).losses


@check(
    "correctness",
    "a GPT learns with your softmax in its attention: the first losses are the reference's",
    capstone=True,
)
def test_training(solution, device):
    from groundup.capstones import gpt_parts

    expected = small_training(device, softmax=gpt_parts.softmax)
    got = small_training(device, softmax=solution.softmax)
    close(np.array(got), np.array(expected), of="the losses of five updates", slack=1e-4 / np.finfo(float).eps, scale=0)


@check("correctness", "the trained GPT writes the same text with your softmax in attention and sampling", capstone=True)
def test_text(solution, device):
    from functools import partial

    from groundup.capstones import gpt, gpt_parts

    texts = []
    for softmax in (gpt_parts.softmax, solution.softmax):
        model, vocabulary = gpt.pretrained(softmax=softmax)
        how = {"temperature": 2.5, "rng": np.random.default_rng(7), "sample": partial(gpt.sample, softmax=softmax)}
        texts.append(gpt.write(model.to(device), vocabulary, "to be ", 40, **how))
    exactly(texts[1], texts[0], of="the text after 'to be '")


@check("correctness", "the trained GPT's perplexity is the same by your cross_entropy and log_softmax", capstone=True)
def test_perplexity(solution, device):
    import torch

    from groundup.capstones import gpt, parts

    model, vocabulary = gpt.pretrained()
    ids = gpt.encode("that is the question or not to be " * 3, vocabulary).to(device)
    starts = range(0, len(ids) - model.config.context, 5)
    expected = gpt.evaluate(model.to(device), ids, starts)
    got = gpt.evaluate(model, ids, starts, cross_entropy=solution.cross_entropy)
    tolerance = 1e-4 / np.finfo(float).eps
    close(math.exp(got), math.exp(expected), of="the perplexity", slack=tolerance, scale=0)
    with torch.no_grad():
        logits = model(ids[None, : model.config.context])[0]  # (T, V)
    rows = solution.log_softmax(parts.array(logits))
    surprise = -rows[np.arange(len(rows)), parts.array(ids[1 : len(rows) + 1])].astype(np.float64)
    wanted = torch.nn.functional.cross_entropy(logits, ids[1 : len(rows) + 1], reduction="none")
    close(surprise, parts.array(wanted.double()), of="-log p of each character", slack=tolerance, scale=1.0)
