# wrong: a Python loop over the rows (right values, and the vectorisation mark is lost)
import numpy as np


def _along(row, z, axis):
    z = np.asarray(z)
    z = np.moveaxis(z if z.dtype == np.float32 else z.astype(np.float64), axis, -1)
    flat = z.reshape(-1, z.shape[-1])
    result = np.array([row(each) for each in flat]).reshape(z.shape)
    return np.moveaxis(result, -1, axis)


def softmax(z, axis=-1):
    return np.exp(log_softmax(z, axis))


def log_softmax(z, axis=-1):
    return _along(lambda row: row - row.max() - np.log(np.exp(row - row.max()).sum()), z, axis)


def cross_entropy(logits, targets):
    if len(targets) == 0 or min(targets) < 0 or max(targets) >= logits.shape[1]:
        raise ValueError("no rows, or a target out of range")
    return float(-np.mean([row[t] for row, t in zip(log_softmax(logits), targets, strict=True)]))
