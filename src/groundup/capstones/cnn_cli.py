"""The command line of the image classifier: train or load, then score."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from groundup.capstones import cnn, training
from groundup.capstones.cnn import CONFIG, HEADS, RECIPE, Config, Recipe, accuracy, count_params, pretrained, train
from groundup.capstones.cnn_images import BARS, Bars, make_images
from groundup.capstones.training import CapstoneError


def main(argv: Sequence[str] | None = None) -> int:
    """Train or load a classifier and print its scores; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m groundup.capstones.cnn", description=(cnn.__doc__ or "").split("\n")[0]
    )
    add = parser.add_argument
    add("--head", choices=HEADS, default=CONFIG.head, help="what follows the convolutions; mlp has none")
    add("--noise", type=float, default=BARS.noise, help="standard deviation of every pixel (%(default)s)")
    add("--height", type=float, default=BARS.height, help="what a bar adds (%(default)s)")
    add("--images", type=int, default=RECIPE.n_train, help="pictures to train on (%(default)s)")
    add("--epochs", type=int, default=RECIPE.epochs, help="times that each is shown (%(default)s)")
    add("--batch", type=int, default=RECIPE.batch, help="pictures an update (%(default)s)")
    add("--lr", type=float, default=RECIPE.lr, help="learning rate (%(default)s)")
    add("--seed", type=int, default=0, help="of all random numbers (%(default)s)")
    add("--device", default="cpu", help="auto, cpu, cuda, cuda:1, mps (%(default)s)")
    add("--threads", type=int, default=1, help="of the CPU; more do not help a model this small (%(default)s)")
    add("--save", type=Path, help="keep the model here, after every epoch")
    add("--load", type=Path, help="score this model; train none")
    given = parser.parse_args(argv)
    torch.set_num_threads(given.threads)
    try:
        recipe = Recipe(given.epochs, given.batch, given.lr, given.images)
        task = Bars(noise=given.noise, height=given.height)
        if given.load:
            where = training.pick_device(given.device)
            model = pretrained(given.load).to(where)
            torch.manual_seed(given.seed + 1)  # other pictures than those of the training
            images, labels = (x.to(where) for x in make_images(recipe.n_test, None, task))
        else:
            config = Config(head=given.head)
            print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, seed {given.seed}")
            print(f"{sum(count_params(config).values()):,} parameters")
            trained = train(
                config,
                recipe=recipe,
                task=task,
                seed=given.seed,
                device=given.device,
                checkpoint=given.save,
                report=lambda epoch, loss, right: print(f"epoch {epoch}  loss {loss:.3f}  accuracy {right:.3f}"),
            )
            model, images, labels = trained.model, trained.images, trained.labels
            print(f"{trained.seconds:.2f} s, {trained.images_per_second:,.0f} pictures a second")
            if given.save:
                print(f"the model is in {given.save}")
            if trained.stopped:
                print("stopped by Ctrl-C")
                return 130
        print(f"accuracy on {len(labels)} other pictures: {accuracy(model, images, labels):.3f}")
    except CapstoneError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
