"""The reference beside what the learner wrote, and what an interviewer asks next."""

from __future__ import annotations

import difflib
from typing import Any

import click

from groundup.catalogue import Drill
from groundup.drill import ENCODING, clock, screen
from groundup.drill.desk import Desk
from groundup.drill.errors import NoFile, NotYet
from groundup.drill.history import History
from groundup.drill.screen import paint, plain
from groundup.drill.session import Ending, Mode, Session

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def unlock(history: History, session: Session, *, give_up: bool) -> Session:
    """See that the learner may look, and end the session if looking ends it.

    Raises:
        NotYet: The session goes on, and the learner has not given up.
    """
    now = clock.now()
    if session.ending is not None:
        return session
    if session.mode is Mode.MOCK and session.running(now):
        raise NotYet("The mock interview goes on. `drill mock --end` ends it, and then shows how it went.")
    if session.late(now):
        return history.end(session, Ending.SHOWN, now)
    if give_up:
        return history.end(session, Ending.GIVEN_UP, now)
    left = session.left(now)
    wait = "" if left is None else f", or when the time is over in {clock.minutes(left)}"
    raise NotYet(
        f"The solution of {session.drill} is shown after a pass{wait}.\n"
        f"`drill solution --give-up` shows it now, and ends the drill as given up."
    )


def compare(drill: Drill, session: Session) -> str:
    """What turns the learner's file into the reference, as a unified diff; empty where nothing does."""
    try:
        yours = Desk(drill, session.folder).read().decode(ENCODING, "replace")
    except NoFile:
        yours = drill.starter
    lines = difflib.unified_diff(
        plain(yours.replace("\r\n", "\n")).splitlines(),
        drill.solution.expandtabs(4).splitlines(),
        "yours",
        "reference",
        lineterm="",
    )
    return "\n".join(lines)


def to_json(drill: Drill, session: Session) -> dict[str, Any]:
    """Everything, as plain JSON."""
    return {
        "drill": drill.name,
        "diff": compare(drill, session),
        "solution": drill.solution,
        "follow_ups": [{"question": each.question, "points": each.points} for each in drill.follow_ups],
    }


def show(drill: Drill, session: Session) -> None:
    """Write diff and questions to standard output."""
    from rich.markdown import Markdown
    from rich.text import Text

    diff = compare(drill, session)
    if not diff:
        click.echo("Your file is the reference, line for line.")
    for line in diff.splitlines():
        heading = line.startswith(("---", "+++"))
        click.echo(paint(line, "bold" if heading else _STYLES.get(line[:1])))
    for each in drill.follow_ups:
        screen.show("", Text(each.question, style="bold"), Markdown(each.points, hyperlinks=False))
