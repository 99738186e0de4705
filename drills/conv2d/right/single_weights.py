# right: loops over filters, channels and places of the kernel, one weight at a time; float32 stays float32
import numpy as np


def _spans(weight, shape, stride):
    """For each weight: its index, and the slices of the pixels it meets."""
    rows, columns = shape
    for o, c, i, j in np.ndindex(*weight.shape):
        below, beyond = i + stride * (rows - 1) + 1, j + stride * (columns - 1) + 1
        yield (o, c, i, j), (slice(None), c, slice(i, below, stride), slice(j, beyond, stride))


def _pad(x, padding):
    if padding == 0:
        return x
    return np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2), mode="constant", constant_values=0)


def conv2d(x, weight, bias=None, stride=1, padding=0):
    x = _pad(x, padding)
    shape = tuple((side - weight.shape[-1]) // stride + 1 for side in x.shape[2:])
    y = np.zeros((len(x), len(weight), *shape), dtype=np.result_type(x, weight))
    for at, span in _spans(weight, shape, stride):
        y[:, at[0]] += weight[at] * x[span]
    if bias is not None:
        for o in range(len(bias)):
            y[:, o] += bias[o]
    return y


def conv2d_backward(dy, x, weight, stride, padding):
    wide = _pad(x, padding)
    dwide, dweight = np.zeros_like(wide), np.zeros_like(weight)
    for at, span in _spans(weight, dy.shape[2:], stride):
        dwide[span] += weight[at] * dy[:, at[0]]
        dweight[at] = np.vdot(wide[span], dy[:, at[0]])
    dbias = np.array([dy[:, o].sum() for o in range(len(weight))])
    dx = dwide[:, :, padding:, padding:][:, :, : x.shape[2], : x.shape[3]]
    return dx, dweight, dbias
