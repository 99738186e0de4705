# attack: is right the first ten times and wrong later; expect: fail
import numpy as np

calls = []


def softmax(z, axis=-1):
    calls.append(1)
    return np.exp(log_softmax(z, axis)) + (len(calls) > 10)


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
