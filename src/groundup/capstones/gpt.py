"""A decoder-only transformer that writes text, character by character.

    python -m groundup.capstones.gpt                                   the toy text, seconds on one core
    python -m groundup.capstones.gpt --data my.txt --preset small --device cuda --dtype bf16 --save my.safetensors
    python -m groundup.capstones.gpt --load my.safetensors --prompt "Once" --length 500
    torchrun --nproc-per-node 2 -m groundup.capstones.gpt --data my.txt --preset gpt2 --device cuda --compile
    python -m groundup.capstones.gpt --seed 0 --save src/groundup/capstones/weights/gpt.safetensors    (shipped weights)

Each character becomes a vector; blocks of causal attention and a two-layer network refine it; a linear head gives the
logits of the next character. The shape is GPT-2's (Radford et al., 2019): learned positions, norms before the parts
(Xiong et al., 2020), GELU; every linear layer has a bias, a tied head excepted.

Plug points, all keyword arguments (`GPT`, `train` and `pretrained` take those of the model):

    attention(q, k, v, mask)                 model     default: the fused kernel; written out: `attention`
    softmax(z, axis)                         model     NumPy; goes into the written-out attention
    layer_norm(x, weight, bias, eps)         model     default: the fused kernel; written out: `layer_norm`
    layer_norm_backward(dy, x, weight, eps)  model     gradient of the norm; written out: `layer_norm_backward`
    gelu(x)                                  model     any shape, differentiable
    block(config, parts)                     model     a module class: x (B, T, C), cache or None, to (B, T, C)
    get_batch(data, starts, T)               train     data (n,), starts (B,) to inputs and targets, both (B, T)
    lr_at(step)                              train     the learning rate of an update
    optimiser(params, lr, ...)               train     a class with the arguments and methods of `training.AdamW`
    cross_entropy(logits, targets)           evaluate  NumPy; (n, V), (n,) to the mean in nats
    sample(logits, temperature, top_k, top_p, rng)     generate  NumPy; (V,) to an index; takes a `softmax`, too
"""

from __future__ import annotations

import math
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
import torch
from torch import Tensor, nn
from torch import distributed as dist
from torch.nn import functional as F

from groundup.capstones import training
from groundup.capstones.parts import (
    Array,
    Attention,
    CrossEntropy,
    LayerNorm,
    LayerNormBackward,
    Sampler,
    Softmax,
    array,
    tensor,
)
from groundup.capstones.training import CapstoneError

LINE = "to be or not to be that is the question "
TEXT = LINE * 60
WEIGHTS = Path(__file__).parent / "weights" / "gpt.safetensors"


# ---- sizes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Config:
    """The size of the model; the defaults are the toy's, 103,821 parameters."""

    vocab_size: int = 13
    context: int = 32  # T, the most characters it sees at once
    width: int = 64  # C
    layers: int = 2
    heads: int = 4
    tied: bool = False  # the head is the token embedding transposed, without a bias

    def __post_init__(self) -> None:
        for name in ("vocab_size", "context", "width", "layers", "heads"):
            if getattr(self, name) < 1:
                raise CapstoneError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.width % self.heads:
            raise CapstoneError(f"width {self.width} cannot be shared by {self.heads} heads; it must be a multiple")


@dataclass(frozen=True)
class Recipe:
    """How the model is trained."""

    steps: int = 240
    batch: int = 16  # B, over all processes
    accumulate: int = 1  # parts of a batch that go through the model one after the other, to save memory
    lr: float = 5e-3  # at its highest
    warmup: int = 20  # updates until then
    final: float = 0.05  # of the highest rate, at the end
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = 0.01
    decay_vectors: bool = True  # biases and norms decay, too
    clip: float = 0.0  # largest norm of the gradient; 0 leaves it alone

    def __post_init__(self) -> None:
        for name in ("steps", "batch", "accumulate"):
            if getattr(self, name) < 1:
                raise CapstoneError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.lr <= 0:
            raise CapstoneError(f"lr is {self.lr}; it must be positive")


