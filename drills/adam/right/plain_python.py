# right (partial): lists and a loop over the entries, so the vectorisation mark is lost and nothing else
import math

import numpy as np


class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.t = 0
        self.m = {name: [0.0] * math.prod(shape) for name, shape in shapes.items()}
        self.v = {name: [0.0] * math.prod(shape) for name, shape in shapes.items()}

    def step(self, params, grads):
        self.t += 1
        b1, b2 = self.betas
        new = {}
        for name, p in params.items():
            m, v, values = self.m[name], self.v[name], []
            for i, (x, g) in enumerate(zip(p.ravel().tolist(), grads[name].ravel().tolist(), strict=True)):
                m[i] = b1 * m[i] + (1 - b1) * g
                v[i] = b2 * v[i] + (1 - b2) * g * g
                m_hat, v_hat = m[i] / (1 - b1**self.t), v[i] / (1 - b2**self.t)
                x -= self.lr * (m_hat / (math.sqrt(v_hat) + self.eps) + self.weight_decay * x)
                values.append(x)
            new[name] = np.array(values, dtype=p.dtype).reshape(p.shape)
        return new
