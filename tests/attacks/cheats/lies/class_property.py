# attack: gives an object that says that its class is another; expect: fail;
# says: an object of type Disguised
import numpy as np


class Disguised:
    @property
    def __class__(self):
        return np.ndarray

    def __eq__(self, other):
        return True

    __hash__ = None


def softmax(z, axis=-1):
    return Disguised()


log_softmax = cross_entropy = softmax
