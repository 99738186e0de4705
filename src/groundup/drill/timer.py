"""`drill timer`: the clock, large enough to see from the other pane."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import TYPE_CHECKING

from groundup.drill import clock
from groundup.drill.history import History
from groundup.drill.keyboard import REDRAW, Events, Keyboard
from groundup.drill.screen import console, count
from groundup.drill.session import Session

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

_SOON = 300.0
"""Seconds before the end from which the colour warns."""

_BAR = 40
"""Columns of the bar that shows how much of the time is used."""

_DIGITS = {
    "0": ("┏━┓", "┃ ┃", "┗━┛"),
    "1": (" ╻ ", " ┃ ", " ╹ "),
    "2": ("╺━┓", "┏━┛", "┗━╸"),
    "3": ("╺━┓", " ━┫", "╺━┛"),
    "4": ("╻ ╻", "┗━┫", "  ╹"),
    "5": ("┏━╸", "┗━┓", "╺━┛"),
    "6": ("┏━╸", "┣━┓", "┗━┛"),
    "7": ("╺━┓", "  ┃", "  ╹"),
    "8": ("┏━┓", "┣━┫", "┗━┛"),
    "9": ("┏━┓", "┗━┫", "╺━┛"),
    ":": ("   ", " • ", " • "),
    "-": ("   ", "╺━╸", "   "),
}


class Face:
    """The clock at one moment.

    Args:
        session: Whose clock.
        attempts: How often was handed in.
        now: The moment.
    """

    def __init__(self, session: Session, attempts: int, now: clock.Stamp) -> None:
        self.session, self.attempts, self.now = session, attempts, now

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich.text import Text

        session, left = self.session, self.session.left(self.now)
        style = "green"
        if left is not None and left < _SOON:
            style = "yellow" if left >= 0 else "red"
        yield Text(session.drill, style="bold")
        yield Text("\n".join(_large(self.words())), style=f"bold {style}")
        if session.seconds:
            wide = min(_BAR, options.max_width)
            full = int(wide * min(1.0, session.used(self.now) / session.seconds))
            yield Text.assemble(("━" * full, style), ("─" * (wide - full), "dim"))
        state = session.ending.value if session.ending else ("time is over" if left is not None and left < 0 else "")
        about = [state, f"handed in {count(self.attempts, 'time')}" if self.attempts else "not handed in"]
        about.append(count(session.hints, "hint") if session.hints else "no hints")
        yield Text(", ".join(filter(None, about)), style="dim")

    def words(self) -> str:
        """The time that is left, or has been used where there is no clock; with a minus after the end."""
        left = self.session.left(self.now)
        if left is None:
            return clock.minutes(self.session.used(self.now))
        return clock.minutes(left) if left >= 0 else f"-{clock.minutes(-left)}"


def _large(text: str) -> list[str]:
    return [" ".join(_DIGITS[sign][row] for sign in text).rstrip() for row in range(3)]


def run(history: History, session: Session) -> None:
    """Show the clock until q, Ctrl-C, or the end of the session; once only where there is no terminal."""
    from rich.live import Live

    screen = console()

    def face() -> Face:
        return Face(session, len(history.attempts(session)), clock.now())

    if not screen.is_terminal:
        screen.print(f"{session.drill}  {face().words()}")
        return
    events: Events = queue.SimpleQueue()
    with Keyboard(events), Live(face(), console=screen, auto_refresh=False) as live:
        while session.ending is None:
            try:
                key = events.get(timeout=1.0 - clock.now().since(session.started) % 1.0)
                if key in ("q", "Q", "\x04"):
                    return
                if key != REDRAW:
                    continue
            except queue.Empty:
                session = history.session(session.id)
            live.update(face(), refresh=True)
