# wrong: rounds the scores to float32 first, so that close ones count as equal (the stability mark is lost)
import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("temperature, top_k or top_p is out of range")
    if temperature == 0:
        return int(np.argmax(logits))
    rng = np.random.default_rng() if rng is None else rng

    single = logits.astype(np.float32)
    order = np.argsort(-single, kind="stable")[:top_k]
    z = single[order]
    p = np.exp((z - z[0]) / np.float32(temperature)).astype(float)
    p /= p.sum()
    if top_p is not None:
        p = p[: np.searchsorted(np.cumsum(p), top_p) + 1]
        p /= p.sum()
    return int(order[rng.choice(len(p), p=p)])
