"""`drill plan`: the four weeks of the interview chapter, and how far the learner is in them.

What is done follows from the history: a drill that was passed, a mock interview of that length that is over. Only the
first day is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import click

from groundup.catalogue import Drill
from groundup.drill.record import Record
from groundup.drill.screen import count, listed, paint, say
from groundup.plan import Week

_MOCK = "mock interview"


@dataclass(frozen=True)
class Rehearsal:
    """A mock interview of the plan.

    Args:
        minutes: How long it is.
        done: When one was over that counts for it.
    """

    minutes: int
    done: date | None


@dataclass(frozen=True)
class Stage:
    """A week, and what is done of it.

    Args:
        week: The plan's.
        number: Counted from 1.
        first: Its first day, once the plan was begun.
        passed: Names of its drills that were passed.
        mocks: Its mock interviews.
    """

    week: Week
    number: int
    first: date | None
    passed: frozenset[str]
    mocks: tuple[Rehearsal, ...]

    @property
    def open(self) -> tuple[str, ...]:
        """Names of its drills that were not passed yet."""
        return tuple(name for name in self.week.drills if name not in self.passed)

    @property
    def done(self) -> bool:
        """Whether nothing is left to do of what can be seen from here."""
        return not self.open and all(mock.done for mock in self.mocks)


class Progress:
    """How far a learner is.

    Args:
        weeks: The plan.
        record: What the history holds.
        today: The date.
    """

    def __init__(self, weeks: Sequence[Week], record: Record, today: date) -> None:
        self.began, self.today = record.plan, today
        passed = frozenset(name for name, best in record.best.items() if best.attempt.passed)
        over = _over(record)
        self.stages = []
        for number, week in enumerate(weeks, 1):
            first = self.began + timedelta(weeks=number - 1) if self.began else None
            mocks = tuple(
                Rehearsal(minutes, over[minutes].pop(0) if over.get(minutes) else None) for minutes in week.mocks
            )
            self.stages.append(Stage(week, number, first, passed & frozenset(week.drills), mocks))

    @property
    def current(self) -> int | None:
        """The number of this week: below 1 before the first one, beyond the last after it; None without a first day."""
        return None if self.began is None else (self.today - self.began).days // 7 + 1

    @property
    def next(self) -> str:
        """What to do next, as a command; empty when all is done."""
        for stage in self.stages:
            if stage.open:
                return f"drill start {stage.open[0]}"
            for mock in stage.mocks:
                if not mock.done:
                    return f"drill mock --minutes {mock.minutes}"
        return ""

    @property
    def behind(self) -> list[str]:
        """Drills of earlier weeks that were not passed yet."""
        current = self.current or 0
        return [name for stage in self.stages if stage.number < current for name in stage.open]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "began": self.began.isoformat() if self.began else None,
            "week": self.current,
            "behind": self.behind,
            "next": self.next or None,
            "weeks": [
                {
                    "week": stage.number,
                    "first_day": stage.first.isoformat() if stage.first else None,
                    "title": stage.week.title,
                    "reads": stage.week.reads,
                    "goals": stage.week.goals,
                    "drills": {name: name in stage.passed for name in stage.week.drills},
                    "mocks": [
                        {"minutes": mock.minutes, "done": mock.done.isoformat() if mock.done else None}
                        for mock in stage.mocks
                    ],
                    "done": stage.done,
                }
                for stage in self.stages
            ],
        }


def _over(record: Record) -> dict[int, list[date]]:
    """The days on which mock interviews ended in which something was handed in, by their minutes."""
    found: dict[int, list[date]] = {}
    handed_in = {session.mock for session in record.sessions if session.id in record.by_session}
    for mock in record.mocks:
        if mock.id in handed_in and not mock.running(record.now):
            when = mock.ended if mock.ended is not None else mock.started.wall + mock.seconds
            found.setdefault(round(mock.seconds / 60), []).append(date.fromtimestamp(when))
    return found


# On the screen


def show(progress: Progress, drills: Mapping[str, Drill], record: Record) -> None:
    """Write the plan to standard output."""
    click.echo(paint(_heading(progress), "bold"))
    for stage in progress.stages:
        click.echo()
        _show_stage(stage, drills, record, now=stage.number == progress.current)
    click.echo()
    if progress.behind:
        say(f"Open from earlier weeks: {listed(progress.behind)}.")
    say(f"Next: `{progress.next}`." if progress.next else "All of it is done. `drill review` keeps it so.")
    if progress.began is None:
        say("`drill plan --begin` makes today the first day, and `drill plan --begin 2027-01-04` that one.")


def _heading(progress: Progress) -> str:
    weeks, current = len(progress.stages), progress.current
    if progress.began is None or current is None:
        return f"A plan of {count(weeks, 'week')}"
    if current < 1:
        return f"A plan of {count(weeks, 'week')}, which begins on {_day(progress.began)}"
    if current > weeks:
        return f"The plan of {count(weeks, 'week')} is over since {_day(progress.began + timedelta(weeks=weeks))}"
    day = (progress.today - progress.began).days % 7 + 1
    return f"Week {current} of {weeks}, day {day}"


def _show_stage(stage: Stage, drills: Mapping[str, Drill], record: Record, *, now: bool) -> None:
    since = f", from {_day(stage.first)}" if stage.first else ""
    click.echo(paint(f"Week {stage.number}{since}: {stage.week.title}", "bold" if now else None))
    say(f"Read {stage.week.reads}. {stage.week.goals[:1].upper()}{stage.week.goals[1:]}.", indent="  ")
    wide = max(map(len, [_MOCK, *drills]))
    for name in stage.week.drills:
        drill, best = drills[name], record.best.get(name)
        passed = name in stage.passed
        sign = paint("✓", "green") if passed else " "
        click.echo(f"  {sign} {name:{wide}} {drill.minutes:>3} min  {best.words() if best else '-'}")
    for mock in stage.mocks:
        sign = paint("✓", "green") if mock.done else " "
        click.echo(f"  {sign} {_MOCK:{wide}} {mock.minutes:>3} min  {_day(mock.done) if mock.done else '-'}")


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
