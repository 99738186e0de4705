# attack: imports SciPy by the import machinery itself; expect: error rule fail
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
special = modules["_frozen_importlib"]._gcd_import("scipy.special")


def softmax(z, axis=-1):
    return special.softmax(z, axis=axis)


def log_softmax(z, axis=-1):
    return special.log_softmax(z, axis=axis)


def cross_entropy(logits, targets):
    return -log_softmax(logits, axis=1)[range(len(targets)), targets].mean()
