# right: finds the k best by argpartition, and puts ties at the edge in order
import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    for ok, words in (
        (temperature >= 0, "temperature must not be negative"),
        (top_k is None or top_k >= 1, "top_k must be at least 1"),
        (top_p is None or 0 < top_p <= 1, "top_p must be in (0, 1]"),
    ):
        if not ok:
            raise ValueError(words)
    if temperature == 0:
        top_k = 1
    v = logits.size
    kept = np.arange(v)
    if top_k is not None and top_k < v:
        edge = logits[np.argpartition(logits, v - top_k)[v - top_k]]
        above = np.flatnonzero(logits > edge)
        level = np.flatnonzero(logits == edge)[: top_k - above.size]
        kept = np.union1d(above, level)
    if kept.size == 1:
        return int(kept[0])
    z = np.divide(logits[kept], temperature, dtype=np.float64)
    z -= np.logaddexp.reduce(z)
    if top_p is not None:
        down = np.argsort(z * -1, kind="mergesort")
        total = np.cumsum(np.exp(z[down]))
        down = down[np.r_[True, total[:-1] < top_p]]
        kept, z = kept[down], z[down]
    p = np.exp(z)
    generator = rng if rng is not None else np.random.default_rng()
    return int(generator.choice(kept, p=p / np.sum(p)))
