"""Softmax, log-softmax and cross-entropy that survive large logits."""

import numpy as np


# your part
def _shifted(z, axis):
    """Scores as floats whose largest along the axis is 0: softmax is the same, and no exponential overflows."""
    if z.dtype != np.float32:
        z = z.astype(np.float64)  # before any arithmetic: narrow integers wrap around
    return z - z.max(axis=axis, keepdims=True)


# end of your part


def softmax(z, axis=-1):
    """Probabilities in proportion to exp(z) along an axis.

    Args:
        z: Scores [...], float32, float64 or integers. An entry of -inf gets probability 0.
        axis: Along which the probabilities sum to 1.

    Returns:
        Array of the shape of z; float32 for float32, else float64.
    """
    # your part
    e = np.exp(_shifted(z, axis))
    return e / e.sum(axis=axis, keepdims=True)
    # end of your part


def log_softmax(z, axis=-1):
    """Natural logarithms of those probabilities, finite where z is finite.

    Args:
        z: Scores [...], as for softmax. An entry of -inf gives -inf.
        axis: Along which the probabilities sum to 1.

    Returns:
        Array of the shape of z; float32 for float32, else float64.
    """
    # your part
    z = _shifted(z, axis)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))
    # end of your part


def cross_entropy(logits, targets):
    """Mean over the rows of -log p(target), in nats.

    Args:
        logits: Scores [n, c], one row an example.
        targets: Integers [n], each from 0 to c - 1.

    Returns:
        A float; inf where a target's logit is -inf.

    Raises:
        ValueError: There are no rows, or a target is outside 0..c-1.
    """
    # your part
    n, c = logits.shape
    if n == 0:
        raise ValueError("a mean over no rows is not defined; give at least one")
    if not ((targets >= 0) & (targets < c)).all():
        raise ValueError(f"a target is none of the {c} classes; they count from 0")
    return float(-log_softmax(logits)[np.arange(n), targets].mean())
    # end of your part
