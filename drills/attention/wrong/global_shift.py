# wrong: subtracts the largest score of all queries, so the rows far below it underflow to 0/0
import math

import torch


def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e30)
    shares = torch.exp(scores - scores.max().detach())
    if mask is not None:
        shares = shares.masked_fill(~mask, 0.0)
    total = shares.sum(-1, keepdim=True)
    return shares / torch.where(total > 0, total, 1.0) @ v
