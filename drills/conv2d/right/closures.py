# right: forward returns its outputs and a function that takes a gradient back; bincount adds the overlaps up
import numpy as np


def layer(x, weight, stride, padding):
    n, c, h, w = x.shape
    o, k = weight.shape[0], weight.shape[-1]
    numbers = np.pad(np.arange(h * w).reshape(h, w), padding, constant_values=h * w)  # h * w: a zero of the frame
    met = np.lib.stride_tricks.sliding_window_view(numbers, (k, k))[::stride, ::stride]  # [h', w', k, k]
    pixels = np.concatenate([x.reshape(n, c, -1), np.zeros((n, c, 1), dtype=x.dtype)], axis=2)
    columns = pixels[:, :, met]  # [n, c, h', w', k, k]

    def back(dy):
        dweight = np.einsum("nopq,ncpqij->ocij", dy, columns)
        shares = np.einsum("nopq,ocij->ncpqij", dy, weight)
        slots = np.arange(n * c).reshape(n, c, 1, 1, 1, 1) * (h * w + 1) + met
        summed = np.bincount(slots.ravel(), weights=shares.ravel(), minlength=n * c * (h * w + 1))
        return summed.reshape(n, c, -1)[:, :, :-1].reshape(x.shape), dweight, dy.swapaxes(0, 1).reshape(o, -1).sum(1)

    return np.einsum("ncpqij,ocij->nopq", columns, weight), back


def conv2d(x, weight, bias=None, stride=1, padding=0):
    y, _ = layer(x, weight, stride, padding)
    if bias is not None:
        y += bias[:, None, None]
    return y


def conv2d_backward(dy, x, weight, stride, padding):
    return layer(x, weight, stride, padding)[1](dy)
