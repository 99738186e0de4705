"""The public checks of the sampler: single outcomes, and shares of tokens that can be worked out by hand."""

import numpy as np

from groundup.drill.checks import check, exactly, fails, raises, repeated

SCORES = np.log([0.2, 0.5, 0.3])


def drawn(solution, *args, n=50):
    """How often each of three tokens comes in n draws."""
    tokens = repeated(solution.sample, n, SCORES, *args, np.random.default_rng(5))
    for token in tokens:
        whole = isinstance(token, int | np.integer) or (isinstance(token, np.ndarray) and token.shape == ())
        fails(not whole or not 0 <= token < 3, "a token must be a whole number from 0 to 2")
    return np.bincount(np.array(tokens, dtype=int), minlength=3)


@check("correctness", "temperature 0 and top_k=1 take the best token")
def test_best(solution):
    exactly(solution.sample(SCORES, 0), 1, of="sample(logits, 0)")
    exactly(solution.sample(SCORES, 1.0, 1), 1, of="sample(logits, 1.0, top_k=1)")


@check("correctness", "probabilities 0.2, 0.5, 0.3 are drawn about that often, and at temperature 0.5 more sharply")
def test_shares(solution):
    # 50 of 200 draws are at least seven standard deviations.
    for temperature, p in ((1.0, (0.2, 0.5, 0.3)), (0.5, (0.04 / 0.38, 0.25 / 0.38, 0.09 / 0.38))):
        counts = drawn(solution, temperature, None, None, n=200)
        off = np.abs(counts - 200 * np.array(p)).max()
        fails(off > 50, f"at temperature {temperature} the three tokens came {counts.tolist()} times of 200")


@check("correctness", "top_k=2 keeps two tokens; top_p=0.6 needs two as well, of those that top_k=2 leaves just one")
def test_cuts(solution):
    for top_k, top_p, kept in ((2, None, [1, 2]), (None, 0.6, [1, 2]), (2, 0.6, [1])):
        tokens = np.flatnonzero(drawn(solution, 1.0, top_k, top_p)).tolist()
        fails(tokens != kept, f"with top_k={top_k} and top_p={top_p} came tokens {tokens}, not {kept}")


@check("correctness", "temperature -1, top_k=0 and top_p=0 are refused")
def test_refused(solution):
    for args in ((-1.0,), (1.0, 0), (1.0, None, 0.0)):
        raises(ValueError, solution.sample, SCORES, *args)
