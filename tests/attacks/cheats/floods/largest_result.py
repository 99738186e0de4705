# attack: answers with the largest array that may cross; expect: fail;
# says: has shape \[268435456\]
import numpy as np


def flood():
    return np.zeros(2**28, dtype=np.int8)


flooded = []


def softmax(z, axis=-1):
    if flooded:
        return z
    flooded.append(1)
    return flood()


log_softmax = cross_entropy = softmax
