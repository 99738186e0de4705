# wrong: constants of the right shape and dtype, the uniform distribution whatever the scores are
import numpy as np


def softmax(z, axis=-1):
    dtype = np.float32 if z.dtype == np.float32 else np.float64
    return np.full(z.shape, 1 / z.shape[axis], dtype=dtype)


def log_softmax(z, axis=-1):
    return np.log(softmax(z, axis))


def cross_entropy(logits, targets):
    if len(targets) == 0 or np.min(targets) < 0 or np.max(targets) >= logits.shape[1]:
        raise ValueError("no rows, or a target out of range")
    return float(np.log(logits.shape[1]))
