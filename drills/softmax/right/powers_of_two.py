# right: base 2 inside, and the smallest negated score in place of the largest score
import numpy as np

LN2 = float(np.log(2.0))


def _bits(z, axis):
    kept = z.dtype if z.dtype == np.float32 else np.float64
    below = -np.asarray(z, dtype=np.float64)
    return (below - np.min(below, axis=axis, keepdims=True)) / -LN2, kept


def softmax(z, axis=-1):
    bits, kept = _bits(z, axis)
    weights = np.exp2(bits)
    return np.asarray(weights * np.reciprocal(weights.sum(axis, keepdims=True)), dtype=kept)


def log_softmax(z, axis=-1):
    bits, kept = _bits(z, axis)
    return ((bits - np.log2(np.exp2(bits).sum(axis, keepdims=True))) * LN2).astype(kept)


def cross_entropy(logits, targets):
    if len(logits) == 0:
        raise ValueError("give at least one row of logits")
    if int(targets.min()) < 0 or int(targets.max()) >= logits.shape[-1]:
        raise ValueError("each target must be the number of a column")
    surprise = -log_softmax(logits.astype(float)).T[targets, np.arange(len(targets))]
    return surprise.mean()
