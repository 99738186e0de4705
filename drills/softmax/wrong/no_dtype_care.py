# wrong: leaves the dtype to NumPy, so uint8 wraps around and int8 becomes float16
import numpy as np


def softmax(z, axis=-1):
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis=-1):
    z = z - np.max(z, axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def cross_entropy(logits, targets):
    if len(targets) == 0 or np.min(targets) < 0 or np.max(targets) >= logits.shape[1]:
        raise ValueError("no rows, or a target out of range")
    return float(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
