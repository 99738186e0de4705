"""A chapter's program: an ordinary Python script in percent cells.

    # %% cosine example="04.2" tol=0.02

A marker line names the cell that starts below it and tags it. The comment ``# book: timeout=120 memory=4096`` above
the first cell raises the chapter's limits.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from groundup.book.errors import Fault

TIMEOUT = 60
"""Seconds a chapter may run unless its program declares more."""
MEMORY = 2048
"""Megabytes a chapter may use unless its program declares more."""

_MARKER = re.compile(r"# %%(?P<rest>.*)")
_LIMITS = re.compile(r"# book:(?P<rest>.*)")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_TAG = re.compile(r"""\s+(?P<key>[A-Za-z_]+)(?:=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+)))?(?=\s|$)""")
_SWITCHES = {"hide", "fold"}
_VALUES = {"tol", "volatile", "raises", "example"}


@dataclass(frozen=True)
class Cell:
    """A named piece of a program.

    Args:
        name: Unique in its program.
        source: The code, without the marker line.
        line: The line of the program on which ``source`` starts, counted from 1.
        hide: Run and checked, not shown.
        fold: The source is folded on the page.
        tol: Relative tolerance of its numbers, in place of the usual 1e-4.
        volatile: Why its output is not compared.
        raises: Name of the exception that the cell must raise.
        example: The syllabus' id of the worked example.
        question: For the code of a quiz question, where it is written. It runs after the program, in a copy of its
            namespace, and what it prints is an answer, not part of the program's output.
    """

    name: str
    source: str
    line: int
    hide: bool = False
    fold: bool = False
    tol: float | None = None
    volatile: str | None = None
    raises: str | None = None
    example: str | None = None
    question: str | None = None


@dataclass(frozen=True)
class Program:
    """A chapter's cells, in order.

    Args:
        chapter: The slug, which is also the file's stem.
        path: The script.
        cells: In the order of the file.
        timeout: Seconds the whole program may run.
        memory: Megabytes it may use.
    """

    chapter: str
    path: Path
    cells: tuple[Cell, ...]
    timeout: float = TIMEOUT
    memory: int = MEMORY

    def cell(self, name: str) -> Cell | None:
        """The cell of that name, if there is one."""
        return next((cell for cell in self.cells if cell.name == name), None)

    def asking(self, questions: Iterable[tuple[str, str]], file: str) -> Program:
        """The program followed by the code of quiz questions.

        Args:
            questions: Id and code of each.
            file: Where they are written, for messages.

        Raises:
            Fault: The code is not Python, or a cell has the name that a question needs.
        """
        cells = list(self.cells)
        for name, code in questions:
            if self.cell(question_cell(name)):
                message = f"the cell has the name of the code of question {name}; rename one of the two"
                raise Fault(message, chapter=self.chapter, cell=question_cell(name))
            try:
                ast.parse(code)
            except SyntaxError as error:
                message = f"question {name}: line {error.lineno} of its code: {error.msg}"
                raise Fault(message, chapter=self.chapter, file=file) from None
            cells.append(Cell(question_cell(name), code.strip("\n"), 1, hide=True, question=f"{file}, question {name}"))
        return replace(self, cells=tuple(cells))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the cells, their tags included."""
        return hashlib.sha256(repr(self.cells).encode()).hexdigest()

    @cached_property
    def imports(self) -> frozenset[str]:
        """Full names of the modules that the program's own statements import."""
        names: set[str] = set()
        for node in (node for cell in self.cells for node in ast.walk(ast.parse(cell.source))):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
        return frozenset(names)

    @classmethod
    def read(cls, path: Path, *, shown_as: str | None = None) -> Program:
        """Read a script.

        Args:
            path: The script.
            shown_as: The path to name in messages.

        Raises:
            Fault: The script is not a program in cells.
        """
        shown = shown_as or path.name
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise Fault(f"the program is not UTF-8 ({error})", chapter=path.stem, file=shown) from None
        return _parsed(path, shown, text)


def question_cell(name: str) -> str:
    """Name of the cell that computes a question's answer."""
    return f"quiz-{name}"


@functools.lru_cache(512)
def _parsed(path: Path, shown_as: str, text: str) -> Program:
    """A program; remembered, because under ``mkdocs serve`` most stay as they are."""
    return _Reader(path, shown_as, text).program()


