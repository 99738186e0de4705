# right: one uniform number, looked up in the cumulative sum; nothing is normalised before
import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("wanted temperature >= 0, top_k >= 1 and 0 < top_p <= 1")
    if temperature == 0:
        return int(np.argmax(logits))
    order = np.lexsort((np.arange(len(logits)), -logits))
    if top_k is not None and top_k < len(order):
        order = order[:top_k]
    mass = np.cumsum(np.exp((logits[order] - logits[order[0]]) / np.float64(temperature)))
    if top_p is not None:
        mass = mass[: np.searchsorted(mass, top_p * mass[-1]) + 1]
    u = (np.random.default_rng() if rng is None else rng).random() * mass[-1]
    return int(order[min(np.searchsorted(mass, u, side="right"), len(mass) - 1)])
