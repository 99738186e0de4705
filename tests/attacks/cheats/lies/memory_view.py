# attack: gives the bytes of the right numbers; expect: fail;
# says: is a bytes
import numpy as np


def softmax(z, axis=-1):
    z = np.asarray(z, dtype=float)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True)).tobytes()


log_softmax = cross_entropy = softmax
