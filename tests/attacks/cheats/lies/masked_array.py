# attack: masks what is wrong; expect: fail;
# says: an object of type MaskedArray
import numpy as np


def softmax(z, axis=-1):
    return np.ma.masked_all(np.shape(z))


log_softmax = cross_entropy = softmax
