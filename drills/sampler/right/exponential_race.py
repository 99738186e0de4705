# right: an exponential clock for each token that is left; the first to ring is drawn
from dataclasses import dataclass

import numpy as np


@dataclass
class Candidates:
    tokens: np.ndarray
    rates: np.ndarray

    def first(self, n):
        return Candidates(self.tokens[:n], self.rates[:n])

    def nucleus(self, mass):
        share = np.cumsum(self.rates / self.rates.sum())
        return self.first(1 + np.count_nonzero(share < mass))

    def race(self, rng):
        with np.errstate(divide="ignore"):
            return self.tokens[np.argmin(rng.standard_exponential(len(self.tokens)) / self.rates)]


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("wanted temperature >= 0, top_k >= 1 and 0 < top_p <= 1")
    tokens = np.argsort(np.negative(logits), kind="stable")
    if not temperature:
        return int(tokens[0])
    gaps = np.float64(1.0) * logits[tokens[0]] - logits[tokens]
    field = Candidates(tokens, np.exp(-gaps / temperature))
    if top_k is not None:
        field = field.first(top_k)
    if top_p is not None:
        field = field.nucleus(top_p)
    return int(field.race(np.random.default_rng() if rng is None else rng))
