# right (partial): a loop over the queries, so the vectorisation mark is lost and nothing else
import math

import torch


def attention(q, k, v, mask=None):
    rows = []
    for i in range(q.shape[-2]):
        z = (k @ q[..., i, :, None])[..., 0] / math.sqrt(q.shape[-1])
        if mask is not None:
            here = mask.expand(*q.shape[:-1], k.shape[-2])[..., i, :]
            z = z.masked_fill(~here, -math.inf)
        p = torch.softmax(z, -1)
        if mask is not None:
            p = p.masked_fill(~here, 0.0)
        rows.append((p[..., None, :] @ v)[..., 0, :])
    return torch.stack(rows, -2)
