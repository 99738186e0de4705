# right: computes in float64 whatever comes in, and casts float32 back at the end
import numpy as np


def _in_double(function):
    def wrapped(z, axis=-1):
        z = np.asarray(z)
        result = function(z.astype(np.float64), axis)
        return result.astype(np.float32) if z.dtype == np.float32 else result

    return wrapped


@_in_double
def softmax(z, axis=-1):
    e = np.exp(np.subtract(z, np.amax(z, axis, keepdims=True)))
    return np.divide(e, np.sum(e, axis, keepdims=True))


@_in_double
def log_softmax(z, axis=-1):
    m = np.amax(z, axis, keepdims=True)
    return z - m - np.log(np.sum(np.exp(z - m), axis, keepdims=True))


def cross_entropy(logits, targets):
    rows = np.arange(len(logits))
    if rows.size == 0:
        raise ValueError("cross_entropy of no rows")
    if set(np.unique(targets)) - set(range(logits.shape[1])):
        raise ValueError("cross_entropy: target out of range")
    return np.float64(-log_softmax(logits.astype(np.float64))[rows, targets].mean())
