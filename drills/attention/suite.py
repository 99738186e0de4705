"""The hidden suite of attention. Values come from Python's own floats, query by query; gradients from complex steps."""

import math

import numpy as np
import torch

from groundup.drill.checks import check, close, exactly, fails, growth, untouched
from groundup.drill.scan import global_state, hidden_loops

NAMES = ("q", "k", "v")
SLACK = {torch.float64: 2.0**16, torch.float32: 2.0**10}  # in eps: a denominator that is padded by 1e-12 is fine
LARGE = 8e4  # in eps: scores of 10,000 carry their roundings into the exponent, eight of them at most


def kept(q, k, mask):
    """The mask as an array of the scores' shape."""
    shape = (*q.shape[:-1], k.shape[-2])
    return np.ones(shape, bool) if mask is None else np.broadcast_to(mask, shape)


def mixtures(q, k, v, mask=None):
    """The definition: one query and one key at a time, with exact sums."""
    keep = kept(q, k, mask)
    result = np.zeros((*q.shape[:-1], v.shape[-1]))
    for at in np.ndindex(q.shape[:-1]):
        keys, values = k[at[:-1]].tolist(), v[at[:-1]].tolist()
        query = q[at].tolist()
        scores = {
            j: math.fsum(a * b for a, b in zip(query, keys[j], strict=True)) / math.sqrt(len(query))
            for j in np.flatnonzero(keep[at]).tolist()
        }
        if not scores:
            continue
        largest = max(scores.values())
        shares = {j: math.exp(score - largest) for j, score in scores.items()}
        total = math.fsum(shares.values())
        result[at] = [
            math.fsum(share * values[j][i] for j, share in shares.items()) / total for i in range(v.shape[-1])
        ]
    return result


def analytic(q, k, v, keep):
    """The same in array operations, also for complex numbers with tiny imaginary parts."""
    scores = q @ np.swapaxes(k, -2, -1) / math.sqrt(q.shape[-1])
    top = np.where(keep, scores.real, -np.inf).max(-1, keepdims=True)
    shares = np.where(keep, np.exp(np.where(keep, scores - np.where(np.isfinite(top), top, 0.0), 0.0)), 0.0)
    total = shares.sum(-1, keepdims=True)
    return shares / np.where(total == 0, 1.0, total) @ v


def gradients(q, k, v, mask, cotangent):
    """Of sum(cotangent * result), in each number x: the imaginary part at x + ih, over h, exact for a tiny h."""
    h, given, keep = 1e-30, {"q": q, "k": k, "v": v}, kept(q, k, mask)
    result = {}
    for name, value in given.items():
        moved = value + 1j * h * np.eye(value.size).reshape(value.size, *value.shape)
        y = analytic(**{**given, name: moved}, keep=keep)
        result[name] = (y.imag * cotangent).reshape(value.size, -1).sum(1).reshape(value.shape) / h
    return result


def problem(rng, lead, t_q, t_k, d, w, dtype=torch.float64):
    """Random queries, keys and values."""
    shapes = ((*lead, t_q, d), (*lead, t_k, d), (*lead, t_k, w))
    return [torch.tensor(rng.normal(size=shape), dtype=dtype) for shape in shapes]


def random_mask(rng, shape):
    """A random mask in which every row keeps a key and, where there are two, misses one."""
    mask = rng.random(shape) < 0.5
    order = rng.permuted(np.broadcast_to(np.arange(shape[-1]), shape), axis=-1)
    mask[order == 0] = True
    mask[order == 1] = False
    return torch.tensor(mask)


def exact(tensors):
    return [each.detach().double().numpy() for each in tensors]


def plain(mask):
    return None if mask is None else mask.numpy()


