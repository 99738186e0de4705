# attack: gives an array of records; expect: fail;
# says: an object of type ndarray
import numpy as np


def softmax(z, axis=-1):
    return np.zeros(np.shape(z), dtype=[("value", float)])


log_softmax = cross_entropy = softmax
