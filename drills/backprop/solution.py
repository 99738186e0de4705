"""A network with one tanh layer and a sigmoid: forward pass, loss, and gradients by the chain rule."""

import numpy as np


# your part
def _layers(params, X):
    """Activations of the hidden layer [n, h] and logits [n, 1]."""
    hidden = np.tanh(X @ params["W1"] + params["b1"])
    return hidden, hidden @ params["W2"] + params["b2"]


def _sigmoid(z):
    """1 / (1 + exp(-z)) in a form in which nothing overflows."""
    return 0.5 + 0.5 * np.tanh(z / 2)


# end of your part


def forward(params, X):
    """Probabilities of class 1.

    Args:
        params: Arrays by name: W1 [d, h], b1 [h], W2 [h, 1], b2 [1].
        X: Rows [n, d].

    Returns:
        sigmoid(tanh(X W1 + b1) W2 + b2), [n, 1].
    """
    # your part
    _, z = _layers(params, X)
    return _sigmoid(z)
    # end of your part


def loss_and_grads(params, X, y):
    """Mean binary cross-entropy of forward(params, X) against y, and its gradients.

    Args:
        params: As for forward.
        X: Rows [n, d].
        y: Labels [n, 1], each 0.0 or 1.0.

    Returns:
        The loss in nats, a float, and a dict with the gradient of each array in params, of its name and shape.
    """
    # your part
    hidden, z = _layers(params, X)
    loss = float(np.mean(np.logaddexp(0, z) - y * z))  # -log p where y is 1, -log(1 - p) where it is 0
    dz = (_sigmoid(z) - y) / len(X)  # [n, 1]
    da = dz @ params["W2"].T * (1 - hidden**2)  # [n, h], before the tanh
    return loss, {"W1": X.T @ da, "b1": da.sum(axis=0), "W2": hidden.T @ dz, "b2": dz.sum(axis=0)}
    # end of your part