def is_like(got, expected, like, *, of, inputs, slack, scale):
    """Compare a tensor at the accuracy of the dtype that went in, whatever it came back in.

    The scale is the size of what is added up: sums may cancel, their roundings do not.
    """
    fails(type(got) is not torch.Tensor, f"{of} is a {type(got).__name__}, not a tensor", inputs)
    got = got.to(like.dtype) if got.is_floating_point() else got
    close(got, expected, of=of, inputs=inputs, slack=slack, scale=float(scale))


def values_are_right(solution, qkv, mask=None, *, slack=None):
    given = dict(zip(NAMES, qkv, strict=True)) | ({} if mask is None else {"mask": mask})
    of = "attention(q, k, v)" if mask is None else "attention(q, k, v, mask)"
    got = solution.attention(*given.values())
    slack, scale = slack or SLACK[qkv[0].dtype], qkv[2].abs().max()
    is_like(got, mixtures(*exact(qkv), plain(mask)), qkv[0], of=of, inputs=given, slack=slack, scale=scale)


def differentiated(solution, rng, qkv, mask):
    """The gradients under a random cotangent, and that."""
    leaves = [each.requires_grad_() for each in qkv]
    given = dict(zip(NAMES, leaves, strict=True)) | ({} if mask is None else {"mask": mask})
    y = solution.attention(*given.values())
    fails(type(y) is not torch.Tensor, f"attention gives a {type(y).__name__}, not a tensor", given)
    shape = (*qkv[0].shape[:-1], qkv[2].shape[-1])
    exactly(list(y.shape), list(shape), of="the shape of the result", inputs=given)
    fails(not y.is_floating_point(), f"attention gives {y.dtype}, not floats", given)
    cotangent = torch.tensor(rng.normal(size=shape), dtype=leaves[0].dtype)
    found = torch.autograd.grad(y.to(leaves[0].dtype), leaves, cotangent, allow_unused=True)
    return dict(zip(NAMES, found, strict=True)), cotangent.double().numpy()


def gradients_are_right(solution, rng, qkv, mask=None, *, large=False):
    """Compare all three gradients. Where scores are large, a rounding of them is an error in each weight."""
    found, cotangent = differentiated(solution, rng, qkv, mask)
    given = dict(zip(NAMES, qkv, strict=True)) | ({} if mask is None else {"mask": mask})
    expected = gradients(*exact(qkv), plain(mask), cotangent)
    q, k, v = exact(qkv)
    flow = np.abs(cotangent @ np.swapaxes(v, -2, -1)).max() / math.sqrt(q.shape[-1])  # into a score, at most
    t_q, slack = q.shape[-2], 4 * LARGE if large else SLACK[qkv[0].dtype]
    # What goes into one column of a gradient, at most. Large scores come from two columns; those are compared apart.
    sums = {"q": flow * np.abs(k), "k": t_q * flow * np.abs(q), "v": t_q * np.abs(cotangent)}
    for name, got in found.items():
        right, of = expected[name], f"the gradient of {name}"
        if got is None:  # none is as good as 0
            missing = np.abs(right).max() > 1e-9 * sums[name].max()
            fails(bool(missing), f"no gradient reaches {name}: autograd cannot follow the way to it", given)
            continue
        for columns in (slice(2), slice(2, None)) if large else (slice(None),):
            scale = sums[name][..., columns].max()
            is_like(got[..., columns], right[..., columns], qkv[0], of=of, inputs=given, slack=slack, scale=scale)


# ---- values


@check("correctness", "each query gets the mixture of the values by softmax(q kᵀ / √d)")
def test_values(solution, rng):
    for sizes in (
        (4, 4, 3, 3),
        (3, 3, 5, 5),
        (4, 4, 3, 3),
    ):  # the last as large as the first: nothing may be remembered
        values_are_right(solution, problem(rng, (2,), *sizes))


@check("correctness", "there may be no leading dimension, or several")
def test_leading(solution, rng):
    for lead in ((), (2, 3), (1, 2), (2, 1, 2)):
        values_are_right(solution, problem(rng, lead, 3, 3, 4, 4))
    values_are_right(solution, problem(rng, (2, 2), 1, 3, 4, 4))  # as in generation: one new token, several heads


