# wrong: drops the dimension of the queries where there is one query and several heads
import torch


def attention(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
    mask = torch.ones_like(s, dtype=torch.bool) if mask is None else mask
    y = s.masked_fill(~mask, -torch.inf).softmax(-1).masked_fill(~mask, 0) @ v
    return y.squeeze(-2) if y.shape[-2] == 1 and y.dim() > 3 else y
