"""Text for the GPT and from it: characters and windows, how low the loss can go, and writing with a cache."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from groundup.capstones.gpt_parts import KV, softmax
from groundup.capstones.parts import Array, Sampler, Softmax
from groundup.capstones.training import CapstoneError

if TYPE_CHECKING:
    from groundup.capstones.gpt import GPT

LINE = "to be or not to be that is the question "
TEXT = LINE * 60


def encode(text: str, vocabulary: str) -> Tensor:
    """Characters to their places in the vocabulary, which is sorted; int64 (n,).

    Raises:
        CapstoneError: The vocabulary lacks a character.
    """
    codes, known = (np.frombuffer(s.encode("utf-32-le"), dtype=np.uint32) for s in (text, vocabulary))
    ids = np.searchsorted(known, codes).clip(max=len(known) - 1)
    if (known[ids] != codes).any():
        strange = "".join(sorted(set(text) - set(vocabulary)))
        raise CapstoneError(f"the text has characters that the model was not trained on: {strange[:20]!r}")
    return torch.from_numpy(ids)


def get_batch(data: Tensor, starts: Tensor, T: int) -> tuple[Tensor, Tensor]:
    """The windows of a text (n,) from ``starts`` (B,) on, and the same one character later, (B, T) each."""
    windows = data[starts[:, None] + torch.arange(T + 1, device=starts.device)]  # (B, T + 1)
    return windows[:, :-1], windows[:, 1:]


def entropy_floor(cycle: str = LINE, context: int = 32) -> Array:
    """How low the expected loss can go on a text that repeats ``cycle`` without end.

    The best predictor knows the text and sees the first j characters of a window: it knows at which places of the
    cycle it may be. What is left is the entropy of the next character over those places.

    Returns:
        Nats by position in the window, (context,). Their mean is the floor.
    """
    endless = cycle * (context // len(cycle) + 2)
    floor = []
    for j in range(1, context + 1):
        seen = Counter(endless[i : i + j] for i in range(len(cycle)))
        then = Counter(endless[i : i + j + 1] for i in range(len(cycle)))
        floor.append(sum(n * math.log(seen[s[:-1]] / n) for s, n in then.items()) / len(cycle))
    return np.array(floor)


# ---- writing ---------------------------------------------------------------------------------------------------------


def sample(
    logits: Array,
    temperature: float,
    top_k: int | None = None,
    top_p: float | None = None,
    rng: np.random.Generator | None = None,
    *,
    softmax: Softmax = softmax,
) -> int:
    """Draw the next token: temperature first, then ``top_k``, then ``top_p`` of what is left.

    Args:
        logits: (V,); -inf forbids a token.
        temperature: Divides the logits; 0 takes the likeliest token.
        top_k: How many tokens stay; of equal ones the first.
        top_p: The likeliest tokens that together have this mass stay, the one that crosses it included (Holtzman et
            al., 2020).
        rng: By default a fresh generator.
        softmax: Turns logits into probabilities.

    Raises:
        ValueError: An argument is out of range.
    """
    if not temperature >= 0 or (top_k is not None and top_k < 1) or not (top_p is None or 0 < top_p <= 1):
        asked = f"temperature {temperature}, top_k {top_k} and top_p {top_p}"
        raise ValueError(f"wanted temperature >= 0, top_k >= 1 and 0 < top_p <= 1, not {asked}")
    z = np.asarray(logits, dtype=np.float64)
    if temperature == 0:
        return int(z.argmax())
    order = None
    if top_k is not None or top_p is not None:
        order = np.argsort(-z, kind="stable")[:top_k]  # best first
        z = z[order]
    # Below -1e4 the exponential is 0 anyway, and a tiny temperature cannot make it overflow.
    p = softmax(np.maximum(z - z.max(), -1e4 * temperature) / temperature)
    if top_p is not None:
        p = p[p.cumsum() - p < top_p]  # those before which less than top_p had been gathered
    mass = p.cumsum()
    drawn = mass.searchsorted((rng or np.random.default_rng()).random() * mass[-1], side="right")
    if drawn == len(p):  # by rounding
        drawn = np.flatnonzero(p)[-1]
    return int(drawn if order is None else order[drawn])


class Decoder:
    """What `GPT.hidden` computes with a cache, one token after another, written without modules.

    For a single token the calls cost more than the products. Here there are a third as many, and the weights are laid
    out once: a decoder lives for one text.
    """

    def __init__(self, model: GPT) -> None:
        config = model.config
        self.tokens, self.positions = model.tokens.weight, model.positions.weight
        shape = (2, config.heads, config.context, config.width // config.heads)  # keys and values, (2, H, S, d)
        self.layers: list[tuple[Tensor, list[tuple[Tensor, Tensor]]]] = []
        for block in cast(Any, model.blocks):
            qkv = block.attn.q, block.attn.k, block.attn.v
            joined = torch.cat([f.weight for f in qkv]), torch.cat([f.bias for f in qkv])
            parts = [(m.weight, m.bias) for m in (block.norm1, block.attn.proj, block.norm2, block.up, block.down)]
            self.layers.append((self.tokens.new_empty(shape), [joined, *parts]))
        self.norm = (model.norm.weight, model.norm.bias)
        self.length = 0

    def hidden(self, ids: list[int]) -> Tensor:
        """What the head reads, (T, C), of tokens that follow those seen so far; several only at the start."""
        T, C = len(ids), self.tokens.shape[1]
        start, self.length = self.length, self.length + T
        x = self.tokens[ids] + self.positions[start : self.length]  # (T, C)
        for kv, (joined, norm1, proj, norm2, up, down) in self.layers:
            y = F.linear(torch.layer_norm(x, (C,), *norm1), *joined)  # (T, 3 C)
            qkv = y.view(T, 3, kv.shape[1], -1).permute(1, 2, 0, 3)  # (3, H, T, d)
            kv.narrow(2, start, T).copy_(qkv[1:])
            k, v = kv.narrow(2, 0, self.length).unbind()  # (H, S, d)
            y = F.scaled_dot_product_attention(qkv[:1], k[None], v[None], is_causal=T > 1)  # (1, H, T, d)
            x = x + F.linear(y[0].transpose(0, 1).reshape(T, C), *proj)
            x = x + F.linear(F.gelu(F.linear(torch.layer_norm(x, (C,), *norm2), *up)), *down)
        return torch.layer_norm(x, (C,), *self.norm)


@torch.inference_mode()
def generate(
    model: GPT,
    ids: Sequence[int],
    n: int,
    *,
    temperature: float = 0.8,
    top_k: int | None = None,
    top_p: float | None = None,
    rng: np.random.Generator | None = None,
    sample: Sampler = sample,
    cached: bool = True,
) -> list[int]:
    """Continue ``ids`` by ``n`` tokens, and return these.

    While all fits into the context only the newest token goes through the model; the keys and values of the others are
    cached. Past it the window slides: every token gets another position, hence other keys and values, and the whole
    window is computed again for each token.
    """
    if not ids:
        raise CapstoneError("the prompt is empty; give at least one character")
    T, device = model.config.context, model.tokens.weight.device
    rng = rng or np.random.default_rng()
    text, seen, cache = list(ids), 0, [KV(T) for _ in model.blocks]
    decoder = Decoder(model) if model.plain() else None
    for _ in range(n):
        if not cached or len(text) > T:
            x = model.hidden(torch.tensor([text[-T:]], device=device))[0]  # (at most T, C)
        elif decoder:
            x = decoder.hidden(text[seen:])  # (new, C)
        else:
            x = model.hidden(torch.tensor([text[seen:]], device=device), cache)[0]
        seen = len(text)
        logits = model.logits(x[-1:])[0].float().cpu().numpy()  # (V,)
        text.append(int(sample(logits, temperature, top_k, top_p, rng)))
    return text[len(ids) :]


def write(model: GPT, vocabulary: str, prompt: str, n: int, **how: Any) -> str:
    """Continue a prompt by ``n`` characters; ``how`` goes to ``generate``."""
    # A vocab_size beyond the vocabulary, as GPT-2's, has tokens that stand for nothing; training made them unlikely.
    new = generate(model, encode(prompt, vocabulary).tolist(), n, **how)
    return "".join(vocabulary[i] if i < len(vocabulary) else "\N{REPLACEMENT CHARACTER}" for i in new)