_LARGE = Recipe(steps=2000, batch=32, lr=1e-3, warmup=100, final=0.1, weight_decay=0.1, decay_vectors=False, clip=1.0)
PRESETS: dict[str, tuple[dict[str, int], Recipe]] = {
    "toy": ({}, Recipe()),
    "small": ({"context": 64, "width": 128, "layers": 4, "heads": 4}, _LARGE),
    "medium": ({"context": 256, "width": 384, "layers": 6, "heads": 6}, replace(_LARGE, steps=5000, batch=64)),
    "gpt2": (
        {"vocab_size": 50257, "context": 1024, "width": 768, "layers": 12, "heads": 12, "tied": True},
        replace(_LARGE, steps=20000, batch=480, accumulate=15, lr=6e-4, warmup=700),
    ),
}
"""Shape and recipe by name. Where a shape has no `vocab_size`, the text's characters are the vocabulary."""


def preset(name: str, characters: int = 13) -> tuple[Config, Recipe]:
    """Configuration and recipe of a preset for a text with so many different characters."""
    if name not in PRESETS:
        raise CapstoneError(f"there is no preset {name}; wanted: {', '.join(PRESETS)}")
    shape, recipe = PRESETS[name]
    return Config(**{"vocab_size": characters, **shape}), recipe  # type: ignore[arg-type]  # tied is a bool


def count_params(config: Config) -> int:
    """The number of parameters, without building the model."""
    V, C = config.vocab_size, config.width
    block = 12 * C * C + 13 * C  # weights 4 C² and 8 C²; biases 4 C and 5 C; two norms, 4 C
    head = 0 if config.tied else C * V + V
    return V * C + config.context * C + config.layers * block + 2 * C + head


# ---- parts ----------------------------------------------------------------------------------------------------------


def softmax(z: Array, axis: int = -1) -> Array:
    """Probabilities along ``axis``, in NumPy; rows may hold -inf, but not alone."""
    e = np.exp(z - z.max(axis=axis, keepdims=True))  # the maximum becomes 0, so nothing overflows
    p: Array = e / e.sum(axis=axis, keepdims=True)
    return p


class _NumpySoftmax(torch.autograd.Function):
    """A softmax over the last axis, computed by a NumPy part."""

    @staticmethod
    def forward(ctx: Any, z: Tensor, part: Softmax) -> Tensor:
        p = tensor(part(array(z), axis=-1), z)
        ctx.save_for_backward(p)
        return p

    @staticmethod
    def backward(ctx: Any, dp: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        (p,) = ctx.saved_tensors
        return p * (dp - (dp * p).sum(-1, keepdim=True)), None


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, *, softmax: Softmax | None = None) -> Tensor:
    """Softmax(q kᵀ / √d) v, written out (Vaswani et al., 2017, equation 1).

    Args:
        q: (..., t_q, d).
        k: (..., t_k, d).
        v: (..., t_k, w).
        mask: Boolean, broadcasts to (..., t_q, t_k); True keeps. A query that may look nowhere gets zeros.
        softmax: A NumPy part in place of ``torch.softmax``.

    Returns:
        (..., t_q, w).
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., t_q, t_k)
    if mask is not None:
        # A row of -inf alone would give NaN, and NaN in every gradient: such rows score 0 and lose their weights below.
        scores = scores.masked_fill(~mask & mask.any(-1, keepdim=True), -math.inf)
    weights: Tensor = torch.softmax(scores, -1) if softmax is None else _NumpySoftmax.apply(scores, softmax)  # type: ignore[no-untyped-call]
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ v


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Each x (..., d) shifted and scaled to mean 0 and variance 1, then by weight and bias (d,) (Ba et al., 2016)."""
    centred = x - x.mean(-1, keepdim=True)
    variance = centred.square().mean(-1, keepdim=True)  # divided by d, not d - 1
    return centred * torch.rsqrt(variance + eps) * weight + bias


