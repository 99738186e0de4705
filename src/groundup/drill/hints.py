"""Help in three tiers, each counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from groundup.catalogue import Drill, Hint
from groundup.drill.history import History
from groundup.drill.session import Session

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType


def take(history: History, session: Session, drill: Drill) -> tuple[Session, tuple[Hint, ...]]:
    """The next hint, which is counted; all of them once the session has ended or all have been taken."""
    if session.ending is not None or session.hints >= len(drill.hints):
        return session, drill.hints
    session = history.take_hint(session, len(drill.hints))
    return session, (drill.hints[session.hints - 1],)


class Page:
    """Hints on the screen.

    Args:
        hints: Which.
    """

    def __init__(self, hints: tuple[Hint, ...]) -> None:
        self.hints = hints

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich.markdown import Markdown
        from rich.text import Text

        for number, hint in enumerate(self.hints):
            if number:
                yield Text()
            yield Text(hint.title, style="bold")
            yield Markdown(hint.text, hyperlinks=False)
