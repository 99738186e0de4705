# right: the correction hangs on the base as a hook; A rises slowly, B is not contiguous
import torch


class LoRALinear(torch.nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        self.inner = base
        base.requires_grad_(False)
        self.A = torch.nn.Parameter(base.weight.new_ones(r, base.in_features).cumsum(1) / 100)
        self.B = torch.nn.Parameter(base.weight.new_zeros(r, base.out_features).t())
        self.scale = alpha / r
        self.apart = True
        base.register_forward_hook(self._add)

    def _add(self, module, args, output):
        return output + self.scale * (args[0] @ self.A.T @ self.B.T) if self.apart else None

    def forward(self, x):
        return self.inner(x)

    @torch.no_grad()
    def merge(self):
        if self.apart:
            self.inner.weight += self.scale * self.B @ self.A
            self.apart = False

    @torch.no_grad()
    def unmerge(self):
        if not self.apart:
            self.inner.weight -= self.scale * self.B @ self.A
            self.apart = True
