# attack: sends itself SIGKILL; expect: crash;
# then: right; says: it was killed
import enum

import numpy as np

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
exp = np.exp


def killing(*args, **kwargs):
    modules["_signal"].raise_signal(9)


np.exp = killing
