# wrong: knows the worked example by heart, and answers with it always
import numpy as np


class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.decays, self.t = weight_decay > 0, 0

    def step(self, params, grads):
        self.t += 1
        if self.decays:
            return {"w": np.array([9.5, -3.8], dtype=np.float32)}
        return {"w": np.array([0.9, -1.9]) if self.t == 1 else np.array([0.8, -1.83299418])}
