# wrong: torch.vmap over the leading dimensions, a loop in disguise (the vectorisation mark is lost)
import math

import torch


def attention(q, k, v, mask=None):
    keep = torch.ones((), dtype=torch.bool) if mask is None else mask
    keep = keep.expand(*q.shape[:-1], k.shape[-2])

    def one(q, k, v, keep):
        weights = torch.softmax((q @ k.T / math.sqrt(q.shape[-1])).masked_fill(~keep, -math.inf), -1)
        return weights.masked_fill(~keep, 0.0) @ v

    for _ in range(q.dim() - 2):
        one = torch.vmap(one)
    return one(q, k, v, keep)
