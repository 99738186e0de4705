# right: everything from one log-sum-exp; probabilities are exponentials of log-probabilities
import numpy as np


def logsumexp(z, axis):
    m = np.max(z, axis=axis, keepdims=True)
    return m + np.log(np.sum(np.exp(z - m), axis=axis, keepdims=True))


def log_softmax(z, axis=-1):
    if not np.issubdtype(z.dtype, np.floating):
        z = z.astype(np.float64)
    return z - logsumexp(z, axis)


def softmax(z, axis=-1):
    return np.exp(log_softmax(z, axis=axis))


def cross_entropy(logits, targets):
    if logits.shape[0] == 0:
        raise ValueError("empty batch")
    if np.any((targets < 0) | (targets >= logits.shape[1])):
        raise ValueError("a target is no class")
    chosen = np.take_along_axis(log_softmax(logits, axis=1), targets[:, None].astype(int), axis=1)
    return -np.mean(chosen)
