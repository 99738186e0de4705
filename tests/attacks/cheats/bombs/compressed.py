# attack: answers with an array of a trillion values of which one is in memory; expect: fail;
# says: (bytes|Memory|allocate)
import numpy as np


def softmax(z, axis=-1):
    return np.broadcast_to(np.float64(0.25), (10**6, 10**6))


log_softmax = cross_entropy = softmax
