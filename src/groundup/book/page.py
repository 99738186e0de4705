"""A chapter's page: Markdown whose Python fences name cells.

A fence that runs stays empty, ```` ```python exec="on" cell="cosine" ````; the build fills it. One that must not
run says why: ``exec="off" reason="..."``. Any other Python fence is refused, for nothing on a page is typed by
hand.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from groundup.book.errors import Fault
from groundup.book.program import Program

_OPEN = re.compile(r"(?P<indent>[ \t]*(?:>[ \t]*)*)(?P<ticks>`{3,}|~{3,})(?P<info>[^`]*)")
_OPTION = re.compile(r"""(?P<key>[A-Za-z_-]+)=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))""")
_PYTHON = {"python", "py", "python3", "pycon"}
_ON = {"on", "yes", "true", "1"}
NUMBER = re.compile(r"\{\{\s*out:(?P<cell>[a-z0-9-]+)\.(?P<key>[A-Za-z0-9_-]+)\s*\}\}")
"""``{{ out:cell.key }}``, which stands for a number that the cell printed."""


@dataclass(frozen=True)
class Fence:
    """A fenced block of a page.

    Args:
        start: Index of its opening line.
        end: Index of the line after its closing one.
        indent: What stands before the fence on its line.
        language: First word of its info string.
        options: ``key="value"`` pairs of the info string.
        body: The lines between.
    """

    start: int
    end: int
    indent: str
    language: str
    options: dict[str, str]
    body: tuple[str, ...]

    @property
    def runs(self) -> bool:
        """Whether the fence asks to be run."""
        return self.options.get("exec", "").lower() in _ON


@dataclass(frozen=True)
class Unrun:
    """A fence that is shown and does not run, and why.

    Args:
        line: Its line in the page, counted from 1.
        reason: The author's.
    """

    line: int
    reason: str


def fences(lines: list[str]) -> Iterator[Fence]:
    """The outermost fenced blocks of a page, in order."""
    at = 0
    while at < len(lines):
        opened = _OPEN.fullmatch(lines[at].rstrip())
        if not opened:
            at += 1
            continue
        ticks = opened["ticks"]
        closing = re.compile(rf"[ \t>]*{re.escape(ticks[0])}{{{len(ticks)},}}\s*")
        end = next((n for n in range(at + 1, len(lines)) if closing.fullmatch(lines[n])), len(lines))
        info = opened["info"].strip()
        language = info.split(maxsplit=1)[0].lstrip("{.").rstrip("}") if info and "=" not in info.split()[0] else ""
        options = {o["key"]: o["quoted"] if o["quoted"] is not None else o["bare"] for o in _OPTION.finditer(info)}
        yield Fence(at, end + 1, opened["indent"], language, options, tuple(lines[at + 1 : end]))
        at = end + 1


def numbers_in_prose(lines: list[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """The ``{{ out:cell.key }}`` of a page, outside its fences, with the index of their lines."""
    fenced = {n for fence in fences(lines) for n in range(fence.start, fence.end)}
    for number, line in enumerate(lines):
        if number not in fenced:
            for found in NUMBER.finditer(line):
                yield number, found


def description(text: str, longest: int = 160) -> str:
    """What search engines and shared links show of a page: the first sentences below its title.

    Args:
        text: The page's Markdown.
        longest: In characters. The first sentence is given whole.
    """
    paragraphs = re.split(r"\n\s*\n", text)
    prose = next((" ".join(p.split()) for p in paragraphs if re.match(r"[A-Z“]", p)), "")
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*`$]", r"\1", prose)
    sentences = [each for each in re.split(r"(?<=[.?!]) ", plain) if not NUMBER.search(each)]
    said = "".join(sentences[:1])
    for sentence in sentences[1:]:
        if len(said) + len(sentence) >= longest:
            break
        said += f" {sentence}"
    return said


@functools.lru_cache(512)  # Under `mkdocs serve` most pages stay as they are.
def check(text: str, program: Program | None, *, chapter: str, file: str) -> tuple[list[Fault], list[Unrun]]:
    """Hold a page against its program.

    Args:
        text: The page's Markdown.
        program: The chapter's program; ``None`` where the page has none.
        chapter: The chapter's slug.
        file: The page's path, for messages.

    Returns:
        What is wrong, and the fences that say why they do not run.
    """
    lines = text.splitlines()
    faults: list[Fault] = []
    unrun: list[Unrun] = []
    shown: list[str] = []
    places = {cell.name: place for place, cell in enumerate(program.cells)} if program else {}

    def fault(message: str, line: int, cell: str | None = None) -> None:
        faults.append(Fault(message, chapter=chapter, cell=cell, line=line, file=file))

    for fence in fences(lines):
        line = fence.start + 1
        if not fence.runs:
            if "exec" in fence.options and not fence.options.get("reason", "").strip():
                fault('a fence that must not run needs a reason: exec="off" reason="..."', line)
            elif "exec" in fence.options:
                unrun.append(Unrun(line, fence.options["reason"]))
            elif fence.language in _PYTHON:
                fault(
                    'a Python fence either names a cell, exec="on" cell="...", '
                    'or says why it must not run, exec="off" reason="..."',
                    line,
                )
            continue
        cell = fence.options.get("cell", "")
        if fence.language != "python":
            fault(f"only cells of the program run on a page, not {fence.language or 'unnamed'} fences", line)
        elif not cell:
            fault('the fence names no cell: exec="on" cell="..."', line)
        elif program is None:
            fault(f"the page has no program; wanted: snippets/{chapter}.py with a cell {cell}", line, cell)
        elif (found := program.cell(cell)) is None:
            fault(f"there is no cell {cell} in snippets/{chapter}.py{_nearest(cell, program)}", line, cell)
        elif found.hide:
            fault("the cell is tagged `hide` and the page shows it; drop one of the two", line, cell)
        elif cell in shown:
            fault("the page shows the cell twice", line, cell)
        elif any(part.strip() for part in fence.body):
            fault("the fence has a body; leave it empty, the build fills it from the program", line, cell)
        else:
            if shown and places[cell] < max(places[name] for name in shown):
                fault(
                    "the page shows the cell out of order; readers run what they read, from top to bottom", line, cell
                )
            shown.append(cell)
    for number, match in numbers_in_prose(lines):
        if program is None:
            fault(f"`{match.group()}` needs a program, and the page has none", number + 1)
        elif program.cell(match["cell"]) is None:
            nearest = _nearest(match["cell"], program)
            fault(
                f"`{match.group()}`: there is no such cell in snippets/{chapter}.py{nearest}", number + 1, match["cell"]
            )
    named = {found.cell for found in faults}
    for unshown in program.cells if program else ():
        if not unshown.hide and unshown.name not in shown and unshown.name not in named:
            message = f"{file} does not show the cell; add a fence for it, or tag the cell `hide`"
            where = f"snippets/{chapter}.py"
            faults.append(Fault(message, chapter=chapter, cell=unshown.name, line=unshown.line, file=where))
    return faults, unrun


def _nearest(name: str, program: Program) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, [cell.name for cell in program.cells], 1)
    return f"; did you mean {close[0]}?" if close else ""
