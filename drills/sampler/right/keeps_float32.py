# right: computes in the dtype of the logits, and draws with multinomial
import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0:
        raise ValueError("temperature")
    if top_k is not None and top_k <= 0:
        raise ValueError("top_k")
    if top_p is not None and (top_p <= 0 or top_p > 1):
        raise ValueError("top_p")
    if temperature == 0:
        return logits.argmax()
    order = (-logits).argsort(kind="stable")
    sorted_logits = logits[order]
    p = np.exp((sorted_logits - sorted_logits[0]) / logits.dtype.type(temperature))
    p[top_k if top_k is not None else len(p) :] = 0
    p /= p.sum()
    if top_p is not None:
        p[1:][p.cumsum()[:-1] >= top_p] = 0
    p = p.astype(np.float64)
    if rng is None:
        rng = np.random.default_rng()
    return order[rng.multinomial(1, p / p.sum()).argmax()]
