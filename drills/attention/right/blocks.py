# right: blocks of eight queries, all keys at once, put together by cat
import math

import torch

SIZE = 8


def attention(q, k, v, mask=None):
    if mask is not None:
        mask = torch.broadcast_to(mask, (*q.shape[:-1], k.shape[-2]))
    parts = []
    for start in range(0, q.shape[-2], SIZE):
        rows = slice(start, start + SIZE)
        z = q[..., rows, :] @ k.mT / math.sqrt(k.shape[-1])
        if mask is None:
            parts.append(z.softmax(-1) @ v)
            continue
        here = mask[..., rows, :]
        empty = ~here.any(-1, keepdim=True)
        z = z.masked_fill(~here & ~empty, -math.inf)
        parts.append((z.softmax(-1) @ v).masked_fill(empty, 0))
    return torch.cat(parts, -2)
