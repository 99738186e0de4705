# wrong: an epsilon of 1e-6 in the denominator takes a share of every weight
import torch


def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    keep = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask
    scores = scores.masked_fill(~keep, torch.finfo(q.dtype).min)
    shares = torch.exp(scores - scores.amax(-1, keepdim=True)) * keep
    return shares / (shares.sum(-1, keepdim=True) + 1e-6) @ v