@check("correctness", "there may be fewer queries than keys, or more, and values of another width")
def test_sizes(solution, rng):
    for sizes in ((2, 5, 3, 3), (5, 2, 3, 3), (4, 4, 2, 6), (3, 5, 6, 2)):
        values_are_right(solution, problem(rng, (2,), *sizes))


@check("correctness", "sizes of one are right: one query, one key, a width of one")
def test_ones(solution, rng):
    for sizes in ((1, 4, 3, 2), (4, 1, 3, 2), (3, 4, 1, 2), (3, 4, 2, 1), (1, 1, 1, 1)):
        values_are_right(solution, problem(rng, (2,), *sizes))


@check("correctness", "float32 is right to the accuracy of float32")
def test_float32(solution, rng):
    qkv = problem(rng, (2,), 3, 5, 4, 6, torch.float32)
    values_are_right(solution, qkv)
    values_are_right(solution, qkv, random_mask(rng, (3, 5)))


# ---- masks


@check("correctness", "the mask keeps where it is True")
def test_mask(solution, rng):
    for lead, t_q, t_k in (((), 4, 4), ((2,), 3, 5), ((2, 2), 5, 3)):
        values_are_right(solution, problem(rng, lead, t_q, t_k, 3, 4), random_mask(rng, (*lead, t_q, t_k)))


@check("correctness", "the mask broadcasts: one for all batch items, for all heads, or for all queries")
def test_broadcast(solution, rng):
    for shape in ((4, 5), (5,), (1, 5), (2, 1, 4, 5), (3, 4, 5), (2, 1, 1, 5), (1, 1, 4, 5)):
        values_are_right(solution, problem(rng, (2, 3), 4, 5, 3, 2), random_mask(rng, shape))


@check("correctness", "with a causal mask no query reads a later value")
def test_causal(solution, rng):
    for t_q, t_k in ((5, 5), (2, 5)):
        mask = torch.ones(t_q, t_k, dtype=torch.bool).tril(t_k - t_q)
        values_are_right(solution, problem(rng, (2,), t_q, t_k, 4, 3), mask)


@check("correctness", "a mask that keeps everything changes nothing")
def test_all_kept(solution, rng):
    values_are_right(solution, problem(rng, (2,), 3, 4, 2, 3), torch.ones(3, 4, dtype=torch.bool))


def masks_with_empty_rows(rng):
    """For two batch items, four queries, five keys: some rows empty, a whole item, every row, by query alone."""
    some = random_mask(rng, (2, 4, 5))
    some[0, 1] = some[1, 3] = some[1, 0] = False
    item = random_mask(rng, (2, 4, 5))
    item[1] = False
    return some, item, torch.zeros(5, dtype=torch.bool), torch.tensor([[True], [False], [True], [False]])


@check("correctness", "a query with nothing kept gets zeros, and the others what they should")
def test_empty_rows(solution, rng):
    for mask in masks_with_empty_rows(rng):
        values_are_right(solution, problem(rng, (2,), 4, 5, 3, 2), mask)
    values_are_right(solution, problem(rng, (2,), 4, 5, 3, 2, torch.float32), masks_with_empty_rows(rng)[0])


# ---- gradients


@check("correctness", "the gradients of q, k and v are right")
def test_gradients(solution, rng):
    for lead, *sizes in (((2,), 3, 3, 4, 4), ((), 2, 5, 3, 2), ((2, 2), 3, 2, 2, 3)):
        gradients_are_right(solution, rng, problem(rng, lead, *sizes))
    gradients_are_right(solution, rng, problem(rng, (2,), 3, 4, 2, 5, torch.float32))


