"""Where the learner is, and what to do next: bare `drill`, and `drill status`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from groundup import plan
from groundup.catalogue import Drill
from groundup.drill import clock
from groundup.drill.record import Record
from groundup.drill.screen import count, listed, paint, say
from groundup.drill.session import Attempt, Mode, Session

_LEVELS = ("easy", "medium", "hard")


def time_line(session: Session, now: clock.Stamp) -> str:
    """How its clock stands."""
    left = session.left(now)
    if left is None or session.seconds is None:
        return f"practice, no clock; {clock.minutes(session.used(now))} so far"
    if left < 0:
        return f"the time was over {clock.minutes(-left)} ago"
    if session.mode is Mode.MOCK:
        return f"{clock.minutes(left)} left of the mock interview"
    return f"{clock.minutes(left)} left of {clock.minutes(session.seconds)}"


def facts(session: Session, attempts: Sequence[Attempt], now: clock.Stamp, hints: int) -> dict[str, Any]:
    """A session as plain JSON."""
    left = session.left(now)
    secret = session.mode is Mode.MOCK and session.running(now)
    last = attempts[-1] if attempts and not secret else None
    return {
        "drill": session.drill,
        "file": str(session.file),
        "mode": session.mode.value,
        "device": session.device,
        "running": session.running(now),
        "ending": session.ending.value if session.ending else None,
        "used": round(session.used(now), 1),
        "left": None if left is None else round(left, 1),
        "late": session.late(now),
        "reading": None if session.reading is None else round(session.reading, 1),
        "hints": session.hints,
        "hints_there_are": hints,
        "checks": session.checks,
        "attempts": len(attempts),
        "last": {"outcome": last.outcome, "score": last.score} if last else None,
    }


def show_session(session: Session, attempts: Sequence[Attempt], now: clock.Stamp, hints: int) -> None:
    """Write how a session stands, and what to do next, to standard output."""
    rows = [("file", str(session.file))]
    if session.ending is None:
        rows.append(("time", time_line(session, now)))
    else:
        rows.append(("state", f"{session.ending.value} after {clock.minutes(_lasted(session, attempts))}"))
    if session.reading is not None:
        rows.append(("reading", clock.minutes(session.reading)))
    rows.append(("hints", f"{session.hints} of {hints}" if session.hints else "none taken"))
    rows.append(("checked", count(session.checks, "time") if session.checks else "not yet"))
    rows.append(("handed in", _handed_in(session, attempts, now)))
    if session.device != "cpu":
        rows.append(("device", session.device))
    click.echo(paint(session.drill, "bold"))
    for name, value in rows:
        click.echo(f"  {paint(f'{name:9}', 'dim')}  {value}")
    click.echo()
    say(advice(session, attempts, now))


def _lasted(session: Session, attempts: Sequence[Attempt]) -> float:
    passed = next((attempt for attempt in attempts if attempt.passed), None)
    if passed is not None:
        return passed.used
    return max(0.0, (session.ended or session.started.wall) - session.started.wall)


def _handed_in(session: Session, attempts: Sequence[Attempt], now: clock.Stamp) -> str:
    if not attempts:
        return "not yet"
    if session.mode is Mode.MOCK and session.running(now):
        return count(len(attempts), "time")
    last = attempts[-1]
    return f"{count(len(attempts), 'time')}, last {last.outcome} with {last.score:.2f}{', late' if last.late else ''}"


def advice(session: Session, attempts: Sequence[Attempt], now: clock.Stamp) -> str:
    """What to do next in a session."""
    if session.mode is Mode.MOCK and session.running(now):
        if attempts:
            return "Next: `drill mock --next` goes on to the next drill."
        return "Next: write the file; `drill check` tries it, `drill submit` hands it in, `drill mock --next` goes on."
    if session.ending is not None:
        return f"Next: `drill solution` shows the reference beside yours; `drill start {session.drill}` begins anew."
    if session.late(now):
        return (
            "Next: `drill submit` still grades your file and marks it late; "
            "`drill solution` shows the reference, and ends the drill."
        )
    if session.reading is None and not session.checks and not attempts:
        return "Next: read prompt.md and write the file; `drill watch` checks it whenever you save."
    return "Next: `drill check` or `drill watch` tries your file, `drill submit` hands it in, `drill hint` helps."


def to_json(drills: Sequence[Drill], record: Record) -> dict[str, Any]:
    """Where the learner is, as plain JSON."""
    by_name = {drill.name: drill for drill in drills}
    due = due_drills(record) if record.sessions else []
    chosen = next_drill(drills, record, [name for name in due if name in by_name])
    return {
        "open": [
            facts(
                session,
                record.by_session.get(session.id, []),
                record.now,
                len(by_name[session.drill].hints) if session.drill in by_name else session.hints,
            )
            for session in _going(record)
        ],
        "due": due,
        "next": chosen.name if chosen else None,
    }


def _going(record: Record) -> list[Session]:
    """The sessions that run; else the last one that was tried and has not ended."""
    running = [session for session in record.sessions if session.running(record.now)]
    if running:
        return running
    unended = [s for s in record.sessions if s.ending is None and s.tried(record.by_session.get(s.id, []))]
    return [session for session in unended[-1:] if session.folder.is_dir()]


def show(drills: Sequence[Drill], record: Record, here: Path) -> None:
    """Write where the learner is to standard output."""
    by_name = {drill.name: drill for drill in drills}
    if record.mock:
        mock = record.mock
        begun = sum(session.mock == mock.id for session in record.sessions)
        left = clock.minutes(mock.left(record.now))
        click.echo(paint(f"Mock interview: drill {begun} of {len(mock.drills)}, {left} left.", "bold"))
        click.echo()
    going = sorted(_going(record), key=lambda session: session.folder not in (here, *here.parents))
    for session in going:
        hints = len(by_name[session.drill].hints) if session.drill in by_name else session.hints
        show_session(session, record.by_session.get(session.id, []), record.now, hints)
        click.echo()
    if not going:
        click.echo("No drill is open.")
        click.echo()
    if not record.mock:
        _show_next(drills, record, bool(going))
    say("`drill list` names all drills, `drill report` says how you have done.")


def _show_next(drills: Sequence[Drill], record: Record, busy: bool) -> None:
    due = due_drills(record) if record.sessions else []
    known = {drill.name for drill in drills}
    due = [name for name in due if name in known]
    if due:
        say(f"Due for review: {listed(due)}. `drill review` says more.")
    chosen = next_drill(drills, record, due)
    if chosen is not None and not busy:
        say(f"Next: `drill start {chosen.name}`. {chosen.summary}.")
    elif not busy and not due and drills:
        say("You have passed every drill. `drill mock` puts several under one clock.")


def due_drills(record: Record) -> list[str]:
    """Names of the drills that should be solved again now, the longest due first."""
    from groundup.drill.review import schedule

    return [due.drill for due in schedule(record.sessions, record.attempts, record.now) if due.overdue(record.now.wall)]


def next_drill(drills: Sequence[Drill], record: Record, due: Sequence[str]) -> Drill | None:
    """What to start next: what is due, else what the plan that was begun asks for, else the easiest.

    Among drills that were never passed; the easiest in the order of the chapters.
    """
    by_name = {drill.name: drill for drill in drills}
    if due:
        return by_name[due[0]]
    unsolved = [d for d in drills if not (d.name in record.best and record.best[d.name].attempt.passed)]
    if record.plan is not None:
        names = {drill.name for drill in unsolved}
        planned = next((name for week in plan.weeks() for name in week.drills if name in names), None)
        if planned is not None:
            return by_name[planned]
    return min(unsolved, key=lambda d: (_LEVELS.index(d.difficulty), d.chapter, d.name), default=None)
