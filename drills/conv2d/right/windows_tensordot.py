# right: all windows as a view, one tensordot for each result; dx as a convolution of the spread-out dy
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def windows(x, k, stride, padding):
    p = (padding, padding)
    return sliding_window_view(np.pad(x, ((0, 0), (0, 0), p, p)), (k, k), axis=(2, 3))[:, :, ::stride, ::stride]


def conv2d(x, weight, bias=None, stride=1, padding=0):
    y = np.tensordot(windows(x, weight.shape[-1], stride, padding), weight, axes=((1, 4, 5), (1, 2, 3)))
    if bias is not None:
        y = y + bias
    return np.moveaxis(y, -1, 1)


def conv2d_backward(dy, x, weight, stride, padding):
    n, o, rows, columns = dy.shape
    k, (h, w) = weight.shape[-1], x.shape[2:]
    dweight = np.tensordot(dy, windows(x, k, stride, padding), axes=((0, 2, 3), (0, 2, 3)))
    spread = np.zeros((n, o, h + 2 * padding - k + 1, w + 2 * padding - k + 1), dtype=dy.dtype)
    spread[:, :, : stride * rows : stride, : stride * columns : stride] = dy
    turned = weight[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)  # [c, o, k, k]
    full = conv2d(spread, turned, padding=k - 1)
    return full[:, :, padding : padding + h, padding : padding + w], dweight, dy.sum((0, 2, 3))
