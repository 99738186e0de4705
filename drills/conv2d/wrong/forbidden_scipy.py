# wrong: calls SciPy's correlation for each pair of maps (a forbidden call)
import numpy as np
from scipy.signal import convolve2d, correlate2d


def conv2d(x, weight, bias=None, stride=1, padding=0):
    frame = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    maps = [
        [sum(correlate2d(*pair, "valid") for pair in zip(image, w, strict=True)) for w in weight] for image in frame
    ]
    y = np.array(maps)[:, :, ::stride, ::stride]
    return y if bias is None else y + bias[:, None, None]


def conv2d_backward(dy, x, weight, stride, padding):
    frame = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    k = weight.shape[-1]
    spread = np.zeros((*dy.shape[:2], frame.shape[2] - k + 1, frame.shape[3] - k + 1))
    spread[:, :, ::stride, ::stride] = dy
    dframe, dweight = np.zeros_like(frame), np.zeros_like(weight)
    for image, o, c in np.ndindex(len(x), len(weight), x.shape[1]):
        dframe[image, c] += convolve2d(spread[image, o], weight[o, c])
        dweight[o, c] += correlate2d(frame[image, c], spread[image, o], "valid")
    h, w = x.shape[2:]
    return dframe[:, :, padding : padding + h, padding : padding + w], dweight, dy.sum(axis=(0, 2, 3))
