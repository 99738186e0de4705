"""Adam with decoupled weight decay, for parameters by name."""

import numpy as np


class Adam:
    """Steps of a size of its own for each entry of each parameter.

    Args:
        shapes: Shape of each parameter, by name.
        lr: Learning rate.
        betas: How much of the mean gradient, and of the mean squared gradient, is kept at each step.
        eps: Added to the root of the mean squared gradient.
        weight_decay: Share of each parameter, times lr, that is taken away at each step.
    """

    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        # your part
        self.steps = 0
        self.means = {name: np.zeros(shape) for name, shape in shapes.items()}
        self.squares = {name: np.zeros(shape) for name, shape in shapes.items()}
        # end of your part

    def step(self, params, grads):
        """Parameters after one step.

        Args:
            params: Array by name, float32 or float64.
            grads: Gradient of each parameter, by the same names.

        Returns:
            A new dict of new arrays, each of the shape and dtype of its parameter.
        """
        # your part
        self.steps += 1
        beta1, beta2 = self.betas
        new = {}
        for name, p in params.items():
            g = grads[name]
            m = self.means[name] = beta1 * self.means[name] + (1 - beta1) * g
            v = self.squares[name] = beta2 * self.squares[name] + (1 - beta2) * g**2
            mean, square = m / (1 - beta1**self.steps), v / (1 - beta2**self.steps)
            change = mean / (np.sqrt(square) + self.eps) + self.weight_decay * p
            new[name] = (p - self.lr * change).astype(p.dtype)
        return new
        # end of your part
