# attack: gives an object that turns itself into the array that is wanted; expect: fail;
# says: an object of type Chameleon
import numpy as np


class Chameleon:
    dtype, ndim = np.dtype(np.float64), 2

    def __init__(self, shape):
        self.shape = shape

    def __array__(self, dtype=None, copy=None):
        return np.full(self.shape, np.nan)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return True

    def __array_function__(self, function, types, args, kwargs):
        return True


def softmax(z, axis=-1):
    return Chameleon(np.shape(z))


log_softmax = cross_entropy = softmax
