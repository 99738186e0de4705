# wrong: A is [in, r] and B is [r, out], as for x A B
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        self.base = base.requires_grad_(False)
        like = base.weight
        self.A = nn.Parameter(torch.randn(base.in_features, r).to(like) / base.in_features)
        self.B = nn.Parameter(torch.zeros(r, base.out_features).to(like))
        self.scale, self.merged = alpha / r, False

    def forward(self, x):
        y = self.base(x)
        return y if self.merged else y + self.scale * (x @ self.A @ self.B)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.base.weight += self.scale * (self.A @ self.B).T
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight -= self.scale * (self.A @ self.B).T
            self.merged = False
