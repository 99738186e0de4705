# attack: gives infinity, beside which every error is small; expect: fail;
# says: is inf where
import numpy as np


def softmax(z, axis=-1):
    return np.full(np.shape(z), np.inf)


log_softmax = cross_entropy = softmax
