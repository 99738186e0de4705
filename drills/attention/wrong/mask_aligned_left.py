# wrong: takes a mask of two dimensions for one row for each batch item
import torch


def attention(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
    if mask is None:
        return s.softmax(-1) @ v
    if mask.dim() == 2 and s.dim() > 2 and mask.shape[0] == s.shape[0]:
        mask = mask[:, None, :] if s.dim() == 3 else mask[:, None, None, :]
    p = s.masked_fill(~mask, -torch.inf).softmax(-1).masked_fill(~mask, 0)
    return p @ v
