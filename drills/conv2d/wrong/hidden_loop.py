# wrong: hides a loop over the windows in apply_along_axis (right values, and the vectorisation mark is lost)
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def windows_of(x, k, stride, padding):
    frame = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    return sliding_window_view(frame, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]


def conv2d(x, weight, bias=None, stride=1, padding=0):
    n, o, k = len(x), len(weight), weight.shape[-1]
    windows = windows_of(x, k, stride, padding)
    rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n, *windows.shape[2:4], -1)
    y = np.apply_along_axis(lambda row: weight.reshape(o, -1) @ row, -1, rows).transpose(0, 3, 1, 2)
    return y if bias is None else y + bias[:, None, None]


def conv2d_backward(dy, x, weight, stride, padding):
    (h, w), k = x.shape[2:], weight.shape[-1]
    dframe = np.zeros((*x.shape[:2], h + 2 * padding, w + 2 * padding))
    shares = np.einsum("nohw,ocij->nchwij", dy, weight)
    for i in range(k):
        for j in range(k):
            below, beyond = i + stride * dy.shape[2], j + stride * dy.shape[3]
            dframe[:, :, i:below:stride, j:beyond:stride] += shares[..., i, j]
    dweight = np.einsum("nohw,nchwij->ocij", dy, windows_of(x, k, stride, padding))
    return dframe[:, :, padding : padding + h, padding : padding + w], dweight, dy.sum(axis=(0, 2, 3))
