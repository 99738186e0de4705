# right: all parameters in one long vector, split again at the end; the original order of operations with scaled eps
import math

import numpy as np


class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr, (self.b1, self.b2), self.eps, self.wd = lr, betas, eps, weight_decay
        self.names = list(shapes)
        self.ends = np.cumsum([math.prod(shapes[name]) for name in self.names])
        self.m = np.zeros(self.ends[-1])
        self.v = np.zeros(self.ends[-1])
        self.t = 0

    def flat(self, arrays):
        return np.concatenate([arrays[name].ravel() for name in self.names], dtype=np.float64)

    def step(self, params, grads):
        self.t += 1
        p, g = self.flat(params), self.flat(grads)
        self.m += (1 - self.b1) * (g - self.m)
        self.v += (1 - self.b2) * (g * g - self.v)
        root = math.sqrt(1 - self.b2**self.t)
        rate = self.lr * root / (1 - self.b1**self.t)
        p = p * (1 - self.lr * self.wd) - rate * self.m / (np.sqrt(self.v) + self.eps * root)
        parts = dict(zip(self.names, np.split(p, self.ends[:-1]), strict=True))
        return {name: parts[name].reshape(old.shape).astype(old.dtype) for name, old in params.items()}