@check("correctness", "the gradients are right with a mask")
def test_gradients_with_a_mask(solution, rng):
    gradients_are_right(solution, rng, problem(rng, (2,), 3, 4, 3, 2), random_mask(rng, (2, 3, 4)))
    gradients_are_right(solution, rng, problem(rng, (2, 2), 3, 4, 2, 3), random_mask(rng, (2, 1, 1, 4)))


@check("correctness", "a query with nothing kept has a gradient of 0 and sends none to keys and values")
def test_gradients_of_empty_rows(solution, rng):
    for mask in masks_with_empty_rows(rng):
        gradients_are_right(solution, rng, problem(rng, (2,), 4, 5, 3, 2), mask)
    mask = masks_with_empty_rows(rng)[0]
    gradients_are_right(solution, rng, problem(rng, (2,), 4, 5, 3, 2, torch.float32), mask)


# ---- extreme scores. All numbers are whole and √d is 4, so that every order of operations finds the same scores.


def extremes(rng, dtype):
    """Four queries whose scores are about 10,000, about -10,000, of both signs, and small; six keys."""
    q, k = rng.integers(-3, 4, (4, 16)), rng.integers(-3, 4, (6, 16))
    q[:, :2] = [[200, 0], [-200, 0], [0, 200], [0, 0]]
    k[:, 0] = 200
    k[:, 1] = [200, -200, 0, 0, 200, -200]
    v = rng.normal(size=(6, 3))
    return [torch.tensor(each, dtype=dtype) for each in (q, k, v)]


def masks_against_extremes(rng):
    """With the keys of the largest scores out, and with a row of nothing."""
    mask = random_mask(rng, (4, 6))
    mask[2] = torch.tensor([False, True, False, False, False, True])  # 0 and 10,000 are out, -10,000 stays
    empty = mask.clone()
    empty[0] = False
    return mask, empty


@check("stability", "scores of 10,000 and -10,000 give the right mixtures, in float64 and float32")
def test_large(solution, rng):
    for dtype in (torch.float64, torch.float32):
        values_are_right(solution, extremes(rng, dtype), slack=LARGE)


@check("stability", "a masked key does no harm, however far its score is above those kept")
def test_large_and_masked(solution, rng):
    for dtype in (torch.float64, torch.float32):
        for mask in masks_against_extremes(rng):
            values_are_right(solution, extremes(rng, dtype), mask, slack=LARGE)


@check("stability", "gradients are right and finite at scores of 10,000, with a mask and without")
def test_large_gradients(solution, rng):
    for dtype in (torch.float64, torch.float32):
        for mask in (None, *masks_against_extremes(rng)):
            gradients_are_right(solution, rng, extremes(rng, dtype), mask, large=True)


# ---- vectorisation


def steps(solution, rng, lead, t_q, *, masked):
    qkv = problem(rng, lead, t_q, 3, 2, 2)
    mask = (random_mask(rng, (t_q, 3)),) if masked else ()
    with solution.counting() as count:
        solution.attention(*qkv, *mask)
    return count


@check(
    "vectorisation",
    "twice the batch, with heads or without, is about the same number of steps; no torch.vmap hides a loop",
)
def test_batch_grows(solution, source, rng):
    for masked in (False, True):
        for heads in ((), (2,)):
            counts = [steps(solution, rng, (n, *heads), 2, masked=masked) for n in (32, 64)]
            growth(*counts, of="attention", per="batch items")
    found = hidden_loops(source)
    fails(bool(found), "; ".join(found))


@check("vectorisation", "twice the heads cost about the same number of steps")
def test_heads_grow(solution, rng):
    for masked in (False, True):
        growth(*[steps(solution, rng, (2, n), 2, masked=masked) for n in (32, 64)], of="attention", per="heads")


@check("vectorisation", "there is no loop over single queries")
def test_queries_grow(solution, rng):
    # Blocks of queries are fine: only what is executed once for nearly every query counts.
    for masked in (False, True):
        count, doubled = (steps(solution, rng, (), t_q, masked=masked) for t_q in (64, 128))
        fails(count.disturbed or doubled.disturbed, "the steps of attention could not be counted")
        grown = [times for place, times in doubled.places.items() if times > 1.5 * count.places.get(place, 0)]
        words = "attention takes as many Python steps as there are queries: there is a loop over single queries"
        fails(max(grown, default=0) >= 100, words)


