"""How the learner has done: by drill, by topic, by mark, and the last submissions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundup.catalogue import MARKS, Drill
from groundup.drill import ENCODING, clock
from groundup.drill.errors import InTheWay
from groundup.drill.history import History
from groundup.drill.record import Record
from groundup.drill.screen import count
from groundup.drill.session import Attempt, Mode, Session

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

_LAST = 8
"""How many submissions are shown."""


@dataclass
class Tally:
    """Sums over sessions.

    Args:
        sessions: How many in which something was tried.
        passed: How many of them were passed.
        attempts: How often was handed in.
        late: How many of these late.
        hints: How many were taken.
        seconds: From the beginning to the last submission, summed over the sessions that have one.
        readings: Seconds until the first save, where one was seen.
        scores: Of the best submission of each session that has one.
    """

    sessions: int = 0
    passed: int = 0
    attempts: int = 0
    late: int = 0
    hints: int = 0
    seconds: float = 0.0
    readings: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    def add(self, session: Session, attempts: Sequence[Attempt]) -> None:
        """Count a session."""
        self.sessions += 1
        self.passed += any(attempt.passed for attempt in attempts)
        self.attempts += len(attempts)
        self.late += sum(attempt.late for attempt in attempts)
        self.hints += session.hints
        if session.reading is not None:
            self.readings.append(session.reading)
        if attempts:
            self.seconds += attempts[-1].used
            self.scores.append(max(attempt.score for attempt in attempts))

    @property
    def reading(self) -> float | None:
        """The mean time until the first save."""
        return sum(self.readings) / len(self.readings) if self.readings else None

    @property
    def score(self) -> float | None:
        """The mean of the best scores."""
        return sum(self.scores) / len(self.scores) if self.scores else None

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "sessions": self.sessions,
            "passed": self.passed,
            "attempts": self.attempts,
            "late": self.late,
            "hints": self.hints,
            "seconds": round(self.seconds, 1),
            "reading": None if self.reading is None else round(self.reading, 1),
            "score": None if self.score is None else round(self.score, 4),
        }


class Report:
    """The learner's results.

    Args:
        record: What the history holds. What a mock interview keeps back until its debrief is left out.
        drills: All drills; one that is no longer there is counted without a topic.
    """

    def __init__(self, record: Record, drills: Sequence[Drill]) -> None:
        self.record = record
        self.topics = {drill.name: drill.topics for drill in drills}
        self.sessions = [session for session in record.sessions if self._counts(session)]

    def _counts(self, session: Session) -> bool:
        secret = session.mode is Mode.MOCK and session.running(self.record.now)
        return not secret and session.tried(self.attempts(session))

    def attempts(self, session: Session) -> list[Attempt]:
        """The submissions of a session."""
        return self.record.by_session.get(session.id, [])

    def tallies(self, keys: Callable[[Session], Iterable[str]]) -> dict[str, Tally]:
        """Sums over the sessions, under each of the keys of a session."""
        found: dict[str, Tally] = {}
        for session in self.sessions:
            for key in keys(session):
                found.setdefault(key, Tally()).add(session, self.attempts(session))
        return dict(sorted(found.items()))

    def by_drill(self) -> dict[str, Tally]:
        """Sums by drill."""
        return self.tallies(lambda session: [session.drill])

    def by_topic(self) -> dict[str, Tally]:
        """Sums by topic."""
        return self.tallies(lambda session: self.topics.get(session.drill, ()))

    def total(self) -> Tally:
        """The sum."""
        return self.tallies(lambda _: ["all"]).get("all", Tally())

    def marks(self) -> dict[str, tuple[int, int]]:
        """For each mark: in how many submissions it was full, of how many that speak of it."""
        given = [attempt.marks for session in self.sessions for attempt in self.attempts(session)]
        found = {mark: [marks[mark] for marks in given if mark in marks] for mark in MARKS}
        return {mark: (sum(full), len(full)) for mark, full in found.items() if full}

    def last(self) -> list[tuple[Session, Attempt]]:
        """All submissions, the last one first."""
        pairs = [(session, attempt) for session in self.sessions for attempt in self.attempts(session)]
        return sorted(pairs, key=lambda pair: pair[1].id, reverse=True)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "total": self.total().to_json(),
            "drills": {
                name: {**tally.to_json(), "best": _best(name, self.record)} for name, tally in self.by_drill().items()
            },
            "topics": {name: tally.to_json() for name, tally in self.by_topic().items()},
            "marks": {name: {"full": full, "attempts": of} for name, (full, of) in self.marks().items()},
        }

    # On the screen

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich.text import Text

        if not self.sessions:
            yield Text("Nothing to report yet. `drill list` names the drills, `drill start NAME` opens one.")
            return
        total = self.total()
        drills = count(len(self.by_drill()), "drill")
        yield Text(
            f"{drills} tried in {count(total.sessions, 'session')}, {total.passed} passed;"
            f" handed in {count(total.attempts, 'time')} after {clock.minutes(total.seconds)} of work;"
            f" {count(total.hints, 'hint') if total.hints else 'no hints'}."
        )
        yield Text()
        yield self._drills()
        if topics := self.by_topic():
            yield Text()
            yield _topics(topics)
        if marks := self.marks():
            yield Text()
            yield _marks(marks)
        if last := self.last():
            yield Text()
            yield _last(last[:_LAST])

    def _drills(self) -> Table:
        table = _table("drill", "sessions", "passed", "handed in", "hints", "reading", "best", left={6})
        for name, tally in self.by_drill().items():
            best = self.record.best.get(name)
            reading = "-" if tally.reading is None else clock.minutes(tally.reading)
            numbers = (tally.sessions, tally.passed, tally.attempts, tally.hints)
            table.add_row(name, *map(str, numbers), reading, best.words() if best else "-")
        return table


def _best(name: str, record: Record) -> dict[str, Any] | None:
    best = record.best.get(name)
    if best is None:
        return None
    attempt = best.attempt
    return {"outcome": attempt.outcome, "score": attempt.score, "used": round(attempt.used, 1), "late": attempt.late}


def _table(*headings: str, left: Iterable[int] = ()) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number == 0 or number in left else "right", header_style="dim")
    return table


def _topics(topics: dict[str, Tally]) -> Table:
    table = _table("topic", "sessions", "passed", "hints", "mean score")
    for name, tally in topics.items():
        score = "-" if tally.score is None else f"{tally.score:.2f}"
        table.add_row(name, str(tally.sessions), str(tally.passed), str(tally.hints), score)
    return table


def _marks(marks: dict[str, tuple[int, int]]) -> Table:
    table = _table("mark", "full")
    for name, (full, of) in marks.items():
        table.add_row(name, f"{full} of {of}")
    return table


def _last(pairs: Sequence[tuple[Session, Attempt]]) -> Table:
    table = _table("handed in", "drill", "outcome", "score", "time", "", left={1, 2, 5})
    for session, attempt in pairs:
        notes = [session.mode.value] if session.mode is not Mode.TIMED else []
        notes += ["late"] if attempt.late else []
        table.add_row(
            time.strftime("%Y-%m-%d %H:%M", time.localtime(attempt.wall)),
            session.drill,
            attempt.outcome,
            f"{attempt.score:.2f}",
            clock.minutes(attempt.used),
            ", ".join(notes),
        )
    return table


# Export


def write(data: dict[str, Any], path: Path) -> None:
    """Write an export to a file, which is there whole or not at all.

    Raises:
        InTheWay: It cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise InTheWay(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from None


def export(history: History, record: Record) -> dict[str, Any]:
    """Everything that is kept, as plain JSON."""
    return {
        "format": 1,
        "groundup": version("groundup"),
        "exported": _date(record.now.wall),
        "sessions": [_session(history, session, record) for session in record.sessions],
        "mocks": [
            {
                "mock": mock.id,
                "started": _date(mock.started.wall),
                "seconds": mock.seconds,
                "drills": list(mock.drills),
                "ended": None if mock.ended is None else _date(mock.ended),
            }
            for mock in record.mocks
        ],
    }


def _session(history: History, session: Session, record: Record) -> dict[str, Any]:
    secret = session.mode is Mode.MOCK and session.running(record.now)
    return {
        "drill": session.drill,
        "folder": str(session.folder),
        "mode": session.mode.value,
        "device": session.device,
        "seconds": session.seconds,
        "started": _date(session.started.wall),
        "reading": session.reading,
        "hints": session.hints,
        "checks": session.checks,
        "ending": session.ending.value if session.ending else None,
        "ended": None if session.ended is None else _date(session.ended),
        "mock": session.mock,
        "attempts": [
            {
                "when": _date(attempt.wall),
                "used": round(attempt.used, 1),
                "late": attempt.late,
                "hints": attempt.hints,
                "outcome": attempt.outcome,
                "score": attempt.score,
                "marks": attempt.marks,
                "seed": attempt.seed,
                "device": attempt.device,
                "source": history.source(attempt).decode(ENCODING, "replace"),
            }
            for attempt in ([] if secret else record.by_session.get(session.id, []))
        ],
    }


def _date(wall: float) -> str:
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="seconds")
