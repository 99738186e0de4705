# right: a subclass of nn.Linear that shares weight and bias with its base
import torch
from torch import nn
from torch.nn.utils import skip_init


class LoRALinear(nn.Linear):
    def __init__(self, base, r, alpha, *, spread=1.0):
        nn.Module.__init__(self)
        self.in_features, self.out_features = base.in_features, base.out_features
        self.weight, self.bias = base.weight, base.bias
        for p in (base.weight, base.bias):
            if p is not None:
                p.requires_grad_(False)
        kept = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.A = nn.Parameter(spread * skip_init(nn.Linear, self.in_features, r, **kept).weight.detach().normal_())
        self.B = nn.Parameter(torch.zeros(self.out_features, r, **kept))
        self.factor = alpha / r
        self.state = "apart"

    def _delta(self):
        return (self.factor * self.B.detach()).matmul(self.A.detach())

    def merge(self):
        if self.state == "apart":
            self.weight.data = self.weight.data + self._delta()
            self.state = "merged"

    def unmerge(self):
        if self.state == "merged":
            self.weight.data = self.weight.data - self._delta()
            self.state = "apart"

    def forward(self, x):
        wide = super().forward(x)
        return wide if self.state == "merged" else wide + (x @ self.A.t()) @ (self.factor * self.B).t()
