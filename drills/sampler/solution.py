"""Draws the next token of a language model: temperature, then top-k, then top-p, then one draw."""

import numpy as np


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    """One token, drawn from what temperature, top-k and top-p make of the logits.

    Args:
        logits: Scores [v], float32 or float64; an entry of -inf is never drawn.
        temperature: Divides the scores; at 0 the best token is taken.
        top_k: How many of the best tokens stay; None, or more than there are, for all.
        top_p: The best tokens stay, as few of them as have this probability together; None for all.
        rng: A numpy.random.Generator, where the draw comes from; None for a fresh one.

    Returns:
        The token's index, an int.

    Raises:
        ValueError: temperature < 0, top_k < 1, or top_p outside (0, 1].
    """
    # your part
    if temperature < 0:
        raise ValueError(f"a temperature is at least 0, not {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k keeps at least 1 token, not {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p is a probability above 0, not {top_p}")
    if temperature == 0:
        return int(np.argmax(logits))
    best = np.argsort(-logits, kind="stable")[:top_k]  # of equal scores the first index comes first
    z = logits[best].astype(np.float64)
    mass = np.cumsum(np.exp((z - z[0]) / temperature))  # shifted before it is divided: nothing overflows
    if top_p is not None:
        mass = mass[: np.searchsorted(mass, top_p * mass[-1]) + 1]  # shares of what top-k has left
    if rng is None:
        rng = np.random.default_rng()
    return int(best[np.searchsorted(mass, rng.random() * mass[-1], side="right")])
    # end of your part
