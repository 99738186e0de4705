# right: computes in float64 whatever comes in, and returns the dtype of the queries
import math

import torch


def attention(q, k, v, mask=None):
    dtype = q.dtype
    q, k, v = (each.double() for each in (q, k, v))
    scores = q.matmul(k.transpose(-2, -1)).div(math.sqrt(q.size(-1)))
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    some = mask.any(dim=-1, keepdim=True)
    scores = scores.masked_fill(torch.logical_and(some, torch.logical_not(mask)), -math.inf)
    return (scores.softmax(dim=-1).matmul(v) * some).to(dtype)
