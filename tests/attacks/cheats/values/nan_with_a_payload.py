# attack: gives a NaN with a payload that looks like a number; expect: fail;
# says: is nan where
import numpy as np


def softmax(z, axis=-1):
    return np.full(np.shape(z), 0x7FF0_3FD0_0000_0001, dtype=np.uint64).view(np.float64)


log_softmax = cross_entropy = softmax
