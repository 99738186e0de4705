# right: the state has the dtype of its parameter, made at the first step; shapes are not needed
import numpy as np


class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr = lr
        self.beta1, self.beta2 = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.state = {}
        self.t = 0

    def step(self, params, grads):
        self.t += 1
        correction1 = 1 - self.beta1**self.t
        correction2 = 1 - self.beta2**self.t
        updated = {}
        for name in params:
            p = params[name]
            g = grads[name].astype(p.dtype)
            if name not in self.state:
                self.state[name] = (np.zeros_like(p), np.zeros_like(p))
            m, v = self.state[name]
            m *= self.beta1
            m += (1 - self.beta1) * g
            v *= self.beta2
            v += (1 - self.beta2) * np.square(g)
            p = p - self.lr * self.weight_decay * p
            p -= self.lr * (m / correction1) / (np.sqrt(v / correction2) + self.eps)
            updated[name] = p
        return updated
