# right: a list of small functions, each of which takes scores and gives scores, as libraries have it
from collections.abc import Callable

import numpy as np

Warper = Callable[[np.ndarray], np.ndarray]


def heat(temperature: float) -> Warper:
    return lambda z: (z - z.max()) / temperature


def best(k: int) -> Warper:
    def warp(z):
        out = np.full_like(z, -np.inf)
        keep = np.argsort(-z, kind="stable")[:k]
        out[keep] = z[keep]
        return out

    return warp


def nucleus(mass: float) -> Warper:
    def warp(z):
        order = np.argsort(-z, kind="stable")
        p = softmax(z)[order]
        remove = np.cumsum(p) >= mass
        remove[1:] = remove[:-1].copy()
        remove[0] = False
        return np.where(np.isin(np.arange(len(z)), order[remove]), -np.inf, z)

    return warp


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


class OutOfRange(ValueError):
    pass


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0:
        raise OutOfRange(f"{temperature=}")
    if top_k is not None and top_k < 1:
        raise OutOfRange(f"{top_k=}")
    if top_p is not None and not 0 < top_p <= 1:
        raise OutOfRange(f"{top_p=}")
    if temperature == 0:
        return int(logits.argmax())
    warpers = [heat(temperature)]
    if top_k:
        warpers.append(best(top_k))
    if top_p:
        warpers.append(nucleus(top_p))
    z = logits.astype(np.float64)
    for warp in warpers:
        z = warp(z)
    return int((rng or np.random.default_rng()).choice(len(z), p=softmax(z)))
