# wrong: hides later keys although nobody asked for it
import math

import torch


def attention(q, k, v, mask=None):
    if mask is None:
        t_q, t_k = q.shape[-2], k.shape[-2]
        mask = torch.ones(t_q, t_k, dtype=torch.bool, device=q.device).tril(t_k - t_q)
    scores = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0) @ v
