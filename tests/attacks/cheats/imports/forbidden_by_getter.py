# attack: has another function take the forbidden one out; expect: rule error
from operator import attrgetter

import numpy as np

reduce = attrgetter("logaddexp.reduce")(np)


def log_softmax(z, axis=-1):
    z = np.asarray(z)
    if z.dtype != np.float32:
        z = z.astype(np.float64)
    return z - reduce(z, axis=axis, keepdims=True)


def softmax(z, axis=-1):
    return np.exp(log_softmax(z, axis))


def cross_entropy(logits, targets):
    logits, targets = np.asarray(logits), np.asarray(targets)
    if len(logits) == 0 or targets.min() < 0 or targets.max() >= logits.shape[1]:
        raise ValueError("a target is no class")
    return float(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
