"""The hidden suite of conv2d.

Expected values come from `outputs` and `gradients`, which go from one output position to the next, as the definition
does: each multiplies its window with the filters, and gives its gradient back to them.
"""

from __future__ import annotations

import numpy as np

from groundup.drill.checks import check, close, entries, exactly, fails, growth, untouched
from groundup.drill.scan import global_state, hidden_loops

SINGLE = 2**29  # an epsilon of float32, in those of float64

# ---- the oracle -----------------------------------------------------------------------------------------------------


def framed(x, padding):
    """x in float64 with zeros round it."""
    n, c, h, w = x.shape
    frame = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
    frame[:, :, padding : padding + h, padding : padding + w] = x
    return frame


def positions(x, weight, stride, padding):
    """How many rows and columns of outputs there are, and for each output its place and its window's slices."""
    k = weight.shape[-1]
    rows, columns = (len(range(0, side + 2 * padding - k + 1, stride)) for side in x.shape[2:])
    windows = [
        (r, q, (slice(r * stride, r * stride + k), slice(q * stride, q * stride + k)))
        for r in range(rows)
        for q in range(columns)
    ]
    return rows, columns, windows


def outputs(x, weight, bias=None, stride=1, padding=0):
    frame, n, o = framed(x, padding), len(x), len(weight)
    rows, columns, windows = positions(x, weight, stride, padding)
    filters = weight.reshape(o, -1).astype(np.float64)
    y = np.zeros((n, o, rows, columns))
    for r, q, (down, right) in windows:
        y[:, :, r, q] = frame[:, :, down, right].reshape(n, -1) @ filters.T
    return y if bias is None else y + bias.astype(np.float64)[:, None, None]


def gradients(dy, x, weight, stride, padding):
    """Of sum(dy * y): by name, each of the shape of what it belongs to."""
    frame, (n, c, h, w), (o, _, k, _) = framed(x, padding), x.shape, weight.shape
    filters, dfilters = weight.reshape(o, -1).astype(np.float64), np.zeros((o, c * k * k))
    dframe, dbias = np.zeros(frame.shape), np.zeros(o)
    for r, q, (down, right) in positions(x, weight, stride, padding)[2]:
        back = dy[:, :, r, q].astype(np.float64)
        dfilters += back.T @ frame[:, :, down, right].reshape(n, -1)
        dframe[:, :, down, right] += (back @ filters).reshape(n, c, k, k)
        dbias += back.sum(axis=0)
    inside = dframe[:, :, padding : padding + h, padding : padding + w]
    return {"dx": inside, "dweight": dfilters.reshape(weight.shape), "dbias": dbias}


# ---- what is asked, and what comes back -----------------------------------------------------------------------------


def problem(rng, n, c, h, w, o, k):
    """Images, filters and biases."""
    return rng.normal(size=(n, c, h, w)), rng.normal(size=(o, c, k, k)), rng.normal(size=o)


def cotangent(rng, x, weight, stride, padding):
    """A random gradient of the loss with respect to the outputs."""
    rows, columns, _ = positions(x, weight, stride, padding)
    return rng.normal(size=(len(x), len(weight), rows, columns))


def is_right(solution, rng, sizes, stride=1, padding=0):
    """Compare conv2d with a bias, for images and filters of these sizes (n, c, h, w, o, k)."""
    x, weight, bias = problem(rng, *sizes)
    of, inputs = f"conv2d(x, weight, bias, {stride}, {padding})", {"x": x, "weight": weight, "bias": bias}
    got = solution.conv2d(x, weight, bias, stride, padding)
    agree(got, outputs(x, weight, bias, stride, padding), of=of, inputs=inputs)


def agree(got, expected, of, slack=1024.0, **more):
    """Compare arrays. Pixels and weights are about 1: where a sum of products is near 0, its roundings are not."""
    close(got, expected, of=of, slack=slack, scale=max(1.0, float(np.abs(expected).max())), **more)


def three(result):
    """The gradients by name, out of a result whose form is checked."""
    names = ("dx", "dweight", "dbias")
    return dict(zip(names, entries(result, *names), strict=True))


def gradient_is_right(solution, rng, name, cases):
    """Compare one gradient, for cases (sizes, stride, padding)."""
    for sizes, stride, padding in cases:
        x, weight, _ = problem(rng, *sizes)
        dy = cotangent(rng, x, weight, stride, padding)
        got = three(solution.conv2d_backward(dy, x, weight, stride, padding))[name]
        of, inputs = f"{name} with stride {stride} and padding {padding}", {"dy": dy, "x": x, "weight": weight}
        agree(got, gradients(dy, x, weight, stride, padding)[name], of=of, inputs=inputs)


