# wrong: replaces -inf by a finite number that is not small enough at every temperature
import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("wanted temperature >= 0, top_k >= 1 and 0 < top_p <= 1")
    if temperature == 0:
        return int(np.argmax(logits))
    logits = np.where(np.isinf(logits), logits[np.isfinite(logits)].min() - 1000.0, logits)
    order = np.argsort(-logits, kind="stable")[:top_k]
    z = logits[order].astype(float)
    p = np.exp((z - z[0]) / temperature)
    p = p / p.sum()
    if top_p is not None:
        p = p[: int((p.cumsum() < top_p).sum()) + 1]
        p = p / p.sum()
    rng = np.random.default_rng() if rng is None else rng
    return int(order[rng.choice(len(p), p=p)])