# ---- organisation


@check("organisation", "q, k, v and the mask stay as they were")
def test_inputs_stay(solution, rng):
    for dtype in (torch.float64, torch.float32):
        qkv = problem(rng, (2,), 4, 5, 3, 2, dtype)
        untouched(solution.attention, *qkv)
        for mask in masks_with_empty_rows(rng):
            untouched(solution.attention, *qkv, mask)


@check("organisation", "arguments work by name")
def test_names(solution, rng):
    q, k, v = problem(rng, (2,), 4, 5, 3, 2)
    mask = random_mask(rng, (4, 5))
    given = {"q": q, "k": k, "v": v, "mask": mask}
    of, slack = "attention(q=q, k=k, v=v, mask=mask)", SLACK[q.dtype]
    expected = mixtures(*exact((q, k, v)), mask.numpy())
    is_like(solution.attention(**given), expected, q, of=of, inputs=given, slack=slack, scale=v.abs().max())


@check("organisation", "nothing is kept between calls: each answers for its own arguments")
def test_no_state(solution, source, rng):
    first, second = problem(rng, (2,), 4, 5, 3, 2), problem(rng, (2,), 4, 5, 3, 2)
    mask = random_mask(rng, (4, 5))
    for _ in range(2):
        values_are_right(solution, first, mask)
        values_are_right(solution, second)
    found = global_state(source)
    fails(bool(found), "; ".join(found))


# ---- the GPT


def plugged(solution):
    """The learner's attention, its result in the dtype that the next layer takes."""
    return lambda q, k, v, mask=None: solution.attention(q, k, v, mask).to(q.dtype)


def small_training(device, part):
    """Losses of the first updates of a small GPT."""
    from groundup.capstones import gpt

    config, recipe = gpt.Config(context=12, width=16, layers=2, heads=2), gpt.Recipe(steps=5, batch=4, warmup=2)
    return gpt.train(config, recipe=recipe, seed=3, device=device, attention=part).losses


@check("correctness", "a GPT learns with your attention: the first losses are the reference's", capstone=True)
def test_training(solution, device):
    from groundup.capstones import gpt_parts

    expected, got = (small_training(device, part) for part in (gpt_parts.attention, plugged(solution)))
    close(np.array(got), np.array(expected), of="the losses of five updates", slack=1e-4 / np.finfo(float).eps, scale=0)


@check(
    "correctness", "the trained GPT writes the same text with your attention, one new token at a time", capstone=True
)
def test_text(solution, device):
    from groundup.capstones import gpt, gpt_parts

    texts = []
    for part in (gpt_parts.attention, plugged(solution)):
        model, vocabulary = gpt.pretrained(attention=part)
        how = {"temperature": 2.0, "rng": np.random.default_rng(7)}
        texts.append(gpt.write(model.to(device), vocabulary, "to be ", 24, **how))
    exactly(texts[1], texts[0], of="the text after 'to be '")


@check("correctness", "the trained GPT's perplexity on another text is the same with your attention", capstone=True)
def test_perplexity(solution, device):
    from groundup.capstones import gpt, gpt_parts

    losses = []
    for part in (gpt_parts.attention, plugged(solution)):
        model, vocabulary = gpt.pretrained(attention=part)
        ids = gpt.encode("that is the question or not to be " * 3, vocabulary).to(device)
        losses.append(gpt.evaluate(model.to(device), ids, range(0, len(ids) - model.config.context, 5)))
    tolerance = 1e-4 / np.finfo(float).eps
    close(math.exp(losses[1]), math.exp(losses[0]), of="the perplexity", slack=tolerance, scale=0)
