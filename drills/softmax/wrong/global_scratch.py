# wrong: keeps the last scores in a module global between the functions (the organisation mark is lost)
import numpy as np

last = None


def _shift(z, axis):
    global last
    z = np.asarray(z)
    z = z if z.dtype == np.float32 else z.astype(np.float64)
    last = z - z.max(axis=axis, keepdims=True)


def softmax(z, axis=-1):
    _shift(z, axis)
    e = np.exp(last)
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis=-1):
    _shift(z, axis)
    return last - np.log(np.exp(last).sum(axis=axis, keepdims=True))


def cross_entropy(logits, targets):
    if len(targets) == 0 or np.min(targets) < 0 or np.max(targets) >= logits.shape[1]:
        raise ValueError("no rows, or a target out of range")
    return float(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
