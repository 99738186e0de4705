"""The parts of the image classifier written out in NumPy: convolution, the scores of a classifier, a small network.

They stand behind the plug points of `cnn` and `cnn_study`, with the signatures of the drills.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch import Tensor

from groundup.capstones.parts import Array, Conv2d, Conv2dBackward, array, tensor


def _windows(x: Array, k: int, stride: int, padding: int) -> Array:
    """Every k x k window of x (n, c, h, w): a view (n, c, h', w', k, k)."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    return sliding_window_view(padded, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]


def conv2d(x: Array, weight: Array, bias: Array | None = None, stride: int = 1, padding: int = 0) -> Array:
    """Slide filters over pictures, unflipped: cross-correlation, as one matrix product of all windows (im2col).

    Args:
        x: (n, c, h, w).
        weight: (o, c, k, k).
        bias: (o,).
        stride: Pixels between windows.
        padding: Zeros on each side.

    Returns:
        (n, o, h', w') with h' = (h + 2 padding - k) // stride + 1.
    """
    windows = _windows(x, weight.shape[-1], stride, padding)
    y = np.tensordot(windows, weight, axes=([1, 4, 5], [1, 2, 3]))  # (n, h', w', o)
    if bias is not None:
        y = y + bias
    return np.ascontiguousarray(y.transpose(0, 3, 1, 2))


def conv2d_backward(dy: Array, x: Array, weight: Array, stride: int, padding: int) -> tuple[Array, Array, Array]:
    """Gradients of ``conv2d`` with regard to x, weight and bias, given that of its result, dy (n, o, h', w')."""
    k, (h, w), (rows, columns) = weight.shape[-1], x.shape[2:], dy.shape[2:]
    dweight = np.tensordot(dy, _windows(x, k, stride, padding), axes=([0, 2, 3], [0, 2, 3]))  # (o, c, k, k)
    padded = np.zeros((*x.shape[:2], h + 2 * padding, w + 2 * padding), dtype=dy.dtype)
    for i in range(k):  # a pixel is in up to k² windows: its gradient is the sum over them
        for j in range(k):
            share = np.tensordot(dy, weight[:, :, i, j], axes=([1], [0]))  # (n, h', w', c)
            end = i + stride * rows, j + stride * columns
            padded[:, :, i : end[0] : stride, j : end[1] : stride] += share.transpose(0, 3, 1, 2)
    return padded[:, :, padding : padding + h, padding : padding + w], dweight, dy.sum(axis=(0, 2, 3))


class _NumpyConv2d(torch.autograd.Function):
    """A convolution of stride 1 whose values and gradients are computed by NumPy parts."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, padding: int, part: Conv2d, backward: Conv2dBackward
    ) -> Tensor:
        ctx.save_for_backward(x, weight, bias)
        ctx.padding, ctx.part = padding, backward
        side = [s + 2 * padding - weight.shape[-1] + 1 for s in x.shape[2:]]
        y = part(array(x), array(weight), array(bias), 1, padding)
        return _of_shape(y, (len(x), len(weight), *side), "conv2d", x)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, bias = ctx.saved_tensors
        grads = ctx.part(array(dy), array(x), array(weight), 1, ctx.padding)
        of = zip(grads, (x, weight, bias), strict=True)
        return *(_of_shape(g, p.shape, "conv2d_backward", p) for g, p in of), None, None, None


def _of_shape(y: Array, shape: tuple[int, ...], name: str, like: Tensor) -> Tensor:
    """``y`` as a tensor; no broadcasting shall repair a wrong shape."""
    if np.shape(y) != tuple(shape):
        raise ValueError(f"{name} must return shape {tuple(shape)}, not {np.shape(y)}")
    return tensor(y, like)


def numpy_conv2d(
    x: Tensor, weight: Tensor, bias: Tensor, padding: int, forward: Conv2d, backward: Conv2dBackward
) -> Tensor:
    """Let NumPy parts convolve x (n, c, h, w) in a PyTorch model, gradients included.

    Raises:
        ValueError: A part returned another shape than that of a convolution of stride 1, or of a gradient.
    """
    y: Tensor = _NumpyConv2d.apply(x, weight, bias, padding, forward, backward)  # type: ignore[no-untyped-call]  # PyTorch's
    return y


def geometry(side: int, layers: Sequence[tuple[int, int, int]]) -> tuple[list[int], int, int]:
    """What a stack of convolutions and poolings does to a picture.

    Args:
        side: Of the picture, in pixels.
        layers: (kernel, stride, padding) of each.

    Returns:
        The side after each layer; of a cell of the last, the side of what it sees, and its step, both in pixels.
    """
    sides, field, step = [], 1, 1
    for kernel, stride, padding in layers:
        side = (side + 2 * padding - kernel) // stride + 1
        field += (kernel - 1) * step
        step *= stride
        sides.append(side)
    return sides, field, step


def confusion_matrix(y_true: Array, y_pred: Array) -> Array:
    """Labels 0/1 (n,) twice to [[tn, fp], [fn, tp]]."""
    return np.bincount(2 * np.asarray(y_true) + np.asarray(y_pred), minlength=4).reshape(2, 2)


def precision_recall_f1(y_true: Array, y_pred: Array) -> tuple[float, float, float]:
    """Of those called 1 the right share, of those that are 1 the share found, and their harmonic mean; 0/0 is 0."""
    (_, fp), (fn, tp) = confusion_matrix(y_true, y_pred).tolist()
    return tuple(float(tp * c / max(1, d)) for c, d in ((1, tp + fp), (1, tp + fn), (2, 2 * tp + fp + fn)))  # type: ignore[return-value]


def roc_auc(y_true: Array, scores: Array) -> float:
    """The chance that a random 1 scores above a random 0, ties counted half (Hanley and McNeil, 1982).

    Raises:
        ValueError: There is only one class.
    """
    y, n = np.asarray(y_true), len(y_true)
    ones = int(y.sum())
    if ones in (0, n):
        raise ValueError("the area under the curve needs both classes")
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (counts.cumsum() - (counts - 1) / 2)[places]  # tied scores share their mean rank
    return float((ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (n - ones)))


def forward(params: Mapping[str, Array], X: Array) -> Array:
    """Probabilities (n, 1) of a network with one tanh layer and a sigmoid, on X (n, d)."""
    z = np.tanh(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
    p: Array = 0.5 + 0.5 * np.tanh(z / 2)  # the sigmoid, without overflow
    return p


def loss_and_grads(params: Mapping[str, Array], X: Array, y: Array) -> tuple[float, dict[str, Array]]:
    """Mean binary cross-entropy of ``forward`` on X (n, d) and y (n, 1), and its gradients by name."""
    h = np.tanh(X @ params["W1"] + params["b1"])  # (n, h)
    z = h @ params["W2"] + params["b2"]  # (n, 1)
    dz = (0.5 + 0.5 * np.tanh(z / 2) - y) / len(X)
    da = dz @ params["W2"].T * (1 - h**2)  # (n, h)
    grads = {"W1": X.T @ da, "b1": da.sum(axis=0), "W2": h.T @ dz, "b2": dz.sum(axis=0)}
    return float(np.mean(np.logaddexp(0, z) - y * z)), grads
