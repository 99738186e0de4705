# wrong: leaves the denominator out of the gradient
import math

import torch


def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    keep = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask
    scores = scores.masked_fill(~keep, torch.finfo(q.dtype).min)
    shares = torch.exp(scores - scores.amax(-1, keepdim=True).detach()).masked_fill(~keep, 0.0)
    total = shares.sum(-1, keepdim=True).detach()
    return shares / torch.where(total > 0, total, 1.0) @ v
