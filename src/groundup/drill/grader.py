"""Has a file graded: through the daemon for learners, by an engine of its own for teachers and authors.

The daemon and the engine repeat a grade that failed through a fault of theirs, so a void verdict has been tried twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundup.catalogue import Drill
from groundup.drill.errors import Machine, NoDevice
from groundup.drill.verdict import STAGES, Stage, Verdict

if TYPE_CHECKING:
    from groundup.drill.client import Client
    from groundup.drill.engine import Engine, Progress

CHECKED: tuple[Stage, ...] = ("public", "hidden")
"""What `drill check` and `drill watch` run; a submission adds the capstone."""


def client() -> Client:
    """The daemon's client."""
    from groundup.drill.client import Client

    return Client()


def engine() -> Engine:
    """An engine in this process."""
    from groundup.drill.engine import Engine

    return Engine()


def warm(drill: Drill) -> None:
    """Let the daemon load what the drill needs, while the learner reads the question."""
    from groundup.drill.runtime import RuntimeFolderError

    try:
        client().warm(drill)
    except RuntimeFolderError as error:
        raise Machine(f"{error}.") from None


def check(drill: Drill, source: bytes, *, progress: Progress | None = None) -> Verdict:
    """The verdict on the public inputs, without the capstone."""
    from groundup.drill.engine import PUBLIC_SEED

    return _grade(drill, source, CHECKED, PUBLIC_SEED, "cpu", progress)


def submit(drill: Drill, source: bytes, *, device: str, progress: Progress | None = None) -> Verdict:
    """The verdict on fresh inputs, with the capstone."""
    return _grade(drill, source, STAGES, None, device, progress)


def _grade(
    drill: Drill, source: bytes, stages: tuple[Stage, ...], seed: int | None, device: str, progress: Progress | None
) -> Verdict:
    from groundup.drill.runtime import RuntimeFolderError

    try:
        return client().grade(drill, source, stages=stages, seed=seed, device=device, progress=progress)
    except RuntimeFolderError as error:
        raise Machine(f"{error}.") from None


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
