"""The whole record at once, as lists, reports and advice need it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from groundup.drill import clock
from groundup.drill.history import History, Mock, empty
from groundup.drill.session import Attempt, Mode, Session


@dataclass(frozen=True)
class Best:
    """A learner's best submission of a drill.

    Args:
        attempt: Which.
        mode: What its session was under.
    """

    attempt: Attempt
    mode: Mode

    def words(self) -> str:
        """In a few words."""
        attempt = self.attempt
        if not attempt.passed:
            return f"{attempt.outcome}, {attempt.score:.2f}"
        if self.mode is Mode.PRACTICE:
            return "pass, no clock"
        return "pass, late" if attempt.late else f"pass in {clock.minutes(attempt.used)}"


@dataclass(frozen=True)
class Record:
    """What the history holds, at one moment.

    Args:
        now: That moment.
        sessions: All, oldest first.
        attempts: All, oldest first.
        mocks: All, oldest first.
        plan: First day of the plan of four weeks, if it was begun.
    """

    now: clock.Stamp
    sessions: list[Session]
    attempts: list[Attempt]
    mocks: list[Mock]
    plan: date | None = None

    @classmethod
    def read(cls, tell: Callable[[str], None]) -> Record:
        """What the history holds now; no file is made where there is none.

        Args:
            tell: Called with a sentence when a damaged file was set aside.
        """
        now = clock.now()
        if empty():
            return cls(now, [], [], [])
        with History(tell) as history:
            return cls(now, history.sessions(), history.attempts(), history.mocks(), history.plan())

    @cached_property
    def by_session(self) -> dict[int, list[Attempt]]:
        """The submissions of each session that has some."""
        found: dict[int, list[Attempt]] = {}
        for attempt in self.attempts:
            found.setdefault(attempt.session, []).append(attempt)
        return found

    @cached_property
    def best(self) -> dict[str, Best]:
        """The best submission of each drill: passed, in time, on a clock, with the higher score, quicker.

        What a mock interview keeps back until its debrief does not count yet.
        """
        found: dict[str, Best] = {}
        for session in self.sessions:
            if session.mode is Mode.MOCK and session.running(self.now):
                continue
            for attempt in self.by_session.get(session.id, []):
                best = Best(attempt, session.mode)
                if session.drill not in found or _rank(best) > _rank(found[session.drill]):
                    found[session.drill] = best
        return found

    @property
    def mock(self) -> Mock | None:
        """The mock interview that is going on."""
        return next((mock for mock in reversed(self.mocks) if mock.running(self.now)), None)


def _rank(best: Best) -> tuple[bool, bool, bool, float, float]:
    attempt = best.attempt
    return (attempt.passed, not attempt.late, best.mode is not Mode.PRACTICE, attempt.score, -attempt.used)
