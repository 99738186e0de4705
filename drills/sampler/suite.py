"""The hidden suite of the sampler.

What is drawn is held against the distribution that `shares` works out token by token in Python's own floats. A share
is refused where the count of a token would be so far off with a chance below 2e-12 (by Chernoff's bound, for any p and
n); a grade makes fewer than 400 such comparisons. Each case is made so that its mistake is as sure to show.
"""

import math

import numpy as np

from groundup.drill.checks import Wrong, check, exactly, fails, growth, raises, repeated, untouched
from groundup.drill.scan import global_state, hidden_loops

REFUSED = math.log(1e12)

# ---- the oracle -----------------------------------------------------------------------------------------------------


def shares(logits, temperature=1.0, top_k=None, top_p=None):
    """The probability of each token, [v]: one after the other, best first, until a limit is met."""
    z = [float(each) for each in logits]
    best = sorted(range(len(z)), key=lambda i: (-z[i], i))[:top_k]
    weights = [math.exp((z[i] - z[best[0]]) / temperature) for i in best]
    total, kept, mass = math.fsum(weights), 0, 0.0
    while kept < len(best) and (top_p is None or mass < top_p):
        mass += weights[kept] / total
        kept += 1
    p = np.zeros(len(z))
    p[best[:kept]] = np.array(weights[:kept]) / math.fsum(weights[:kept])
    return p


def scores(rng, p, dtype=np.float64):
    """Logits whose softmax is p, in a new order and with any offset."""
    return (rng.permutation(np.log(p)) + rng.normal(0, 3)).astype(dtype)


def divergence(count, n, p):
    """n times how far the share of a count is from p, in nats."""
    terms = ((count, n * p), (n - count, n * (1 - p)))
    return math.fsum(x * math.log(x / wanted) if wanted > 0 else math.inf for x, wanted in terms if x)


def follows(solution, rng, n, logits, temperature=1.0, top_k=None, top_p=None):
    """Draw n tokens, and demand that each comes as often as it should."""
    seeded = np.random.default_rng(int(rng.integers(2**32)))
    tokens = repeated(solution.sample, n, logits, temperature, top_k, top_p, seeded)
    how = f"temperature={temperature:g}, top_k={top_k}, top_p={top_p if top_p is None else f'{top_p:.3g}'}"
    inputs = {"logits": logits, "temperature": temperature, "top_k": top_k, "top_p": top_p}
    counts = np.bincount(whole(tokens, len(logits), inputs), minlength=len(logits))
    p = shares(logits, temperature, top_k, top_p)
    for token in np.flatnonzero((p == 0) & (counts > 0)):
        words = f"token {token} was drawn with {how}, which leave it out"
        raise Wrong(words, inputs=inputs, expected=f"one of {np.flatnonzero(p).tolist()}", actual=int(token))
    for token in np.flatnonzero(p):
        if divergence(counts[token], n, p[token]) > REFUSED:
            words = f"of {n} draws with {how}, {counts[token]} gave token {token}"
            raise Wrong(words, inputs=inputs, expected=f"about {n * p[token]:.0f}", actual=int(counts[token]))


def whole(tokens, v, inputs=None):
    """The tokens as Python's ints, each of which is one of v."""
    for token in tokens:
        if type(token) is int and 0 <= token < v:  # as nearly all are
            continue
        integer = type(token) is int or (isinstance(token, np.integer | np.ndarray) and np.ndim(token) == 0)
        exactly(token, int(token) if integer else 0, of="a token", inputs=inputs)
        fails(not 0 <= token < v, f"a token is {int(token)}, and there are {v} tokens, from 0 on", inputs)
    return [int(token) for token in tokens]


# ---- temperature ----------------------------------------------------------------------------------------------------


@check("correctness", "at temperature 1 each token comes as often as softmax says")
def test_softmax(solution, rng):
    follows(solution, rng, 150, scores(rng, [0.6, 0.25, 0.1, 0.05]))
    follows(solution, rng, 20, scores(rng, [1.0]))


@check("correctness", "the temperature divides the scores: below 1 the best token comes more often, above 1 less often")
def test_temperature(solution, rng):
    # One token has half of the probability and 100 have the rest, which a small error of the temperature upsets.
    for temperature in (0.5, 2.0):
        p = np.array([100.0**temperature, *[1.0] * 100])
        follows(solution, rng, 120, scores(rng, p), temperature)


