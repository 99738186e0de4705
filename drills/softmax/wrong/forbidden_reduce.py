# wrong: np.logaddexp.reduce is the log-sum-exp that was to be written (right values, and a forbidden call)
import numpy as np

log_sum_exp = np.logaddexp.reduce


def log_softmax(z, axis=-1):
    z = z if z.dtype == np.float32 else z.astype(np.float64)
    return z - log_sum_exp(z, axis=axis, keepdims=True)


def softmax(z, axis=-1):
    return np.exp(log_softmax(z, axis))


def cross_entropy(logits, targets):
    if len(targets) == 0 or np.min(targets) < 0 or np.max(targets) >= logits.shape[1]:
        raise ValueError("no rows, or a target out of range")
    return float(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
