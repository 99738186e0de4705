# right: a module with a forward, called through a function; one fake key of score -inf or 0 stands for an empty row
import torch
from torch import nn


class Attention(nn.Module):
    def forward(self, q, k, v, mask):
        scores = (q[..., :, None, :] * k[..., None, :, :]).sum(-1).mul(q.shape[-1] ** -0.5)
        if mask is None:
            return torch.softmax(scores, -1) @ v
        empty = torch.logical_not(torch.any(mask, -1, keepdim=True)).expand(*scores.shape[:-1], 1)
        scores = scores.masked_fill(mask.logical_not(), -torch.inf)
        fake = torch.full_like(scores[..., :1], -torch.inf).masked_fill(empty, 0.0)
        weights = torch.softmax(torch.cat([scores, fake], -1), -1)[..., :-1]
        return torch.matmul(weights, v)


def attention(q, k, v, mask=None):
    return Attention()(q, k, v, mask)
