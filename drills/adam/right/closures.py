# right: the state lies in a generator for each parameter, which takes a gradient and gives a direction
import numpy as np


def directions(shape, betas, eps):
    """Takes a gradient, gives the corrected mean over the corrected root, again and again."""
    b1, b2 = betas
    m, v, t, out = np.zeros(shape), np.zeros(shape), 0, None
    while True:
        g = yield out
        t += 1
        m = m * b1 + g * (1 - b1)
        v = v * b2 + g * g * (1 - b2)
        out = m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps)


class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr, self.weight_decay = lr, weight_decay
        self.running = {name: directions(shape, betas, eps) for name, shape in shapes.items()}
        for each in self.running.values():
            next(each)

    def one(self, p, direction):
        return np.asarray(p - self.lr * direction - self.lr * self.weight_decay * p, dtype=p.dtype)

    def step(self, params, grads):
        return {name: self.one(p, self.running[name].send(grads[name])) for name, p in params.items()}
