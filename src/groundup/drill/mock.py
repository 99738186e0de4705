"""A mock interview: several drills under one clock, and no word on how they go until the debrief.

Nothing goes on by itself: the learner says when the next drill is wanted, and may come back to one that was handed in.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundup import catalogue
from groundup.catalogue import Drill
from groundup.drill import clock, grader
from groundup.drill.desk import Desk
from groundup.drill.errors import NoMock
from groundup.drill.feedback import STYLES, signed
from groundup.drill.history import History, Mock
from groundup.drill.place import due_drills
from groundup.drill.record import Record
from groundup.drill.screen import count, one_line
from groundup.drill.session import Attempt, Mode, Session
from groundup.drill.verdict import Outcome, Verdict

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

_NUMBER = 3
"""How many drills an interview has that says neither how many nor how long."""

_FAILED = 5
"""How many failed checks of a drill the debrief names."""


def draw(drills: Sequence[Drill], record: Record, number: int | None = None, minutes: int | None = None) -> list[Drill]:
    """Drills for an interview: those that are due first, then some that were never passed, then others; shuffled.

    Args:
        drills: To draw from.
        record: What the history holds.
        number: How many; by default three, or as many as fit.
        minutes: Which they may take together; only looked at without a number. One drill is drawn at least.
    """
    due = due_drills(record) if record.sessions else []
    passed = {name for name, best in record.best.items() if best.attempt.passed}

    def rank(drill: Drill) -> tuple[bool, bool, float]:
        return (drill.name not in due, drill.name in passed, random.random())

    ranked = sorted(drills, key=rank)
    if number is None and minutes is not None:
        drawn = _fitting(ranked, minutes) or sorted(ranked, key=lambda drill: drill.minutes)[:1]
    else:
        drawn = ranked[: number or _NUMBER]
    random.shuffle(drawn)
    return drawn


def _fitting(drills: Sequence[Drill], minutes: int) -> list[Drill]:
    """Drills, the first ones if possible, that leave as little of the time over as can be."""
    # Of each sum of minutes, the first choice of drills that comes to it.
    sums: dict[int, list[Drill]] = {0: []}
    for drill in drills:
        for total, chosen in list(sums.items()):
            if total + drill.minutes <= minutes:
                sums.setdefault(total + drill.minutes, [*chosen, drill])
    return sums[max(sums)]


class Interview:
    """The interview that goes on, or the next one.

    Args:
        history: Open.
        here: The current folder.
    """

    def __init__(self, history: History, here: Path) -> None:
        self.history, self.here = history, here
        self.now = clock.now()

    @property
    def current(self) -> Mock | None:
        """The interview that goes on, or one whose time is over and whose debrief was not seen."""
        return next((mock for mock in reversed(self.history.mocks()) if mock.ended is None), None)

    def begin(self, drills: Sequence[Drill], number: int | None, minutes: int | None, device: str) -> Whereabouts:
        """Start the clock and lay out the first drill.

        Args:
            drills: In order; drawn where there are none.
            number: How many to draw.
            minutes: On the clock; by default what the drills take together. Alone it says how many are drawn.
            device: Of the capstones, where a drill uses one.

        Raises:
            NoMock: One goes on already, or there are no drills.
            NoDevice: The device is not there.
        """
        current = self.current
        if current is not None:
            if current.running(self.now):
                raise NoMock("A mock interview goes on. `drill mock` says where you are, `drill mock --end` ends it.")
            self._end(current)
        chosen = list(drills) or draw(catalogue.drills(), self._record(), number, minutes)
        if len({drill.name for drill in chosen}) < len(chosen):
            raise NoMock("Each drill can come once; a name is there twice.")
        if not chosen:
            raise NoMock("There are no drills to draw from.")
        for drill in chosen:
            if drill.device == "any":
                grader.need_device(drill, device)
        place = 1
        while (folder := self.here / f"mock-{place}").exists():
            place += 1
        seconds = 60.0 * (minutes or sum(drill.minutes for drill in chosen))
        names = [drill.name for drill in chosen]
        mock = self.history.begin_mock(names, folder, device=device, seconds=seconds, started=self.now)
        return self._lay(mock)

    def _record(self) -> Record:
        history = self.history
        return Record(self.now, history.sessions(), history.attempts(), history.mocks())

    def go_on(self) -> Whereabouts:
        """Lay out the next drill.

        Raises:
            NoMock: None goes on, or all have been laid out.
        """
        mock = self._running()
        if len(self._sessions(mock)) == len(mock.drills):
            raise NoMock(
                "That was the last drill. You may go back to any of them until the time is over; "
                "`drill mock --end` ends it, and says how it went."
            )
        return self._lay(mock)

    def where(self) -> Whereabouts | Debrief:
        """Where the learner is; the debrief, when the time is over."""
        mock = self.current
        if mock is None:
            raise _none()
        return Whereabouts.read(self.history, mock, self.now) if mock.running(self.now) else self._end(mock)

    def end(self) -> Debrief:
        """End it before its time.

        Raises:
            NoMock: None goes on.
        """
        mock = self.current
        if mock is None:
            raise _none()
        return self._end(mock)

    def debrief(self) -> Debrief:
        """How the last one went.

        Raises:
            NoMock: It goes on, or there was none.
        """
        mocks = self.history.mocks()
        if not mocks:
            raise _none()
        if mocks[-1].running(self.now):
            raise NoMock("The mock interview goes on; `drill mock --end` ends it, and says how it went.")
        return self._end(mocks[-1])

    def _end(self, mock: Mock) -> Debrief:
        when = min(self.now.wall, mock.started.wall + mock.seconds)
        return Debrief.read(self.history, mock if mock.ended is not None else self.history.end_mock(mock, when))

    def _running(self) -> Mock:
        mock = self.current
        if mock is None:
            raise _none()
        if not mock.running(self.now):
            raise NoMock("The time is over. `drill mock` says how it went.")
        return mock

    def _sessions(self, mock: Mock) -> list[Session]:
        return self.history.sessions(mock=mock)

    def _lay(self, mock: Mock) -> Whereabouts:
        drill = catalogue.find(mock.drills[len(self._sessions(mock))])
        desk = Desk(drill, mock.folder / drill.name)
        desk.lay(fresh=True)
        device = mock.device if drill.device == "any" else "cpu"
        self.history.begin(
            drill.name,
            desk.folder,
            Mode.MOCK,
            device=device,
            seconds=max(0.0, mock.left(self.now)),
            started=self.now,
            mock=mock.id,
        )
        return Whereabouts.read(self.history, mock, self.now)


def _none() -> NoMock:
    return NoMock("No mock interview goes on. `drill mock` begins one.")


@dataclass(frozen=True)
class Whereabouts:
    """Where a learner is in an interview. Drills to come are not named.

    Args:
        mock: Which.
        begun: Its drills so far, each with how often it was handed in.
        now: When.
    """

    mock: Mock
    begun: Sequence[tuple[Session, int]]
    now: clock.Stamp

    @classmethod
    def read(cls, history: History, mock: Mock, now: clock.Stamp) -> Whereabouts:
        """Of an interview that goes on."""
        begun = [(session, len(history.attempts(session))) for session in history.sessions(mock=mock)]
        return cls(mock, begun, now)

    @property
    def session(self) -> Session:
        """The drill that was laid out last."""
        return self.begun[-1][0]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "running": True,
            "left": round(self.mock.left(self.now), 1),
            "drills": len(self.mock.drills),
            "begun": [
                {"drill": session.drill, "file": str(session.file), "attempts": attempts}
                for session, attempts in self.begun
            ],
        }

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich.text import Text

        left = clock.minutes(self.mock.left(self.now))
        yield Text(f"Mock interview: drill {len(self.begun)} of {len(self.mock.drills)}, {left} left.", style="bold")
        yield Text()
        for earlier, attempts in self.begun[:-1]:
            state = f"handed in {count(attempts, 'time')}" if attempts else "not handed in"
            yield Text(f"  {earlier.drill}: {state}")
        session = self.session
        if len(self.begun) > 1:
            yield Text()
        for line in (f"  question   {session.folder / 'prompt.md'}", f"  your file  {session.file}", ""):
            yield Text(line, no_wrap=True, overflow="ignore")  # a path is one word
        yield Text(f"Next: cd {session.folder}", no_wrap=True, overflow="ignore")
        yield Text("`drill check` tries your file, `drill submit` hands it in.")
        if len(self.begun) < len(self.mock.drills):
            yield Text("`drill mock --next` goes on to the next drill, whenever you want.")
        else:
            yield Text("It is the last drill. `drill mock --end` ends the interview, and says how it went.")


@dataclass(frozen=True)
class Part:
    """One drill of an interview that is over.

    Args:
        drill: Which.
        session: None when it was not begun.
        attempts: What was handed in.
        verdict: Of the last one.
    """

    drill: Drill
    session: Session | None
    attempts: Sequence[Attempt]
    verdict: Verdict | None


class Debrief:
    """How an interview went.

    Args:
        parts: Its drills, in order.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts

    @classmethod
    def read(cls, history: History, mock: Mock) -> Debrief:
        """Of an interview that is over."""
        begun = {session.drill: session for session in history.sessions(mock=mock)}
        parts = []
        for name in mock.drills:
            session = begun.get(name)
            attempts = history.attempts(session) if session else []
            verdict = history.verdict(attempts[-1]) if attempts else None
            parts.append(Part(catalogue.find(name), session, attempts, verdict))
        return cls(parts)

    def score(self) -> float:
        """The mean of the drills' scores."""
        return sum(part.verdict.score if part.verdict else 0.0 for part in self.parts) / len(self.parts)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "score": round(self.score(), 4),
            "drills": [
                {
                    "drill": part.drill.name,
                    "difficulty": part.drill.difficulty,
                    "outcome": part.verdict.outcome.value if part.verdict else None,
                    "score": part.verdict.score if part.verdict else 0.0,
                    "used": round(part.attempts[-1].used, 1) if part.attempts else None,
                    "late": part.attempts[-1].late if part.attempts else None,
                    "reading": part.session.reading if part.session else None,
                    "hints": part.session.hints if part.session else 0,
                    "attempts": len(part.attempts),
                    "marks": {name: mark.full for name, mark in part.verdict.marks.items()} if part.verdict else {},
                    "file": str(part.session.file) if part.session else None,
                }
                for part in self.parts
            ],
        }

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich.text import Text

        passed = sum(part.verdict is not None and part.verdict.outcome is Outcome.PASS for part in self.parts)
        yield Text(f"Debrief: {passed} of {len(self.parts)} passed, score {self.score():.2f}", style="bold")
        for part in self.parts:
            yield Text()
            yield from _part(part)
        yield Text()
        yield Text("In each folder, `drill check` explains what failed and `drill solution` shows the reference.")


