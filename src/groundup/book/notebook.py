"""A chapter's program to take away: as a script, and as a notebook that holds the outputs of the book's own run.

Both are the program as it is, with a head that says where it comes from and what it needs. Both run without the
book's package: where a program imports ``figure`` from it, a cell before that gives it a stand-in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundup.book.facts import requirements
from groundup.book.figures import standing_alone
from groundup.book.page import fences
from groundup.book.program import Cell, Program
from groundup.book.runner import Printed

_STAND_IN = Cell(
    "figure-stand-in",
    """\
try:
    import groundup.book  # the book's package, whose figure() shows figures on the book's pages
except ImportError:  # without it, Jupyter shows them
    import sys
    from types import SimpleNamespace

    stand_in = SimpleNamespace(figure=lambda fig, *, alt, caption: None)
    sys.modules["groundup"] = sys.modules["groundup.book"] = stand_in""",
    line=0,
)

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "python",
    },
}
"""Names no version of Python: the notebook is the same whichever built it."""

_IMPORTS_BOOK = re.compile(r"^\s*(from|import)\s+groundup\b", re.MULTILINE)
_HEADING = re.compile(r"(?P<level>#{2,6})\s+(?P<title>.+?)\s*(\{[^{}]*\})?\s*#*")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Origin:
    """Where a program comes from and what it needs, for its head.

    Args:
        title: The chapter's.
        label: Its place, as in ``Part I · Data and vocabulary · Chapter 4``.
        address: Of the chapter's page; empty where the site does not know its own.
        needs: Requirements for pip, with the versions of the run.
        package: Whether it needs the book's own package for more than figures.
    """

    title: str
    label: str
    address: str
    needs: tuple[str, ...]
    package: bool

    @classmethod
    def of(cls, program: Program, title: str, label: str, address: str, packages: Mapping[str, str]) -> Origin:
        """The origin of a program whose run used these packages."""
        needs = tuple(f"{name}=={version}" for name, version in requirements(program, packages).items())
        own = {name for name in program.imports if name.split(".")[0] == "groundup"}
        return cls(title, label, address, needs, bool(own - {"groundup.book"}))


def script(text: str, program: Program, origin: Origin) -> str:
    """The program's file with its head.

    Args:
        text: The file.
        program: What it holds.
        origin: For the head.
    """
    head = [f"# Ground Up · {origin.label} · {origin.title}"]
    if origin.address:
        head.append(f"# {origin.address}")
    if origin.needs:
        head.append(f"# Needs: pip install {' '.join(origin.needs)}")
    if origin.package:
        head.append("# Needs also the book's own package, groundup, from the book's repository.")
    if first := _first_that_imports_the_book(program):
        marker = re.search(rf"^# %%[ \t]*{re.escape(first.name)}(?!\S)", text, re.MULTILINE)
        assert marker
        stand_in = f"# %% {_STAND_IN.name} hide\n{_STAND_IN.source}\n\n"
        text = text[: marker.start()] + stand_in + text[marker.start() :]
    return "\n".join([*head, text])


def cells(program: Program) -> Iterator[Cell]:
    """The cells of a notebook: the program's without its quiz, and the stand-in where one is needed."""
    first = _first_that_imports_the_book(program)
    for cell in program.cells:
        if cell is first:
            yield _STAND_IN
        if not cell.question:
            yield cell


def _first_that_imports_the_book(program: Program) -> Cell | None:
    own = (cell for cell in program.cells if not cell.question)
    return next((cell for cell in own if _IMPORTS_BOOK.search(cell.source)), None)


def notebook(program: Program, printed: Mapping[str, Printed], headings: Mapping[str, str], origin: Origin) -> str:
    """The notebook as a file's text: the same bytes for the same program and outputs.

    Args:
        program: The chapter's.
        printed: What each cell left, as the page shows it.
        headings: Markdown to put above a cell, by its name.
        origin: For the head.
    """
    import nbformat  # Takes a tenth of a second, and most builds make no notebook.
    from nbformat import v4

    made = [v4.new_markdown_cell(_head(origin), id="title_")]  # No cell of a program has an underscore in its name.
    for count, cell in enumerate(cells(program), 1):
        labels = [headings.get(cell.name, ""), f"*Example {cell.example}*" if cell.example else ""]
        if above := "\n\n".join(filter(None, labels)):
            made.append(v4.new_markdown_cell(above, id=_id(f"{cell.name}_above")))
        outputs = list(_outputs(printed.get(cell.name, Printed(""))))
        made.append(v4.new_code_cell(cell.source, id=_id(cell.name), execution_count=count, outputs=outputs))
    book = v4.new_notebook(cells=made, metadata=_METADATA)
    nbformat.validate(book)
    return str(nbformat.writes(book)) + "\n"


def headings(page: str) -> dict[str, str]:
    """The headings of a page that stand above each cell's section, at the first cell below them.

    Args:
        page: The chapter's Markdown, without its title.
    """
    lines = page.splitlines()
    inside = {number: fence for fence in fences(lines) for number in range(fence.start, fence.end)}
    above: dict[str, str] = {}
    waiting: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        fence = inside.get(number)
        if fence is None:
            if found := _HEADING.fullmatch(line.rstrip()):
                level = len(found["level"])
                waiting = [other for other in waiting if other[0] < level]
                waiting.append((level, _LINK.sub(r"\1", f"{found['level']} {found['title']}")))
        elif fence.runs and waiting:
            above[fence.options["cell"]] = "\n\n".join(text for _, text in waiting)
            waiting = []
    return above


def _head(origin: Origin) -> str:
    chapter = f"[{origin.label}]({origin.address})" if origin.address else origin.label
    parts = [f"# {origin.title}", f"The program of *Ground Up*, {chapter}, with the outputs of the book's own run."]
    if origin.needs:
        parts.append(f"To run it: `pip install {' '.join(origin.needs)}`. These are the versions of that run.")
    if origin.package:
        parts.append("It needs the book's own package too, `groundup`, from the book's repository.")
    return "\n\n".join(parts)


def _outputs(printed: Printed) -> Iterator[Any]:
    from nbformat import v4

    if printed.text:
        yield v4.new_output("stream", name="stdout", text=printed.text)
    for drawing in printed.figures:
        text = f"[figure: {drawing.alt}]\n{drawing.caption}"
        data = {"image/svg+xml": standing_alone(drawing.svg, drawing.alt), "text/plain": text}
        yield v4.new_output("display_data", data=data)
    if printed.error:
        name, _, message = printed.error.partition(": ")
        yield v4.new_output("error", ename=name, evalue=message, traceback=[printed.error])


def _id(name: str) -> str:
    """A cell's id, of which nbformat takes 64 characters."""
    return name if len(name) <= 64 else hashlib.sha256(name.encode()).hexdigest()
