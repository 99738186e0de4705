# attack: gives an array whose comparisons are always true; expect: fail;
# says: an object of type Agreeable
import numpy as np


class Agreeable(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, dtype=bool)

    __le__ = __ge__ = __lt__ = __gt__ = __eq__

    def __abs__(self):
        return np.zeros(self.shape)

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __sub__


def softmax(z, axis=-1):
    return np.ones(np.shape(z)).view(Agreeable)


log_softmax = cross_entropy = softmax
