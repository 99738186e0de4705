"""Scaled dot-product attention with a boolean mask, for values and gradients."""

import math

import torch


def attention(q, k, v, mask=None):
    """Mix the values, for each query in proportion to exp(q·k / √d) over the keys that it may look at.

    Args:
        q: Queries [..., t_q, d], float32 or float64.
        k: Keys [..., t_k, d].
        v: Values [..., t_k, w].
        mask: Boolean, broadcasts to [..., t_q, t_k]; True keeps a key. By default every key is kept.

    Returns:
        Tensor [..., t_q, w]; zeros for a query that keeps no key.
    """
    # your part
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # [..., t_q, t_k]
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        # A row of -inf alone came out as NaN. No gradient passes what was filled, so none of it goes back, either.
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v
    # end of your part
