"""What an adapted network has learned and forgotten: a linear probe, the rank of the update, LoRA inside the GPT.

python -m groundup.capstones.lora_study probe    which of the four signs the frozen features still show
python -m groundup.capstones.lora_study rank     singular values of the update, trained in full and by LoRA
python -m groundup.capstones.lora_study gpt      the GPT of chapter 31 adapted to a second text
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from groundup.capstones import gpt, training
from groundup.capstones.gpt_text import LINE, encode
from groundup.capstones.lora import Config, Net, adapt, make_data, pretrained
from groundup.capstones.lora_parts import LoRALinear, freeze, inject, switched_off, trainable_count
from groundup.capstones.parts import Array, LoRALayer, array
from groundup.capstones.training import CapstoneError

SECOND_LINE = "one rose is not a bouquet but that is a start "  # in the thirteen characters of the GPT's text

# ---- what the frozen network knows ----------------------------------------------------------------------------------


def features(model: Net, x: Tensor) -> Array:
    """What a frozen network makes of its inputs (n, width), for another method to learn from: NumPy, (n, hidden)."""
    with torch.no_grad():
        return array(model.hidden(x))


def fit_normal(X: Array, y: Array, l2: float = 0.0) -> tuple[Array, float]:
    """Least squares of y (n,) on X (n, d) with an intercept: weights (d,), of least norm, and the intercept."""
    mean = X.mean(0)
    if l2:
        centred = X - mean
        w = np.linalg.solve(centred.T @ centred + l2 * np.eye(X.shape[1]), centred.T @ (y - y.mean()))
    else:
        w = np.linalg.lstsq(X - mean, y - y.mean(), rcond=None)[0]
    return w, float(y.mean() - mean @ w)


def linear_probe(
    model: Net, config: Config | None = None, *, fit_normal: Callable[[Array, Array], tuple[Array, float]] = fit_normal
) -> list[float]:
    """How well a linear function of the features tells each of the four signs: shares right on held-out data."""
    data = make_data(config, device=model.head.weight.device)
    (x, bits), (x_test, wanted) = data["target train"], data["target test"]
    X, X_test = (features(model, inputs).astype(np.float64) for inputs in (x, x_test))
    shares = []
    for bit in range(4):
        w, b = fit_normal(X, 2.0 * array(bits[:, bit]) - 1)
        shares.append(float(((X_test @ w + b > 0) == (array(wanted[:, bit]) > 0)).mean()))
    return shares


# ---- the rank of an update ------------------------------------------------------------------------------------------


@torch.no_grad()
def update(before: nn.Module, after: nn.Module, n_in: int) -> Tensor:
    """How a layer's matrix (out, in) has changed, whatever the layer is made of."""
    p = next(before.parameters())
    eye, zero = torch.eye(n_in).to(p), torch.zeros(1, n_in).to(p)
    new, old = (layer(eye) - layer(zero) for layer in (after, before))  # (in, out), without the bias
    change: Tensor = (new - old).T
    return change


# ---- LoRA inside the GPT --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Forgetting:
    """Mean loss in nats a character, on the old text and on the new."""

    model: nn.Module
    bases: Mapping[str, nn.Linear]
    trained: int
    before: tuple[float, float]
    on: tuple[float, float]
    off: tuple[float, float]


def adapt_gpt(
    base: tuple[gpt.GPT, str] | None = None,
    *,
    line: str = SECOND_LINE,
    r: int = 8,
    alpha: float = 16.0,
    steps: int = 300,
    lr: float = 1e-2,
    seed: int = 0,
    device: str = "cpu",
    layer: LoRALayer = LoRALinear,
) -> Forgetting:
    """Adapt the queries and values of a copy of the trained GPT to a second line, and see what it does to the first.

    Args:
        base: A ``gpt.GPT`` with its vocabulary, as ``gpt.pretrained`` returns them, which is also the default.
        line: Of characters in the vocabulary.
        r: Rank of each adapter.
        alpha: As for ``LoRALinear``.
        steps: Updates.
        lr: The largest learning rate.
        seed: Of A and of the windows.
        device: As for ``training.pick_device``.
        layer: A plug point.

    Raises:
        CapstoneError: There is no trained GPT, or the line has other characters.
    """
    original, vocabulary = base or gpt.pretrained()
    model = copy.deepcopy(original).to(training.pick_device(device))
    texts = [encode(text * 60, vocabulary).to(model.tokens.weight.device) for text in (LINE, line)]

    def losses() -> tuple[float, float]:
        old, new = (gpt.evaluate(model, ids) for ids in texts)
        return old, new

    before = losses()
    freeze(model)
    torch.manual_seed(seed)
    bases = inject(
        model, [f"blocks.{n}.attn.{part}" for n in range(len(model.blocks)) for part in "qv"], r, alpha, layer
    )
    recipe = gpt.Recipe(steps=steps, lr=lr, weight_decay=0.0)
    gpt.train(model=model, vocabulary=vocabulary, text=line * 60, recipe=recipe, seed=seed, device=device)
    on = losses()
    with switched_off(model, bases):
        off = losses()
    return Forgetting(model, bases, trainable_count(model), before, on, off)


# ---- command line ---------------------------------------------------------------------------------------------------


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m groundup.capstones.lora_study", description=__doc__.split("\n")[0])
    parser.add_argument("study", choices=["probe", "rank", "gpt"])
    parser.add_argument("--device", default="cpu", help="auto, cpu, cuda, ... (default: cpu)")
    given = parser.parse_args(argv)
    torch.set_num_threads(1)
    try:
        if given.study == "gpt":
            result = adapt_gpt(device=given.device)
            print(f"{result.trained} trained numbers; loss in nats a character")
            for when, (old, new) in (("before", result.before), ("adapter on", result.on), ("off", result.off)):
                print(f"{when:12} old text {old:.3f}   new text {new:.3f}")
            return 0
        base = pretrained(device=given.device)
        if given.study == "probe":
            print("share right, by sign:", *(f"{share:.3f}" for share in linear_probe(base)))
            return 0
        for how in ("full", 4):
            model = adapt(base, how).model
            values = torch.linalg.svdvals(update(base.first, model.first, Config().width))
            print(f"{how}: singular values of the update", *(f"{v:.3f}" for v in values[:6].tolist()))
    except CapstoneError as error:
        print(f"lora_study: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lora_study: stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
