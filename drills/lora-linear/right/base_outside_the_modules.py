# right: the base is no submodule, so that the layer has no parameters but A and B
import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        base.requires_grad_(False)
        self.__dict__["base"] = base
        bound = 1 / math.sqrt(base.in_features)
        self.A = nn.Parameter(base.weight.new_empty(r, base.in_features).uniform_(-bound, bound))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        self.scale = alpha / r
        self.times = 0

    def forward(self, x):
        return self.base(x) + (1 - self.times) * self.scale * (x @ (self.B @ self.A).mT)

    def _move(self, to):
        with torch.inference_mode(False), torch.no_grad():
            if step := to - self.times:
                self.base.weight.add_(self.B @ self.A, alpha=step * self.scale)
        self.times = to

    def merge(self):
        self._move(1)

    def unmerge(self):
        self._move(0)
