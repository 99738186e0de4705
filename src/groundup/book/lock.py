"""The lock: what a program printed when its author last accepted it.

Two files beside the program. ``04-similarity.out`` is the program's standard output, whole. ``04-similarity.lock``
is the ledger: how many of those lines each cell printed, what a cell that raises says last, what each figure plots,
and how long the program takes, roughly. Both are written by ``book lock``, never by hand.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundup.book.errors import Fault
from groundup.book.program import Cell, Program
from groundup.book.runner import Printed, Run

RTOL = 1e-4
"""Relative tolerance of a printed float."""
ATOL = 1e-6
"""Absolute tolerance of a printed float."""

STEPS = [digit * 10**power for power in range(5) for digit in (1, 2, 5)]
"""Seconds as the ledger tells them; below the first it tells 0."""

_SECONDS = re.compile(r'\{"seconds": (\d+), ')
_FLOAT = re.compile(r"(?<![\w.])[-+]?(?:\d+\.\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)(?![\w]|\.\d)")


@dataclass(frozen=True)
class Locked:
    """The accepted output of one cell.

    Args:
        text: Its standard output.
        error: Last line of the traceback, for a cell that must raise.
        figures: What each of its figures plots.
    """

    text: str
    error: str
    figures: list[list[dict[str, Any]]]


class Lock:
    """The two files of one program.

    Args:
        program: Their neighbour.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.out = program.path.with_suffix(".out")
        self.ledger = program.path.with_suffix(".lock")

    def state(self) -> list[str]:
        """Digests of the two files; empty for one that cannot be read."""
        return [
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "" for path in (self.out, self.ledger)
        ]

    def read(self) -> dict[str, Locked]:
        """The accepted outputs, by cell.

        Raises:
            Fault: A file is missing, or the two do not fit together.
        """
        chapter = self.program.chapter
        for path in (self.out, self.ledger):
            if not path.is_file():
                message = (
                    f"the lock is missing; look at the output with `book run {chapter}`, "
                    f"accept it with `book lock {chapter}`"
                )
                raise Fault(message, chapter=chapter, file=_shown(path))
        try:
            text = self.out.read_bytes().decode("utf-8")
            entries = json.loads(self.ledger.read_text(encoding="utf-8"))["cells"]
            cells: dict[str, Locked] = {}
            for entry in entries:
                piece, text = _take(text, entry["lines"], entry.get("open", 0))
                figures = entry.get("figures", [])
                if not _are_figures(figures) or entry["cell"] in cells:
                    raise ValueError
                cells[entry["cell"]] = Locked(str(entry.get("answer", piece)), str(entry.get("error", "")), figures)
            if text:
                raise ValueError
        except (ValueError, KeyError, TypeError, AttributeError):
            message = (
                f"the lock is damaged: {self.out.name} and {self.ledger.name} do not fit together; "
                f"restore both from version control, or accept the output as it is now with `book lock {chapter}`"
            )
            raise Fault(message, chapter=chapter, file=_shown(self.ledger)) from None
        return cells

    def seconds(self) -> int | None:
        """How long the program takes, roughly; 0 for less than a second, ``None`` where the ledger does not say."""
        try:
            found = _SECONDS.match(self.ledger.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None
        return int(found[1]) if found else None

    def write(self, run: Run) -> bool:
        """Accept a run. Returns whether a file changed."""
        questions = {cell.name for cell in self.program.cells if cell.question}
        out = "".join(printed.text for name, printed in run.cells.items() if name not in questions)
        rows = []
        for name, printed in run.cells.items():
            if name in questions:
                rows.append({"cell": name, "lines": 0, "answer": printed.text})
                continue
            row: dict[str, Any] = {"cell": name, "lines": printed.text.count("\n")}
            if rest := printed.text.rpartition("\n")[2]:
                row["open"] = len(rest)
            if printed.error:
                row["error"] = printed.error
            if printed.figures:
                row["figures"] = [drawing.plotted for drawing in printed.figures]
            rows.append(row)
        # Both or neither would be best; the ledger last, so that a break between them shows as damage.
        return any([_write(self.out, out), _write(self.ledger, _pretty(rows, coarse(run.busy, self.seconds())))])


def coarse(seconds: float, locked: int | None = None) -> int:
    """Seconds rounded so far that they are the same on most machines.

    Args:
        seconds: Measured.
        locked: What the ledger says; it stays as long as it is not off by more than a factor of 2.
    """
    if locked is not None and locked / 2 <= seconds <= 2 * max(locked, 1):
        return locked
    return min(STEPS, key=lambda step: abs(math.log(step / seconds))) if seconds > math.sqrt(0.5) else 0


def compare(program: Program, run: Run) -> list[Fault]:
    """Hold a run against its lock: one fault for each cell that differs."""
    try:
        locked = Lock(program).read()
    except Fault as fault:
        return [fault]
    faults = []
    for cell in program.cells:
        message, detail = _difference(cell, locked.get(cell.name), run.cells[cell.name])
        if message:
            faults.append(_fault(program, cell.name, cell.line, message, detail))
    for name in locked.keys() - run.cells.keys():
        gone = _diff(locked[name].text, "")
        faults.append(_fault(program, name, None, "the lock holds a cell that the program no longer has", gone))
    return faults


def unfit(program: Program, run: Run) -> list[Fault]:
    """Why a lock must be written anew: what differs from it, or that it does not say how long the program takes."""
    faults = compare(program, run)
    if not faults and Lock(program).seconds() is None:
        message = f"the lock does not say how long the program takes; run `book lock {program.chapter}`"
        faults.append(Fault(message, chapter=program.chapter, file=_shown(Lock(program).ledger)))
    return faults


def _difference(cell: Cell, kept: Locked | None, printed: Printed) -> tuple[str, str]:
    """What differs, and the difference; both empty where nothing does."""
    plotted = [drawing.plotted for drawing in printed.figures]
    if kept is None:
        return "the cell is not in the lock", _diff("", printed.text)
    if cell.volatile:
        return ("a volatile cell draws a figure; split the cell", "") if plotted else ("", "")
    if not same_text(kept.text, printed.text, cell.tol) or not same_text(kept.error, printed.error, cell.tol):
        return "the output differs from its lock", _diff(kept.text + kept.error, printed.text + printed.error)
    if not _same_data(kept.figures, plotted, cell.tol):
        found = [
            f"    {place}: locked {old}, now {new}" for place, old, new in _data_differences(kept.figures, plotted)
        ]
        return "a figure plots something else than its lock", "\n".join(_first(found, 8))
    return "", ""


def _fault(program: Program, cell: str, line: int | None, message: str, detail: str) -> Fault:
    hint = f"If it is meant to be so, accept it with `book lock {program.chapter}`."
    file = _shown(program.path)
    return Fault(message, chapter=program.chapter, cell=cell, line=line, file=file, detail=detail, hint=hint)


def differences(program: Program, first: Run, second: Run) -> list[str]:
    """Cells that printed or plotted something else the second time."""
    return [
        cell.name
        for cell in program.cells
        if not cell.volatile and not _agree(first.cells[cell.name], second.cells[cell.name], cell.tol)
    ]


def same_text(locked: str, printed: str, tol: float | None = None) -> bool:
    """Whether two outputs agree: words, integers and layout exactly, floats as numbers.

    Spaces may differ only in an output that holds floats, where they align its columns.

    Args:
        locked: What was accepted.
        printed: What was printed now.
        tol: Relative tolerance in place of 1e-4.
    """
    if locked == printed:
        return True
    words, numbers = _split(locked)
    other_words, other_numbers = _split(printed)
    return (
        0 < len(numbers) == len(other_numbers)
        and words == other_words
        and all(_close(a, b, tol) for a, b in zip(numbers, other_numbers, strict=True))
    )


def _agree(a: Printed, b: Printed, tol: float | None) -> bool:
    return (
        same_text(a.text, b.text, tol)
        and a.error == b.error
        and _same_data([d.plotted for d in a.figures], [d.plotted for d in b.figures], tol)
    )


def _split(text: str) -> tuple[list[str], list[str]]:
    """The text around the floats, and the floats. Spaces that align floats in columns count as one."""
    numbers = _FLOAT.findall(text)
    words = [re.sub(r"[ \t]+", " ", word) for word in _FLOAT.split(text)]
    # NumPy pads a float on the right too, where another one has more places: `[0.1235 0.5   ]`.
    words[1:] = [re.sub(r"^ (?=[\])])", "", word) for word in words[1:]]
    words[1:] = [_before_number(word, last=index == len(words) - 2) for index, word in enumerate(words[1:])]
    words[0] = _before_number(words[0], last=len(words) == 1)
    return words, numbers


def _before_number(word: str, *, last: bool) -> str:
    """Brackets and signs shift by a space when a number's width changes: `[ 0.5` and `[-0.5`."""
    return word if last else re.sub(r"(?<=[\[(,]) $", "", word)


def _close(locked: str, printed: str, tol: float | None) -> bool:
    a, b = float(locked), float(printed)
    slack = ATOL + (RTOL if tol is None else tol) * abs(a)
    # A last place that is more than a hundredth of the number is a digit that matters, not a rounding.
    if (unit := _unit(locked)) <= abs(a) / 100:
        slack += unit * 1.000001
    return abs(a - b) <= slack


def _unit(number: str) -> float:
    """One unit in the last printed place; none for a number that shows no decimals, such as NumPy's ``300.``."""
    mantissa, _, exponent = number.lower().partition("e")
    places = len(mantissa.partition(".")[2])
    return float(10.0 ** (int(exponent or 0) - places)) if places else 0.0


def _same_data(locked: Any, plotted: Any, tol: float | None) -> bool:
    return next(_data_differences(locked, plotted, tol), None) is None


def _data_differences(
    locked: Any, plotted: Any, tol: float | None = None, place: str = "figure"
) -> Iterator[tuple[str, Any, Any]]:
    """Where two descriptions of figures part: the place, what is locked there, and what is plotted now."""
    if isinstance(locked, dict) and isinstance(plotted, dict) and locked.keys() == plotted.keys():
        for key in locked:
            name = {"artists": ", artist", "data": ", point"}.get(key, f", {key}")
            yield from _data_differences(locked[key], plotted[key], tol, place + name)
    elif isinstance(locked, list) and isinstance(plotted, list) and len(locked) == len(plotted):
        for number, (old, new) in enumerate(zip(locked, plotted, strict=True), 1):
            inner = (
                f"{place}, axes {number}" if place.startswith("figure ") and "," not in place else f"{place} {number}"
            )
            yield from _data_differences(old, new, tol, inner)
    elif isinstance(locked, float) and isinstance(plotted, (float, int)):
        if abs(locked - plotted) > ATOL + (10 * RTOL if tol is None else tol) * abs(locked):
            yield place, locked, plotted
    elif isinstance(locked, str) and isinstance(plotted, str):
        if not same_text(locked, plotted, tol):
            yield place, repr(locked), repr(plotted)
    elif locked != plotted:
        yield place, _brief(locked), _brief(plotted)


def _brief(value: Any) -> str:
    return f"{len(value)} entries" if isinstance(value, (list, dict)) else repr(value)


def _are_figures(value: Any) -> bool:
    """Whether a ledger's entry has the shape that ``write`` gives it."""
    return isinstance(value, list) and all(
        isinstance(axes, list) and all(isinstance(ax, dict) and "artists" in ax for ax in axes) for axes in value
    )


def _take(text: str, lines: int, rest: int) -> tuple[str, str]:
    """The first lines of a text, with the start of the line after them, and what follows."""
    if not isinstance(lines, int) or not isinstance(rest, int) or lines < 0 or rest < 0:
        raise ValueError
    end = 0
    for _ in range(lines):
        end = text.index("\n", end) + 1
    if len(text) < end + rest:
        raise ValueError
    return text[: end + rest], text[end + rest :]


def _diff(locked: str, printed: str) -> str:
    lines = difflib.unified_diff(locked.splitlines(), printed.splitlines(), "locked", "printed now", lineterm="", n=1)
    return "\n".join(_first(["    " + line for line in lines]))


def _first(lines: list[str], most: int = 24) -> list[str]:
    """As many lines as a reader takes in at a glance."""
    return lines if len(lines) <= most else [*lines[:most], f"    ... and {len(lines) - most} more lines"]


def _pretty(rows: list[dict[str, Any]], seconds: int) -> str:
    """JSON with one line for each artist of a figure, so that a change reads well in a diff."""
    entries = []
    for row in rows:
        figures = row.pop("figures", None)
        entry = json.dumps(row, ensure_ascii=False)
        if figures:
            entry = entry[:-1] + ', "figures": ' + _pretty_figures(figures) + "}"
        entries.append("  " + entry)
    return f'{{"seconds": {seconds}, "cells": [\n' + ",\n".join(entries) + "\n]}\n"


def _pretty_figures(figures: list[list[dict[str, Any]]]) -> str:
    drawn = []
    for axes in figures:
        parts = []
        for ax in axes:
            head = json.dumps({key: value for key, value in ax.items() if key != "artists"}, ensure_ascii=False)
            artists = ",\n".join("        " + json.dumps(artist) for artist in ax["artists"])
            parts.append("      " + head[:-1] + ', "artists": [' + (f"\n{artists}" if artists else "") + "]}")
        drawn.append("    [\n" + ",\n".join(parts) + "\n    ]")
    return "[\n" + ",\n".join(drawn) + "\n  ]"


def _write(path: Path, text: str) -> bool:
    data = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return False
    fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(fd, "wb") as file:
        file.write(data)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
    return True


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
