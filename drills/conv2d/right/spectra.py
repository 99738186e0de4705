# right: products of Fourier spectra, padded so that nothing wraps round
import numpy as np


def correlate(a, b, pattern, h, w):
    """Correlation of the last two axes for shifts 0..h-1 and 0..w-1; pattern says how the others are summed."""
    size = [s + t for s, t in zip(a.shape[2:], b.shape[2:], strict=True)]
    spectrum = np.einsum(pattern, np.fft.rfft2(a, size), np.conj(np.fft.rfft2(b, size)))
    return np.fft.irfft2(spectrum, size)[..., :h, :w]


def dilated(dy, stride, h, w):
    wide = np.zeros((*dy.shape[:2], h, w))
    wide[:, :, ::stride, ::stride][:, :, : dy.shape[2], : dy.shape[3]] = dy
    return wide


def pad(x, padding):
    around = (padding,) * 2
    return np.pad(x, ((0, 0), (0, 0), around, around))


def conv2d(x, weight, bias=None, stride=1, padding=0):
    x = pad(x, padding)
    h, w = x.shape[2] - weight.shape[2] + 1, x.shape[3] - weight.shape[3] + 1
    y = correlate(x, weight, "nc...,oc...->no...", h, w)[:, :, ::stride, ::stride]
    return y + (0 if bias is None else bias[None, :, None, None])


def conv2d_backward(dy, x, weight, stride, padding):
    x, k = pad(x, padding), weight.shape[2]
    h, w = x.shape[2:]
    wide = dilated(dy, stride, h - k + 1, w - k + 1)
    dweight = correlate(x, wide, "nc...,no...->oc...", k, k)
    mirrored = weight[:, :, ::-1, ::-1]
    padded = np.pad(wide, ((0, 0), (0, 0), (k - 1, k - 1), (k - 1, k - 1)))
    dx = correlate(padded, mirrored, "no...,oc...->nc...", h, w)
    return dx[:, :, padding : h - padding, padding : w - padding], dweight, dy.sum(axis=-1).sum(axis=-1).sum(axis=0)
