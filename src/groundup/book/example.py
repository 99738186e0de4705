"""Worked examples: which one shows a term.

It is the cell with an ``example`` that stands nearest to the term's definition, in lines of the page, within the same
section; of two that are as near, the one above. A section goes from a heading, of any level, to the next. Its
definition is where the page first sets the term in bold; see ``tooltip``.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable

from groundup.book.glossary import bold
from groundup.book.page import fences
from groundup.book.program import Program
from groundup.book.term import Term, plain

_HEADING = re.compile(r"#{1,6}\s")


def shown(text: str, terms: Iterable[Term], program: Program) -> dict[str, str]:
    """The example of each term that has one, by the term's slug.

    Args:
        text: The page's Markdown.
        terms: Those that it defines.
        program: The page's program.
    """
    lines = text.splitlines()
    found = list(fences(lines))
    fenced = {number for fence in found for number in range(fence.start, fence.end)}
    heads = [number for number, line in enumerate(lines) if number not in fenced and _HEADING.match(line)]
    examples: list[tuple[int, str]] = []
    for fence in found:
        cell = program.cell(fence.options.get("cell", "")) if fence.runs else None
        if cell and cell.example:
            examples.append((fence.start, cell.example))
    near: dict[str, str] = {}
    for slug, line in _defined(text, terms).items():
        place = bisect.bisect_right(heads, line)
        beside = [each for each in examples if bisect.bisect_right(heads, each[0]) == place]
        if beside:
            near[slug] = min(beside, key=lambda each: (abs(each[0] - line), each[0]))[1]
    return near


def _defined(text: str, terms: Iterable[Term]) -> dict[str, int]:
    """The line, counted from 0, on which a page defines each term, by slug."""
    left = {form: term for term in reversed(list(terms)) for form in term.bold}
    lines: dict[str, int] = {}
    for words, line in bold(text):
        term = left.get(plain(words))
        if term:
            lines[term.slug] = line
            left = {form: other for form, other in left.items() if other is not term}
    return lines
