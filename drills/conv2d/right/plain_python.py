# right (partial): one output after the other, as in the definition, so the vectorisation mark is lost and nothing else
import numpy as np


def conv2d(x, weight, bias=None, stride=1, padding=0):
    n, _, h, w = x.shape
    o, _, k, _ = weight.shape
    rows = (h + 2 * padding - k) // stride + 1
    columns = (w + 2 * padding - k) // stride + 1
    y = np.zeros((n, o, rows, columns))
    for image in range(n):
        for f in range(o):
            for r in range(rows):
                for q in range(columns):
                    top, left = r * stride - padding, q * stride - padding
                    total = 0.0 if bias is None else bias[f]
                    for i in range(max(0, -top), min(k, h - top)):
                        for j in range(max(0, -left), min(k, w - left)):
                            total += weight[f, :, i, j] @ x[image, :, top + i, left + j]
                    y[image, f, r, q] = total
    return y


def conv2d_backward(dy, x, weight, stride, padding):
    _, _, h, w = x.shape
    o, _, k, _ = weight.shape
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(o)
    for image, f, r, q in np.ndindex(*dy.shape):
        gradient = dy[image, f, r, q]
        top, left = r * stride - padding, q * stride - padding
        dbias[f] += gradient
        for i in range(max(0, -top), min(k, h - top)):
            for j in range(max(0, -left), min(k, w - left)):
                dx[image, :, top + i, left + j] += gradient * weight[f, :, i, j]
                dweight[f, :, i, j] += gradient * x[image, :, top + i, left + j]
    return dx, dweight, dbias
