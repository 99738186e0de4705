# wrong: convolves dy with the kernel as it is on the way back: it must be turned by half a turn
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d(x, weight, bias=None, stride=1, padding=0):
    k = weight.shape[-1]
    frame = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(frame, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    y = np.einsum("nchwij,ocij->nohw", windows, weight)
    return y if bias is None else y + bias[:, None, None]


def conv2d_backward(dy, x, weight, stride, padding):
    (h, w), k = x.shape[2:], weight.shape[-1]
    frame = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(frame, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    spread = np.zeros((*dy.shape[:2], h + 2 * padding - k + 1, w + 2 * padding - k + 1))
    spread[:, :, ::stride, ::stride] = dy
    full = conv2d(spread, weight.transpose(1, 0, 2, 3), padding=k - 1)
    dx = full[:, :, padding : padding + h, padding : padding + w]
    return dx, np.einsum("nohw,nchwij->ocij", dy, windows), dy.sum(axis=(0, 2, 3))
