# attack: gives lists of the right numbers; expect: fail;
# says: is a list
import numpy as np


def softmax(z, axis=-1):
    z = np.asarray(z, dtype=float)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True)).tolist()


log_softmax = cross_entropy = softmax
