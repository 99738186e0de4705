"""`drill list`: every drill on a line. Nothing here is imported that the line does not need: the list comes at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from groundup.catalogue import Drill
from groundup.drill.record import Record
from groundup.drill.screen import paint, width

_LEVELS = {"easy": "green", "medium": "yellow", "hard": "red"}


def rows(drills: Sequence[Drill], record: Record) -> list[dict[str, Any]]:
    """As plain JSON. The difficulty of drills in a mock interview that goes on is not told."""
    secret = record.mock.drills if record.mock else ()
    return [
        {
            "name": drill.name,
            "title": drill.title,
            "summary": drill.summary,
            "topics": list(drill.topics),
            "chapter": drill.chapter,
            "difficulty": None if drill.name in secret else drill.difficulty,
            "minutes": drill.minutes,
            "uses": drill.uses,
            "device": drill.device,
            "best": _best(drill.name, record),
        }
        for drill in drills
    ]


def _best(drill: str, record: Record) -> dict[str, Any] | None:
    best = record.best.get(drill)
    if best is None:
        return None
    attempt = best.attempt
    return {
        "outcome": attempt.outcome,
        "score": attempt.score,
        "used": round(attempt.used, 1),
        "late": attempt.late,
        "mode": best.mode.value,
    }


def show(drills: Sequence[Drill], record: Record) -> None:
    """Write the list to standard output."""
    secret = record.mock.drills if record.mock else ()
    lines = [("drill", "topic", "difficulty", "minutes", "your best")]
    for drill in drills:
        best = record.best.get(drill.name)
        level = "hidden" if drill.name in secret else str(drill.difficulty)
        lines.append((drill.name, drill.topics[0], level, str(drill.minutes), best.words() if best else "-"))
    wide = [max(len(line[column]) for line in lines) for column in range(5)]
    spare = width() - sum(wide) - 8
    if spare < 0:
        wide[1] = max(5, wide[1] + spare)
    for number, (name, topic, level, minutes, best_words) in enumerate(lines):
        short = topic if len(topic) <= wide[1] else f"{topic[: wide[1] - 1]}…"
        first = f"{name:{wide[0]}}  {short:{wide[1]}}  "
        middle, last = f"{level:{wide[2]}}", f"  {minutes:>{wide[3]}}  {best_words}"
        if number == 0:
            click.echo(paint(f"{first}{middle}{last}", "dim"))
        else:
            good = "green" if best_words.startswith("pass") else None
            tail = f"  {minutes:>{wide[3]}}  {paint(best_words, good)}"
            click.echo(f"{first}{paint(middle, _LEVELS.get(level))}{tail}")
