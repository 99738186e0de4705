# right: keeps the correction that was added, in float64, and subtracts that very one
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        w = base.weight
        self.register_parameter("A", nn.Parameter(torch.rand(r, w.shape[1], dtype=w.dtype, device=w.device) - 0.5))
        self.register_parameter("B", nn.Parameter(torch.zeros_like(w[:, :1]).repeat(1, r)))
        self.register_buffer("scale", torch.tensor(alpha / r, dtype=torch.float64, device=w.device), persistent=False)
        self.added = None

    @torch.no_grad()
    def merge(self):
        if self.added is None:
            self.added = self.scale * (self.B.double() @ self.A.double())
            self.base.weight.copy_(self.base.weight.double() + self.added)

    @torch.no_grad()
    def unmerge(self):
        if self.added is not None:
            self.base.weight.copy_(self.base.weight.double() - self.added)
            self.added = None

    def forward(self, x):
        if self.added is not None:
            return self.base(x)
        narrow = torch.einsum("...i,ri,or->...o", x, self.A, self.B)
        return torch.add(self.base(x), narrow, alpha=float(self.scale))
