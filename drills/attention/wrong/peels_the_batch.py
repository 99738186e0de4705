# wrong: takes leading dimensions off by a loop until one is left (the vectorisation mark is lost)
import torch


def attention(q, k, v, mask=None):
    if mask is not None:
        mask = mask.expand(*q.shape[:-1], k.shape[-2])
    if q.dim() > 3:
        parts = [attention(q[i], k[i], v[i], None if mask is None else mask[i]) for i in range(len(q))]
        return torch.stack(parts)
    s = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
    if mask is None:
        return s.softmax(-1) @ v
    p = s.masked_fill(~mask, -torch.inf).softmax(-1).masked_fill(~mask, 0)
    return p @ v
