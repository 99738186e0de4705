# wrong: exponentials of the raw scores, which overflow
import math

import torch


def attention(q, k, v, mask=None):
    shares = torch.exp(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]))
    if mask is not None:
        shares = shares.masked_fill(~mask, 0.0)
    total = shares.sum(-1, keepdim=True)
    return shares / torch.where(total > 0, total, 1.0) @ v
