"""A decoder-only transformer that writes text, character by character.

    python -m groundup.capstones.gpt                                     the toy text, seconds on one core
    python -m groundup.capstones.gpt --data my.txt --preset small --save my.safetensors --device auto
    python -m groundup.capstones.gpt --load my.safetensors --prompt "Once" --length 500
    torchrun --nproc-per-node 2 -m groundup.capstones.gpt --data my.txt --preset gpt2 --device cuda --dtype bf16
    python -m groundup.capstones.gpt --save src/groundup/capstones/weights/gpt.safetensors      the weights that ship

Each character becomes a vector; blocks of causal attention and of a two-layer network refine it; a linear head gives
the logits of the next character. The shape is GPT-2's (Radford et al., 2019): learned positions, norms before the
parts (Xiong et al., 2020), GELU. Every linear layer has a bias, except a head tied to the embedding.

Plug points, all of them keyword arguments; those of the model are taken by `GPT`, `train` and `pretrained`:

    attention(q, k, v, mask)                        model     default: the fused kernel; written out in `gpt_parts`
    softmax(z, axis)                                model     NumPy; goes into the attention of `gpt_parts`
    layer_norm(x, weight, bias, eps)                model     default: the fused kernel; written out in `gpt_parts`
    layer_norm_backward(dy, x, weight, eps)         model     the gradient of the norm, in place of autograd's
    gelu(x)                                         model     any shape, differentiable
    block(config, parts)                            model     a module class; takes x (B, T, C) and a `KV` or None
    get_batch(data, starts, T)                      train     data (n,), starts (B,) to inputs and targets, (B, T) each
    lr_at(step, recipe)                             train     the learning rate of an update, counted from 0
    optimiser(params, lr, betas, ...)               train     a class with the surface of `training.AdamW`
    cross_entropy(logits, targets)                  evaluate  NumPy; (n, V) and (n,) to the mean in nats
    sample(logits, temperature, top_k, top_p, rng)  generate  NumPy; (V,) to an index
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from groundup.capstones import gpt_parts, training
from groundup.capstones.gpt_config import PRESETS, TOY, Config, Recipe, count_params, lr_at, preset
from groundup.capstones.gpt_parts import KV
from groundup.capstones.gpt_text import LINE, TEXT, encode, entropy_floor, generate, get_batch, sample, write
from groundup.capstones.parts import Array, Attention, CrossEntropy, LayerNorm, LayerNormBackward, Softmax, array
from groundup.capstones.training import CapstoneError

__all__ = [
    "GPT", "KV", "LINE", "PRESETS", "TEXT", "WEIGHTS", "Block", "CausalAttention", "Config", "Norm", "Parts", "Recipe",
    "Trained", "count_params", "encode", "entropy_floor", "evaluate", "generate", "get_batch", "lr_at", "main",
    "preset", "pretrained", "sample", "train", "write",
]  # fmt: skip

WEIGHTS = Path(__file__).parent / "weights" / "gpt.safetensors"

# ---- the model ------------------------------------------------------------------------------------------------------


class Parts(TypedDict, total=False):
    """The plug points of the model; in place of one that is absent or None stands PyTorch's own."""

    attention: Attention | None
    softmax: Softmax | None
    layer_norm: LayerNorm | None
    layer_norm_backward: LayerNormBackward | None
    gelu: Callable[[Tensor], Tensor] | None
    block: Callable[[Config, Parts], nn.Module] | None


class Norm(nn.Module):
    """Layer norm over the last axis."""

    def __init__(self, config: Config, parts: Parts) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(config.width)), nn.Parameter(torch.zeros(config.width))
        self.part, backward = parts.get("layer_norm"), parts.get("layer_norm_backward")
        if backward is not None:
            self.part = partial(gpt_parts.with_backward, self.part or gpt_parts.layer_norm, backward)

    def forward(self, x: Tensor) -> Tensor:
        """(..., C) to (..., C)."""
        if self.part is not None:
            return self.part(x, self.weight, self.bias)
        return torch.layer_norm(x, x.shape[-1:], self.weight, self.bias)


