"""The hidden suite of backprop. Expected gradients come from complex steps: no difference is taken, so none cancels."""

import math

import numpy as np

from groundup.drill.checks import check, close, entries, exactly, fails, growth, untouched
from groundup.drill.scan import global_state, hidden_loops

NAMES = ("W1", "b1", "W2", "b2")
SINGLE = 2**29  # an epsilon of float32, in those of float64


def network(rng, d, h):
    """Random parameters, biases not zero."""
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, 1), "b2": (1,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def problem(rng, n, d, h):
    """Random parameters, rows and labels, of both classes where there are two rows.

    Logits are at most 3: whatever form a loss has, it keeps its digits there.
    """
    y = rng.permutation(np.arange(n) % 2).astype(np.float64).reshape(n, 1)
    params, X = network(rng, d, h), rng.normal(size=(n, d))
    shrink = min(1.0, 3 / np.abs(logits(params, X)).max())
    return {**params, "W2": shrink * params["W2"], "b2": shrink * params["b2"]}, X, y


def logits(params, X):
    return np.tanh(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


def probabilities(params, X):
    """The definition, each logit in the form that does not overflow."""
    z = logits(params, X)
    each = [1 / (1 + math.exp(-t)) if t > 0 else math.exp(t) / (1 + math.exp(t)) for t in z[:, 0].tolist()]
    return np.array(each).reshape(-1, 1)


def mean_loss(params, X, y):
    """Mean of log(1 + exp(z)) - y z, for complex parameters too."""
    z = logits(params, X)
    up = z.real > 0
    return np.mean(np.where(up, z, 0) + np.log1p(np.exp(np.where(up, -z, z))) - y * z)


def gradients(params, X, y):
    """The derivative in each number w: the imaginary part of the loss at w + ih, over h, exact for a tiny h."""
    h = 1e-30
    result = {}
    for name, value in params.items():
        result[name] = np.zeros(value.shape)
        for at in np.ndindex(value.shape):
            moved = value.astype(complex)
            moved[at] += 1j * h
            result[name][at] = mean_loss({**params, name: moved}, X, y).imag / h
    return result


def both(result):
    """The loss and the gradients out of a result, whose form is checked."""
    loss, grads = entries(result, "loss", "gradients")
    fails(type(grads) is not dict, "the gradients are a dict")
    exactly(sorted(map(str, grads)), sorted(NAMES), of="the names of the gradients")
    return loss, grads


def double(value):
    """Of float32 parameters results may be float32 or float64; either way they have the accuracy of float32."""
    if type(value) is np.ndarray and value.dtype.kind == "f":
        return value.astype(np.float64)
    return float(value) if isinstance(value, float | np.floating) else value


SIZES = ((6, 3, 4), (5, 4, 2), (3, 2, 7))


def gradient_is_right(solution, rng, name):
    for n, d, h in SIZES:
        params, X, y = problem(rng, n, d, h)
        _, grads = both(solution.loss_and_grads(params, X, y))
        of, inputs = f"the gradient of {name}", {**params, "X": X, "y": y}
        close(grads[name], gradients(params, X, y)[name], of=of, inputs=inputs, scale=1.0)


# ---- values and shapes


@check("correctness", "forward gives the probabilities, one row of width 1 for each row of X")
def test_forward(solution, rng):
    for n, d, h in SIZES:
        params, X, _ = problem(rng, n, d, h)
        close(solution.forward(params, X), probabilities(params, X), of="forward(params, X)", inputs={**params, "X": X})


@check("correctness", "the loss is the mean binary cross-entropy, a float")
def test_loss(solution, rng):
    for n, d, h in SIZES:
        params, X, y = problem(rng, n, d, h)
        loss, _ = both(solution.loss_and_grads(params, X, y))
        close(loss, float(mean_loss(params, X, y)), of="the loss", inputs={**params, "X": X, "y": y})


@check("correctness", "the gradient of W2 is right, [h, 1]")
def test_gradient_of_w2(solution, rng):
    gradient_is_right(solution, rng, "W2")


@check("correctness", "the gradient of b2 is right, [1]")
def test_gradient_of_b2(solution, rng):
    gradient_is_right(solution, rng, "b2")


@check("correctness", "the gradient of W1 is right, [d, h]")
def test_gradient_of_w1(solution, rng):
    gradient_is_right(solution, rng, "W1")


@check("correctness", "the gradient of b1 is right, [h]")
def test_gradient_of_b1(solution, rng):
    gradient_is_right(solution, rng, "b1")


@check("correctness", "values and shapes are right for one row, one input and one hidden unit, too")
def test_sizes_of_one(solution, rng):
    for n, d, h in ((1, 3, 2), (4, 1, 3), (4, 3, 1), (1, 1, 1)):
        params, X, y = problem(rng, n, d, h)
        inputs = {**params, "X": X, "y": y}
        close(solution.forward(params, X), probabilities(params, X), of="forward(params, X)", inputs=inputs)
        loss, grads = both(solution.loss_and_grads(params, X, y))
        close(loss, float(mean_loss(params, X, y)), of="the loss", inputs=inputs, scale=1.0)
        for name, expected in gradients(params, X, y).items():
            close(grads[name], expected, of=f"the gradient of {name}", inputs=inputs, scale=1.0)


# ---- extreme logits


def extremes(rng, logit, dtype=np.float64):
    """Rows whose logits are about ±logit while the hidden units are far from saturated; three of five are wrong."""
    params, x = network(rng, 3, 4), rng.normal(size=3)
    params["W1"] /= np.abs(x @ params["W1"]).max()  # the largest hidden unit is tanh(1)
    params["b1"] = np.zeros(4)
    hidden = np.tanh(x @ params["W1"])
    params["W2"] = (logit * hidden / (hidden @ hidden)).reshape(4, 1)  # so that hidden @ W2 is the logit
    X = np.outer([1.0, -1.0, 1.0, -1.0, 0.9], x)
    y = np.array([[0.0], [1.0], [1.0], [0.0], [0.0]])
    return {name: value.astype(dtype) for name, value in params.items()}, X.astype(dtype), y.astype(dtype)


def in_double(params, X, y):
    return (
        {name: value.astype(np.float64) for name, value in params.items()},
        X.astype(np.float64),
        y.astype(np.float64),
    )


@check("stability", "probabilities are right for logits of 1000 and -1000, in float64 and float32")
def test_forward_at_extremes(solution, rng):
    for dtype, unit in ((np.float64, 1), (np.float32, SINGLE)):
        params, X, y = extremes(rng, 1000.0, dtype)
        exact, rows, _ = in_double(params, X, y)
        got = double(solution.forward(params, X))
        inputs = {**params, "X": X}
        close(got, probabilities(exact, rows), of="forward(params, X)", inputs=inputs, slack=64 * unit, scale=1.0)


@check("stability", "a row that is wrong by a logit of 1000 costs 1000, in float64 and float32")
def test_loss_at_extremes(solution, rng):
    for dtype, unit in ((np.float64, 1), (np.float32, SINGLE)):
        params, X, y = extremes(rng, 1000.0, dtype)
        loss, _ = both(solution.loss_and_grads(params, X, y))
        expected = float(mean_loss(*in_double(params, X, y)))
        close(double(loss), expected, of="the loss", inputs={**params, "X": X, "y": y}, slack=64 * unit)


@check("stability", "gradients are right for logits of 1000 and -1000, in float64 and float32")
def test_gradients_at_extremes(solution, rng):
    for dtype, unit in ((np.float64, 1), (np.float32, SINGLE)):
        params, X, y = extremes(rng, 1000.0, dtype)
        _, grads = both(solution.loss_and_grads(params, X, y))
        for name, expected in gradients(*in_double(params, X, y)).items():
            of, inputs = f"the gradient of {name}", {**params, "X": X, "y": y}
            close(double(grads[name]), expected, of=of, inputs=inputs, slack=256 * unit)


@check("stability", "the loss keeps its digits where 1 - p begins to lose them, at logits of 20 to 40")
def test_loss_of_the_sure(solution, rng):
    for logit in (20.0, 30.0, 36.0, 40.0):
        params, X, y = extremes(rng, logit)
        loss, _ = both(solution.loss_and_grads(params, X, y))
        close(loss, float(mean_loss(params, X, y)), of="the loss", inputs={**params, "X": X, "y": y})


# ---- vectorisation


def grows(solution, rng, sizes, per):
    """Compare the steps of both functions at two sizes (n, d, h)."""
    counts = []
    for n, d, h in sizes:
        params, X, y = problem(rng, n, d, h)
        with solution.counting() as count:
            solution.forward(params, X)
            solution.loss_and_grads(params, X, y)
        counts.append(count)
    growth(*counts, of="a call of each function", per=per)


@check("vectorisation", "twice the rows cost about the same number of steps, and no loop hides behind a NumPy name")
def test_rows_grow(solution, source, rng):
    grows(solution, rng, ((32, 4, 5), (64, 4, 5)), "rows")
    found = hidden_loops(source)
    fails(bool(found), "; ".join(found))


@check("vectorisation", "twice the inputs cost about the same number of steps: no loop over the weights of W1")
def test_inputs_grow(solution, rng):
    grows(solution, rng, ((6, 16, 3), (6, 32, 3)), "inputs")


@check("vectorisation", "twice the hidden units cost about the same number of steps")
def test_units_grow(solution, rng):
    grows(solution, rng, ((6, 3, 16), (6, 3, 32)), "hidden units")


# ---- organisation


@check("organisation", "params, X and y stay as they were")
def test_inputs_stay(solution, rng):
    params, X, y = problem(rng, 5, 3, 4)
    untouched(solution.forward, params, X)
    both(untouched(solution.loss_and_grads, params, X, y))


@check("organisation", "arguments work by name")
def test_names(solution, rng):
    params, X, y = problem(rng, 5, 3, 4)
    close(solution.forward(params=params, X=X), probabilities(params, X), of="forward(params=params, X=X)")
    loss, _ = both(solution.loss_and_grads(params=params, X=X, y=y))
    close(loss, float(mean_loss(params, X, y)), of="the loss of loss_and_grads(params=params, X=X, y=y)")


@check("organisation", "nothing is kept between calls: each answers for its own arguments")
def test_no_state(solution, source, rng):
    (params, X, y), (others, rows, _) = problem(rng, 5, 3, 4), problem(rng, 5, 3, 4)
    for _ in range(2):
        solution.forward(others, rows)
        loss, grads = both(solution.loss_and_grads(params, X, y))
        inputs = {**params, "X": X, "y": y}
        close(loss, float(mean_loss(params, X, y)), of="the loss after a call of forward on others", inputs=inputs)
        close(grads["W1"], gradients(params, X, y)["W1"], of="the gradient of W1 after it", inputs=inputs, scale=1.0)
    found = global_state(source)
    fails(bool(found), "; ".join(found))


# ---- trainings


def frozen_features(device, n):
    """What the trained CNN makes of noisy pictures, (n, 144), and their labels."""
    import torch

    from groundup.capstones import cnn, cnn_study

    images, labels = cnn.make_images(n, torch.Generator().manual_seed(5), cnn.Bars(noise=0.5))
    return cnn_study.features(cnn.pretrained().to(device), images.to(device)), labels.numpy()


@check("correctness", "a head on the CNN's frozen features learns: the first losses are the reference's", capstone=True)
def test_head(solution, device):
    from groundup.capstones import cnn_study

    X, labels = frozen_features(device, 60)
    _, expected = cnn_study.train_head(X, labels, steps=10)
    _, got = cnn_study.train_head(X, labels, steps=10, loss_and_grads=solution.loss_and_grads)
    close(np.array(got), np.array(expected), of="the losses of ten updates", slack=1e-4 / np.finfo(float).eps, scale=0)


@check("correctness", "the trained head calls held-out pictures as the reference does", capstone=True)
def test_held_out(solution, device):
    from groundup.capstones import cnn_parts, cnn_study

    X, labels = frozen_features(device, 160)
    expected, _ = cnn_study.train_head(X[:60], labels[:60], steps=60)
    params, _ = cnn_study.train_head(X[:60], labels[:60], steps=60, loss_and_grads=solution.loss_and_grads)
    right = [
        int(((part(found, X[60:])[:, 0] > 0.5) == labels[60:]).sum())
        for part, found in ((cnn_parts.forward, expected), (solution.forward, params))
    ]
    exactly(right[1], right[0], of="the number of pictures called right, of 100")


@check("correctness", "trained with your gradients the network learns XOR", capstone=True)
def test_xor(solution):
    from groundup.capstones import cnn_study

    centres = np.array([[-1.0, -1.0], [1.0, 1.0], [-1.0, 1.0], [1.0, -1.0]])
    labels = np.repeat([0, 0, 1, 1], 10)
    X = np.repeat(centres, 10, axis=0) + np.random.default_rng(0).normal(0, 0.2, (40, 2))
    params, losses = cnn_study.train_head(X, labels, steps=120, lr=1.0, loss_and_grads=solution.loss_and_grads)
    fails(not losses[-1] < 0.05, f"the loss after 120 updates is {losses[-1]:.3f}; below 0.05 is right")
    right = int(((solution.forward(params, X)[:, 0] > 0.5) == labels).sum())
    exactly(right, 40, of="the number of points called right, of 40")
