# wrong: constants of the right shapes, an untrained network's loss and no gradient
import numpy as np


def forward(params, X):
    return np.full((len(X), 1), 0.5)


def loss_and_grads(params, X, y):
    return float(np.log(2)), {name: np.zeros_like(value) for name, value in params.items()}
