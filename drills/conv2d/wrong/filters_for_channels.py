# wrong: takes the filters for the channels on the way back, which fits where there are as many of both
import numpy as np


def framed(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def conv2d(x, weight, bias=None, stride=1, padding=0):
    k, frame = weight.shape[-1], framed(x, padding)
    rows, columns = (frame.shape[2] - k) // stride + 1, (frame.shape[3] - k) // stride + 1
    y = np.zeros((len(x), len(weight), rows, columns))
    for i in range(k):
        for j in range(k):
            pixels = frame[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride]
            y += np.einsum("nchw,oc->nohw", pixels, weight[:, :, i, j])
    if bias is not None:
        y += bias[:, None, None]
    return y


def conv2d_backward(dy, x, weight, stride, padding):
    k, frame = weight.shape[-1], framed(x, padding)
    rows, columns = dy.shape[2:]
    dframe, dweight = np.zeros_like(frame), np.zeros_like(weight)
    for i in range(k):
        for j in range(k):
            place = np.s_[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride]
            dweight[:, :, i, j] = np.einsum("nohw,nchw->oc", dy, frame[place])
            dframe[place] += np.einsum("nohw,co->nchw", dy, weight[:, :, i, j])
    dx = dframe[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
    return dx, dweight, dy.sum(axis=(0, 2, 3))
