# attack: gives a matrix, whose products are others; expect: fail
import numpy as np


def softmax(z, axis=-1):
    z = np.asmatrix(np.atleast_2d(z))
    e = np.exp(z - z.max(axis))
    return e / e.sum(axis)


log_softmax = cross_entropy = softmax
