# wrong: measures the gradients by differences, one pixel and one weight after the other (right values: all is linear)
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d(x, weight, bias=None, stride=1, padding=0):
    k = weight.shape[-1]
    frame = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(frame, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    y = np.einsum("nchwij,ocij->nohw", windows, weight)
    return y if bias is None else y + bias[:, None, None]


def conv2d_backward(dy, x, weight, stride, padding):
    dx, dweight = np.zeros_like(x), np.zeros_like(weight)
    for at in np.ndindex(*x.shape):
        only = np.zeros_like(x)
        only[at] = 1
        dx[at] = (dy * conv2d(only, weight, None, stride, padding)).sum()
    for at in np.ndindex(*weight.shape):
        only = np.zeros_like(weight)
        only[at] = 1
        dweight[at] = (dy * conv2d(x, only, None, stride, padding)).sum()
    return dx, dweight, dy.sum(axis=(0, 2, 3))