@check("correctness", "temperature 0 takes the best token, the first of equal ones, whatever the other arguments are")
def test_greedy(solution, rng):
    z = rng.permutation(np.array([2.0, 2.0, 2.0, 1.0, 0.0, -1.0, -np.inf]))
    for args in ((0,), (0.0, 3), (0.0, None, 0.5), (0, 99, 1.0, np.random.default_rng(3))):
        for logits in (z, z.astype(np.float32) - 1e4):
            tokens = repeated(solution.sample, 6, logits, *args)
            exactly(whole(tokens, 7), [int(z.argmax())] * 6, of="six tokens at temperature 0")


# ---- top-k ----------------------------------------------------------------------------------------------------------


@check("correctness", "top_k keeps the k best tokens, which share all of the probability")
def test_top_k(solution, rng):
    follows(solution, rng, 110, scores(rng, [0.24, 0.22, 0.2, 0.18, 0.16]), top_k=3)
    follows(solution, rng, 50, scores(rng, [0.4, 0.38, 0.22]), top_k=1)


@check("correctness", "top_k as large as the vocabulary, or larger, keeps all tokens")
def test_top_k_of_all(solution, rng):
    for top_k in (2, 3, 50):
        follows(solution, rng, 44, scores(rng, [0.52, 0.48]), top_k=top_k)


def tied(rng, v, top, high):
    """Logits [v] with two values only, as many of the higher one as `top`, in any order."""
    return rng.permutation(np.array([high] * top + [0.0] * (v - top)))


@check("correctness", "of tokens with equal scores top_k keeps the first")
def test_top_k_ties(solution, rng):
    follows(solution, rng, 45, np.full(5, rng.normal()), top_k=2)
    for v in (40, 200):
        follows(solution, rng, 60, tied(rng, v, 3, 1.0), top_k=8)


# ---- top-p ----------------------------------------------------------------------------------------------------------


@check("correctness", "top_p keeps the best tokens up to the one with which their sum crosses top_p, that one included")
def test_top_p(solution, rng):
    follows(solution, rng, 80, scores(rng, [0.36, 0.34, 0.3]), top_p=0.6)
    follows(solution, rng, 100, scores(rng, [0.27, 0.25, 0.24, 0.24]), top_p=0.7)


@check("correctness", "a small top_p leaves the best token, and top_p=1 leaves all")
def test_top_p_ends(solution, rng):
    follows(solution, rng, 45, scores(rng, [0.45, 0.4, 0.15]), top_p=0.01)
    follows(solution, rng, 80, scores(rng, [0.36, 0.33, 0.31]), top_p=1.0)


@check("correctness", "of tokens with equal scores top_p keeps the first")
def test_top_p_ties(solution, rng):
    follows(solution, rng, 80, np.full(5, rng.normal()), top_p=0.5)
    for v in (40, 200):  # three tokens of weight 2, and of the others, of weight 1, nine
        follows(solution, rng, 60, tied(rng, v, 3, math.log(2)), top_p=14.5 / (v + 3))


# ---- all together ---------------------------------------------------------------------------------------------------


@check("correctness", "top_p counts the shares of what top_k left, not those of the whole vocabulary")
def test_k_before_p(solution, rng):
    follows(solution, rng, 60, scores(rng, [0.4, 0.3, 0.2, 0.1]), 1.0, 2, 0.5)
    follows(solution, rng, 110, scores(rng, [0.25, 0.2, 0.15, 0.14, 0.13, 0.13]), 1.0, 3, 0.6)


@check("correctness", "top_p counts probabilities at the temperature, not those at temperature 1")
def test_temperature_before_p(solution, rng):
    follows(solution, rng, 80, scores(rng, [0.7, 0.2, 0.1]), 2.0, None, 0.65)
    follows(solution, rng, 80, scores(rng, [0.45, 0.3, 0.25]), 0.5, None, 0.5)


@check("correctness", "temperature, top_k and top_p work together")
def test_together(solution, rng):
    z = 2 * scores(rng, [0.3, 0.24, 0.18, 0.16, 0.12])
    follows(solution, rng, 90, z, 2.0, 3, 0.6)
    follows(solution, rng, 90, z.astype(np.float32), 2.0, 4, 0.75)


@check("correctness", "a token whose score is -inf is never drawn")
def test_minus_infinity(solution, rng):
    z = scores(rng, [0.52, 0.48])
    z = np.array([-np.inf, z[0], -np.inf, -np.inf, z[1]])
    for args in ((1.0,), (0.9, 3), (1.0, None, 0.99)):
        follows(solution, rng, 44, z, *args)
    follows(solution, rng, 20, np.array([-np.inf, -np.inf, rng.normal(), -np.inf]), 2.0)


# ---- arguments ------------------------------------------------------------------------------------------------------