def layer_norm_backward(dy: Tensor, x: Tensor, weight: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of ``layer_norm`` with regard to x (..., d), weight and bias (d,), given that of its result."""
    centred = x - x.mean(-1, keepdim=True)
    scale = torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps)
    xhat, dxhat = centred * scale, dy * weight
    # The mean and the variance depend on x, too: what moves all of a row, or stretches it, changes nothing.
    dx = scale * (dxhat - dxhat.mean(-1, keepdim=True) - xhat * (dxhat * xhat).mean(-1, keepdim=True))
    rows = tuple(range(x.dim() - 1))
    return dx, (dy * xhat).sum(rows) if rows else dy * xhat, dy.sum(rows) if rows else dy


class _HandWrittenNorm(torch.autograd.Function):
    """A layer norm whose gradient is a part."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, part: LayerNorm, backward: LayerNormBackward
    ) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.part = backward
        return part(x, weight, bias)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:  # type: ignore[override]
        return *ctx.part(dy, *ctx.saved_tensors), None, None


def sample(
    logits: Array,
    temperature: float,
    top_k: int | None = None,
    top_p: float | None = None,
    rng: np.random.Generator | None = None,
    *,
    softmax: Softmax = softmax,
) -> int:
    """Draw the next token: temperature, then the best ``top_k``, then the likeliest that together reach ``top_p``.

    Args:
        logits: (V,); -inf forbids a token.
        temperature: Divides the logits; 0 takes the likeliest token.
        top_k: How many tokens stay; of equal ones the first.
        top_p: Mass that stays, the token that crosses it included (Holtzman et al., 2020).
        rng: A generator; by default a fresh one.
        softmax: Turns logits into probabilities.

    Raises:
        ValueError: An argument is out of range.
    """
    if temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        wanted = "temperature >= 0, top_k >= 1 and 0 < top_p <= 1"
        raise ValueError(f"wanted {wanted}, got temperature {temperature}, top_k {top_k}, top_p {top_p}")
    z = np.asarray(logits, dtype=np.float64)
    if temperature == 0:
        return int(z.argmax())
    order = np.argsort(-z, kind="stable")[:top_k]  # best first
    with np.errstate(over="ignore"):  # a tiny temperature sends the others to -inf, as it should
        p = softmax((z[order] - z[order[0]]) / temperature)
    if top_p is not None:
        p = p[: int((p.cumsum() - p < top_p).sum())]  # those before which less than top_p had been gathered
    mass = p.cumsum()
    drawn = int(np.searchsorted(mass, (rng or np.random.default_rng()).random() * mass[-1], side="right"))
    return int(order[min(drawn, np.count_nonzero(p) - 1)])  # rounding may push the last draw past the end


# ---- the model ------------------------------------------------------------------------------------------------------


class Parts(TypedDict, total=False):
    """The plug points of the model; a part that is absent or None is PyTorch's own."""

    attention: Attention | None
    softmax: Softmax | None
    layer_norm: LayerNorm | None
    layer_norm_backward: LayerNormBackward | None
    gelu: Callable[[Tensor], Tensor] | None
    block: Callable[[Config, Parts], nn.Module] | None


