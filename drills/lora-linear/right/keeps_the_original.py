# right: merge keeps the old weight, and unmerge puts it back, so nothing is rounded
import torch


class LoRALinear(torch.nn.Module):
    def __init__(self, base: torch.nn.Linear, r: int, alpha: float):
        super().__init__()
        base.weight.requires_grad_(False)
        if base.bias is not None:
            base.bias.requires_grad_(False)
        self.base = base
        options = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.A = torch.nn.Parameter(torch.nn.init.normal_(torch.empty(r, base.in_features, **options), std=0.02))
        self.B = torch.nn.Parameter(torch.zeros((base.out_features, r), **options))
        self.scaling = float(alpha) / r
        self.original = None

    def forward(self, x):
        result = self.base(x)
        if self.original is None:
            result = result + torch.nn.functional.linear(torch.nn.functional.linear(x, self.A), self.B) * self.scaling
        return result

    def merge(self):
        if self.original is None:
            self.original = self.base.weight.detach().clone()
            with torch.no_grad():
                self.base.weight.addmm_(self.B, self.A, alpha=self.scaling)

    def unmerge(self):
        if self.original is not None:
            with torch.no_grad():
                self.base.weight.copy_(self.original)
            self.original = None
