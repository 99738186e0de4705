# attack: what is left behind by a call never goes; expect: timeout;
# says: in __del__
import numpy as np


class Sticky:
    def __del__(self):
        while True:
            pass


def softmax(z, axis=-1):
    Sticky()
    return np.ones(np.shape(z))


log_softmax = cross_entropy = softmax
