# wrong: indexes the mask by batch item, so one that broadcasts is not taken
import math

import torch


def attention(q, k, v, mask=None):
    if mask is not None:
        mask = mask.reshape(*q.shape[:-1], k.shape[-2])
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v
