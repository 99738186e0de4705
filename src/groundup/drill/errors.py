"""What can go wrong apart from a wrong answer, each with its exit code and its sentence.

::

    DrillError
    ├── Request                 2    what was asked for cannot be done here
    │   ├── UnknownDrill              no drill has that name
    │   ├── NoSession                 no drill is open
    │   ├── ManySessions              several are, and it is not clear which one is meant
    │   ├── Running                   that drill is being worked on
    │   ├── Ended                     the session is over
    │   ├── InTheWay                  a file would be lost
    │   ├── NoFile                    the learner's file is not there, or cannot be read
    │   ├── NotYet                    the solution is asked for too early
    │   └── NoMock                    there is no mock interview to go on with
    ├── GradeVoid               8    the grade failed through a fault of ours; nothing was recorded
    ├── Machine                 9    this machine or installation cannot do it
    │   ├── NoDevice                  no CUDA device, or the drill does not use one
    │   ├── NoTorch                   PyTorch is needed and not installed
    │   ├── WeakSandbox               a layer of the sandbox is missing
    │   └── BadDrill                  a drill's folder is not as it should be
    └── HistoryFault           10    the record of what you did cannot be used
        ├── NewerHistory              a newer version wrote it
        ├── BusyHistory               another process does not let go of it
        └── LockedAway                it cannot be read or written

Outcomes of a grade have the other codes: see `groundup.drill.verdict.Outcome`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import click

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


class DrillError(click.ClickException):
    """A sentence for the learner, and how the command ends."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the sentence to standard error."""
        click.echo(self.format_message(), file=file, err=file is None)


class Request(DrillError):
    """What was asked for cannot be done here; the sentence says what can."""

    exit_code = 2


class UnknownDrill(Request):
    """No drill has that name."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        hint = f"Did you mean {' or '.join(near)}?" if near else "`drill list` names them all."
        super().__init__(f"There is no drill “{name}”. {hint}")


class NoSession(Request):
    """No drill is open, or not that one."""

    def __init__(self, drill: str | None = None) -> None:
        if drill:
            super().__init__(f"{drill} is not open. `drill start {drill}` opens it.")
        else:
            super().__init__("No drill is open. `drill start NAME` opens one, and `drill list` names them all.")


class ManySessions(Request):
    """Several drills are open."""

    def __init__(self, folders: Sequence[tuple[str, Path]]) -> None:
        lines = "\n".join(f"  {drill}  {folder}" for drill, folder in folders)
        super().__init__(f"Several drills are open; go to the folder of one, or give its name:\n{lines}")


class Running(Request):
    """That drill is being worked on."""


class Ended(Request):
    """The session is over."""


class InTheWay(Request):
    """A file holds work that would be lost."""


class NoFile(Request):
    """The learner's file is not there, or cannot be read."""


class NotYet(Request):
    """The solution is asked for too early."""


class NoMock(Request):
    """There is no mock interview to go on with, or there is one already."""


class GradeVoid(DrillError):
    """The grade failed through a fault of ours."""

    exit_code = 8


class Machine(DrillError):
    """This machine or installation cannot do it."""

    exit_code = 9


class NoDevice(Machine):
    """The device is not there, or the drill does not use it."""


class NoTorch(Machine):
    """PyTorch is needed and not installed."""

    def __init__(self) -> None:
        super().__init__(
            "PyTorch is not installed, and your part is plugged into a model that needs it.\n"
            "pip install 'groundup[capstones]' installs it; `drill check` works without it for NumPy drills."
        )


class WeakSandbox(Machine):
    """A layer of the sandbox is missing."""


class BadDrill(Machine):
    """A drill's folder is not as it should be."""


class HistoryFault(DrillError):
    """The record of what you did cannot be used."""

    exit_code = 10


class NewerHistory(HistoryFault):
    """A newer version of Ground Up wrote the file."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"{path} was written by a newer version of Ground Up (layout {found}; this version knows {known}).\n"
            "Update Ground Up, or set GROUNDUP_HOME to another folder to keep a second history there."
        )


class BusyHistory(HistoryFault):
    """Another process does not let go of the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"Another `drill` is writing to {path} and does not finish. Try again in a moment.")


class LockedAway(HistoryFault):
    """The file cannot be read or written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be used: {reason}.\n"
            "It holds your sessions and results; GROUNDUP_HOME names another folder for it."
        )
