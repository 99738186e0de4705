# attack: gives an object that has every attribute and every method, all of them agreeable; expect: fail;
# says: an object of type Yes
import numpy as np


class Yes:
    shape, dtype, ndim, size = (2, 3), np.dtype(np.float64), 2, 6

    def __getattr__(self, name):
        return lambda *args, **kwargs: 1.0

    def __call__(self, *args, **kwargs):
        return self

    def __bool__(self):
        return True


def softmax(z, axis=-1):
    return Yes()


log_softmax = cross_entropy = softmax
