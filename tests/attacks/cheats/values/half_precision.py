# attack: gives numbers of half precision, for which another tolerance might count; expect: fail
import numpy as np


def softmax(z, axis=-1):
    z = np.asarray(z, dtype=np.float16)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis=-1):
    return np.log(softmax(z, axis))


def cross_entropy(logits, targets):
    return np.float16(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
