"""A convolution layer for images: its outputs, and the gradients that go back through it."""

import numpy as np


# your part
def _padded(x, padding):
    """x [n, c, h, w] with zeros round each image."""
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _met(padded, k, stride, rows, columns):
    """For each place (i, j) of the kernel the pixels that it meets, one for each output: a view [n, c, rows, columns].

    Writing into a view writes into padded.
    """
    down, right = stride * rows, stride * columns
    for i in range(k):
        for j in range(k):
            yield i, j, padded[:, :, i : i + down : stride, j : j + right : stride]


# end of your part


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Lay each filter on every window of every image, multiply and add: cross-correlation, nothing is flipped.

    Args:
        x: Images [n, c, h, w].
        weight: Filters [o, c, k, k].
        bias: One number for each filter [o], or None.
        stride: Pixels from one window to the next, down and to the right.
        padding: Rows and columns of zeros on each of the four sides.

    Returns:
        Array [n, o, h', w'] with h' = (h + 2 * padding - k) // stride + 1, and w' likewise.
    """
    # your part
    padded, (*_, k) = _padded(x, padding), weight.shape
    rows, columns = ((side - k) // stride + 1 for side in padded.shape[2:])
    y = 0.0 if bias is None else bias[:, None, None]
    for i, j, pixels in _met(padded, k, stride, rows, columns):
        y = y + np.einsum("nchw,oc->nohw", pixels, weight[:, :, i, j])
    return y
    # end of your part


def conv2d_backward(dy, x, weight, stride, padding):
    """Gradients of a loss with respect to what went into conv2d.

    Args:
        dy: Gradient of the loss with respect to the result of conv2d, [n, o, h', w'].
        x: The images that it was called with, [n, c, h, w].
        weight: The filters [o, c, k, k].
        stride: As for conv2d.
        padding: As for conv2d.

    Returns:
        (dx, dweight, dbias), of the shapes of x, of weight, and [o].
    """
    # your part
    (_, _, h, w), (*_, k) = x.shape, weight.shape
    padded, dweight = _padded(x, padding), np.empty(weight.shape)
    dpadded = np.zeros(padded.shape)
    for i, j, pixels in _met(padded, k, stride, *dy.shape[2:]):
        dweight[:, :, i, j] = np.einsum("nohw,nchw->oc", dy, pixels)
    for i, j, dpixels in _met(dpadded, k, stride, *dy.shape[2:]):
        dpixels += np.einsum("nohw,oc->nchw", dy, weight[:, :, i, j])
    return dpadded[:, :, padding : padding + h, padding : padding + w], dweight, dy.sum(axis=(0, 2, 3))
    # end of your part
