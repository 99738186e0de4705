"""Sizes of the GPT and recipes to train it, from the toy's to GPT-2's."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from groundup.capstones.errors import CapstoneError


def _at_least_one(of: object, *names: str) -> None:
    for name in names:
        if getattr(of, name) < 1:
            raise CapstoneError(f"{name} is {getattr(of, name)}; it must be at least 1")


@dataclass(frozen=True)
class Config:
    """The size of the model; the defaults are the toy's, 103,821 parameters."""

    vocab_size: int = 13  # V
    context: int = 32  # T, the most characters it sees at once
    width: int = 64  # C
    layers: int = 2
    heads: int = 4
    tied: bool = False  # the head is the token embedding, without a bias

    def __post_init__(self) -> None:
        _at_least_one(self, "vocab_size", "context", "width", "layers", "heads")
        if self.width % self.heads:
            raise CapstoneError(f"width {self.width} is no multiple of {self.heads} heads; each gets an equal share")


@dataclass(frozen=True)
class Recipe:
    """How the model is trained; the defaults are the toy's."""

    steps: int = 240
    batch: int = 16  # B, over all processes
    accumulate: int = 1  # parts of a process's batch that go through the model in turn, to save memory
    lr: float = 5e-3  # the highest
    warmup: int = 20  # updates until then
    final: float = 0.05  # of the highest rate, at the end
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = 0.01
    decay_vectors: bool = True  # of biases and norms, too
    clip: float = 0.0  # largest norm of the gradient; 0 leaves it alone

    def __post_init__(self) -> None:
        _at_least_one(self, "steps", "batch", "accumulate")
        if not self.lr > 0:
            raise CapstoneError(f"lr is {self.lr}; it must be positive")


TOY = Recipe()
_USUAL = Recipe(steps=2000, batch=32, lr=1e-3, warmup=100, final=0.1, weight_decay=0.1, decay_vectors=False, clip=1.0)
PRESETS: dict[str, tuple[dict[str, int], Recipe]] = {
    "toy": ({}, TOY),
    "small": ({"context": 64, "width": 128, "layers": 4}, _USUAL),
    "medium": ({"context": 256, "width": 384, "layers": 6, "heads": 6}, replace(_USUAL, steps=5000, batch=64)),
    "gpt2": (
        {"vocab_size": 50257, "context": 1024, "width": 768, "layers": 12, "heads": 12, "tied": True},
        replace(_USUAL, steps=20000, batch=480, accumulate=15, lr=6e-4, warmup=700),
    ),
}
"""Shape and recipe. A shape without `vocab_size` takes it from the text; GPT-2's leaves most of its rows unused."""


def preset(name: str, characters: int = 13) -> tuple[Config, Recipe]:
    """Configuration and recipe of a preset, for a text with so many different characters."""
    shape, recipe = PRESETS[name]
    return Config(**{"vocab_size": characters, **shape}), recipe  # type: ignore[arg-type]  # `tied` is a bool


def count_params(config: Config) -> int:
    """The number of parameters, without building the model."""
    V, C = config.vocab_size, config.width
    block = 12 * C * C + 13 * C  # attention 4 C² + 4 C, network 8 C² + 5 C, two norms 4 C
    return V * C + config.context * C + config.layers * block + 2 * C + (0 if config.tied else C * V + V)


def lr_at(step: int, recipe: Recipe) -> float:
    """The learning rate of an update, counted from 0: a straight line up, then half a cosine down."""
    if step < recipe.warmup:
        return recipe.lr * (step + 1) / recipe.warmup
    along = (step - recipe.warmup) / max(1, recipe.steps - recipe.warmup)  # 0 to 1
    return recipe.lr * (recipe.final + (1 - recipe.final) * (1 + math.cos(math.pi * along)) / 2)
