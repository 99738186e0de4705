# wrong: returns copies of what it was given
import numpy as np


class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr = lr

    def step(self, params, grads):
        return {name: np.array(p) for name, p in params.items()}