@check(
    "correctness", "a negative temperature, top_k below 1 and top_p outside (0, 1] are refused, at temperature 0 too"
)
def test_refused(solution, rng):
    z = rng.normal(size=4)
    for temperature in (-0.5, -1e-9):
        raises(ValueError, solution.sample, z, temperature)
    for temperature in (1.0, 0.0):
        for top_k in (0, -1):
            raises(ValueError, solution.sample, z, temperature, top_k)
        for top_p in (0.0, -0.1, 1.01):
            raises(ValueError, solution.sample, z, temperature, None, top_p)
    raises(ValueError, solution.sample, z, 1.0, 0, 0.5)


@check("correctness", "the same state of rng gives the same tokens, and another state gives others")
def test_same_rng(solution, rng):
    z, seed = rng.normal(size=64), int(rng.integers(2**32))
    for args in ((2.0, None, None), (5.0, 32, 0.95)):
        one, two, other = (
            whole(repeated(solution.sample, 12, z, *args, np.random.default_rng(each)), 64)
            for each in (seed, seed, seed + 1)
        )
        exactly(two, one, of="the tokens of a second generator in the same state")
        fails(len(set(one)) == 1, "12 draws from one generator gave the same token 12 times")
        fails(other == one, "two generators in different states gave the same 12 tokens")


@check("correctness", "without rng, or with None, the draws are random")
def test_no_rng(solution, rng):
    z = np.full(100, rng.normal())
    for args, how in (((1.0,), "without rng"), ((1.0, None, None, None), "with rng=None")):
        tokens = whole(repeated(solution.sample, 16, z, *args), 100)  # alike: a chance of 1e-30
        fails(len(set(tokens)) == 1, f"16 draws {how} gave the same token 16 times")


@check("correctness", "in a long vocabulary each token may come, those far back too")
def test_long_vocabulary(solution, rng):
    z = -50.0 + 0.1 * rng.normal(size=5000)  # all of them together have a chance below 1e-17
    best = int(rng.integers(4200, 4900))
    z[best] = 0.0
    for args in ((0,), (1.0,), (1.0, 1), (1.0, None, 0.9), (1.0, 3000, 0.9)):
        (token,) = whole([solution.sample(z, *args)], 5000)
        exactly(token, best, of="the token, where one of 5,000 has nearly all of the probability,")


# ---- vectorisation --------------------------------------------------------------------------------------------------


@check("vectorisation", "twice the tokens cost about the same number of steps, and no loop hides in a call")
def test_vocabulary(solution, source, rng):
    # Flat enough for a loop over what is kept to show; three draws, so that none that ends early hides it.
    z = 0.1 * rng.normal(size=1024)
    cases = [(1.0, None, None, 0), (1.0, None, None, 1), (1.0, None, None, 2), (1.0, 20, None, 0), (1.0, None, 0.9, 0)]
    for chosen in (cases[:3], cases[3:], [(0.0, None, None, 0)]):
        counts = []
        for v in (512, 1024):
            with solution.counting() as count:
                for *args, seed in chosen:
                    solution.sample(z[:v], *args, np.random.default_rng(seed))
            counts.append(count)
        growth(*counts, of="sample", per="tokens")
    found = hidden_loops(source)
    fails(bool(found), "; ".join(found))


# ---- stability ------------------------------------------------------------------------------------------------------


@check("stability", "scores near 10,000 and -10,000 are drawn by their differences, in float64 and in float32")
def test_large(solution, rng):
    for dtype in (np.float64, np.float32):
        z = rng.permutation(np.array([1e4, 1e4 - 4, -1e4, -1e4], dtype=dtype))
        follows(solution, rng, 40, z)
        follows(solution, rng, 40, z[z < 0] - 4 * np.arange(2, dtype=dtype))
        follows(solution, rng, 40, z, 1.0, 3, 0.99)
    for best in (2, 5):  # alike in float32, where the first would come
        z = 1e4 + 1e-5 * np.where(np.arange(6) == best, 9, rng.permutation(6))
        for args in ((0,), (1.0, 1), (1.0, None, 0.01)):
            tokens = whole(repeated(solution.sample, 6, z, *args), 6)
            exactly(tokens, [best] * 6, of="six draws of the best of scores that differ by 0.00001 near 10,000")


@check("stability", "temperatures of 0.001 and 10,000 work, beside scores of 10,000 and -inf too")
def test_extreme_temperatures(solution, rng):
    for dtype in (np.float64, np.float32):
        z = rng.permutation(np.array([1e4, 1e4, 0.0, -1e4, -np.inf], dtype=dtype))
        for args in ((1e-3,), (1e-3, 3, 0.8), (1e4,)):
            follows(solution, rng, 44, z, *args)
        alone = np.full(80, -np.inf, dtype=dtype)
        alone[rng.integers(80)] = 0.0
        follows(solution, rng, 8, alone, 1e4)


