"""The pictures of the image classifier: a bright row or a bright column in noise."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from groundup.capstones.training import CapstoneError

Pictures = tuple[Tensor, Tensor]  # (n, 1, H, W) and labels (n,)


@dataclass(frozen=True)
class Bars:
    """What the pictures are like."""

    noise: float = 0.1  # standard deviation of every pixel
    height: float = 1.0  # what a bar adds
    thick: int = 1  # rows or columns of a bar
    first: int = 0  # bars lie within rows or columns first .. last - 1
    last: int = 12
    side: int = 12

    def __post_init__(self) -> None:
        if self.first < 0 or not (1 <= self.thick <= self.last - self.first and self.last <= self.side):
            raise CapstoneError(f"no bar {self.thick} thick fits into {self.first} .. {self.last} of {self.side}")


BARS = Bars()


def make_images(n: int, generator: torch.Generator | None = None, task: Bars = BARS) -> Pictures:
    """Pictures of noise with a bar: label 0 for a bright row, 1 for a bright column.

    Args:
        n: How many.
        generator: Draws noise, labels and positions, in this order; by default PyTorch's own.
        task: What they are like.

    Returns:
        Pictures (n, 1, side, side), float32, and labels (n,), int64, on the CPU.
    """
    x = task.noise * torch.randn(n, 1, task.side, task.side, generator=generator)
    labels = torch.randint(0, 2, (n,), generator=generator)
    at = torch.randint(task.first, task.last - task.thick + 1, (n, 1), generator=generator)
    lines = torch.arange(task.side)
    bar = task.height * ((at <= lines) & (lines < at + task.thick))  # (n, side)
    is_row = labels.view(n, 1, 1) == 0
    x[:, 0] += torch.where(is_row, bar[:, :, None], bar[:, None, :])
    return x, labels