class _Reader:
    def __init__(self, path: Path, shown_as: str, text: str) -> None:
        self.path = path
        self.chapter = path.stem
        self.shown_as = shown_as
        self.lines = text.replace("\r\n", "\n").split("\n")  # Python ends lines there and nowhere else.

    def fault(self, message: str, line: int | None = None, cell: str | None = None) -> Fault:
        return Fault(message, chapter=self.chapter, cell=cell, line=line, file=self.shown_as)

    def program(self) -> Program:
        markers = [n for n, line in enumerate(self.lines) if _MARKER.fullmatch(line.rstrip())]
        if not markers:
            raise self.fault("the program has no cells; a cell starts with a line such as `# %% name`")
        timeout, memory = self.preamble(self.lines[: markers[0]])
        cells: list[Cell] = []
        for start, end in zip(markers, [*markers[1:], len(self.lines)], strict=True):
            cell = self.cell(start, end)
            if any(cell.name == other.name for other in cells):
                raise self.fault("the name is used twice in this program", start + 1, cell.name)
            cells.append(cell)
        for cell in cells[:-1]:
            if cell.raises:
                message = (
                    "only the last cell may carry `raises`, because a script stops at its first exception; "
                    "move the cell to the end, or catch the exception and print it"
                )
                raise self.fault(message, cell.line - 1, cell.name)
        return Program(self.chapter, self.path, tuple(cells), timeout, memory)

    def preamble(self, lines: list[str]) -> tuple[float, int]:
        body = self.parse("\n".join(lines), 1, None).body
        strings = [n for n in body if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)]
        if len(strings) < len(body):
            first = next(n for n in body if n not in strings)
            raise self.fault(
                "code before the first cell; only the docstring and comments may stand there", first.lineno
            )
        timeout, memory = float(TIMEOUT), MEMORY
        for number, line in enumerate(lines, 1):
            if found := _LIMITS.fullmatch(line.rstrip()):
                for key, value in self.tags(found["rest"], number, None).items():
                    if key not in ("timeout", "memory") or not re.fullmatch(r"[1-9]\d*", str(value)):
                        raise self.fault(
                            f"`{key}` is no limit; wanted: `# book: timeout=SECONDS memory=MEGABYTES`", number
                        )
                    if key == "timeout":
                        timeout = float(str(value))
                    else:
                        memory = int(str(value))
        return timeout, memory

    def cell(self, start: int, end: int) -> Cell:
        marker = _MARKER.fullmatch(self.lines[start].rstrip())
        assert marker
        name, _, rest = marker["rest"].strip().partition(" ")
        if not _NAME.fullmatch(name):
            raise self.fault(f"a cell needs a name of lower-case letters, digits and hyphens, got {name!r}", start + 1)
        tags = self.tags(f" {rest}" if rest else "", start + 1, name)
        first, last = start + 1, end
        while first < last and not self.lines[first].strip():
            first += 1
        while last > first and not self.lines[last - 1].strip():
            last -= 1
        source = "\n".join(self.lines[first:last])
        if not self.parse(source, first + 1, name).body:
            raise self.fault("the cell has no code", start + 1, name)
        return Cell(name, source, first + 1, **self.checked(tags, start + 1, name))

    def tags(self, text: str, line: int, cell: str | None) -> dict[str, str | None]:
        tags: dict[str, str | None] = {}
        at = 0
        while at < len(text):
            if not text[at:].strip():
                break
            found = _TAG.match(text, at)
            if not found:
                raise self.fault(
                    f'cannot read the tags at `{text[at:].strip()}`; wanted: tag, tag=1 or tag="text"', line, cell
                )
            if found["key"] in tags:
                raise self.fault(f"the tag `{found['key']}` stands twice", line, cell)
            tags[found["key"]] = found["quoted"] if found["quoted"] is not None else found["bare"]
            at = found.end()
        return tags

    def checked(self, tags: dict[str, str | None], line: int, cell: str) -> dict[str, Any]:
        checked: dict[str, Any] = {}
        for key, value in tags.items():
            if key in _SWITCHES:
                if value is not None:
                    raise self.fault(f"the tag `{key}` takes no value", line, cell)
                checked[key] = True
            elif key not in _VALUES:
                known = ", ".join(sorted(_SWITCHES | _VALUES))
                raise self.fault(f"there is no tag `{key}`; the tags are {known}", line, cell)
            elif not (value or "").strip():
                wanted = "needs a reason" if key == "volatile" else "needs a value"
                raise self.fault(f'the tag `{key}` {wanted}: {key}="..."', line, cell)
            elif key == "tol":
                checked[key] = self.tolerance(str(value), line, cell)
            else:
                checked[key] = value
        if {"hide", "fold"} <= checked.keys():
            raise self.fault("a hidden cell cannot be folded too: `hide` or `fold`", line, cell)
        return checked

    def tolerance(self, value: str, line: int, cell: str) -> float:
        try:
            tol = float(value)
        except ValueError:
            tol = -1.0
        if not 0 < tol < 1:
            raise self.fault(f"`tol` is a relative tolerance between 0 and 1, got {value}", line, cell)
        return tol

    def parse(self, source: str, line: int, cell: str | None) -> ast.Module:
        try:
            return ast.parse(source)
        except SyntaxError as error:
            at = line + (error.lineno or 1) - 1
            raise self.fault(f"syntax error: {error.msg}", at, cell) from None
