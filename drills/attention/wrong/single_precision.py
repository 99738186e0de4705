# wrong: computes in float32 whatever comes in
import math

import torch


def attention(q, k, v, mask=None):
    dtype, q, k, v = q.dtype, q.float(), k.float(), v.float()
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return (weights @ v).to(dtype)
