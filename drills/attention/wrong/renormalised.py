# wrong: renormalises after the mask: 0/0 where a hidden score is far above those kept
import math

import torch


def attention(q, k, v, mask=None):
    weights = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), dim=-1)
    if mask is not None:
        weights = weights * mask
        total = weights.sum(-1, keepdim=True)
        weights = weights / torch.where(mask.any(-1, keepdim=True), total, 1.0)
    return weights @ v
