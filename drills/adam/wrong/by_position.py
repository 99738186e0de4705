# wrong: goes by the order of the dicts, not by the names
import numpy as np


class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.t = 0
        self.m = [np.zeros(shape) for shape in shapes.values()]
        self.v = [np.zeros(shape) for shape in shapes.values()]

    def step(self, params, grads):
        self.t += 1
        beta1, beta2 = self.betas
        new = {}
        for i, ((name, p), g) in enumerate(zip(params.items(), grads.values(), strict=True)):
            self.m[i] = beta1 * self.m[i] + (1 - beta1) * g
            self.v[i] = beta2 * self.v[i] + (1 - beta2) * g**2
            m_hat, v_hat = self.m[i] / (1 - beta1**self.t), self.v[i] / (1 - beta2**self.t)
            update = m_hat / (np.sqrt(v_hat) + self.eps) + self.weight_decay * p
            new[name] = (p - self.lr * update).astype(p.dtype)
        return new
