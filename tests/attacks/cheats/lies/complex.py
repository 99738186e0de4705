# attack: gives the right numbers as complex ones; expect: fail;
# says: complex
import numpy as np


def softmax(z, axis=-1):
    z = np.asarray(z, dtype=float)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True)).astype(complex)


log_softmax = cross_entropy = softmax
