"""The parts of the GPT written out: against PyTorch's own, by their gradients, and at their edges."""

import math
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional as F

from groundup.capstones.gpt_parts import (
    KV,
    attention,
    layer_norm,
    layer_norm_backward,
    softmax,
    through_numpy,
    with_backward,
)
from groundup.capstones.gpt_text import sample
from groundup.capstones.parts import array, tensor


def randn(*shape, dtype=torch.float32, seed=0):
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def causal(T, S=None):
    S = S or T
    return torch.ones(T, S, dtype=torch.bool).tril(S - T)


# ---- attention


@pytest.mark.parametrize("T", [1, 5, 32])
@pytest.mark.parametrize("d", [3, 16])
def test_written_out_attention_equals_the_fused_kernel(T, d):
    q, k, v = (randn(2, 4, T, d, seed=s) for s in range(3))
    fused = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    torch.testing.assert_close(attention(q, k, v, causal(T)), fused, rtol=1e-6, atol=1e-6)


def test_attention_by_hand():
    x = torch.tensor([[1.0, 0], [0, 1], [1, 1]])
    weights = attention(x, x, torch.eye(3), causal(3))
    assert weights.numpy().round(3).tolist() == pytest.approx(
        np.array([[1, 0, 0], [0.33, 0.67, 0], [0.248, 0.248, 0.503]]), abs=1e-6
    )
    assert attention(x, x, x, causal(3)).numpy().round(3) == pytest.approx(
        np.array([[1, 0], [0.33, 0.67], [0.752, 0.752]]), abs=1e-6
    )