# ---- organisation ---------------------------------------------------------------------------------------------------


@check("organisation", "the logits stay as they were")
def test_inputs_stay(solution, rng):
    for z in (rng.normal(size=7), rng.normal(size=7).astype(np.float32)):
        for args in ((0.0,), (0.7,), (0.7, 3), (0.7, None, 0.8)):
            untouched(solution.sample, z, *args)


@check("organisation", "arguments work by name, and nothing is kept between calls")
def test_names(solution, source, rng):
    z = rng.permutation(np.log([0.4, 0.3, 0.2, 0.1]))
    names = {"logits": z, "temperature": 1.0, "top_k": 2, "top_p": 0.5, "rng": np.random.default_rng(1)}
    for _ in range(2):
        exactly(solution.sample(**names), int(names["logits"].argmax()), of="sample with arguments by name")
        names["logits"] = -z
    found = global_state(source)
    fails(bool(found), "; ".join(found))


# ---- the GPT --------------------------------------------------------------------------------------------------------


def written(solution, model, vocabulary, n, *, seed=0, seen=None, **how):
    """A text of n characters by the model and the learner's sampler; each draw has a generator of its own.

    Args:
        solution: The learner's.
        model: A GPT.
        vocabulary: Its characters.
        n: How many characters.
        seed: Of the generators.
        seen: Takes the logits and the token of each draw.
        how: Temperature and cuts.
    """
    from groundup.capstones import gpt

    calls = iter(range(n))

    def sample(logits, temperature, top_k, top_p, rng):
        rng = np.random.default_rng([seed, next(calls)])
        token = solution.sample(logits, temperature, top_k, top_p, rng)
        token = whole([token], len(logits))[0]
        if seen is not None:
            seen.append((logits, token))
        return token

    return gpt.write(model, vocabulary, "to be ", n, sample=sample, **how)


@check("correctness", "at temperature 0, top_k=1 or a tiny top_p the GPT writes the reference's text", capstone=True)
def test_greedy_text(solution, device):
    from groundup.capstones import gpt

    model, vocabulary = gpt.pretrained()
    model = model.to(device)
    expected = gpt.write(model, vocabulary, "to be ", 34, temperature=0.0)
    for how in ({"temperature": 0.0}, {"temperature": 3.0, "top_k": 1}, {"temperature": 3.0, "top_p": 0.01}):
        exactly(written(solution, model, vocabulary, 34, **how), expected, of="the text after 'to be '")


@check("correctness", "with top_k and top_p a hot GPT writes what they allow, as often as it should", capstone=True)
def test_hot_text(solution, rng, device):
    from groundup.capstones import gpt

    model, vocabulary = gpt.pretrained()
    how, seen = {"temperature": 4.0, "top_k": 8, "top_p": 0.9}, []
    written(solution, model.to(device), vocabulary, 150, seed=int(rng.integers(2**32)), seen=seen, **how)
    gathered = {1: 0.0, -1: 0.0}
    for logits, token in seen:
        p = shares(logits, **how)
        allowed = shares(logits, how["temperature"], how["top_k"], how["top_p"] + 1e-5)  # rounding may keep one more
        fails(allowed[token] == 0, f"token {token} was drawn, which top_k=8 and top_p=0.9 leave out at temperature 4")
        for sign in gathered:  # exp of it is a martingale: it grows beyond 1e12 with a chance below 1e-12
            best = token == int(np.argmax(logits))
            gathered[sign] += sign * best - math.log(1 + p.max() * math.expm1(sign))
    times = sum(token == int(np.argmax(logits)) for logits, token in seen)
    wanted = sum(shares(logits, **how).max() for logits, _ in seen)
    words = f"of 150 characters at temperature 4, {times} were the likeliest one, where about {wanted:.0f} should be"
    fails(max(gathered.values()) > REFUSED, words)


@check("correctness", "the same seed writes the same text, and another seed another", capstone=True)
def test_same_text(solution, rng, device):
    from groundup.capstones import gpt

    model, vocabulary = gpt.pretrained()
    model, seed = model.to(device), int(rng.integers(2**31))
    texts = [written(solution, model, vocabulary, 40, seed=each, temperature=4.0) for each in (seed, seed, seed + 1)]
    exactly(texts[1], texts[0], of="the text of the same seed")
    fails(texts[2] == texts[0], "two seeds wrote the same 40 characters")
