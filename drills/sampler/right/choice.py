# right: draws with NumPy's own choice
"""Draws the next token of a language model."""

import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0:
        raise ValueError(f"a temperature is at least 0, not {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k keeps at least 1 token, not {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p is a probability above 0, not {top_p}")
    if temperature == 0:
        return int(np.argmax(logits))
    best = np.argsort(-logits, kind="stable")[:top_k]
    z = logits[best].astype(np.float64)
    p = np.exp((z - z[0]) / temperature)
    if top_p is not None:
        crossing = np.searchsorted(np.cumsum(p), top_p * p.sum())
        p = p[: crossing + 1]
    if rng is None:
        rng = np.random.default_rng()
    return int(best[rng.choice(len(p), p=p / p.sum())])