def test_attention_takes_fewer_queries_than_keys_and_values_of_another_width():
    q, k, v = randn(2, 3, 4, 8), randn(2, 3, 7, 8, seed=1), randn(2, 3, 7, 5, seed=2)
    mask = causal(4, 7)
    expected = F.scaled_dot_product_attention(q, k, v, mask)
    torch.testing.assert_close(attention(q, k, v, mask), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("shape", [(5, 5), (1, 5), (5,), (2, 1, 5, 5), (5, 1)])
def test_the_mask_broadcasts(shape):
    q, k, v = (randn(2, 3, 5, 4, seed=s) for s in range(3))
    mask = torch.rand(shape, generator=torch.Generator().manual_seed(5)) < 0.6
    torch.testing.assert_close(attention(q, k, v, mask), attention(q, k, v, mask.expand(2, 3, 5, 5)))


def test_a_query_that_may_look_nowhere_gets_zeros_and_sends_no_gradient():
    q, k, v = (randn(2, 5, 4, dtype=torch.float64, seed=s).requires_grad_() for s in range(3))
    mask = causal(5).clone()
    mask[2] = False
    y = attention(q, k, v, mask)
    assert (y[:, 2] == 0).all()
    y.backward(randn(2, 5, 4, dtype=torch.float64, seed=9))
    assert all(x.grad.isfinite().all() for x in (q, k, v))
    assert (q.grad[:, 2] == 0).all()
    assert (q.grad[:, 3] != 0).any()
    nowhere = torch.zeros(5, 5, dtype=torch.bool)
    gradients = torch.autograd.grad(attention(q, k, v, nowhere).sum(), (q, k, v))
    assert all((g == 0).all() for g in gradients)


def test_gradients_of_attention_with_an_empty_row():
    mask = causal(4).clone()
    mask[1] = False
    inputs = [randn(2, 4, 3, dtype=torch.float64, seed=s).requires_grad_() for s in range(3)]
    assert torch.autograd.gradcheck(lambda q, k, v: attention(q, k, v, mask), inputs)


def test_attention_does_not_look_ahead():
    q, k, v = (randn(1, 6, 4, seed=s) for s in range(3))
    before = attention(q, k, v, causal(6))
    k[:, 4:], v[:, 4:] = 9.0, -9.0
    after = attention(q, k, v, causal(6))
    assert torch.equal(before[:, :4], after[:, :4])
    assert not torch.equal(before[:, 4:], after[:, 4:])


def test_attention_with_a_numpy_softmax_has_the_same_values_and_gradients():
    inputs = [randn(2, 4, 3, dtype=torch.float64, seed=s).requires_grad_() for s in range(3)]
    mask = causal(4).clone()
    mask[1] = False
    torch.testing.assert_close(attention(*inputs, mask, softmax=softmax), attention(*inputs, mask))
    assert torch.autograd.gradcheck(lambda q, k, v: attention(q, k, v, mask, softmax=softmax), inputs)


# ---- softmax


def test_softmax_of_extreme_rows():
    z = np.array([[1e4, -1e4, 0.0], [-np.inf, 0.0, 0.0], [1e-4, 0, -1e-4]])
    expected = torch.softmax(torch.from_numpy(z), -1).numpy()
    np.testing.assert_allclose(softmax(z), expected, rtol=1e-12)
    np.testing.assert_allclose(softmax(z.T.copy(), axis=0), expected.T, rtol=1e-12)
    assert softmax(z.astype(np.float32)).dtype == np.float32


def test_a_numpy_softmax_that_is_wrong_is_really_used():
    z = randn(3, 4)
    assert torch.equal(through_numpy(lambda z, axis: z * 2, z), z * 2)


# ---- layer norm


def test_layer_norm_divides_by_the_number_of_entries():
    one, zero = torch.ones(4), torch.zeros(4)
    y = layer_norm(torch.tensor([1.0, 2, 3, 4]), one, zero)
    np.testing.assert_allclose(y.numpy(), [-1.3416, -0.4472, 0.4472, 1.3416], atol=5e-5)


@pytest.mark.parametrize("shape", [(7,), (3, 7), (2, 3, 7)])
def test_layer_norm_equals_pytorch(shape):
    x, weight, bias = randn(*shape), randn(7, seed=1), randn(7, seed=2)
    torch.testing.assert_close(layer_norm(x, weight, bias), F.layer_norm(x, (7,), weight, bias), rtol=1e-6, atol=1e-6)


def test_layer_norm_far_from_zero():
    x = randn(4, 64)
    far, one, zero = x + 1e4, torch.ones(64), torch.zeros(64)
    expected = layer_norm((far - 1e4).double(), one.double(), zero.double()).float()  # what float32 kept of x
    torch.testing.assert_close(layer_norm(far, one, zero), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("shape", [(7,), (3, 7), (2, 3, 7)])
@pytest.mark.parametrize("eps", [1e-5, 0.1])
def test_layer_norm_backward_equals_autograd(shape, eps):
    x, weight, bias = (
        randn(*s, dtype=torch.float64, seed=i).requires_grad_() for i, s in enumerate([shape, (7,), (7,)])
    )
    dy = randn(*shape, dtype=torch.float64, seed=5)
    expected = torch.autograd.grad(layer_norm(x, weight, bias, eps), (x, weight, bias), dy)
    with torch.no_grad():
        torch.testing.assert_close(layer_norm_backward(dy, x, weight, eps), expected, rtol=1e-10, atol=1e-10)


def test_layer_norm_with_a_hand_written_gradient_passes_gradcheck():
    inputs = [randn(*s, dtype=torch.float64, seed=i).requires_grad_() for i, s in enumerate([(2, 3, 5), (5,), (5,)])]
    assert torch.autograd.gradcheck(lambda *a: with_backward(layer_norm, layer_norm_backward, *a), inputs)


@pytest.mark.parametrize("term", ["mean", "product"])
def test_gradcheck_finds_a_forgotten_term_of_the_norm(term):
    def wrong(dy, x, weight, eps=1e-5):
        dx, dweight, dbias = layer_norm_backward(dy, x, weight, eps)
        scale = torch.rsqrt(x.var(-1, keepdim=True, correction=0) + eps)
        dxhat, xhat = dy * weight, (x - x.mean(-1, keepdim=True)) * scale
        forgotten = dxhat if term == "mean" else dxhat * xhat
        return dx + scale * forgotten.mean(-1, keepdim=True) * (1 if term == "mean" else xhat), dweight, dbias

    inputs = [randn(*s, dtype=torch.float64, seed=i).requires_grad_() for i, s in enumerate([(2, 3, 5), (5,), (5,)])]
    assert not torch.autograd.gradcheck(lambda *a: with_backward(layer_norm, wrong, *a), inputs, raise_exception=False)


# ---- sampling

LOGITS = np.array([2.0, 1, 0, -1])


def drawn(n=4000, **how):
    """Share of each token over n draws."""
    rng = np.random.default_rng(0)
    counts = Counter(sample(LOGITS, rng=rng, **{"temperature": 1.0, **how}) for _ in range(n))
    return np.array([counts[i] for i in range(len(LOGITS))]) / n


@pytest.mark.parametrize("temperature", [0.5, 0.8, 1.0, 2.0])
def test_temperature_divides_the_logits(temperature):
    expected = torch.softmax(torch.from_numpy(LOGITS) / temperature, -1).numpy()
    assert np.abs(drawn(temperature=temperature) - expected).max() < 0.03  # 4 standard deviations


def test_top_k_keeps_the_best_and_renormalises():
    p = np.exp(LOGITS[:2])
    assert np.abs(drawn(top_k=2)[:2] - p / p.sum()).max() < 0.03
    assert drawn(top_k=2)[2:].sum() == 0
    assert (drawn(top_k=1) == [1, 0, 0, 0]).all()


def test_top_k_beyond_the_vocabulary_keeps_all():
    assert (drawn(top_k=99) == drawn()).all()


@pytest.mark.parametrize(("top_p", "kept"), [(0.05, 1), (0.6, 1), (0.7, 2), (0.9, 3), (0.95, 3), (0.98, 4), (1.0, 4)])
def test_top_p_keeps_the_token_that_crosses(top_p, kept):
    # Probabilities 0.644, 0.237, 0.087, 0.032; their sums 0.644, 0.881, 0.968, 1.
    assert np.count_nonzero(drawn(n=1000, top_p=top_p)) == kept


def test_top_p_counts_what_top_k_left():
    # Of the best two 0.731 and 0.269: 0.7 keeps one, although of all four it would keep two.
    assert (drawn(top_k=2, top_p=0.7) == [1, 0, 0, 0]).all()


def test_temperature_comes_before_top_p():
    # At temperature 2 the probabilities are 0.455, 0.276, 0.167, 0.102: 0.7 needs two, at 0.5 (0.865 first) one.
    assert np.count_nonzero(drawn(n=500, temperature=2.0, top_p=0.7)) == 2
    assert np.count_nonzero(drawn(n=500, temperature=0.5, top_p=0.7)) == 1


def test_temperature_zero_takes_the_first_of_the_likeliest():
    assert sample(np.array([1.0, 3, 3, 2]), 0) == 1
    assert sample(np.array([1.0, 3, 3, 2]), 0, top_k=3, top_p=0.5) == 1


def test_of_equal_logits_the_first_stay():
    assert {sample(np.zeros(5), 1.0, top_k=2, rng=np.random.default_rng(s)) for s in range(50)} == {0, 1}
    assert {sample(np.zeros(4), 1.0, top_p=0.4, rng=np.random.default_rng(s)) for s in range(50)} == {0, 1}


def test_a_forbidden_token_is_never_drawn():
    z = np.array([-np.inf, 0.0, -np.inf, 0.0])
    assert {sample(z, 1.5, rng=np.random.default_rng(s)) for s in range(50)} == {1, 3}
    assert sample(z, 0) == 1


@given(
    arrays(np.float64, st.integers(1, 9), elements=st.floats(-1e4, 1e4)),
    st.floats(1e-300, 100),
    st.none() | st.integers(1, 12),
    st.none() | st.floats(1e-9, 1),
    st.integers(0, 9),
)
@settings(max_examples=200, deadline=None)
def test_any_sample_is_a_token_that_was_kept(z, temperature, top_k, top_p, seed):
    token = sample(z, temperature, top_k, top_p, np.random.default_rng(seed))
    assert isinstance(token, int)
    assert 0 <= token < len(z)
    assert np.sum(z > z[token]) < (top_k or len(z))


def test_the_same_generator_draws_the_same_tokens():
    a, b = (np.random.default_rng(3) for _ in range(2))
    assert [sample(LOGITS, 1.0, rng=a) for _ in range(20)] == [sample(LOGITS, 1.0, rng=b) for _ in range(20)]
    assert sample(LOGITS, 1.0) in range(4)


@pytest.mark.parametrize(
    "how", [{"temperature": -1}, {"temperature": math.nan}, {"top_k": 0}, {"top_p": 0}, {"top_p": 1.1}, {"top_p": -0.1}]
)
@pytest.mark.parametrize("temperature", [0, 1])
def test_sampling_refuses_what_is_out_of_range(how, temperature):
    with pytest.raises(ValueError, match="temperature >= 0, top_k >= 1 and 0 < top_p <= 1"):
        sample(LOGITS, **{"temperature": temperature, **how})


def test_sampling_leaves_the_logits_alone():
    z = LOGITS.copy()
    sample(z, 0.5, 2, 0.9)
    assert (z == LOGITS).all()


def test_sampling_goes_through_a_plugged_softmax():
    assert sample(LOGITS, 1.0, softmax=lambda z, axis=-1: np.array([0.0, 0, 0, 1])) == 3


# ---- the cache, and the way to NumPy and back


def test_the_cache_returns_all_that_it_was_given():
    k, v = randn(1, 2, 5, 3), randn(1, 2, 5, 3, seed=1)
    cache = KV(6)
    for part in (slice(0, 3), slice(3, 4), slice(4, 5)):
        all_k, all_v = cache.extend(k[:, :, part], v[:, :, part])
    assert torch.equal(all_k, k)
    assert torch.equal(all_v, v)
    assert cache.length == 5


def test_an_array_is_a_copy_and_comes_back_like_its_tensor():
    x = torch.ones(2, requires_grad=True)
    a = array(x)
    a[0] = 5
    assert x.tolist() == [1, 1]
    back = tensor(np.array([1.0, 2]), x)
    assert (back.dtype, back.device) == (torch.float32, x.device)
