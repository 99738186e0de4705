# right: loops over the r directions; a dataclass holds the settings; ones in A
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Settings:
    r: int
    alpha: float
    merged: bool = False

    @property
    def scale(self):
        return self.alpha / self.r


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        self.base = base.requires_grad_(requires_grad=False)
        self.settings = Settings(r, alpha)
        self.A = nn.Parameter(torch.ones_like(base.weight[0]).repeat(r, 1))
        self.B = nn.Parameter(torch.zeros_like(base.weight[:, 0]).repeat(r, 1).T.contiguous())

    def forward(self, x):
        y = self.base(x)
        if not self.settings.merged:
            for a, b in zip(self.A, self.B.T, strict=True):
                y = y + self.settings.scale * (x * a).sum(-1, keepdim=True) * b
        return y

    def merge(self):
        self.put(True)

    def unmerge(self):
        self.put(False)

    def put(self, wanted):
        if wanted == self.settings.merged:
            return
        self.settings.merged = wanted
        factor = self.settings.scale if wanted else -self.settings.scale
        for a, b in zip(self.A.detach(), self.B.detach().T, strict=True):
            self.base.weight.addr_(b, a, alpha=factor)
