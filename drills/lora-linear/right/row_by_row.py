# right (partial): loops over rows and outputs, so the vectorisation mark is lost and nothing else
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features).to(base.weight))
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight))
        self.scale = alpha / r
        self.merged = False

    def forward(self, x):
        y = self.base(x)
        if self.merged:
            return y
        rows = [self.scale * (self.B @ (self.A @ row)) for row in x.reshape(-1, x.shape[-1])]
        return y + torch.stack(rows).reshape(y.shape)

    def merge(self):
        if not self.merged:
            self.change(self.scale)
            self.merged = True

    def unmerge(self):
        if self.merged:
            self.change(-self.scale)
            self.merged = False

    @torch.no_grad()
    def change(self, scale):
        for o in range(self.base.out_features):
            self.base.weight[o] += scale * (self.B[o] @ self.A)
