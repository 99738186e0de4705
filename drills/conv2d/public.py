"""The public checks of conv2d: an image and a filter small enough to follow by hand."""

import numpy as np

from groundup.drill.checks import check, close, entries

X = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
WEIGHT = np.array([[[[1.0, 2.0], [0.0, -1.0]]]])


@check("correctness", "the worked example of the question comes out, with and without a bias")
def test_by_hand(solution):
    expected = np.array([[[[0.0, 2.0], [6.0, 8.0]]]])
    close(solution.conv2d(X, WEIGHT), expected, of="conv2d(x, weight)")
    close(solution.conv2d(X, WEIGHT, np.array([10.0])), expected + 10, of="conv2d(x, weight, bias)")


@check("correctness", "stride and padding give the right windows")
def test_stride_and_padding(solution):
    got = solution.conv2d(X, WEIGHT, stride=2, padding=1)
    close(got, np.array([[[[-1.0, -3.0], [1.0, 8.0]]]]), of="conv2d(x, weight, stride=2, padding=1)")
    got = solution.conv2d(np.ones((2, 3, 8, 6)), np.ones((4, 3, 3, 3)), stride=2)
    close(got, np.full((2, 4, 3, 2), 27.0), of="conv2d(ones [2, 3, 8, 6], ones [4, 3, 3, 3], stride=2)")


@check("correctness", "several channels are added up, and several filters make as many maps")
def test_channels(solution, rng):
    x, weight = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 1, 1))
    expected = np.einsum("nchw,oc->nohw", x, weight[:, :, 0, 0])  # filters of one weight a channel mix the channels
    close(solution.conv2d(x, weight), expected, of="conv2d(x, filters of 1 x 1)")


@check("correctness", "the gradients agree with what a change of a pixel, a weight or the bias does to your outputs")
def test_gradients(solution, rng):
    x, weight, dy = rng.normal(size=(1, 1, 4, 3)), rng.normal(size=(1, 1, 2, 2)), rng.normal(size=(1, 1, 5, 4))
    result = solution.conv2d_backward(dy, x, weight, 1, 1)
    result = entries(result, "dx", "dweight", "dbias")
    # Outputs are linear in pixels and in weights: a 1 in the place of one of them shows what that one does.
    of_pixels = solution.conv2d(np.eye(12).reshape(12, 1, 4, 3), weight, None, 1, 1)  # [12, 1, 5, 4]
    of_weights = solution.conv2d(x, np.eye(4).reshape(4, 1, 2, 2), None, 1, 1)  # [1, 4, 5, 4]
    expected = {
        "dx": (of_pixels * dy).sum(axis=(1, 2, 3)).reshape(x.shape),
        "dweight": (of_weights * dy).sum(axis=(0, 2, 3)).reshape(weight.shape),
        "dbias": np.array([dy.sum()]),
    }
    for got, (name, value) in zip(result, expected.items(), strict=True):
        close(got, value, of=name, inputs={"dy": dy, "x": x, "weight": weight}, scale=float(np.abs(dy).sum()))
