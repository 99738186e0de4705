# attack: answers with 300 megabytes; expect: fail;
# says: arrays of [\d,]+ bytes
import numpy as np


def softmax(z, axis=-1):
    return np.zeros(300_000_000, dtype=np.int8)


log_softmax = cross_entropy = softmax
