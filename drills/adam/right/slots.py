# right: a dataclass for each parameter, which counts its own steps and keeps running products of the betas
from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Slot:
    m: np.ndarray
    v: np.ndarray
    left1: float = 1.0
    left2: float = 1.0

    def direction(self, g: np.ndarray, betas: tuple[float, float], eps: float) -> np.ndarray:
        beta1, beta2 = betas
        self.m = np.add(beta1 * self.m, (1.0 - beta1) * g)
        self.v = np.add(beta2 * self.v, (1.0 - beta2) * np.power(g, 2))
        self.left1 *= beta1
        self.left2 *= beta2
        return (self.m / (1.0 - self.left1)) / (eps + np.sqrt(self.v / (1.0 - self.left2)))


@dataclass
class Adam:
    shapes: dict[str, tuple[int, ...]]
    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        self.slots = {name: Slot(np.zeros(shape), np.zeros(shape)) for name, shape in self.shapes.items()}

    def step(self, params, grads):
        new = {name: np.empty_like(p) for name, p in params.items()}
        for name, slot in self.slots.items():
            p = params[name]
            change = slot.direction(grads[name].astype(np.float64), self.betas, self.eps)
            new[name][...] = p - self.lr * (change + self.weight_decay * p.astype(np.float64))
        return new
