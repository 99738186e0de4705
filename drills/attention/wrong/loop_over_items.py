# wrong: a Python loop over the batch items (right values, and the vectorisation mark is lost)
import math

import torch


def attention(q, k, v, mask=None):
    if q.dim() > 2:
        if mask is not None:
            mask = mask.expand(*q.shape[:-1], k.shape[-2])
        masks = [None] * len(q) if mask is None else mask
        return torch.stack([attention(*each) for each in zip(q, k, v, masks, strict=True)])
    scores = q @ k.T / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v
