"""The command line of the GPT: train or load, then write."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from groundup.capstones import gpt, training
from groundup.capstones.gpt_text import LINE, TEXT, encode, entropy_floor, sample, write
from groundup.capstones.training import CapstoneError


def main(argv: Sequence[str] | None = None) -> int:
    """Train or load, then write; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup.capstones.gpt",
        description="A decoder-only transformer that writes text, character by character.",
    )
    add = parser.add_argument
    add("--data", type=Path, metavar="FILE", help="a text in UTF-8 to train on; without it the toy text")
    add("--held-out", type=float, default=0.1, metavar="SHARE", help="of FILE's end, to measure the loss on (0.1)")
    add("--preset", choices=gpt.PRESETS, default="toy", help="size and recipe (toy)")
    for name, kind in (("steps", int), ("batch", int), ("accumulate", int), ("lr", float)):
        add(f"--{name}", type=kind, help="in place of the recipe's")
    add("--seed", type=int, default=0, help="of weights, windows and writing (0)")
    add("--every", type=int, default=40, metavar="N", help="report, and save, every N updates (40)")
    add("--save", type=Path, metavar="FILE", help="keep the weights there, a .safetensors file")
    add("--load", type=Path, metavar="FILE", help="write with the weights kept there; nothing is trained")
    add("--device", default="cpu", help="auto, cpu, cuda, cuda:1 or mps (cpu)")
    add("--dtype", choices=("float32", "bf16"), default="float32", help="of the matrix products in training (float32)")
    add("--compile", action="store_true", help="train through torch.compile; pays on a GPU")
    add("--threads", type=int, help="on the CPU (1 for the toy, otherwise all)")
    add("--prompt", help="text to continue (one character)")
    add("--length", type=int, default=60, metavar="N", help="characters to write (60)")
    add("--temperature", type=float, default=0.8, help="lower is more predictable, 0 takes the likeliest (0.8)")
    add("--top-k", type=int, metavar="K", help="choose among the K likeliest characters")
    add("--top-p", type=float, metavar="P", help="choose among the likeliest that together have probability P")
    args = parser.parse_args(argv)
    try:
        return _run(args)
    except UnicodeDecodeError as error:
        print(f"the text is not UTF-8: {error}", file=sys.stderr)
    except torch.OutOfMemoryError as error:
        print(f"{error}\nA smaller --batch or a larger --accumulate takes less memory.", file=sys.stderr)
    except (CapstoneError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:  # the second in a training, or one outside of it
        print(f"stopped; {args.save} is as last reported" if args.save else "stopped", file=sys.stderr)
        return 130
    return 1


def _run(args: argparse.Namespace) -> int:
    if args.threads or args.preset == "toy":
        torch.set_num_threads(args.threads or 1)
    how = {"temperature": args.temperature, "top_k": args.top_k, "top_p": args.top_p}
    sample(np.zeros(1), **how)  # a wrong value shall not wait until the training is over
    rng, rank, code = np.random.default_rng(args.seed), 0, 0
    if args.load:
        model, vocabulary = gpt.pretrained(args.load)
        model, prompt = model.to(training.pick_device(args.device)), args.prompt or vocabulary[0]
    else:
        text = args.data.read_text(encoding="utf-8") if args.data else TEXT
        if not text:
            raise CapstoneError(f"{args.data} is empty")
        prompt = args.prompt or text[:1]
        encode(prompt, "".join(sorted(set(text))))  # nor a wrong prompt
        device = args.device
        if "LOCAL_RANK" in os.environ:  # torchrun started this process and others
            if cuda := training.pick_device(device).type == "cuda":
                device = f"cuda:{os.environ['LOCAL_RANK']}"
                torch.cuda.set_device(device)
            torch.distributed.init_process_group("nccl" if cuda else "gloo")
            rank = torch.distributed.get_rank()
        config, recipe = gpt.preset(args.preset, len(set(text)))
        asked = {name: getattr(args, name) for name in ("steps", "batch", "accumulate", "lr")}
        recipe = replace(recipe, **{name: value for name, value in asked.items() if value is not None})

        def say(line: str) -> None:
            if rank == 0:
                print(line, flush=True)

        def report(done: int, loss: float, unseen: float | None) -> None:
            say(f"update {done:5}  loss {loss:.4f}" + (f"  held out {unseen:.4f}" if unseen is not None else ""))

        say(f"{gpt.count_params(config):,} parameters, {len(text):,} characters, {len(set(text))} different")
        trained = gpt.train(
            config,
            recipe=recipe,
            text=text,
            held_out=args.held_out if args.data else 0.0,
            seed=args.seed,
            device=device,
            dtype=args.dtype,
            compile=args.compile,
            checkpoint=args.save,
            every=args.every,
            report=report,
        )
        model, vocabulary = trained.model, trained.vocabulary
        done = len(trained.losses) - 1
        speed = done * recipe.batch * config.context / trained.seconds
        say(f"{done} updates in {trained.seconds:.1f} s, {speed:,.0f} tokens/s" + " (stopped)" * trained.stopped)
        if args.save:
            say(f"the weights are in {args.save}")
        if not args.data:
            floor = entropy_floor(context=config.context).mean()
            loss = gpt.evaluate(model, encode(TEXT, vocabulary).to(model.tokens.weight.device), range(len(LINE)))
            say(f"expected loss {loss:.4f}, at best {floor:.4f}")
        code = 130 if trained.stopped else 0
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()
    if rank == 0 and not code:
        print(prompt + write(model, vocabulary, prompt, args.length, rng=rng, **how))
    return code
