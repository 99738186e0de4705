# right: im2col by index arrays, a matrix product, and col2im with np.add.at; results in the dtype of the images
import numpy as np


def indices(h, w, k, stride):
    """Rows and columns [k * k, h' * w'] of the pixels under each place of the kernel."""
    tops, lefts = np.arange(0, h - k + 1, stride), np.arange(0, w - k + 1, stride)
    down, right = np.divmod(np.arange(k * k), k)
    r = down[:, None, None] + tops[None, :, None] + 0 * lefts
    q = right[:, None, None] + 0 * tops[:, None] + lefts
    return r.reshape(k * k, -1), q.reshape(k * k, -1), (len(tops), len(lefts))


def im2col(x, k, stride, padding):
    padded = np.pad(x, [(0, 0)] * 2 + [(padding, padding)] * 2)
    r, q, shape = indices(*padded.shape[2:], k, stride)
    columns = padded[:, :, r, q]  # [n, c, k * k, h' * w']
    return columns.reshape(len(x), -1, r.shape[1]), shape


def conv2d(x, weight, bias=None, stride=1, padding=0):
    columns, shape = im2col(x, weight.shape[2], stride, padding)
    y = weight.reshape(len(weight), -1) @ columns
    if bias is not None:
        y += bias[:, np.newaxis]
    return y.reshape(len(x), len(weight), *shape).astype(x.dtype)


def conv2d_backward(dy, x, weight, stride, padding):
    n, c, h, w = x.shape
    o, k = len(weight), weight.shape[2]
    columns, _ = im2col(x, k, stride, padding)
    flat = dy.reshape(n, o, -1)
    dweight = (flat @ columns.transpose(0, 2, 1)).sum(axis=0).reshape(weight.shape)
    dcolumns = (weight.reshape(o, -1).T @ flat).reshape(n, c, k * k, -1)
    dpadded = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=x.dtype)
    r, q, _ = indices(h + 2 * padding, w + 2 * padding, k, stride)
    np.add.at(dpadded, (slice(None), slice(None), r, q), dcolumns)
    inner = slice(padding, -padding or None)
    return [dpadded[:, :, inner, inner], dweight, flat.sum(axis=2).sum(axis=0)]
