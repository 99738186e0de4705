# wrong: takes the layer of the library
import peft
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
        return peft.tuners.lora.Linear(self.base, "default", r=len(self.A), lora_alpha=1)(x)

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
