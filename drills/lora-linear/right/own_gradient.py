# right: the narrow path has its backward pass written out
import torch
from torch import nn


class Narrow(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, A, B, scale):
        small = x @ A.T
        ctx.save_for_backward(x, A, B, small)
        ctx.scale = scale
        return scale * (small @ B.T)

    @staticmethod
    def backward(ctx, dy):
        x, A, B, small = ctx.saved_tensors
        dy = ctx.scale * dy
        back = dy @ B
        rows, ups = x.reshape(-1, x.shape[-1]), dy.reshape(-1, dy.shape[-1])
        dA = back.reshape(-1, back.shape[-1]).T @ rows
        dB = ups.T @ small.reshape(-1, small.shape[-1])
        return back @ A, dA, dB, None


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        self.base = base
        base.weight.requires_grad_(False)
        if base.bias is not None:
            base.bias.requires_grad_(False)
        self.A = nn.Parameter(torch.zeros(r, base.in_features).to(base.weight))
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight))
        nn.init.orthogonal_(self.A)
        self.scale = alpha / r
        self.register_buffer("merged", torch.tensor(False))

    def forward(self, x):
        y = self.base(x)
        return y if self.merged else y + Narrow.apply(x, self.A, self.B, self.scale)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.base.weight.copy_(self.base.weight + self.scale * (self.B @ self.A))
        self.merged.fill_(True)

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight.copy_(self.base.weight - self.scale * (self.B @ self.A))
        self.merged.fill_(False)