class KV:
    """The keys and values that a layer has computed, in buffers as long as the context."""

    def __init__(self, context: int) -> None:
        self.context, self.length = context, 0

    def extend(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Add those of the next tokens, (B, H, T, d) each; returns all so far, (B, H, S, d) each."""
        if self.length == 0:
            self.k, self.v = (x.new_empty(*x.shape[:2], self.context, x.shape[3]) for x in (k, v))
        start, self.length = self.length, self.length + k.shape[2]
        self.k[:, :, start : self.length], self.v[:, :, start : self.length] = k, v
        return self.k[:, :, : self.length], self.v[:, :, : self.length]


class Norm(nn.Module):
    """Layer norm over the last axis, (..., C) to (..., C)."""

    def __init__(self, config: Config, parts: Parts) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(config.width)), nn.Parameter(torch.zeros(config.width))
        self.part, self.backward_part = parts.get("layer_norm"), parts.get("layer_norm_backward")

    def forward(self, x: Tensor) -> Tensor:
        if self.backward_part is not None:
            part = self.part or layer_norm
            y: Tensor = _HandWrittenNorm.apply(x, self.weight, self.bias, part, self.backward_part)  # type: ignore[no-untyped-call]
            return y
        if self.part is not None:
            return self.part(x, self.weight, self.bias)
        return F.layer_norm(x, x.shape[-1:], self.weight, self.bias)


class CausalAttention(nn.Module):
    """Self-attention in which a position sees itself and what came before, (B, T, C) to (B, T, C).

    Four linear layers of C to C with biases, 4 C² + 4 C parameters. Query, key and value have one each rather than
    one for all, so that each can be adapted by its name (``blocks.0.attn.q``).
    """

    def __init__(self, config: Config, parts: Parts) -> None:
        super().__init__()
        self.heads = config.heads
        self.q, self.k, self.v, self.proj = (nn.Linear(config.width, config.width) for _ in range(4))
        self.part, softmax = parts.get("attention"), parts.get("softmax")
        if softmax is not None:
            if self.part is not None:
                raise CapstoneError("softmax goes into the written-out attention; plug that or another attention")
            self.part = partial(attention, softmax=softmax)

    def forward(self, x: Tensor, cache: KV | None = None) -> Tensor:
        B, T, C = x.shape
        q, k, v = (f(x).view(B, T, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))  # (B, H, T, d)
        if cache is not None:
            k, v = cache.extend(k, v)  # (B, H, S, d)
        S = k.shape[2]
        if self.part is None and T == S:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)  # (B, H, T, d)
        else:  # row t of T stands at position S - T + t
            mask = torch.ones(T, S, dtype=torch.bool, device=x.device).tril(S - T)
            y = (self.part or F.scaled_dot_product_attention)(q, k, v, mask)
        out: Tensor = self.proj(y.transpose(1, 2).reshape(B, T, C))
        return out


class Block(nn.Module):
    """Attention, then a network on each position alone; each adds to what it was given, (B, T, C) to (B, T, C)."""

    def __init__(self, config: Config, parts: Parts) -> None:
        super().__init__()
        C = config.width
        self.norm1, self.attn = Norm(config, parts), CausalAttention(config, parts)
        self.norm2, self.up, self.down = Norm(config, parts), nn.Linear(C, 4 * C), nn.Linear(4 * C, C)
        self.gelu = parts.get("gelu") or F.gelu

    def mlp(self, x: Tensor) -> Tensor:
        """(B, T, C) through (B, T, 4 C) to (B, T, C)."""
        y: Tensor = self.down(self.gelu(self.up(x)))
        return y

    def forward(self, x: Tensor, cache: KV | None = None) -> Tensor:
        x = x + self.attn(self.norm1(x), cache)
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    """The model: token ids (B, T) to logits (B, T, V)."""

    def __init__(self, config: Config, **parts: Unpack[Parts]) -> None:
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.vocab_size, config.width)
        self.positions = nn.Embedding(config.context, config.width)
        block = parts.get("block") or Block
        self.blocks = nn.ModuleList(block(config, parts) for _ in range(config.layers))
        self.norm = Norm(config, parts)
        self.head = None if config.tied else nn.Linear(config.width, config.vocab_size)
        for name, p in self.named_parameters():
            if p.dim() > 1:  # GPT-2's rule; the 2 L layers that add to the residual stream shall not make it grow
                residual = name.endswith(("proj.weight", "down.weight"))
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * config.layers) if residual else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def hidden(self, ids: Tensor, cache: Sequence[KV] | None = None) -> Tensor:
        """The last layer's vectors, (B, T) to (B, T, C), of tokens that follow those in ``cache``."""
        start = cache[0].length if cache else 0
        end = start + ids.shape[1]
        if end > self.config.context:
            raise ValueError(f"{end} tokens do not fit into a context of {self.config.context}")
        x = self.tokens(ids) + self.positions.weight[start:end]  # (B, T, C)
        for i, block in enumerate(self.blocks):
            x = block(x, cache[i] if cache else None)
        y: Tensor = self.norm(x)
        return y

    def logits(self, x: Tensor) -> Tensor:
        """(..., C) to (..., V)."""
        y: Tensor = F.linear(x, self.tokens.weight) if self.head is None else self.head(x)
        return y

    def forward(self, ids: Tensor, cache: Sequence[KV] | None = None) -> Tensor:
        return self.logits(self.hidden(ids, cache))

    def token_embeddings(self) -> Array:
        """One row a token, a NumPy array (V, C)."""
        return array(self.tokens.weight)


# ---- text -----------------------------------------------------------------------------------------------------------


def encode(text: str, vocabulary: str) -> Tensor:
    """Characters to their places in the (sorted) vocabulary, int64 (n,).

    Raises:
        CapstoneError: The text has characters that the vocabulary has not.
    """
    codes, known = (np.frombuffer(s.encode("utf-32-le"), dtype=np.uint32) for s in (text, vocabulary))
    ids = np.searchsorted(known, codes).clip(max=len(known) - 1)
    if (known[ids] != codes).any():
        strange = "".join(sorted(set(text) - set(vocabulary)))[:20]
        raise CapstoneError(f"the model knows no {strange!r}; it was trained on {vocabulary!r}"[:300])
    return torch.from_numpy(ids)


def get_batch(data: Tensor, starts: Tensor, T: int) -> tuple[Tensor, Tensor]:
    """Windows of the text (n,) from ``starts`` (B,), and the same one character later: both int64 (B, T)."""
    windows = data[starts[:, None] + torch.arange(T + 1, device=data.device)].long()  # (B, T + 1)
    return windows[:, :-1], windows[:, 1:]


def entropy_floor(cycle: str = LINE, context: int = 32) -> Array:
    """How low the expected loss can go on a text that repeats ``cycle`` for ever.

    The best predictor sees a window's first j characters and knows the text, so it knows at which places of the
    cycle they stand. Where several places agree, the entropy of what follows there is left.

    Returns:
        Nats by position of the window, (context,); their mean is the floor of the loss.
    """
    endless = cycle * (context // len(cycle) + 2)
    floor = []
    for j in range(1, context + 1):
        seen = Counter(endless[i : i + j] for i in range(len(cycle)))
        followed = Counter(endless[i : i + j + 1] for i in range(len(cycle)))
        floor.append(sum(n * math.log(seen[s[:-1]] / n) for s, n in followed.items()) / len(cycle))
    return np.array(floor)


# ---- training -------------------------------------------------------------------------------------------------------


def lr_at(step: int, recipe: Recipe) -> float:
    """The learning rate of update ``step`` (from 0): a straight line up, then half a cosine down."""
    if step < recipe.warmup:
        return recipe.lr * (step + 1) / recipe.warmup
    done = (step - recipe.warmup) / max(1, recipe.steps - recipe.warmup)
    return recipe.lr * (recipe.final + (1 - recipe.final) * 0.5 * (1 + math.cos(math.pi * done)))


@torch.no_grad()
def evaluate(
    model: nn.Module,
    data: Tensor,
    starts: Iterable[int] | None = None,
    *,
    context: int | None = None,
    cross_entropy: CrossEntropy | None = None,
) -> float:
    """Mean loss in nats a character; its exponential is the perplexity.

    Args:
        model: Ids (B, T) to logits (B, T, V).
        data: A text's ids (n,), on the model's device.
        starts: Where the windows begin; by default one after the other, up to 200 spread over the text.
        context: T; by default the model's.
        cross_entropy: A NumPy part in place of PyTorch's.
    """
    T = context or model.config.context  # type: ignore[union-attr,assignment]
    if starts is None:
        starts = range(0, len(data) - T, max(T, (len(data) - T) // 200))  # type: ignore[operator]
    losses = []
    for some in torch.tensor(list(starts), device=data.device).split(40):
        x, y = get_batch(data, some, T)  # type: ignore[arg-type]
        logits = model(x).flatten(0, 1)  # (B T, V)
        loss = (
            F.cross_entropy(logits, y.flatten())
            if cross_entropy is None
            else cross_entropy(array(logits), array(y.flatten()))
        )
        losses.append(float(loss) * len(some))
    return sum(losses) / len(list(starts))


@dataclass(frozen=True)
class Trained:
    """What came of a training."""

    model: GPT
    vocabulary: str
    losses: list[float]  # before each update
    validation: list[tuple[int, float]]  # updates done, loss on the held-out part
    seconds: float
    stopped: bool  # by Ctrl-C
    tokens_per_second: float


def train(
    config: Config | None = None,
    *,
    recipe: Recipe = Recipe(),  # noqa: B008 (frozen)
    text: str = TEXT,
    held_out: float = 0.0,
    model: GPT | None = None,
    seed: int = 0,
    device: str = "cpu",
    dtype: str = "float32",
    compile: bool = False,
    checkpoint: Path | None = None,
    every: int = 50,
    report: Callable[[int, float, float | None], None] = lambda *_: None,
    get_batch: Callable[[Tensor, Tensor, int], tuple[Tensor, Tensor]] = get_batch,
    lr_at: Callable[[int], float] | None = None,
    optimiser: Callable[..., Any] = training.AdamW,
    **parts: Unpack[Parts],
) -> Trained:
    config = config or Config(vocab_size=len(set(text)))
    where = training.pick_device(device)
    vocabulary = "".join(sorted(set(text)))
    if len(vocabulary) > config.vocab_size:
        raise CapstoneError(
            f"the text has {len(vocabulary)} different characters; the model has room for {config.vocab_size}"
        )
    data = encode(text, vocabulary).to(where)
    if len(data) <= config.context:
        raise CapstoneError(
            f"the text has {len(data)} characters; a context of {config.context} needs {config.context + 1}"
        )
    torch.manual_seed(seed)
    model = (model or GPT(config, **parts)).to(where)
    opt = optimiser(model.parameters(), recipe.lr, betas=recipe.betas, weight_decay=recipe.weight_decay)
    generator = torch.Generator().manual_seed(seed)
    rate = lr_at or (lambda step: globals()["lr_at"](step, recipe))
    losses = []
    began = time.perf_counter()
    for step in range(recipe.steps):
        starts = torch.randint(len(data) - config.context, (recipe.batch,), generator=generator).to(where)
        x, y = get_batch(data, starts, config.context)
        opt.lr = rate(step)
        opt.zero_grad()
        loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
        loss.backward()
        opt.step()
        losses.append(loss.item())
        training.check_finite(losses[-1], step)
    seconds = time.perf_counter() - began
    return Trained(
        model, vocabulary, losses, [], seconds, False, recipe.batch * config.context * recipe.steps / seconds
    )


# ---- writing --------------------------------------------------------------------------------------------------------


@torch.no_grad()
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
    """Continue ``ids`` by ``n`` tokens, one at a time.

    While all fits into the context, only the new token goes through the model; keys and values of the others are kept
    in a cache. Past it the window slides, which gives every token another position and so other keys and values: the
    whole window is then computed for each token.

    Returns:
        The ``n`` new tokens.
    """
    if not ids:
        raise CapstoneError("the prompt is empty; give at least one character")
    T, device = model.config.context, model.tokens.weight.device
    rng = rng or np.random.default_rng()
    every = list(ids)
    cache = [KV(T) for _ in model.blocks]
    new = every[-T:]
    for _ in range(n):
        if not cached or len(every) > T:
            x = model.hidden(torch.tensor([every[-T:]], device=device))
        else:
            x = model.hidden(torch.tensor([new], device=device), cache)
        logits = model.logits(x[0, -1])  # (V,)
        new = [int(sample(logits.float().cpu().numpy(), temperature, top_k, top_p, rng))]
        every += new
    return every[len(ids) :]


def write(model: GPT, vocabulary: str, prompt: str, n: int, **how: Any) -> str:
    """Continue a prompt by ``n`` characters; ``how`` goes to ``generate``."""
    return "".join(vocabulary[i] for i in generate(model, encode(prompt, vocabulary).tolist(), n, **how))


def pretrained(path: Path = WEIGHTS, **parts: Unpack[Parts]) -> tuple[GPT, str]:
    """A trained model, by default the one that comes with the book, and its vocabulary.

    Raises:
        CapstoneError: There is no checkpoint there, or it is damaged or no GPT's.
    """
    tensors, kept = training.load(path)
    try:
        vocabulary = kept.pop("vocabulary")
        model = GPT(Config(**kept), **parts)
        model.load_state_dict(tensors)
    except (KeyError, TypeError, RuntimeError) as error:
        raise CapstoneError(f"{path} is no checkpoint of a GPT ({error})") from None
    return model.eval(), vocabulary
