"""Opening a drill: its files, and its clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from groundup.catalogue import Drill
from groundup.drill import clock, grader
from groundup.drill.desk import Desk
from groundup.drill.errors import Running
from groundup.drill.history import History
from groundup.drill.screen import paint, say
from groundup.drill.session import Mode, Session


@dataclass(frozen=True)
class Opened:
    """A drill that was started.

    Args:
        drill: Which.
        session: As it begins.
        aside: Where earlier work was set aside, if it was.
        here: The current folder.
    """

    drill: Drill
    session: Session
    aside: Path | None
    here: Path

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        session = self.session
        return {
            "drill": self.drill.name,
            "file": str(session.file),
            "prompt": str(session.folder / "prompt.md"),
            "mode": session.mode.value,
            "device": session.device,
            "seconds": session.seconds,
            "set_aside": str(self.aside) if self.aside else None,
        }

    def show(self) -> None:
        """Write what was opened to standard output."""
        session = self.session
        if session.seconds is None:
            clock_words = "practice, no clock"
        else:
            ends = time.strftime("%H:%M", time.localtime(session.started.wall + session.seconds))
            clock_words = f"{clock.minutes(session.seconds)} on the clock, until {ends}"
        click.echo(f"{paint(self.drill.title, 'bold')}: {clock_words}.")
        click.echo()
        click.echo(f"  question   {session.folder / 'prompt.md'}")
        click.echo(f"  your file  {session.file}")
        if self.aside is not None:
            click.echo(f"  set aside  {self.aside}")
        click.echo()
        go = "" if self.here == session.folder else f"cd {self.drill.name}, then "
        say(f"Next: {go}`drill watch` checks whenever you save; `drill timer` shows the clock.")


def start(
    history: History,
    drill: Drill,
    here: Path,
    *,
    minutes: int | None,
    device: str,
    practice: bool,
    fresh: bool,
    keep: bool,
) -> Opened:
    """Lay out the files and start the clock.

    Args:
        history: Open.
        drill: Which.
        here: The current folder; the files go into a folder in it, or into itself where it is a folder of that drill.
        minutes: On the clock; by default the drill's own.
        device: Of the capstone.
        practice: Whether there is no clock.
        fresh: Whether earlier work is set aside.
        keep: Whether it is begun with.

    Raises:
        NoDevice: The device is not there, or the drill does not use it.
        Running: The drill is being worked on.
        InTheWay: Work would be lost.
    """
    grader.need_device(drill, device)
    now = clock.now()
    earlier = history.sessions(drill.name)
    for session in earlier:
        if session.mode is Mode.TIMED and session.running(now):
            raise Running(
                f"{drill.name} is running in {session.folder}, with {clock.minutes(session.left(now) or 0.0)} left.\n"
                f"`drill reset {drill.name} --end` ends it."
            )
    inside = any(session.folder == here for session in earlier)
    desk = Desk(drill, here if inside else here / drill.name)
    aside = desk.lay(keep=keep, fresh=fresh)
    seconds = None if practice else 60.0 * (minutes or drill.minutes)
    mode = Mode.PRACTICE if practice else Mode.TIMED
    session = history.begin(drill.name, desk.folder, mode, device=device, seconds=seconds, started=clock.now())
    return Opened(drill, session, aside, here)


def warm(drill: Drill) -> None:
    """Let the daemon load what the drill needs."""
    grader.warm(drill)
