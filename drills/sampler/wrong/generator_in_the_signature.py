# wrong: makes the generator once, as a default, and does not know what to do with None
import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=np.random.default_rng()):  # noqa: B008
    if temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("temperature, top_k or top_p is out of range")
    if temperature == 0:
        return int(np.argmax(logits))
    order = np.argsort(-logits, kind="stable")[:top_k]
    z = logits[order].astype(float)
    p = np.exp((z - z[0]) / temperature)
    p /= p.sum()
    if top_p is not None:
        p = p[: np.searchsorted(np.cumsum(p), top_p) + 1]
        p /= p.sum()
    return int(order[rng.choice(len(p), p=p)])
