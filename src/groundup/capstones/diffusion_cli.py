"""The command line of the diffusion model: train or load, then generate points and say how they lie."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from groundup.capstones import diffusion, training
from groundup.capstones.diffusion import (
    CONFIG,
    RECIPE,
    Config,
    Recipe,
    count_params,
    guided,
    make_tables,
    pretrained,
    sample,
    train,
)
from groundup.capstones.diffusion_ddim import Eps, ddim_sample
from groundup.capstones.diffusion_shapes import SHAPES, angle_histogram, radius_stats
from groundup.capstones.training import CapstoneError


def main(argv: Sequence[str] | None = None) -> int:
    """Train or load a network, generate points and print how they lie; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup.capstones.diffusion", description=(diffusion.__doc__ or "").split("\n")[0]
    )
    add = parser.add_argument
    add("--shape", choices=tuple(SHAPES), default=CONFIG.shape, help="what to learn (%(default)s)")
    add("--hidden", type=int, default=CONFIG.hidden, help="units of the two hidden layers (%(default)s)")
    add("--classes", type=int, default=0, help="of which the network is told: 2 for two-moons and two-rings, or 0")
    add("--updates", type=int, default=RECIPE.updates, help="of the network (%(default)s)")
    add("--batch", type=int, default=RECIPE.batch, help="points an update (%(default)s)")
    add("--lr", type=float, default=RECIPE.lr, help="learning rate (%(default)s)")
    add("--seed", type=int, default=0, help="of all random numbers (%(default)s)")
    add("--device", default="cpu", help="auto, cpu, cuda, cuda:1, mps (%(default)s)")
    add("--threads", type=int, default=1, help="of the CPU; more slow down a network this small (%(default)s)")
    add("--save", type=Path, help="keep the network here")
    add("--load", type=Path, help="generate with this network; train none")
    add("--points", type=int, default=500, help="to generate (%(default)s)")
    add("--variance", choices=("beta", "posterior", "none"), default="beta", help="of the fresh noise (%(default)s)")
    add("--ddim", type=int, metavar="STEPS", help="sample without fresh noise in so many steps")
    add("--label", type=int, choices=(0, 1), help="generate this class; wants --classes 2")
    add("--guidance", type=float, default=1.0, help="strength of the class; above 1 overstates it (%(default)s)")
    given = parser.parse_args(argv)
    torch.set_num_threads(given.threads)
    try:
        where = training.pick_device(given.device)
        if given.load:
            torch.manual_seed(given.seed)
            model = pretrained(given.load).to(where)
            tables = make_tables(model.config)
        else:
            config = Config(shape=given.shape, hidden=given.hidden, classes=given.classes)
            print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, seed {given.seed}")
            print(f"{count_params(config):,} parameters")
            trained = train(
                config,
                recipe=Recipe(given.updates, given.batch, given.lr),
                seed=given.seed,
                device=given.device,
                checkpoint=given.save,
                report=lambda update, loss: print(f"update {update:5}  loss {loss:.4f}"),
            )
            model, tables = trained.model, trained.tables
            print(f"{trained.seconds:.2f} s, {trained.points_per_second:,.0f} points a second")
            if given.save:
                print(f"the network is in {given.save}")
            if trained.stopped:
                print("stopped by Ctrl-C")
                return 130
        if given.label is not None and not model.config.classes:
            raise CapstoneError("this network knows no classes; train one with --classes 2")
        eps: Eps = model if given.label is None else guided(model, given.label, given.guidance)
        if given.ddim:
            if not 1 <= given.ddim <= model.config.T:
                raise CapstoneError(f"--ddim is {given.ddim}; it must be between 1 and {model.config.T}")
            x = ddim_sample(eps, given.points, tables, steps=given.ddim, device=where)
        else:
            x = sample(eps, given.points, tables, variance=given.variance, device=where)
    except CapstoneError as error:
        print(error, file=sys.stderr)
        return 1
    print("{} points: radius {:.3f}, sd {:.3f}".format(len(x), *radius_stats(x)))
    print("share by eighth of a turn:", *(f"{share:.3f}" for share in angle_histogram(x)))
    return 0
