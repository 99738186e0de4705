"""How a run of many programs is told: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from groundup.book.errors import Fault
from groundup.book.program import Program
from groundup.book.runner import Run

Report = Callable[[Program, "Run | Fault"], None]

log = logging.getLogger("mkdocs.plugins.ground-up")


class Progress:
    """Tells which programs are done.

    Args:
        console: Where to; by default standard error.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)

    @contextmanager
    def during(self, total: int) -> Iterator[Report]:
        """Tell while ``total`` programs run."""
        if not total:
            yield lambda program, result: None
        elif self.console.is_terminal:
            yield from self._bar(total)
        else:
            yield from self._lines(total)

    def _bar(self, total: int) -> Iterator[Report]:
        columns = [
            TextColumn("Chapters"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        ]
        with Bar(*columns, console=self.console, transient=True) as bar:
            task = bar.add_task("", total=total)
            yield lambda program, result: bar.update(task, advance=1, description=program.chapter)

    def _lines(self, total: int) -> Iterator[Report]:
        count = 0

        def report(program: Program, result: Run | Fault) -> None:
            nonlocal count
            count += 1
            said = "failed" if isinstance(result, Fault) else f"{result.seconds:.1f} s"
            log.info("chapter %d of %d: %s (%s)", count, total, program.chapter, said)

        yield report
