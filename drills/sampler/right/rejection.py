# right: draws from what top_k left and draws again until top_p keeps the token
import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("wanted temperature >= 0, top_k >= 1 and 0 < top_p <= 1")
    if temperature == 0:
        return int(np.argmax(logits))
    rng = np.random.default_rng() if rng is None else rng
    order = np.argsort(-logits, kind="stable")[slice(0, top_k)]
    z = logits[order] / np.float64(temperature)
    p = np.exp(z - z.max())
    total = np.add.accumulate(p) / p.sum()
    last = len(p) - 1 if top_p is None else min(np.count_nonzero(total < top_p), len(p) - 1)
    while True:
        place = int(np.searchsorted(total, rng.random(), side="right"))
        if place <= last:
            return order[place]