def double(value):
    """Of float32 arrays results may be float32 or float64; either way they have the accuracy of float32."""
    return value.astype(np.float64) if type(value) is np.ndarray and value.dtype.kind == "f" else value


# ---- conv2d


@check("correctness", "each output is the sum of its window's pixels times the weights, over all channels")
def test_values(solution, rng):
    for sizes in ((2, 3, 6, 5, 4, 3), (3, 2, 4, 7, 2, 2), (2, 3, 5, 6, 3, 3), (3, 2, 4, 7, 2, 2)):
        x, weight, _ = problem(rng, *sizes)
        agree(solution.conv2d(x, weight), outputs(x, weight), of="conv2d(x, weight)")


@check("correctness", "the kernel is laid on the image as it is: not flipped, rows and columns not exchanged")
def test_not_flipped(solution, rng):
    # Filter (i, j) is 1 at (i, j) and 0 elsewhere: its map is the image from row i and column j on.
    x, weight = rng.normal(size=(2, 1, 5, 6)), np.eye(9).reshape(9, 1, 3, 3)
    expected = np.concatenate([x[:, :, i : i + 3, j : j + 4] for i in range(3) for j in range(3)], axis=1)
    agree(solution.conv2d(x, weight), expected, of="conv2d(x, filters with a single 1)")


@check("correctness", "each filter's bias is added to its own map; None and nothing mean no bias")
def test_bias(solution, rng):
    for sizes in (
        (2, 2, 5, 5, 3, 3),
        (3, 1, 4, 4, 3, 2),
        (2, 3, 6, 4, 5, 2),
    ):  # as many filters as rows, as images, ...
        is_right(solution, rng, sizes)
    x, weight, bias = problem(rng, 2, 2, 5, 6, 3, 2)
    agree(solution.conv2d(x, weight, None), outputs(x, weight), of="conv2d(x, weight, None)")
    bias[1] = 0.0
    got = solution.conv2d(x, np.zeros_like(weight), bias)
    agree(got, outputs(x, 0 * weight, bias), of="conv2d(x, zeros, bias)")


@check("correctness", "padding puts so many rows and columns of zeros on each of the four sides")
def test_padding(solution, rng):
    for sizes, padding in (((2, 2, 4, 5, 3, 3), 1), ((1, 2, 5, 3, 2, 3), 2), ((2, 1, 3, 2, 2, 2), 3)):
        is_right(solution, rng, sizes, padding=padding)


@check(
    "correctness", "stride is the step between windows, and pixels at the end that no whole window fits on are left out"
)
def test_stride(solution, rng):
    for sizes, stride in (
        ((2, 2, 7, 9, 3, 3), 2),
        ((1, 2, 8, 6, 2, 3), 2),
        ((2, 1, 9, 11, 2, 2), 3),
        ((2, 2, 5, 8, 1, 1), 4),
    ):
        is_right(solution, rng, sizes, stride=stride)


@check("correctness", "stride and padding work together, on images that are not square")
def test_stride_and_padding(solution, rng):
    for sizes, stride, padding in (((2, 3, 6, 9, 2, 3), 2, 1), ((1, 2, 7, 4, 3, 4), 3, 2), ((2, 1, 4, 8, 2, 2), 2, 1)):
        is_right(solution, rng, sizes, stride, padding)


@check("correctness", "one image, one channel, one filter, one weight or one output keep all four dimensions")
def test_sizes_of_one(solution, rng):
    for sizes, stride, padding in (((1, 1, 4, 3, 1, 1), 1, 0), ((2, 3, 4, 4, 2, 4), 1, 0), ((1, 1, 1, 1, 1, 3), 2, 1)):
        is_right(solution, rng, sizes, stride, padding)


# ---- conv2d_backward

CASES = (
    ((2, 3, 6, 5, 4, 3), 1, 0),
    ((3, 2, 4, 5, 2, 2), 1, 1),
    ((2, 2, 7, 9, 3, 3), 2, 0),
    ((2, 3, 6, 5, 3, 3), 2, 1),
    ((2, 1, 8, 9, 2, 4), 3, 2),
)


@check("correctness", "dx is right, [n, c, h, w]: a pixel gets the gradients of all outputs whose windows it lies in")
def test_dx(solution, rng):
    gradient_is_right(solution, rng, "dx", CASES)


