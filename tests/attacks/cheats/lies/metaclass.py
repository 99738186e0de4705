# attack: gives an object whose class says that it equals every other and has no name; expect: fail crash
import numpy as np


class Meta(type):
    __name__ = "ndarray"

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(np.ndarray)

    def __instancecheck__(cls, value):
        return True

    def mro(cls):
        return [cls, *type.mro(cls)[1:]]


class Odd(metaclass=Meta):
    pass


def softmax(z, axis=-1):
    return Odd()


log_softmax = cross_entropy = softmax
