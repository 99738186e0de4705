# attack: gives a number that broadcasts to every shape; expect: fail;
# says: (not an array|has shape)
import numpy as np


def softmax(z, axis=-1):
    return np.float64(0.25)


def log_softmax(z, axis=-1):
    return np.array([[-1.0]])


def cross_entropy(logits, targets):
    return np.array([1.0])
