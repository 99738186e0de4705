# attack: asks for an array of eight exabytes; expect: fail;
# says: (MemoryError|too big|Unable to allocate)
import numpy as np


def softmax(z, axis=-1):
    return np.zeros((2**30, 2**30))


log_softmax = cross_entropy = softmax
