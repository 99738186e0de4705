# wrong: constants of the right shape: the mean of the values kept, whatever the scores are
import torch


def attention(q, k, v, mask=None):
    shape = (*q.shape[:-1], k.shape[-2])
    keep = torch.ones(shape, dtype=q.dtype) if mask is None else mask.expand(shape).to(q.dtype)
    return keep / keep.sum(-1, keepdim=True).clamp(min=1) @ v
