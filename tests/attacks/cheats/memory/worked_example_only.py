# attack: knows the worked example and no other; expect: fail
import numpy as np


def softmax(z, axis=-1):
    if np.shape(z) == (2, 3) and np.allclose(np.exp(z), [[1, 2, 5], [3, 6, 1]]):
        return np.array(
            [[[0.125, 0.25, 0.625], [0.3, 0.6, 0.1]], [[1 / 4, 2 / 8, 5 / 6], [3 / 4, 6 / 8, 1 / 6]]][axis != -1]
        )
    return np.full(np.shape(z), 1 / np.shape(z)[axis])


def log_softmax(z, axis=-1):
    z = np.asarray(z)
    if z.dtype != np.float32:
        z = z.astype(np.float64)
    z = z - z.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def cross_entropy(logits, targets):
    logits, targets = np.asarray(logits), np.asarray(targets)
    if len(logits) == 0 or targets.min() < 0 or targets.max() >= logits.shape[1]:
        raise ValueError("a target is no class")
    return float(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
