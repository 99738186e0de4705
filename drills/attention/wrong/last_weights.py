# wrong: keeps the weights of the last call in a module global (the organisation mark is lost)
import math

import torch

weights = None


def attention(q, k, v, mask=None):
    global weights
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v
