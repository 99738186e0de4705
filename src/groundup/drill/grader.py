"""Has a file graded: through the daemon for learners, by an engine of its own for teachers and authors.

The daemon and the engine repeat a grade that failed through a fault of theirs, so a void verdict has been tried twice.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

from groundup.catalogue import Drill
from groundup.drill.errors import NoDevice, NoTorch
from groundup.drill.verdict import Stage, Verdict

if TYPE_CHECKING:
    from groundup.drill.client import Client
    from groundup.drill.engine import Engine, Progress

CHECKED: tuple[Stage, ...] = ("public", "hidden")
"""What `drill check` and `drill watch` run; a submission adds the capstone."""


def client(*, stays: bool = False) -> Client:
    """The daemon's client; one that stays has its files expected, and graded a little sooner."""
    from groundup.drill.client import Client

    return Client(stays=stays)


def engine() -> Engine:
    """An engine in this process."""
    from groundup.drill.engine import Engine

    return Engine()


def warm(drill: Drill) -> None:
    """Let the daemon load what the drill needs, while the learner reads the question."""
    client().warm(drill)


def status() -> dict[str, Any] | None:
    """What the daemon says of itself, or None when there is none."""
    return client().status()


def stop() -> bool:
    """End the daemon; returns whether there was one."""
    return client().stop()


def check(drill: Drill, source: bytes, *, progress: Progress | None = None, through: Client | None = None) -> Verdict:
    """The verdict on the public inputs, without the capstone, through a client that stays or one for this grade.

    Raises:
        NoTorch: The drill is written with PyTorch, which is not installed.
    """
    if drill.uses == "torch":
        need_torch()
    from groundup.drill.engine import PUBLIC_SEED

    return (through or client()).grade(drill, source, stages=CHECKED, seed=PUBLIC_SEED, progress=progress)


def submit(drill: Drill, source: bytes, *, device: str, progress: Progress | None = None) -> Verdict:
    """The verdict on fresh inputs, with the capstone.

    Raises:
        NoTorch: It is not installed.
    """
    need_torch()
    return client().grade(drill, source, device=device, progress=progress)


def need_torch() -> None:
    """See that the capstones can run.

    Raises:
        NoTorch: They cannot.
    """
    if importlib.util.find_spec("torch") is None:
        raise NoTorch


def devices() -> tuple[str, ...]:
    """Names of the CUDA devices of this machine."""
    from groundup.drill.doctor import cuda_devices

    return tuple(cuda_devices())


def need_device(drill: Drill, device: str) -> None:
    """See that a drill can be graded on a device.

    Raises:
        NoDevice: It cannot.
    """
    if device == "cpu":
        return
    if drill.device == "cpu":
        raise NoDevice(f"{drill.name} is graded on the CPU only; leave --device out.")
    if not devices():
        raise NoDevice("PyTorch finds no CUDA device here; leave --device out. `drill doctor` says more.")


def sandbox_gaps() -> tuple[str, ...]:
    """Layers of the sandbox that this machine lacks."""
    from groundup.drill.sandbox import layers

    return tuple(layer.name for layer in layers() if not layer.there)
