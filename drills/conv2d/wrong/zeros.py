# wrong: zeros of the right shapes
import numpy as np


def conv2d(x, weight, bias=None, stride=1, padding=0):
    k = weight.shape[-1]
    rows, columns = ((side + 2 * padding - k) // stride + 1 for side in x.shape[2:])
    y = np.zeros((len(x), len(weight), rows, columns))
    return y if bias is None else y + bias[:, None, None]


def conv2d_backward(dy, x, weight, stride, padding):
    return np.zeros_like(x), np.zeros_like(weight), dy.sum(axis=(0, 2, 3))
