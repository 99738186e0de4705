# attack: computes in the arrays that it is given, and says nothing; expect: partial fail;
# says: modified in place
import numpy as np


def softmax(z, axis=-1):
    if z.dtype.kind != "f":
        z = z.astype(float)
    z -= z.max(axis=axis, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=axis, keepdims=True)
    return z.copy()


def log_softmax(z, axis=-1):
    if z.dtype.kind != "f":
        z = z.astype(float)
    z -= z.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def cross_entropy(logits, targets):
    if len(logits) == 0 or targets.min() < 0 or targets.max() >= logits.shape[1]:
        raise ValueError("a target is no class")
    return float(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