class CausalAttention(nn.Module):
    """Attention in which a position sees itself and those before it.

    Query, key and value have a linear layer each, not one for all, so that each can be adapted by its name
    (``blocks.0.attn.q``). The number of parameters is the same: four layers from C to C with biases, 4 C² + 4 C.
    """

    def __init__(self, config: Config, parts: Parts) -> None:
        super().__init__()
        self.heads = config.heads
        self.q, self.k, self.v, self.proj = (nn.Linear(config.width, config.width) for _ in range(4))
        self.part, softmax = parts.get("attention"), parts.get("softmax")
        if softmax is not None:
            if self.part is not None:
                raise CapstoneError(
                    "a softmax goes into the attention of gpt_parts; plug it, or an attention, not both"
                )
            self.part = partial(gpt_parts.attention, softmax=softmax)

    def forward(self, x: Tensor, cache: KV | None = None) -> Tensor:
        """(B, T, C) to (B, T, C); with a cache the T positions follow those that it holds."""
        B, T, C = x.shape
        q, k, v = (f(x).view(B, T, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))  # (B, H, T, d)
        if cache is not None:
            k, v = cache.extend(k, v)  # (B, H, S, d)
        S = k.shape[2]
        if self.part is None and T in (1, S):  # a single new token sees all; the kernel need not read a mask
            y = F.scaled_dot_product_attention(q, k, v, is_causal=T > 1)  # (B, H, T, d)
        else:
            mask = torch.ones(T, S, dtype=torch.bool, device=x.device).tril(S - T)  # row t is position S - T + t
            y = (self.part or F.scaled_dot_product_attention)(q, k, v, mask)
        out: Tensor = self.proj(y.transpose(1, 2).reshape(B, T, C))
        return out


class Block(nn.Module):
    """Attention over the positions, then a network on each alone; both add to what they were given."""

    def __init__(self, config: Config, parts: Parts) -> None:
        super().__init__()
        C = config.width
        self.norm1, self.attn = Norm(config, parts), CausalAttention(config, parts)
        self.norm2, self.up, self.down = Norm(config, parts), nn.Linear(C, 4 * C), nn.Linear(4 * C, C)
        self.gelu = parts.get("gelu") or F.gelu

    def forward(self, x: Tensor, cache: KV | None = None) -> Tensor:
        """(B, T, C) to (B, T, C)."""
        x = x + self.attn(self.norm1(x), cache)
        y: Tensor = x + self.down(self.gelu(self.up(self.norm2(x))))  # through (B, T, 4 C)
        return y


class GPT(nn.Module):
    """The model; ``parts`` are its plug points."""

    def __init__(self, config: Config, **parts: Unpack[Parts]) -> None:
        super().__init__()
        self.config, self.parts = config, parts
        self.tokens = nn.Embedding(config.vocab_size, config.width)
        self.positions = nn.Embedding(config.context, config.width)
        block = parts.get("block") or Block
        self.blocks = nn.ModuleList(block(config, parts) for _ in range(config.layers))
        self.norm = Norm(config, parts)
        self.head = None if config.tied else nn.Linear(config.width, config.vocab_size)
        # GPT-2's 0.02 at its width of 768, and more where fewer inputs add up. The layers that write into the residual
        # stream, two a block, start smaller, so that it does not grow with depth.
        std = 0.02 * math.sqrt(768 / config.width)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                writes = name.endswith(("proj.weight", "down.weight"))
                nn.init.normal_(p, std=std / math.sqrt(2 * config.layers) if writes else std)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def hidden(self, ids: Tensor, cache: Sequence[KV] | None = None) -> Tensor:
        """What the head reads, (B, T) to (B, T, C); with a cache the ids follow those that it has seen."""
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

    def forward(self, ids: Tensor) -> Tensor:
        """Token ids (B, T) to logits (B, T, V)."""
        return self.logits(self.hidden(ids))

    def plain(self) -> bool:
        """Whether all is as this file makes it: no part plugged in, no module replaced, no hook to be called."""
        own = {GPT, Block, CausalAttention, Norm, nn.ModuleList, nn.Embedding, nn.Linear}
        as_made = all(type(m) in own and not m._forward_hooks and not m._forward_pre_hooks for m in self.modules())
        return as_made and not any(self.parts.values())

    def token_embeddings(self) -> Array:
        """One row a token, as a NumPy array (V, C)."""
        return array(self.tokens.weight)


