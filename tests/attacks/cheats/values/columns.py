# attack: gives columns, which broadcast against rows to a table in which the right values are; expect: fail;
# says: has shape
import numpy as np


def softmax(z, axis=-1):
    z = np.asarray(z, dtype=float)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True))[..., None]


def log_softmax(z, axis=-1):
    return np.log(softmax(z, axis))[None]


def cross_entropy(logits, targets):
    return np.array([-log_softmax(logits)[0, np.arange(len(targets)), targets].mean()])
