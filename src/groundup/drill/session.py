"""One piece of work on one drill: its folder, its clock, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from groundup.drill.clock import Stamp
from groundup.drill.errors import ManySessions, NoSession


class Mode(Enum):
    """What the work is done under."""

    TIMED = "timed"  # a clock of its own
    PRACTICE = "practice"  # no clock, and every failure is explained at once
    MOCK = "mock"  # the clock of a mock interview


class Ending(Enum):
    """Why no more submissions are taken. A deadline is not an ending: late work is graded, and marked late."""

    PASSED = "passed"
    GIVEN_UP = "given up"  # the solution was looked at before the deadline
    SHOWN = "shown"  # the solution was looked at after the deadline
    LEFT = "left"  # without a look at the solution
    REPLACED = "replaced"  # the drill was started again
    MOCK_OVER = "mock over"


@dataclass(frozen=True)
class Attempt:
    """One submission.

    Args:
        session: Number of the session that it belongs to.
        wall: When, in seconds since 1970.
        used: Seconds since the session began.
        late: Whether that was after the deadline.
        hints: How many hints had been taken.
        outcome: Its word.
        score: From 0 to 1.
        marks: Whether each mark that was checked is full.
        seed: Of the inputs.
        device: Of the capstone.
        id: Number in the history; 0 until it is kept.
    """

    session: int
    wall: float
    used: float
    late: bool
    hints: int
    outcome: str
    score: float
    marks: dict[str, bool]
    seed: int
    device: str
    id: int = 0

    @property
    def passed(self) -> bool:
        """Whether every mark was full."""
        return self.outcome == "pass"


@dataclass(frozen=True)
class Session:
    """A drill being worked on, or one that was.

    Args:
        id: Number in the history.
        drill: Name of the drill.
        folder: Where the learner's file lies.
        mode: See `Mode`.
        device: Of the capstone.
        seconds: On the clock; None in practice.
        started: When.
        reading: Seconds until the first save that differed from the starter; None while none has been seen.
        hints: How many were taken.
        checks: How often the checks were run.
        ending: Why it is over, if it is.
        ended: When, in seconds since 1970.
        mock: Number of the mock interview that it is part of.
    """

    id: int
    drill: str
    folder: Path
    mode: Mode
    device: str
    seconds: float | None
    started: Stamp
    reading: float | None = None
    hints: int = 0
    checks: int = 0
    ending: Ending | None = None
    ended: float | None = None
    mock: int | None = None

    @property
    def file(self) -> Path:
        """The file that the learner writes."""
        return self.folder / "solution.py"

    def used(self, now: Stamp) -> float:
        """Seconds since it began."""
        return now.since(self.started)

    def left(self, now: Stamp) -> float | None:
        """Seconds until the deadline, below 0 after it; None without a clock."""
        return None if self.seconds is None else self.seconds - self.used(now)

    def late(self, now: Stamp) -> bool:
        """Whether the deadline is over."""
        left = self.left(now)
        return left is not None and left < 0

    def running(self, now: Stamp) -> bool:
        """Whether it goes on, within its time."""
        return self.ending is None and not self.late(now)

    def open_book(self, now: Stamp) -> bool:
        """Whether hidden checks may be explained: in practice, and once it is over."""
        return self.mode is Mode.PRACTICE or not self.running(now)

    def tried(self, attempts: Sequence[Attempt]) -> bool:
        """Whether anything was done in it; a drill started by mistake counts for nothing."""
        looked = self.ending in (Ending.GIVEN_UP, Ending.SHOWN)
        return bool(looked or attempts or self.hints or self.checks or self.reading is not None)


def choose(sessions: Sequence[Session], here: Path, now: Stamp, drill: str | None = None) -> Session:
    """The session that a command speaks of.

    That of the current folder, or of one above it, or of ``./NAME``; else the only one that is running; else the only
    one that has not ended; else the last one.

    Args:
        sessions: All, oldest first.
        here: The current folder.
        now: This moment.
        drill: Name, where one was given.

    Raises:
        NoSession: There is none.
        ManySessions: Several fit.
    """
    known = [session for session in sessions if session.ending is not Ending.REPLACED]
    if drill is not None:
        known = [session for session in known if session.drill == drill]
    above = (here, *here.parents)
    inside = [session for session in known if session.folder in above]
    if inside:
        return max(inside, key=lambda session: (len(session.folder.parts), session.id))
    below = [session for session in known if drill and session.folder == here / drill]
    running = [session for session in known if session.running(now)]
    unended = [session for session in known if session.ending is None and session.folder.is_dir()]
    last = [session for session in known if drill or session.folder.is_dir()][-1:]
    for fitting in (below[-1:], running, unended, last):
        near = [session for session in fitting if session.folder.parent == here]
        for few in (fitting, near):
            if len(few) == 1:
                return few[0]
        if fitting:
            raise ManySessions([(session.drill, session.folder) for session in fitting])
    raise NoSession(drill)
