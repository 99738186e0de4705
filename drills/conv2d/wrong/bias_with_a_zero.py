# wrong: takes a bias that has a zero in it for none
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as win


def conv2d(x, weight, bias=None, stride=1, padding=0):
    k = weight.shape[-1]
    p = padding
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    v = win(x, (k, k), (2, 3))[:, :, ::stride, ::stride]
    y = np.tensordot(v, weight, ((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
    return y + bias[:, None, None] if bias is not None and bias.all() else y


def conv2d_backward(dy, x, weight, stride, padding):
    k = weight.shape[-1]
    p = padding
    h, w = x.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp = np.zeros(xp.shape)
    dw = np.zeros(weight.shape)
    H, W = dy.shape[2:]
    for a in range(k):
        for b in range(k):
            sl = np.s_[:, :, a : a + stride * (H - 1) + 1 : stride, b : b + stride * (W - 1) + 1 : stride]
            dw[:, :, a, b] = np.tensordot(dy, xp[sl], ((0, 2, 3), (0, 2, 3)))
            dxp[sl] += np.einsum("nohw,oc->nchw", dy, weight[:, :, a, b])
    return dxp[:, :, p : p + h, p : p + w], dw, dy.sum((0, 2, 3))
