# attack: gives the module itself; expect: fail rule;
# says: an object of type module
import enum


def softmax(z, axis=-1):
    return next(value for name, value in vars(enum).items() if name == "sys").modules["solution"]


log_softmax = cross_entropy = softmax
