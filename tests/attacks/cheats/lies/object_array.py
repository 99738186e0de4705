# attack: gives an array of objects that agree; expect: fail;
# says: an object of type ndarray
import numpy as np


class Agreeable:
    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__

    def __float__(self):
        return 0.25


def softmax(z, axis=-1):
    return np.array([Agreeable()] * np.size(z), dtype=object).reshape(np.shape(z))


log_softmax = cross_entropy = softmax
