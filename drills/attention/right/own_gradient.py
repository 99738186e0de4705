# right: an autograd function with a backward pass by hand, P ∘ (dP - rowsum(P ∘ dP))
import torch
from torch.autograd import Function


def weights_of(q, k, keep):
    z = torch.matmul(q, k.transpose(-1, -2)) / q.size(-1) ** 0.5
    z = torch.where(keep, z, -torch.inf)
    z = z - z.max(-1, keepdim=True).values.nan_to_num(neginf=0.0)
    e = z.exp()
    s = e.sum(-1, keepdim=True)
    return e / s.clamp_min(1e-30)


class Mixture(Function):
    @staticmethod
    def forward(ctx, q, k, v, keep):
        p = weights_of(q, k, keep)
        ctx.save_for_backward(q, k, v, p)
        return p @ v

    @staticmethod
    def backward(ctx, dy):
        q, k, v, p = ctx.saved_tensors
        dp = dy @ v.transpose(-1, -2)
        ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / q.size(-1) ** 0.5
        return ds @ k, ds.transpose(-1, -2) @ q, p.transpose(-1, -2) @ dy, None


def attention(q, k, v, mask=None):
    keep = torch.ones((), dtype=torch.bool, device=q.device) if mask is None else mask
    return Mixture.apply(q, k, v, keep)
