# right: one key after the other with a running maximum and a running sum; the scores are never all there
import math

import torch


def attention(q, k, v, mask=None):
    t_k = k.shape[-2]
    q = q / math.sqrt(q.shape[-1])
    top = q.new_full((*q.shape[:-1], 1), -math.inf)
    total = torch.zeros_like(top)
    mixed = q.new_zeros((*q.shape[:-1], v.shape[-1]))
    keep = None if mask is None else mask.expand(*q.shape[:-1], t_k)
    for j in range(t_k):
        score = (q * k[..., j : j + 1, :]).sum(-1, keepdim=True)
        seen = torch.ones_like(score, dtype=torch.bool) if keep is None else keep[..., j : j + 1]
        new_top = torch.where(seen, torch.maximum(top, score), top)
        # Where nothing was kept so far both are -inf, and their difference would be NaN.
        old = torch.where(top == -math.inf, 0.0, torch.exp(torch.where(top == -math.inf, 0.0, top - new_top)))
        share = torch.where(seen, torch.exp(torch.where(seen, score - new_top, 0.0)), 0.0)
        total = total * old + share
        mixed = mixed * old + share * v[..., j : j + 1, :]
        top = new_top
    return torch.where(total > 0, mixed / torch.where(total > 0, total, 1.0), 0.0)
