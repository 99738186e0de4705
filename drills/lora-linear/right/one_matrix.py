# right: one path: the matrix W + scale B A is put together in each forward pass
import torch
from torch import nn
from torch.nn import functional as F


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        for p in base.parameters():
            p.requires_grad = False
        self.base, self.alpha, self.r = base, alpha, r
        self.A = nn.Parameter(torch.empty(r, base.in_features, dtype=base.weight.dtype, device=base.weight.device))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        nn.init.kaiming_uniform_(self.A, a=5**0.5)
        self.inside = False

    def correction(self):
        return self.B @ self.A * (self.alpha / self.r)

    def forward(self, x):
        weight = self.base.weight if self.inside else self.base.weight + self.correction()
        return F.linear(x, weight, self.base.bias)

    def merge(self):
        if self.inside:
            return self
        self.base.weight.data.add_(self.correction().detach())
        self.inside = True
        return self

    def unmerge(self):
        if self.inside:
            self.base.weight.data.sub_(self.correction().detach())
            self.inside = False
        return self
