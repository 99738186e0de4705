# wrong: subtracts the maximum from the caller's own array
import numpy as np


def _shifted(z, axis):
    z = np.asarray(z)
    if z.dtype != np.float32:
        z = z.astype(np.float64, copy=False)
    z -= z.max(axis=axis, keepdims=True)
    return z


def softmax(z, axis=-1):
    e = np.exp(_shifted(z, axis))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis=-1):
    z = _shifted(z, axis)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def cross_entropy(logits, targets):
    if len(targets) == 0 or np.min(targets) < 0 or np.max(targets) >= logits.shape[1]:
        raise ValueError("no rows, or a target out of range")
    return float(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
