# attack: the result ends the process when it is forgotten; expect: crash fail
import enum

import numpy as np

os = next(value for name, value in vars(enum).items() if name == "sys").modules["os"]


class Trap(float):
    def __del__(self):
        os._exit(0)


def softmax(z, axis=-1):
    Trap(1.0)
    return np.ones(np.shape(z))


log_softmax = cross_entropy = softmax
