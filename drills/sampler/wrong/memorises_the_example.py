# wrong: knows the shares of the worked example and of the public checks, and nothing else
import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("wanted temperature >= 0, top_k >= 1 and 0 < top_p <= 1")
    p = np.exp(logits - logits.max())
    p /= p.sum()
    if temperature == 0 or top_k == 1 or (top_k == 2 and top_p is not None):
        return int(np.argmax(logits))
    if temperature == 0.5:
        p = p**2
    if top_k == 2 or top_p == 0.6:
        p[p < 0.25] = 0.0
    if top_p == 0.8:
        p[p < 0.15] = 0.0
    rng = np.random.default_rng() if rng is None else rng
    return int(rng.choice(len(p), p=p / p.sum()))
