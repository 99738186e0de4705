"""The gate: cells declared, run and rendered; locks compared; the built site searched for tracebacks."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from groundup.book import confusion, lock, numbers, quiz
from groundup.book.book import Book, Collection
from groundup.book.errors import Fault
from groundup.book.runner import Run
from groundup.book.site import build

_CELL = re.compile(r'data-cell="([a-z0-9-]+)"')
_TRACEBACK = "Traceback (most recent call last)"


@dataclass
class Row:
    """One chapter's counts."""

    chapter: str
    declared: int
    run: int
    hidden: int
    rendered: int = 0
    lock: str = "holds"


@dataclass
class Report:
    """What the gate found."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def declared(self) -> int:
        """Cells in the programs."""
        return sum(row.declared for row in self.rows)

    @property
    def run(self) -> int:
        """Cells that have an output."""
        return sum(row.run for row in self.rows)

    @property
    def hidden(self) -> int:
        """Cells that pages must not show."""
        return sum(row.hidden for row in self.rows)

    @property
    def rendered(self) -> int:
        """Cells found in the built site."""
        return sum(row.rendered for row in self.rows)

    def table(self) -> Table:
        """The counts, one chapter a row."""
        table = Table("chapter", "cells", "run", "rendered", "hidden", "lock", box=None)
        for column in table.columns[1:5]:
            column.justify = "right"
        for row in self.rows:
            counts = (row.declared, row.run, row.rendered, row.hidden)
            table.add_row(row.chapter, *map(str, counts), row.lock)
        return table


def check(book: Book, collection: Collection, runs: dict[str, Run]) -> Report:
    """Hold the book against its locks and against the site that MkDocs makes of it.

    Args:
        book: The book.
        collection: Its chapters and programs.
        runs: What every program printed.
    """
    report = Report(
        faults=[*book.stale_locks(collection), *_questions(book, collection), *_typed(book, collection, runs)]
    )
    for chapter, program in collection.programs.items():
        faults = lock.unfit(program, runs[chapter])
        report.faults += faults
        hidden = sum(cell.hide for cell in program.cells)
        row = Row(chapter, len(program.cells), len(runs[chapter].cells), hidden)
        row.lock = f"{len(faults)} differ" if faults else "holds"
        report.rows.append(row)
    if not report.faults:
        with tempfile.TemporaryDirectory(prefix="book-site-") as site:
            try:
                build(book, Path(site))
                _search(collection, Path(site), report)
            except Fault as fault:
                report.faults.append(fault)
    return report


def _questions(book: Book, collection: Collection) -> list[Fault]:
    """What is wrong with the questions of the book, and with the confusion boxes that they draw on."""
    boxes: dict[str, set[str]] = {}
    for chapter in collection.chapters:
        try:
            boxes[chapter.slug] = set(confusion.ids((book.docs / chapter.page).read_text(encoding="utf-8")))
        except Fault as fault:
            fault.chapter, fault.file = chapter.slug, f"docs/{chapter.page}"
            return [fault]
    return quiz.lint(collection.companions, boxes)


def _typed(book: Book, collection: Collection, runs: dict[str, Run]) -> list[Fault]:
    """Numbers in prose that repeat an output instead of being taken from it."""
    faults: list[Fault] = []
    for chapter in collection.chapters:
        if chapter.slug in runs:
            program, companion = collection.programs[chapter.slug], collection.companions[chapter.slug]
            text = (book.docs / chapter.page).read_text(encoding="utf-8")
            faults += numbers.lint(text, program, runs[chapter.slug], companion, file=f"docs/{chapter.page}")
    return faults


def _search(collection: Collection, site: Path, report: Report) -> None:
    for path in sorted(site.rglob("*.html")):
        if _TRACEBACK in path.read_text(encoding="utf-8"):
            report.faults.append(Fault("the built page holds a traceback", file=str(path.relative_to(site))))
    rows = {row.chapter: row for row in report.rows}
    for chapter in collection.chapters:
        row = rows[chapter.slug]
        page = (
            site
            / (Path(chapter.page).parent if Path(chapter.page).stem == "index" else Path(chapter.page).with_suffix(""))
            / "index.html"
        )
        found = _CELL.findall(page.read_text(encoding="utf-8")) if page.is_file() else []
        wanted = [cell.name for cell in collection.programs[chapter.slug].cells if not cell.hide]
        row.rendered = len(found)
        if found != wanted:
            missing = ", ".join(sorted(set(wanted) - set(found))) or "in another order"
            message = f"the built page shows {len(found)} of {len(wanted)} cells ({missing})"
            report.faults.append(Fault(message, chapter=chapter.slug, file=f"docs/{chapter.page}"))
