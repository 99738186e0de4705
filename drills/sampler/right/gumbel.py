# right: no probabilities are drawn from: the best score plus Gumbel noise; cuts set scores to -inf
import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if not (temperature >= 0 and (top_k is None or top_k >= 1) and (top_p is None or 0 < top_p <= 1)):
        raise ValueError("an argument is out of range")
    if temperature == 0:
        return np.argmax(logits)
    z = (np.asarray(logits, np.float64) - np.max(logits)) / temperature
    rank = np.empty(len(z), dtype=int)
    rank[np.lexsort((np.arange(len(z)), -logits))] = np.arange(len(z))
    if top_k is not None:
        z = np.where(rank < top_k, z, -np.inf)
    if top_p is not None:
        p = np.exp(z) / np.exp(z).sum()
        by_rank = np.empty_like(p)
        by_rank[rank] = p
        before = np.concatenate([[0.0], np.cumsum(by_rank)[:-1]])
        z = np.where(before[rank] < top_p, z, -np.inf)
    return np.argmax(z + (rng or np.random.default_rng()).gumbel(size=len(z)))
