# attack: NumPy sums a trillion values of which one is in memory; expect: timeout
import numpy as np


def softmax(z, axis=-1):
    return np.broadcast_to(np.float64(1.0), (10**6, 10**6)).sum()


log_softmax = cross_entropy = softmax
