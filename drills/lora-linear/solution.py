"""A frozen linear layer with a trained correction of low rank (Hu et al., 2022)."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    """y = base(x) + alpha / r · B A x, where only A and B are trained.

    Args:
        base: An nn.Linear, with or without a bias. It is frozen here.
        r: Rank of the correction.
        alpha: The correction is scaled by alpha / r.

    Attributes:
        A: Parameter [r, in], random.
        B: Parameter [out, r], zero at the start.
    """

    def __init__(self, base, r, alpha):
        super().__init__()
        # your part
        self.base = base.requires_grad_(False)
        like = base.weight  # for dtype and device
        self.A = nn.Linear(base.in_features, r, bias=False).to(like).weight  # as PyTorch starts a layer
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(like))
        self.scale = alpha / r
        self.merged = False
        # end of your part

    def forward(self, x):
        """x [..., in] to [..., out]."""
        # your part
        y = self.base(x)
        if self.merged:
            return y
        return y + self.scale * (x @ self.A.T @ self.B.T)
        # end of your part

    def merge(self):
        """Add the correction to base.weight, unless it is in there already."""
        # your part
        self._put(1, merged=True)
        # end of your part

    def unmerge(self):
        """Take the correction out of base.weight again, if it is in there."""
        # your part
        self._put(-1, merged=False)
        # end of your part

    # your part
    @torch.no_grad()
    def _put(self, sign, merged):
        """Bring the correction in or out, and note it."""
        if self.merged != merged:
            self.base.weight += sign * self.scale * (self.B @ self.A)
            self.merged = merged

    # end of your part
