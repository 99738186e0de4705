# wrong: keeps the first correction that it merged, and merges it again after more training
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        self.base = base.requires_grad_(False)
        like = base.weight
        self.A = nn.Parameter(torch.randn(r, base.in_features).to(like) / base.in_features)
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(like))
        self.scale, self.merged = alpha / r, False
        self.delta = None

    def forward(self, x):
        y = self.base(x)
        return y if self.merged else y + self.scale * (x @ self.A.T @ self.B.T)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            if self.delta is None:
                self.delta = self.scale * self.B @ self.A
            self.base.weight += self.delta
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight -= self.delta
            self.merged = False
