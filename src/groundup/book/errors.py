"""What can be wrong with a book, in words for its author.

BookError
├── Fault        one thing wrong in one place: chapter, cell, line
└── Faults       several at once, so that an author sees them all
"""

from __future__ import annotations

from collections.abc import Iterable


class BookError(Exception):
    """Anything that ends a build with a sentence instead of a traceback."""


class Fault(BookError):
    """One thing that is wrong, and where.

    Args:
        message: What is wrong and what is wanted, as a sentence.
        chapter: The chapter's slug, for instance ``04-similarity``.
        cell: The cell's name, where the fault belongs to one.
        line: The line in ``file``, counted from 1.
        file: The file to open, relative to the project.
        detail: A traceback or a diff, shown below the message.
        hint: What to do about it; said once where several faults share it.
    """

    def __init__(
        self,
        message: str,
        *,
        chapter: str | None = None,
        cell: str | None = None,
        line: int | None = None,
        file: str | None = None,
        detail: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.chapter = chapter
        self.cell = cell
        self.line = line
        self.file = file
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.told()}\n{self.hint}" if self.hint else self.told()

    def told(self) -> str:
        """Place, message and detail, without the hint."""
        place = [f"chapter {self.chapter}"] if self.chapter else []
        if self.cell:
            place.append(f"cell {self.cell}")
        if self.file:
            place.append(f"{self.file}:{self.line}" if self.line else self.file)
        elif self.line:
            place.append(f"line {self.line}")
        head = ", ".join(place)
        text = f"{head}: {self.message}" if head else self.message
        return f"{text}\n{self.detail.rstrip()}" if self.detail.strip() else text


class Faults(BookError):
    """All the faults of one stage.

    Args:
        faults: At least one fault.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        hints = dict.fromkeys(fault.hint for fault in self.faults if fault.hint)
        super().__init__("\n\n".join([*(fault.told() for fault in self.faults), *hints]))


def raise_any(faults: list[Fault]) -> None:
    """Raise the faults that were found: one as itself, several together, none not at all."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(faults)
