"""The command line of LoRA: pretrain or load a network, then adapt it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from groundup.capstones import training
from groundup.capstones.lora import (
    AdapterConfig,
    Config,
    accuracy,
    adapt,
    classes,
    fingerprint,
    load_adapted,
    make_data,
    pretrain,
    pretrained,
)
from groundup.capstones.lora_parts import adapter_state, trainable_count
from groundup.capstones.training import CapstoneError


def main(argv: Sequence[str] | None = None) -> int:
    """Pretrain or load, then adapt; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup.capstones.lora", description="Adapt a pretrained network, in full and by LoRA."
    )
    add = parser.add_argument
    add("--rank", type=int, metavar="R", help="adapt with this rank only (default: head, 1, 2, 4, 8, full)")
    add("--alpha", type=float, help="scale of the correction times the rank (default: twice the rank)")
    add("--seed", type=int, default=0, help="default: 0")
    add("--device", default="cpu", help="auto, cpu, cuda, ... (default: cpu)")
    add("--base", type=Path, metavar="FILE", help="a pretrained network (default: pretrain one)")
    add("--save-base", type=Path, metavar="FILE", help="write the pretrained network, and stop")
    add("--save", type=Path, metavar="FILE", help="write the adapter of --rank alone")
    add("--load", type=Path, metavar="FILE", help="use an adapter that --save wrote, on the same base")
    given = parser.parse_args(argv)
    if given.save and given.rank is None:
        parser.error("--save needs --rank")
    torch.set_num_threads(1)  # matrices this small gain nothing from a second thread
    try:
        return _run(given)
    except (CapstoneError, OSError, ValueError) as error:
        print(f"lora: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lora: stopped; files were left as they were", file=sys.stderr)
        return 130


def _run(given: argparse.Namespace) -> int:
    start = time.perf_counter()
    base = pretrained(given.base, given.device) if given.base else pretrain(seed=given.seed, device=given.device)
    data = make_data(device=base.head.weight.device)
    x, bits = data["source test"]
    share = accuracy(base, x, classes(bits, "source"))
    print(f"pretrained: {trainable_count(base)} numbers, {share:.3f} right on the old task")
    if given.save_base:
        training.save(given.save_base, base.state_dict(), Config())
        return 0
    if given.load:
        x, bits = data["target test"]
        share = accuracy(load_adapted(base, given.load), x, classes(bits, "target"))
        print(f"{given.load}: {share:.3f} right on the new task")
        return 0
    print(f"{'adapted by':12}{'trained':>8}{'new task':>10}{'old task':>10}{'undone':>8}{'seconds':>9}")
    ways: list[Any] = ["head", 1, 2, 4, 8, "full"] if given.rank is None else [given.rank]
    for how in ways:
        a = adapt(base, how, alpha=given.alpha, seed=given.seed)
        name = f"LoRA r = {how}" if isinstance(how, int) else how
        print(f"{name:12}{a.trained:8}{a.accuracy:10.3f}{a.old_on:10.3f}{a.old_off:8.3f}{a.seconds:9.2f}")
    if given.save:
        alpha = 2.0 * given.rank if given.alpha is None else given.alpha
        training.save(given.save, adapter_state(a.model), AdapterConfig(fingerprint(base), given.rank, alpha))
        print(f"{given.save}: the adapter, {a.trained} numbers")
    print(f"{time.perf_counter() - start:.2f} s")
    return 0
