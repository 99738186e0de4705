# right: while merged, B is zero and its values are kept elsewhere, so that forward needs no flag
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=torch.float64).to(base.weight))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=torch.float64).to(base.weight))
        self.scale = alpha / r
        self.kept = None

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A.T @ self.B.T)

    @torch.no_grad()
    def merge(self):
        if self.kept is None:
            self.kept = self.B.clone()
            self.base.weight += self.scale * self.B @ self.A
            self.B.zero_()

    @torch.no_grad()
    def unmerge(self):
        if self.kept is not None:
            self.base.weight -= self.scale * self.kept @ self.A
            self.B.copy_(self.kept)
            self.kept = None
