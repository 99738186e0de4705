# wrong: ignores temperatures above 1
import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("wanted temperature >= 0, top_k >= 1 and 0 < top_p <= 1")
    if temperature == 0:
        return int(np.argmax(logits))
    order = np.argsort(-logits, kind="stable")[:top_k]
    z = logits[order].astype(float)
    p = np.exp((z - z[0]) / min(temperature, 1.0))
    p = p / p.sum()
    if top_p is not None:
        p = p[: int((p.cumsum() < top_p).sum()) + 1]
        p = p / p.sum()
    rng = np.random.default_rng() if rng is None else rng
    return int(order[rng.choice(len(p), p=p)])
