# wrong: adds through an index array, of which += keeps one share for each pixel
import numpy as np


def places(h, w, k, stride):
    r = np.arange(0, h - k + 1, stride)[:, None, None, None] + np.arange(k)[:, None]
    q = np.arange(0, w - k + 1, stride)[None, :, None, None] + np.arange(k)
    return r, q  # together [h', w', k, k]


def framed(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def conv2d(x, weight, bias=None, stride=1, padding=0):
    frame = framed(x, padding)
    r, q = places(*frame.shape[2:], weight.shape[-1], stride)
    y = np.einsum("nchwij,ocij->nohw", frame[:, :, r, q], weight)
    return y if bias is None else y + bias.reshape(-1, 1, 1)


def conv2d_backward(dy, x, weight, stride, padding):
    frame = framed(x, padding)
    r, q = places(*frame.shape[2:], weight.shape[-1], stride)
    dweight = np.einsum("nohw,nchwij->ocij", dy, frame[:, :, r, q])
    dframe = np.zeros_like(frame)
    dframe[:, :, r, q] += np.einsum("nohw,ocij->nchwij", dy, weight)
    h, w = x.shape[2:]
    return dframe[:, :, padding : padding + h, padding : padding + w], dweight, dy.sum(axis=(0, 2, 3))
