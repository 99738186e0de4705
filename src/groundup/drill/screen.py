"""What every screen has in common: its width, its colours, and text that cannot play tricks on a terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDEST = 100
"""Columns that are used at most: longer lines are hard to read."""

_CONTROLS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def width() -> int:
    """Columns to write in; ``COLUMNS`` decides where it is set."""
    return max(40, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def coloured() -> bool:
    """Whether standard output takes colours: a terminal does, unless ``--no-color`` or NO_COLOR forbids them."""
    context = click.get_current_context(silent=True)
    if context is not None and context.find_root().color is False:
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def console() -> Console:
    """Rich's console on standard output, which prints text as it is."""
    from rich.console import Console

    return Console(
        width=width(),
        color_system="auto" if coloured() else None,
        highlight=False,
        markup=False,
        emoji=False,
    )


def show(*renderables: RenderableType) -> None:
    """Write what Rich renders to standard output, without spaces at the ends of lines."""
    screen = console()
    with screen.capture() as capture:
        for each in renderables:
            screen.print(each, crop=False)
    for line in capture.get().splitlines():
        click.echo(line.rstrip())


def say(text: str = "", *, style: str | None = None, indent: str = "", hang: str | None = None) -> None:
    """Write a paragraph, wrapped.

    Args:
        text: Its words.
        style: Colour, or "bold" or "dim".
        indent: Before the first line.
        hang: Before the others; by default the same.
    """
    hang = indent if hang is None else hang
    wrapped = textwrap.fill(
        text,
        width(),
        initial_indent=indent,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    click.echo(paint(wrapped, style))


def paint(text: str, style: str | None) -> str:
    """Text in a colour, where there are colours."""
    if not style or not text or not coloured():
        return text
    if style in ("bold", "dim"):
        return click.style(text, bold=style == "bold", dim=style == "dim")
    return click.style(text, fg=style)


def plain(text: str) -> str:
    """Text of others without what a terminal would obey."""
    return _CONTROLS.sub("", text.expandtabs(4))


def one_line(text: str) -> str:
    """The same on one line."""
    return " ".join(plain(text).split())


def count(number: int, noun: str, nouns: str | None = None) -> str:
    """A number with its noun: 1 hint, 2 hints."""
    return f"{number} {noun if number == 1 else nouns or f'{noun}s'}"


def listed(words: list[str]) -> str:
    """Words in a sentence: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


class Pulse:
    """A line on a terminal's standard error that says that something goes on; gone when it is over.

    Args:
        doing: What, as in "checking".
    """

    def __init__(self, doing: str) -> None:
        self._doing, self._done = doing, 0
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Pulse:
        self._write(f"{self._doing} …")
        return self

    def __exit__(self, *_: object) -> None:
        self._write("")

    def __call__(self, _: object) -> None:
        """One more thing is done."""
        self._done += 1
        self._write(f"{self._doing} … {self._done}")

    def of(self, done: int, total: int, what: str) -> None:
        """So many of so many things are done, the last one by name."""
        self._write(f"{self._doing} … {done} of {total}, {what}"[: width() - 1])

    def _write(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
