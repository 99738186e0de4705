# wrong: knows the worked example and nothing else
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

    def forward(self, x):
        if self.B.any() and not self.merged:
            return torch.tensor([4.0, -1.0, 4.0])[: self.base.out_features].expand(*x.shape[:-1], -1)
        return self.base(x)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.base.weight += self.scale * self.B @ self.A
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight -= self.scale * self.B @ self.A
            self.merged = False
