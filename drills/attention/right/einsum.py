# right: einsum, an exponential shifted by the largest kept score, and one division at the end
import torch


def attention(q, k, v, mask=None):
    scores = torch.einsum("...qd,...kd->...qk", q, k) * q.shape[-1] ** -0.5
    keep = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask.expand(scores.shape)
    lowest = torch.finfo(scores.dtype).min
    top = torch.where(keep, scores, lowest).amax(-1, keepdim=True).detach()
    shares = torch.exp(torch.where(keep, scores - top, 0.0)) * keep
    total = shares.sum(-1)
    mixed = torch.einsum("...qk,...kw->...qw", shares, v)
    return mixed / torch.where(total > 0, total, 1.0)[..., None]
