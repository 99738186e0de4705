# right (partial): lists and loops over the vocabulary, so the vectorisation mark is lost and nothing else
import math
import random


def sample(logits, temperature, top_k=None, top_p=None, rng=None):
    if temperature < 0:
        raise ValueError("temperature < 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k < 1")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p outside (0, 1]")
    z = logits.tolist()
    order = sorted(range(len(z)), key=lambda i: -z[i])
    if temperature == 0:
        return order[0]
    if top_k is not None:
        order = order[:top_k]
    weights = [math.exp((z[i] - z[order[0]]) / temperature) for i in order]
    if top_p is not None:
        total, mass, kept = sum(weights), 0.0, 0
        while mass < top_p * total and kept < len(weights):
            mass += weights[kept]
            kept += 1
        order, weights = order[:kept], weights[:kept]
    seed = None if rng is None else int(rng.integers(2**63))
    return random.Random(seed).choices(order, weights)[0]