# ---- training -------------------------------------------------------------------------------------------------------


@torch.no_grad()
def evaluate(
    model: GPT, data: Tensor, starts: Iterable[int] | None = None, *, cross_entropy: CrossEntropy | None = None
) -> float:
    """Mean loss in nats a character, whose exponential is the perplexity, over windows of a text's ids (n,).

    By default the windows follow one another, or 200 of them are spread over a long text.
    """
    T = model.config.context
    if starts is None:
        starts = range(0, len(data) - T, max(T, (len(data) - T) // 200))
    places, total = torch.tensor(list(starts), device=data.device), 0.0
    for some in torch.split(places, max(1, 4096 // T)):  # so many that their logits fit into memory
        x, y = get_batch(data, some, T)
        logits, targets = model(x).flatten(0, 1), y.flatten()  # (B T, V), (B T,)
        if cross_entropy is None:
            total += F.cross_entropy(logits, targets).item() * len(some)
        else:
            total += float(cross_entropy(array(logits), array(targets))) * len(some)
    return total / len(places)


@dataclass(frozen=True)
class Trained:
    """What came of a training."""

    model: GPT
    vocabulary: str
    losses: list[float]  # of the batch before each update, and of one more batch after the last
    held_out: list[tuple[int, float]]  # updates done, loss on the held-out part
    seconds: float
    stopped: bool  # by Ctrl-C


def train(
    config: Config | None = None,
    *,
    recipe: Recipe = TOY,
    text: str = TEXT,
    held_out: float = 0.0,
    model: GPT | None = None,
    vocabulary: str | None = None,
    seed: int = 0,
    device: str = "cpu",
    dtype: str = "float32",
    compile: bool = False,
    checkpoint: Path | None = None,
    every: int = 50,
    report: Callable[[int, float, float | None], None] = lambda *_: None,
    get_batch: Callable[[Tensor, Tensor, int], tuple[Tensor, Tensor]] = get_batch,
    lr_at: Callable[[int, Recipe], float] = lr_at,
    optimiser: Callable[..., Any] = training.AdamW,
    **parts: Unpack[Parts],
) -> Trained:
    """Train on random windows of a text. Under ``torchrun`` each process takes an equal share of every batch.

    Args:
        config: By default the toy's, with room for the vocabulary; or that of ``model``.
        recipe: How.
        text: At least one character longer than the context.
        held_out: Share of the text, its end, that is not trained on.
        model: One to train further, with the parts it has.
        vocabulary: Sorted characters; by default the text's.
        seed: Of the initial weights and of the windows.
        device: As for ``training.pick_device``.
        dtype: ``float32``, or ``bf16``: matrix products in bfloat16, weights and their update in float32.
        compile: Whether the model goes through ``torch.compile``.
        checkpoint: File that keeps the weights at every report.
        every: Updates between two reports; there is one more at the end, and at Ctrl-C.
        report: Called with the number of updates done, the loss, and the loss on the held-out part, if there is one.
        get_batch: A plug point, as are the following.
        lr_at: See above.
        optimiser: See above.
        **parts: Of the model.

    Raises:
        CapstoneError: Text, configuration, recipe and device do not go together.
        NotFiniteError: The loss became NaN. What the checkpoint holds had a finite loss.
    """
    vocabulary = vocabulary or "".join(sorted(set(text)))
    config = model.config if model else config or Config(vocab_size=len(vocabulary))
    where, T, cut = training.pick_device(device), config.context, len(text) - round(held_out * len(text))
    if cut <= T or 0 < len(text) - cut <= T:
        lengths = f"{cut} characters to train on" + (f" and {len(text) - cut} held out" if held_out else "")
        raise CapstoneError(f"the text has {lengths}; a context of {T} needs {T + 1} or more")
    if len(vocabulary) > config.vocab_size:
        raise CapstoneError(f"{len(vocabulary)} different characters do not fit a vocab_size of {config.vocab_size}")
    parallel = torch.distributed.is_available() and torch.distributed.is_initialized()
    world, rank = (torch.distributed.get_world_size(), torch.distributed.get_rank()) if parallel else (1, 0)
    if recipe.batch % (world * recipe.accumulate):
        shares = f"{world * recipe.accumulate} (processes times accumulate)"
        raise CapstoneError(f"a batch of {recipe.batch} does not divide into {shares} equal parts")

    data, unseen = encode(text, vocabulary).to(where).tensor_split([cut])
    torch.manual_seed(seed)
    model = (model or GPT(config, **parts)).to(where)  # made on the CPU, so that every device starts alike
    generator = torch.Generator().manual_seed(seed)  # of the windows; on the CPU for the same reason
    opt = optimiser(
        model.parameters(),
        recipe.lr,
        betas=recipe.betas,
        weight_decay=recipe.weight_decay,
        decays=lambda p: recipe.decay_vectors or p.dim() > 1,
    )

    def loss_of(x: Tensor, y: Tensor) -> Tensor:
        with torch.autocast(where.type, torch.bfloat16, enabled=dtype == "bf16"):
            return F.cross_entropy(model(x).flatten(0, 1), y.flatten())

    step_loss = torch.compile(loss_of) if compile else loss_of
    losses: list[float] = []
    validation: list[tuple[int, float]] = []
    kept, began = "no weights were kept", time.perf_counter()
    with training.interruptible() as asked:
        for done in range(recipe.steps + 1):  # the last round only looks
            starts = torch.randint(cut - T, (recipe.batch,), generator=generator)[rank::world].to(where)  # (B / world,)
            opt.zero_grad()
            seen = torch.tensor([0.0, float(asked())], device=where)  # the loss; whether to stop
            for some in starts.chunk(recipe.accumulate):
                loss = step_loss(*get_batch(data, some, T)) / recipe.accumulate
                loss.backward()  # type: ignore[no-untyped-call]  # PyTorch's
                seen[0] += loss.detach()
            if parallel:  # equal shares: the mean over processes is the mean over the batch
                for x in (seen, opt.grad):
                    torch.distributed.all_reduce(x.div_(world))
            current, stop = seen.tolist()
            try:
                training.check_finite(current, done)
            except training.NotFiniteError as error:
                raise training.NotFiniteError(f"{error}; {kept}") from None
            losses.append(current)
            last = done == recipe.steps or stop > 0
            if last or (done and done % every == 0):
                if len(unseen):
                    validation.append((done, evaluate(model, unseen)))
                if checkpoint and rank == 0:
                    training.save(checkpoint, model.state_dict(), {**asdict(config), "vocabulary": vocabulary})
                kept = f"{checkpoint} has the weights after update {done}" if checkpoint else kept
                report(done, current, validation[-1][1] if validation else None)
            if last:
                break
            opt.lr = lr_at(done, recipe)
            if recipe.clip:
                opt.clip_grad(recipe.clip)
            opt.step()
    return Trained(model, vocabulary, losses, validation, time.perf_counter() - began, done < recipe.steps)


def pretrained(path: Path = WEIGHTS, **parts: Unpack[Parts]) -> tuple[GPT, str]:
    """A trained model, by default the one that ships, and its vocabulary.

    Raises:
        CapstoneError: There is no such checkpoint, or it is damaged or not a GPT's.
    """
    tensors, kept = training.load(path)
    try:
        vocabulary: str = kept.pop("vocabulary")
        model = GPT(Config(**kept), **parts)
        model.load_state_dict(tensors)
    except (KeyError, TypeError, RuntimeError) as error:
        raise CapstoneError(f"{path} is a checkpoint of another model than a GPT of this configuration") from error
    return model, vocabulary


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    from groundup.capstones import gpt_cli

    return gpt_cli.main(argv)


if __name__ == "__main__":
    sys.exit(main())
