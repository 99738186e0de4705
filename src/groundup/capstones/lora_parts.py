"""A low-rank correction of a frozen linear layer, and how it gets into a model, out of it, and into a file.

LoRA (Hu et al., 2022, section 4.1): y = W x + b + alpha / r · B A x, where W and b are frozen and B starts at zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from groundup.capstones.parts import LoRALayer
from groundup.capstones.training import CapstoneError


class LoRALinear(nn.Module):
    """A frozen linear layer with a trained low-rank correction: x (..., in) to (..., out).

    Args:
        base: The layer; frozen here, its bias too.
        r: Rank of the correction, at least 1.
        alpha: The correction is scaled by alpha / r.

    Raises:
        ValueError: ``r`` is less than 1.
    """

    def __init__(self, base: nn.Linear, r: int, alpha: float) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"the rank must be at least 1, got {r}")
        freeze(base)
        self.base = base
        like = base.weight
        # With both at zero neither would ever get a gradient; with B at zero the layer starts as its base.
        self.A = nn.Parameter(0.01 * torch.randn(r, base.in_features).to(like))  # (r, in)
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(like))  # (out, r)
        self.scale = alpha / r
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out)."""
        y: Tensor = self.base(x)
        return y if self.merged else y + self.scale * (x @ self.A.T @ self.B.T)

    @torch.no_grad()
    def merge(self) -> None:
        """Add the correction to the base's weight, so that it costs nothing any more; again changes nothing."""
        if not self.merged:
            self.base.weight += self.scale * (self.B @ self.A)  # (out, in)
            self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        """Take the correction out of the base's weight again."""
        if self.merged:
            self.base.weight -= self.scale * (self.B @ self.A)
            self.merged = False


def freeze(module: nn.Module) -> None:
    """Let no parameter of the module ask for a gradient, so that an optimiser leaves it alone, decay included."""
    for p in module.parameters():
        p.requires_grad_(False)
        p.grad = None


def trainable_count(model: nn.Module) -> int:
    """How many numbers training may change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def inject(
    model: nn.Module, names: Iterable[str], r: int, alpha: float, layer: LoRALayer = LoRALinear
) -> dict[str, nn.Linear]:
    """Put an adapted layer in the place of each linear layer named, as in ``blocks.0.attn.q``.

    Returns:
        The layers replaced, by name.

    Raises:
        ValueError: A name is not that of a linear layer.
    """
    modules = dict(model.named_modules())
    bases: dict[str, nn.Linear] = {}
    for name in names:
        base = modules.get(name)
        if not isinstance(base, nn.Linear):
            linear = [n for n, m in modules.items() if isinstance(m, nn.Linear)]
            raise ValueError(f"{name!r} is no linear layer of the model; there are: {', '.join(linear)}")
        bases[name] = base
    for name, base in bases.items():
        model.set_submodule(name, layer(base, r, alpha))
    return bases


@contextmanager
def switched_off(model: nn.Module, bases: Mapping[str, nn.Linear]) -> Iterator[None]:
    """Put the layers that ``inject`` replaced back for a while: the model is, bit for bit, what it was."""
    adapted = {name: model.get_submodule(name) for name in bases}
    for name, base in bases.items():
        model.set_submodule(name, base)
    try:
        yield
    finally:
        for name, layer in adapted.items():
            model.set_submodule(name, layer)


def adapter_state(model: nn.Module) -> dict[str, Tensor]:
    """What was trained, and nothing of the frozen base: A and B of each layer, and a new head."""
    return {name: p.detach() for name, p in model.named_parameters() if p.requires_grad}


@torch.no_grad()
def load_adapter(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Copy an ``adapter_state`` into a model that was injected alike.

    Raises:
        CapstoneError: The adapter is of another shape than the model's.
    """
    own = adapter_state(model)
    shapes, wanted = ({name: tuple(x.shape) for name, x in xs.items()} for xs in (state, own))
    if shapes != wanted:
        differ = sorted({*shapes.items()} ^ {*wanted.items()})
        raise CapstoneError(f"this adapter does not fit the model: {', '.join(f'{n} {s}' for n, s in differ)} differ")
    for name, x in own.items():
        x.copy_(state[name])
