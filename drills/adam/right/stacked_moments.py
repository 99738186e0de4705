# right: both moments in one array [2, ...], betas as an array that broadcasts; a property and a static method
import numpy as np


class Optimiser:
    """What any optimiser has: settings, and a count of its steps."""

    def __init__(self, lr, weight_decay):
        self._lr, self._decay, self._t = float(lr), float(weight_decay), 0

    @property
    def t(self):
        return self._t

    def step(self, params, grads):
        self._t += 1
        return {name: self.updated(name, p, grads[name]) for name, p in sorted(params.items())}


class Adam(Optimiser):
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, **unused):
        super().__init__(lr, weight_decay)
        self._betas, self._eps = np.array(betas), eps
        self._moments = {name: np.zeros((2, *shape)) for name, shape in shapes.items()}

    @staticmethod
    def _powers(g):
        g = g.astype(np.float64)
        return np.stack([g, g * g])

    def updated(self, name, p, g):
        betas = self._betas.reshape(2, *[1] * g.ndim)
        self._moments[name] = betas * self._moments[name] + (1 - betas) * self._powers(g)
        m, v = self._moments[name] / (1 - betas**self.t)
        shrunk = p.astype(np.float64) * (1 - self._lr * self._decay)
        return np.array(shrunk - self._lr * m / (np.sqrt(v) + self._eps), dtype=p.dtype)
