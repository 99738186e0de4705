"""A diffusion model that turns noise into points on a shape: a ring, moons, a spiral, a square.

    python -m groundup.capstones.diffusion                          the ring, in seconds on one core
    python -m groundup.capstones.diffusion --shape spiral --hidden 128 --updates 6000 --save my.safetensors
    python -m groundup.capstones.diffusion --load my.safetensors --points 5000 --ddim 10 --device cuda
    python -m groundup.capstones.diffusion --shape two-rings --classes 2 --label 1 --guidance 2
    python -m groundup.capstones.diffusion --save src/groundup/capstones/weights/diffusion.safetensors (shipped weights)

Noise is added to a point in T small steps; a network with two hidden layers learns to tell, from a noisy point and the
number of its step, which noise is in it; the sampler takes that noise away again step by step (Ho et al., 2020). With
classes, the network is told the class of most points, and guidance overstates what the class changes (Ho and Salimans,
2022).

Plug points, all keyword arguments:

    schedule(T, beta_start, beta_end)              train, make_tables    NumPy; to betas, alphas, abar, each (T,)
    add_noise(x0, t, noise, abar)                  train     NumPy; (n, 2), (n,), (n, 2), (T,) to (n, 2)
    ddpm_step(x_t, eps_hat, t, betas, noise)       sample    NumPy; to (n, 2); variance beta_t, no noise at t = 0
    optimiser(shapes, lr)                          train     NumPy; the class of an Adam; default `training.AdamW`
    make_points(shape, n)                          train     PyTorch; to points (n, 2) and labels (n,)
    loss_fn(eps_hat, noise)                        train     PyTorch; (n, 2) twice to a scalar
    predict(model, x, t, label)                    train, guided    PyTorch; (n, 2), (n,), (n,) or None to (n, 2)
    time_features(t, T)                            train, Denoiser  PyTorch; (n,) to (n, f)

The defaults of the first three stand in `diffusion_parts`. `sample`, and `ddim_sample` of `diffusion_ddim`, take any
function of x (n, 2) and t (n,) that tells the noise: a trained `Denoiser`, what `guided` makes of one, or `optimal_eps`
of `diffusion_shapes`, the exact answer for the ring. There stand `radius_stats` and `angle_histogram`, too, which judge
what comes out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from groundup.capstones import training
from groundup.capstones.diffusion_ddim import Eps, ddim_sample
from groundup.capstones.diffusion_parts import Tables, add_noise, ddpm_step, schedule
from groundup.capstones.diffusion_shapes import SHAPES, make_points
from groundup.capstones.parts import (
    AddNoise,
    DdpmStep,
    MakeOptimiser,
    NoiseSchedule,
    array,
    tensor,
)
from groundup.capstones.training import CapstoneError

__all__ = [
    "CONFIG", "RECIPE", "WEIGHTS", "Config", "Denoiser", "Eps", "Predict", "Recipe", "Tables", "Trained",
    "count_params", "ddim_sample", "guided", "main", "make_tables", "predict", "pretrained", "sample", "time_features",
    "train",
]  # fmt: skip

WEIGHTS = Path(__file__).parent / "weights" / "diffusion.safetensors"

# ---- sizes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Config:
    """The shape, the noise and the size of the network; the defaults have 4,546 parameters."""

    shape: str = "ring"
    T: int = 50
    beta_start: float = 1e-4
    beta_end: float = 0.1
    hidden: int = 64
    classes: int = 0  # of which the network is told; 0 leaves it alone

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise CapstoneError(f"there is no shape {self.shape}; wanted: {', '.join(SHAPES)}")
        if self.T < 1 or self.hidden < 1:
            raise CapstoneError(f"wanted T and hidden of at least 1, got {self.T} and {self.hidden}")
        if not 0 < self.beta_start <= self.beta_end < 1:
            raise CapstoneError(f"wanted 0 < beta_start <= beta_end < 1, got {self.beta_start} and {self.beta_end}")
        known = [0] if SHAPES[self.shape][0] == 1 else [0, SHAPES[self.shape][0]]
        if self.classes not in known:
            wanted = " or ".join(map(str, known))
            raise CapstoneError(f"classes is {self.classes}; for {self.shape} it must be {wanted}")


@dataclass(frozen=True)
class Recipe:
    """How the network is trained."""

    updates: int = 2000
    batch: int = 256
    lr: float = 1e-3
    unlabelled: float = 0.1  # share of points whose class is kept back, so that guidance has something to compare with

    def __post_init__(self) -> None:
        for name in ("updates", "batch", "lr"):
            if getattr(self, name) <= 0:
                raise CapstoneError(f"{name} is {getattr(self, name)}; it must be positive")
        if not 0 <= self.unlabelled < 1:
            raise CapstoneError(f"unlabelled is {self.unlabelled}; it must be at least 0 and below 1")


CONFIG, RECIPE = Config(), Recipe()


def count_params(config: Config) -> int:
    """The number of parameters with one time feature, without building the model."""
    h = config.hidden
    return (2 + 1 + config.classes + 1) * h + (h + 1) * h + (h + 1) * 2


# ---- noise ----------------------------------------------------------------------------------------------------------


def make_tables(config: Config = CONFIG, schedule: NoiseSchedule = schedule) -> Tables:
    """The schedule of a configuration.

    Raises:
        ValueError: The part returned other than three arrays of T.
    """
    made = Tables(*(np.asarray(x) for x in schedule(config.T, config.beta_start, config.beta_end)))
    if any(x.shape != (config.T,) for x in made):
        raise ValueError(f"schedule must return three arrays of shape ({config.T},)")
    return made


# ---- the model ------------------------------------------------------------------------------------------------------


def time_features(t: Tensor, T: int) -> Tensor:
    """The step (n,) as a share of all, (n, 1)."""
    return t[:, None] / T


class Denoiser(nn.Module):
    """The network: points (n, 2), steps (n,) and classes (n,), -1 for none, to the noise in the points (n, 2)."""

    def __init__(
        self, config: Config = CONFIG, *, time_features: Callable[[Tensor, int], Tensor] = time_features
    ) -> None:
        super().__init__()
        self.config, self.time_features = config, time_features
        width = 2 + time_features(torch.zeros(1, dtype=torch.long), config.T).shape[1] + config.classes
        self.layers = nn.Sequential(
            nn.Linear(width, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, 2),
        )

    def forward(self, x: Tensor, t: Tensor, label: Tensor | None = None) -> Tensor:
        """The noise in x; without labels, that of a point of any class."""
        inputs = [x, self.time_features(t, self.config.T)]
        if self.config.classes:
            label = torch.full_like(t, -1) if label is None else label
            inputs.append((label[:, None] == torch.arange(self.config.classes, device=x.device)).to(x.dtype))
        eps_hat: Tensor = self.layers(torch.cat(inputs, 1))
        return eps_hat


def predict(model: nn.Module, x: Tensor, t: Tensor, label: Tensor | None = None) -> Tensor:
    """The noise that the network sees in x."""
    eps_hat: Tensor = model(x, t, label)
    return eps_hat


Predict = Callable[[nn.Module, Tensor, Tensor, Tensor | None], Tensor]


def guided(model: nn.Module, label: int, strength: float, predict: Predict = predict) -> Eps:
    """Classifier-free guidance: go from the noise of any point towards that of a class, and past it.

    Args:
        model: Trained with classes.
        label: The class.
        strength: 0 ignores the class, 1 believes it, more overstates it.
        predict: The plug point.
    """

    def eps(x: Tensor, t: Tensor) -> Tensor:
        anything, wanted = predict(model, x, t, None), predict(model, x, t, torch.full_like(t, label))
        return anything + strength * (wanted - anything)

    return eps


# ---- training -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trained:
    """What came of a training."""

    model: Denoiser
    tables: Tables
    losses: list[float]  # before each update
    seconds: float  # of all updates
    points_per_second: float
    stopped: bool  # by Ctrl-C


def train(
    config: Config = CONFIG,
    *,
    recipe: Recipe = RECIPE,
    seed: int = 0,
    device: str = "cpu",
    checkpoint: Path | None = None,
    every: int = 500,
    report: Callable[[int, float], None] = lambda *_: None,
    schedule: NoiseSchedule = schedule,
    add_noise: AddNoise = add_noise,
    optimiser: MakeOptimiser | None = None,
    make_points: Callable[[str, int], tuple[Tensor, Tensor]] = make_points,
    loss_fn: Callable[[Tensor, Tensor], Tensor] = F.mse_loss,
    predict: Predict = predict,
    time_features: Callable[[Tensor, int], Tensor] = time_features,
) -> Trained:
    """Train a network to tell the noise in noisy points.

    Args:
        config: Shape, noise and network.
        recipe: How it is trained.
        seed: Of PyTorch's generator, from which are drawn, on the CPU: the network; for each update the points, the
            steps, the noise and, with classes, which of them to keep back.
        device: Where the network runs.
        checkpoint: Where it is kept, every so many updates and at the end.
        every: How many.
        report: Called that often, with the number of the update and the loss before it.
        schedule: A plug point.
        add_noise: A plug point.
        optimiser: A plug point.
        make_points: A plug point.
        loss_fn: A plug point.
        predict: A plug point.
        time_features: A plug point.

    Raises:
        CapstoneError: The device is not there.
        NotFiniteError: The loss became NaN; the checkpoint is the last good one.
    """
    where = training.pick_device(device)
    tables = make_tables(config, schedule)
    torch.manual_seed(seed)
    model = Denoiser(config, time_features=time_features).to(where)
    opt = training.optimiser(model, optimiser, recipe.lr)
    losses: list[float] = []
    began, stopped = time.perf_counter(), False
    with training.interruptible() as asked:
        for update in range(recipe.updates):
            x0, label = make_points(config.shape, recipe.batch)  # (n, 2), (n,)
            t = torch.randint(0, config.T, (recipe.batch,))
            noise = torch.randn_like(x0)
            x_t = tensor(add_noise(array(x0), array(t), array(noise), tables.abar), x0)
            if config.classes:
                label[torch.rand(recipe.batch) < recipe.unlabelled] = -1
            x_t, t, noise, label = (x.to(where, non_blocking=True) for x in (x_t, t, noise, label))
            loss = loss_fn(predict(model, x_t, t, label if config.classes else None), noise)
            losses.append(loss.item())
            training.check_finite(losses[-1], update)
            if update % every == 0:
                if checkpoint and update:
                    training.save(checkpoint, model.state_dict(), config)
                report(update, losses[-1])
            if stopped := asked():
                break
            opt.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # PyTorch's
            opt.step()
    seconds = time.perf_counter() - began
    if checkpoint:
        training.save(checkpoint, model.state_dict(), config)
    return Trained(model, tables, losses, seconds, recipe.batch * len(losses) / seconds, stopped)


def pretrained(path: Path = WEIGHTS, config: Config | None = None) -> Denoiser:
    """A trained network, by default the one that comes with the book.

    Args:
        path: A checkpoint.
        config: If given, what the checkpoint's configuration must be.

    Raises:
        CapstoneError: There is no checkpoint there, or it is damaged, of another configuration or no denoiser's.
    """
    tensors, kept = training.load(path, config)
    try:
        model = Denoiser(Config(**kept))
        model.load_state_dict(tensors)
    except (TypeError, RuntimeError) as error:
        raise CapstoneError(f"{path} is no checkpoint of a denoiser ({error})") from None
    return model.eval()


# ---- sampling -------------------------------------------------------------------------------------------------------


@torch.no_grad()
def sample(
    eps: Eps,
    n: int,
    tables: Tables,
    *,
    variance: str = "beta",
    generator: torch.Generator | None = None,
    device: torch.device | str = "cpu",
    ddpm_step: DdpmStep = ddpm_step,
) -> Tensor:
    """Turn noise into points, with fresh noise at each step: ancestral sampling.

    Args:
        eps: Tells the noise in points.
        n: How many points.
        tables: The schedule.
        variance: Of the fresh noise: ``beta``, β_t; ``posterior``, the smaller β_t (1 - ᾱ_{t-1}) / (1 - ᾱ_t), which is
            right for data of one point; ``none``.
        generator: Draws all noise, on the CPU; by default PyTorch's own.
        device: Where ``eps`` runs.
        ddpm_step: The plug point.

    Returns:
        (n, 2), on that device.
    """
    before = np.concatenate([[1.0], tables.abar[:-1]])  # ᾱ_{t-1}
    shares = {"beta": np.ones_like(before), "posterior": (1 - before) / (1 - tables.abar), "none": 0 * before}
    if variance not in shares:
        raise ValueError(f"there is no variance {variance}; wanted: {', '.join(shares)}")
    x = torch.randn(n, 2, generator=generator).to(device)
    for t in reversed(range(len(tables.betas))):
        fresh = torch.randn(n, 2, generator=generator) if t else torch.zeros(n, 2)
        fresh = fresh * shares[variance][t] ** 0.5  # the part multiplies by √β_t
        eps_hat = eps(x, torch.full((n,), t, device=device))
        x = tensor(ddpm_step(array(x), array(eps_hat), t, tables.betas, array(fresh)), x)
    return x


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    from groundup.capstones import diffusion_cli

    return diffusion_cli.main(argv)


if __name__ == "__main__":
    sys.exit(main())
