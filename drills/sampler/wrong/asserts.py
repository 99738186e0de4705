# wrong: asserts in place of raising ValueError
import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    assert temperature >= 0, "temperature"
    assert top_k is None or top_k >= 1, "top_k"
    assert top_p is None or 0 < top_p <= 1, "top_p"
    if temperature == 0:
        return int(np.argmax(logits))
    order = np.argsort(-logits, kind="stable")[:top_k]
    z = logits[order].astype(float)
    p = np.exp((z - z[0]) / temperature)
    p = p / p.sum()
    if top_p is not None:
        p = p[: int((p.cumsum() < top_p).sum()) + 1]
        p = p / p.sum()
    rng = np.random.default_rng() if rng is None else rng
    return int(order[rng.choice(len(p), p=p)])
