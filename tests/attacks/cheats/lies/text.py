# attack: gives the numbers as texts; expect: fail;
# says: (U\d|str)
import numpy as np


def softmax(z, axis=-1):
    z = np.asarray(z, dtype=float)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True)).astype(str)


log_softmax = cross_entropy = softmax
