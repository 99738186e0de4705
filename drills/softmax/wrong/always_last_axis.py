# wrong: ignores the axis it is given and sums along the last one
import numpy as np


def _shifted(z):
    z = np.asarray(z)
    z = z if z.dtype == np.float32 else z.astype(np.float64)
    return z - z.max(axis=-1, keepdims=True)


def softmax(z, axis=-1):
    e = np.exp(_shifted(z))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(z, axis=-1):
    z = _shifted(z)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def cross_entropy(logits, targets):
    if len(targets) == 0 or np.min(targets) < 0 or np.max(targets) >= logits.shape[1]:
        raise ValueError("no rows, or a target out of range")
    return float(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
