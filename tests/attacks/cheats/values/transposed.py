# attack: gives the transpose, which is as large; expect: fail
import numpy as np


def softmax(z, axis=-1):
    z = np.asarray(z, dtype=float)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True)).T


def log_softmax(z, axis=-1):
    return np.log(softmax(z, axis))


def cross_entropy(logits, targets):
    return float(-log_softmax(logits).T[np.arange(len(targets)), targets].mean())
