# wrong: finds gradients by name and its own state by position
import numpy as np


class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.t = 0
        self.state = [(np.zeros(shape), np.zeros(shape)) for shape in shapes.values()]

    def step(self, params, grads):
        self.t += 1
        beta1, beta2 = self.betas
        new = {}
        for (m, v), (name, p) in zip(self.state, params.items(), strict=True):
            g = grads[name]
            m[...] = beta1 * m + (1 - beta1) * g
            v[...] = beta2 * v + (1 - beta2) * g**2
            update = m / (1 - beta1**self.t) / (np.sqrt(v / (1 - beta2**self.t)) + self.eps)
            new[name] = (p - self.lr * (update + self.weight_decay * p)).astype(p.dtype)
        return new
