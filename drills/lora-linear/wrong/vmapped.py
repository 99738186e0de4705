# wrong: hides the loop over rows in torch.vmap
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
        y = self.base(x)
        if self.merged:
            return y
        narrow = torch.vmap(lambda row: self.B @ (self.A @ row))(x.reshape(-1, x.shape[-1]))
        return y + self.scale * narrow.reshape(y.shape)

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
