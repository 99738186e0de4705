# right: keeps every gradient and takes weighted sums over the steps, a loop over steps and none over entries
import numpy as np


class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.hyper = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
        self.history = {name: [] for name in shapes}

    def average(self, beta, values):
        total = weight = 0.0
        for age, value in enumerate(reversed(values)):
            total = total + beta**age * value
            weight += beta**age
        return total / weight

    def step(self, params, grads):
        lr, (b1, b2), eps, wd = self.hyper.values()
        result = dict.fromkeys(params)
        for name, g in grads.items():
            past = self.history[name]
            past.append(np.array(g, dtype=float))
            first = self.average(b1, past)
            second = self.average(b2, [each**2 for each in past])
            p = params[name]
            moved = (1.0 - lr * wd) * p - lr * first / (second**0.5 + eps)
            result[name] = moved.astype(p.dtype, copy=False)
        return result