def _part(part: Part) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    verdict = part.verdict
    word = verdict.outcome.value if verdict else ("not handed in" if part.session else "not begun")
    style = STYLES.get(verdict.outcome, "red") if verdict else "dim"
    score = f"   score {verdict.score:.2f}" if verdict else ""
    yield Text.assemble((part.drill.name, "bold"), f"   {part.drill.difficulty}   ", (word, style), score)
    facts = []
    if part.attempts:
        facts.append(f"handed in after {clock.minutes(part.attempts[-1].used)}")
    if part.session and part.session.reading is not None:
        facts.append(f"reading {clock.minutes(part.session.reading)}")
    if part.session:
        facts.append(count(part.session.hints, "hint") if part.session.hints else "no hints")
    if facts:
        yield Padding(Text(", ".join(facts)), (0, 0, 0, 2))
    if verdict and verdict.marks:
        marks = ", ".join(f"{name} {'full' if mark.full else 'lost'}" for name, mark in verdict.marks.items())
        yield Padding(Text(marks), (0, 0, 0, 2))
    failed = [check for check in verdict.checks if not check.passed] if verdict else []
    for check in failed[:_FAILED]:
        yield signed("✗", "red", one_line(check.words))
    if len(failed) > _FAILED:
        yield signed("", "", f"and {len(failed) - _FAILED} more")
    if verdict and verdict.message:
        yield Padding(Text(one_line(verdict.message)), (0, 0, 0, 2))
    for each in part.drill.follow_ups[:2] if part.session else ():
        yield signed("→", "dim", each.question)
