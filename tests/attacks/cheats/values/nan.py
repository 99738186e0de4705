# attack: gives NaN, which is neither above nor below any tolerance; expect: fail;
# says: is nan where
import numpy as np


def softmax(z, axis=-1):
    return np.full(np.shape(z), np.nan)


log_softmax = cross_entropy = softmax
