"""Predictions: a box that asks, and the output below it that waits for the answer.

    ??? predict "Which knob reaches its final value first?"
        - w, the price per kilometre
        - b, the fee at the start

    ```python exec="on" cell="two-speeds"
    ```

becomes an open box of the class ``for-two-speeds``, and the fence gets ``predicted="on"``, by which its output is
folded. ``predict.js`` turns the choices into buttons; without JavaScript the reader opens the fold.
"""

from __future__ import annotations

import re

from groundup.book.errors import Fault
from groundup.book.page import Fence, fences

_BOX = re.compile(r"(?P<indent>[ \t]*(?:>[ \t]*)*)(?:!!!|\?{3}\+?) ?predict(?![\w-])(?P<rest>.*)")
_QUESTION = re.compile(r' +(?P<question>"\s*[^\s"].*")')
_SECTION = re.compile(r"#{1,2}\s")


def place(lines: list[str]) -> list[str]:
    """Open the predictions of a page, and fold the outputs that answer them.

    Args:
        lines: The page's Markdown, before its fences are filled.

    Returns:
        As many lines; no line moves, so that faults found later name the author's line.

    Raises:
        Fault: A prediction asks nothing, offers nothing, or no cell of its section answers it.
    """
    placed = list(lines)
    blocks = list(fences(lines))
    fenced = {number for fence in blocks for number in range(fence.start, fence.end)}
    for start, line in enumerate(lines):
        box = _BOX.fullmatch(line.rstrip()) if start not in fenced else None
        if box is None:
            continue
        asked = _QUESTION.fullmatch(box["rest"])
        if asked is None:
            raise Fault('a prediction asks a question: ??? predict "..."', line=start + 1)
        end = _end(lines, start, len(box["indent"]))
        if not any(_text(inside) for inside in lines[start + 1 : end]):
            message = 'a prediction lists its choices, or says "Write a number down.", indented by four spaces'
            raise Fault(message, line=start + 1)
        answer = _answer(lines, start, end, blocks, fenced)
        placed[start] = f"{box['indent']}!!! predict for-{answer.options['cell']} {asked['question']}"
        if 'predicted="on"' not in placed[answer.start]:
            placed[answer.start] = placed[answer.start].rstrip() + ' predicted="on"'
    return placed


def _text(line: str) -> str:
    """The line without what indents or quotes it."""
    return line.lstrip(" \t>")


def _end(lines: list[str], start: int, indent: int) -> int:
    """Index of the line after the box that opens at ``start``."""
    for number in range(start + 1, len(lines)):
        text = _text(lines[number])
        if text and len(lines[number]) - len(text) < indent + 4:
            return number
    return len(lines)


def _answer(lines: list[str], start: int, end: int, blocks: list[Fence], fenced: set[int]) -> Fence:
    """The fence of the cell whose run answers the box."""
    sections = (n for n in range(end, len(lines)) if n not in fenced and _SECTION.match(lines[n]))
    section = next(sections, len(lines))
    for fence in blocks:
        cell = fence.options.get("cell", "") if fence.runs else ""
        if not cell or not start < fence.start < section:
            continue
        if fence.start < end:
            message = "the cell stands inside a prediction, where its output is open; put the fence below the box"
            raise Fault(message, cell=cell, line=fence.start + 1)
        return fence
    raise Fault("no cell answers the prediction; put the cell's fence below it, in the same section", line=start + 1)
