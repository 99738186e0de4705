# wrong: merge changes a matrix of its own, not the weight of the base
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
        self.weight = base.weight.detach().clone()

    def forward(self, x):
        if self.merged:
            return nn.functional.linear(x, self.weight, self.base.bias)
        return self.base(x) + self.scale * (x @ self.A.T @ self.B.T)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.weight += self.scale * self.B @ self.A
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.weight -= self.scale * self.B @ self.A
            self.merged = False