@check("correctness", "dweight is right, [o, c, k, k]: the sum over all images and positions")
def test_dweight(solution, rng):
    gradient_is_right(solution, rng, "dweight", CASES)


@check("correctness", "dbias is right, [o]: the sum over all images and positions")
def test_dbias(solution, rng):
    gradient_is_right(solution, rng, "dbias", CASES[::2])


@check(
    "correctness", "dx has the shape of x and is 0 at pixels that no window meets, with much padding or a large stride"
)
def test_left_out(solution, rng):
    gradient_is_right(
        solution, rng, "dx", (((2, 2, 6, 8, 2, 3), 4, 0), ((1, 2, 5, 7, 2, 1), 2, 0), ((2, 1, 2, 3, 2, 2), 1, 3))
    )
    x, weight, _ = problem(rng, 1, 1, 5, 5, 1, 2)
    dx = three(solution.conv2d_backward(np.ones((1, 1, 2, 2)), x, weight, 2, 0))["dx"]
    agree(
        dx, np.pad(np.tile(weight, (2, 2)), ((0, 0), (0, 0), (0, 1), (0, 1))), of="dx of four windows that do not touch"
    )


@check("correctness", "gradients are right for one image, one channel, one filter, one weight and one output")
def test_gradients_of_one(solution, rng):
    for sizes, stride, padding in (((1, 1, 4, 3, 1, 1), 1, 0), ((2, 3, 4, 4, 2, 4), 1, 0), ((1, 1, 1, 1, 1, 3), 2, 1)):
        x, weight, _ = problem(rng, *sizes)
        dy = cotangent(rng, x, weight, stride, padding)
        got, inputs = (
            three(solution.conv2d_backward(dy, x, weight, stride, padding)),
            {"dy": dy, "x": x, "weight": weight},
        )
        for name, expected in gradients(dy, x, weight, stride, padding).items():
            agree(got[name], expected, of=name, inputs=inputs)


@check("correctness", "float32 arrays give results that are right to the accuracy of float32")
def test_float32(solution, rng):
    for sizes, stride, padding in (((2, 3, 6, 5, 4, 3), 1, 1), ((2, 2, 7, 6, 3, 2), 2, 0)):
        x, weight, bias = (each.astype(np.float32) for each in problem(rng, *sizes))
        dy = cotangent(rng, x, weight, stride, padding).astype(np.float32)
        y = double(solution.conv2d(x, weight, bias, stride, padding))
        agree(y, outputs(x, weight, bias, stride, padding), of="conv2d(x, weight, bias)", slack=256 * SINGLE)
        got = three(solution.conv2d_backward(dy, x, weight, stride, padding))
        for name, expected in gradients(dy, x, weight, stride, padding).items():
            agree(double(got[name]), expected, of=name, slack=256 * SINGLE)


# ---- vectorisation


def grow(solution, rng, sizes, stride, padding, per):
    """Compare the steps of both functions for images of two sizes (n, h, w)."""
    counts = {"conv2d": [], "conv2d_backward": []}
    for n, h, w in sizes:
        x, weight, bias = problem(rng, n, 1, h, w, 2, 3)
        dy = cotangent(rng, x, weight, stride, padding)
        for name, given in (("conv2d", (x, weight, bias)), ("conv2d_backward", (dy, x, weight))):
            with solution.counting() as count:
                getattr(solution, name)(*given, stride, padding)
            counts[name].append(count)
    for name, pair in counts.items():
        growth(*pair, of=f"{name} with stride {stride}", per=per)


@check("vectorisation", "twice the images cost about the same number of steps, and no loop hides behind a NumPy name")
def test_images_grow(solution, source, rng):
    grow(solution, rng, ((32, 3, 3), (64, 3, 3)), 1, 1, "images")
    grow(solution, rng, ((32, 5, 3), (64, 5, 3)), 2, 0, "images")
    found = hidden_loops(source)
    fails(bool(found), "; ".join(found))


@check("vectorisation", "images of twice the side cost about the same number of steps: no loop over output positions")
def test_sides_grow(solution, rng):
    grow(solution, rng, ((1, 16, 4), (1, 32, 8)), 1, 1, "pixels a side")  # 16 and 32 rows: a loop over them shows
    grow(solution, rng, ((1, 4, 16), (1, 8, 32)), 1, 1, "pixels a side")
    grow(solution, rng, ((1, 17, 9), (1, 34, 18)), 2, 0, "pixels a side")


