# wrong: A and B are linear layers, not parameters
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        self.base = base.requires_grad_(False)
        like = base.weight
        self.A = nn.Linear(base.in_features, r, bias=False).to(like)
        self.B = nn.Linear(r, base.out_features, bias=False).to(like)
        nn.init.zeros_(self.B.weight)
        self.scale, self.merged = alpha / r, False

    def forward(self, x):
        y = self.base(x)
        return y if self.merged else y + self.scale * (self.B(self.A(x)))

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.base.weight += self.scale * self.B.weight @ self.A.weight
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight -= self.scale * self.B.weight @ self.A.weight
            self.merged = False
