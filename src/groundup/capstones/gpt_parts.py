"""The parts of the GPT written out, as a reader would write them: what `gpt.py` takes at its plug points."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from groundup.capstones.parts import Array, LayerNorm, LayerNormBackward, Softmax, array, tensor


def softmax(z: Array, axis: int = -1) -> Array:
    """Probabilities along ``axis``, in NumPy; rows may hold -inf, but not alone."""
    e = np.exp(z - z.max(axis=axis, keepdims=True))  # the maximum becomes 0, so nothing overflows
    p: Array = e / e.sum(axis=axis, keepdims=True)
    return p


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, *, softmax: Softmax | None = None) -> Tensor:
    """Softmax(q kᵀ / √d) v (Vaswani et al., 2017, equation 1).

    Args:
        q: (..., t_q, d).
        k: (..., t_k, d).
        v: (..., t_k, w).
        mask: Boolean, broadcasts to (..., t_q, t_k); True keeps. A query that may look nowhere gets zeros.
        softmax: A NumPy part in place of PyTorch's.

    Returns:
        (..., t_q, w).
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., t_q, t_k)
    if mask is not None:
        # A row of -inf alone would be NaN, its gradient too: such a row keeps its scores, and loses its weights below.
        scores = scores.masked_fill(~mask & mask.any(-1, keepdim=True), -math.inf)
    weights = torch.softmax(scores, -1) if softmax is None else through_numpy(softmax, scores)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Each row of x (..., d) at mean 0 and variance 1, then times weight plus bias, (d,) each (Ba et al., 2016)."""
    centred = x - x.mean(-1, keepdim=True)
    variance = centred.square().mean(-1, keepdim=True)  # divided by d, not d - 1
    return centred * torch.rsqrt(variance + eps) * weight + bias


def layer_norm_backward(dy: Tensor, x: Tensor, weight: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of ``layer_norm`` for x (..., d), weight (d,) and bias (d,), given that for its result, dy (..., d)."""
    centred = x - x.mean(-1, keepdim=True)
    scale = torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps)
    xhat, dxhat = centred * scale, dy * weight
    # Mean and variance depend on x, too: to shift a whole row, or to stretch it, changes nothing.
    dx = scale * (dxhat - dxhat.mean(-1, keepdim=True) - xhat * (dxhat * xhat).mean(-1, keepdim=True))
    d = x.shape[-1]
    return dx, (dy * xhat).reshape(-1, d).sum(0), dy.reshape(-1, d).sum(0)


class KV:
    """The keys and values that one layer has computed so far, in a buffer as long as the context."""

    def __init__(self, context: int) -> None:
        self.context, self.length = context, 0

    def extend(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Keep those of the next tokens, (B, H, T, d) each, and return all, (B, H, S, d) each."""
        if self.length == 0:
            self.k, self.v = (x.new_empty(*x.shape[:2], self.context, x.shape[3]) for x in (k, v))
        start, self.length = self.length, self.length + k.shape[2]
        self.k[:, :, start : self.length], self.v[:, :, start : self.length] = k, v
        return self.k[:, :, : self.length], self.v[:, :, : self.length]


# ---- between NumPy or hand-written gradients and autograd -----------------------------------------------------------


class _Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, z: Tensor, part: Softmax) -> Tensor:
        p = tensor(part(array(z), axis=-1), z)
        ctx.save_for_backward(p)
        return p

    @staticmethod
    def backward(ctx: Any, dp: Tensor) -> tuple[Tensor, None]:
        (p,) = ctx.saved_tensors
        return p * (dp - (dp * p).sum(-1, keepdim=True)), None


class _LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, part: LayerNorm, backward: LayerNormBackward
    ) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.part = backward
        return part(x, weight, bias)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        dx, dweight, dbias = ctx.part(dy, *ctx.saved_tensors)
        return dx, dweight, dbias, None, None


def through_numpy(part: Softmax, z: Tensor) -> Tensor:
    """A NumPy softmax over the last axis of a tensor, with its gradient."""
    p: Tensor = _Softmax.apply(z, part)  # type: ignore[no-untyped-call]  # PyTorch's
    return p


def with_backward(part: LayerNorm, backward: LayerNormBackward, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A layer norm whose gradient is a part, too."""
    y: Tensor = _LayerNorm.apply(x, weight, bias, part, backward)  # type: ignore[no-untyped-call]  # PyTorch's
    return y