# ---- organisation


@check("organisation", "x, weight, bias and dy stay as they were")
def test_inputs_stay(solution, rng):
    for stride, padding in ((1, 0), (2, 1)):
        x, weight, bias = problem(rng, 2, 3, 6, 5, 3, 3)
        untouched(solution.conv2d, x, weight, bias, stride, padding)
        three(
            untouched(solution.conv2d_backward, cotangent(rng, x, weight, stride, padding), x, weight, stride, padding)
        )


@check("organisation", "arguments work by name, in any order")
def test_names(solution, rng):
    x, weight, bias = problem(rng, 2, 2, 6, 5, 3, 3)
    dy = cotangent(rng, x, weight, 2, 1)
    got = solution.conv2d(padding=1, stride=2, bias=bias, weight=weight, x=x)
    agree(got, outputs(x, weight, bias, 2, 1), of="conv2d(padding=1, stride=2, ...)")
    agree(solution.conv2d(x, weight, padding=2), outputs(x, weight, None, 1, 2), of="conv2d(x, weight, padding=2)")
    got = three(solution.conv2d_backward(padding=1, stride=2, weight=weight, x=x, dy=dy))
    agree(got["dx"], gradients(dy, x, weight, 2, 1)["dx"], of="dx of conv2d_backward(padding=1, stride=2, ...)")


@check("organisation", "nothing is kept between calls: each answers for its own arguments")
def test_no_state(solution, source, rng):
    (x, weight, bias), (others, filters, _) = (problem(rng, 2, 2, 6, 5, 3, 3) for _ in range(2))
    dy = cotangent(rng, x, weight, 1, 0)
    for _ in range(2):
        solution.conv2d(others, filters, None, 1, 0)
        got = three(solution.conv2d_backward(dy, x, weight, 1, 0))
        expected = gradients(dy, x, weight, 1, 0)
        for name in expected:
            agree(got[name], expected[name], of=f"{name} after a call of conv2d on other images")
        agree(solution.conv2d(x, weight, bias), outputs(x, weight, bias), of="conv2d(x, weight, bias), asked again")
    found = global_state(source)
    fails(bool(found), "; ".join(found))


# ---- the CNN --------------------------------------------------------------------------------------------------------


def exact():
    """Have a graphics card multiply float32 as float32."""
    import torch

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False


def relative(share):
    """A tolerance of so much, as slack in float64."""
    return share / np.finfo(np.float64).eps


@check("correctness", "a trained CNN sees the same in held-out pictures when its convolutions are yours", capstone=True)
def test_held_out(solution, device):
    import torch

    from groundup.capstones import cnn

    exact()
    images, _ = cnn.make_images(16, torch.Generator().manual_seed(5), cnn.Bars(noise=0.3))
    with torch.no_grad():
        expected, got = (
            model.to(device)(images.to(device)).double().cpu().numpy()
            for model in (cnn.pretrained(), cnn.pretrained(conv2d=solution.conv2d))
        )
    close(got, expected, of="the logits of 16 held-out pictures", slack=relative(1e-4))
    lead = np.abs(expected[:, 1] - expected[:, 0])
    sure = lead > 1e-2  # of a closer call, rounding may decide
    exactly(got.argmax(axis=1)[sure], expected.argmax(axis=1)[sure], of="what the CNN calls the pictures")


def small_training(device, **parts):
    """Losses of six updates of a CNN, and its logits of held-out pictures then."""
    import torch

    from groundup.capstones import cnn

    exact()
    config, recipe = cnn.Config(channels=(2, 3)), cnn.Recipe(epochs=6, batch=5, lr=3e-3, n_train=5, n_test=4)
    trained = cnn.train(config, recipe=recipe, seed=3, device=device, **parts)  # an epoch is an update
    with torch.no_grad():
        return np.array(trained.losses), trained.model(trained.images).double().cpu().numpy()


@check(
    "correctness",
    "a CNN learns with your convolution and its gradients: the first losses are the reference's",
    capstone=True,
)
def test_training(solution, device):
    expected, logits = small_training(device)
    parts = {"conv2d": solution.conv2d, "conv2d_backward": solution.conv2d_backward}
    got, seen = small_training(device, **parts)
    close(got, expected, of="the losses of six updates", slack=relative(1e-4), scale=0.0)
    close(seen, logits, of="the logits of 4 held-out pictures after six updates", slack=relative(1e-3))
