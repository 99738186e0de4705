# attack: overflows the C stack by the repr of a list in a list in a list; expect: crash fail rule
import enum

import numpy as np


def softmax(z, axis=-1):
    next(value for name, value in vars(enum).items() if name == "sys").setrecursionlimit(2**31 - 1)
    nested = []
    for _ in range(1_000_000):
        nested = [nested]
    repr(nested)
    return np.ones(np.shape(z))


log_softmax = cross_entropy = softmax
