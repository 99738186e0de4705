# wrong: opens the empty rows of the caller's mask (the organisation mark is lost)
import math

import torch


def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is None:
        return torch.softmax(scores, dim=-1) @ v
    empty = ~mask.any(-1, keepdim=True)
    mask |= empty
    weights = torch.softmax(scores.masked_fill(~mask, -math.inf), dim=-1)
    return weights.masked_fill(empty, 0.0) @ v
