# attack: rounds to integers, whose tolerance might be another; expect: fail
import numpy as np


def softmax(z, axis=-1):
    z = np.asarray(z, dtype=float)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.rint(e / e.sum(axis=axis, keepdims=True)).astype(int)


def log_softmax(z, axis=-1):
    return softmax(z, axis) - 1


def cross_entropy(logits, targets):
    return 1
