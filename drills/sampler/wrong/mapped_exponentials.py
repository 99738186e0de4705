# wrong: takes exponentials by map, token by token (the vectorisation mark is lost)
import math

import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("temperature, top_k or top_p is out of range")
    if temperature == 0:
        return int(np.argmax(logits))
    rng = np.random.default_rng() if rng is None else rng

    order = np.argsort(-logits, kind="stable")[:top_k]
    z = (logits[order].astype(float) - logits.max()) / temperature
    p = np.array(list(map(math.exp, z)))
    p /= p.sum()
    if top_p is not None:
        p = p[: np.searchsorted(np.cumsum(p), top_p) + 1]
        p /= p.sum()
    return int(order[rng.choice(len(p), p=p)])
