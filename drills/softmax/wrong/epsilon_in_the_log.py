# wrong: an epsilon inside the logarithm caps the loss at 27.6 and shifts every value
import numpy as np


def softmax(z, axis=-1):
    z = np.asarray(z)
    z = z if z.dtype == np.float32 else z.astype(np.float64)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis=-1):
    return np.log(softmax(z, axis) + 1e-12)


def cross_entropy(logits, targets):
    if len(targets) == 0 or np.min(targets) < 0 or np.max(targets) >= logits.shape[1]:
        raise ValueError("no rows, or a target out of range")
    return float(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
