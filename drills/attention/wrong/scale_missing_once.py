# wrong: a backward pass by hand that forgets √d in the gradient of the keys
import torch


class Mixture(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v, keep):
        z = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).masked_fill(~keep, -torch.inf)
        p = torch.softmax(z, -1).masked_fill(~keep, 0.0)
        ctx.save_for_backward(q, k, v, p)
        return p @ v

    @staticmethod
    def backward(ctx, dy):
        q, k, v, p = ctx.saved_tensors
        dp = dy @ v.transpose(-2, -1)
        ds = p * (dp - (p * dp).sum(-1, keepdim=True))
        return ds @ k / q.shape[-1] ** 0.5, ds.transpose(-2, -1) @ q, p.transpose(-2, -1) @ dy, None


def attention(q, k, v, mask=None):
    keep = torch.ones((), dtype=torch.bool, device=q.device) if mask is None else mask
    return Mixture.apply(q, k, v, keep)
