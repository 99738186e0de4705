# attack: computes everything in single precision, for which the tolerance is wider; expect: fail
import numpy as np


def softmax(z, axis=-1):
    z = np.asarray(z, dtype=np.float32)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis=-1):
    z = np.asarray(z, dtype=np.float32)
    z = z - z.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def cross_entropy(logits, targets):
    logits, targets = np.asarray(logits), np.asarray(targets)
    if len(logits) == 0 or targets.min() < 0 or targets.max() >= logits.shape[1]:
        raise ValueError("a target is no class")
    return np.float32(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
