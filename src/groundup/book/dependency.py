"""The map of dependencies: which chapters use the terms that a chapter defines.

A page with a line ``{{ dependencies }}`` has in its place a figure of all chapters of the parts: a row for each chapter
that uses terms, a column for each that defines them, and a dot where the two meet, the larger the more terms.

A chapter uses a term where its prose has one of the names that get tooltips: in running text, lists, tables and boxes,
not in headings, titles of boxes, code, formulas and the words of links.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise

from groundup.book.contents import Chapter
from groundup.book.glossary import Glossary, pattern
from groundup.book.page import fences

_MARKER = re.compile(r"^\{\{ *dependencies *\}\}[ \t]*$", re.MULTILINE)
_NO_PROSE = re.compile(
    r"""
    \A---\n.*?\n---\n                                   # front matter
    | ^\#{1,6}\s[^\n]* | ^[ \t>]*(?:!!!|\?{3}\+?)[^\n]*  # headings, titles of boxes
    | (?P<ticks>`+).+?(?P=ticks) | \{\{.*?\}\}          # code, numbers from outputs
    | \$\$.*?\$\$ | \$(?:[^$\n]|\n(?!\n))+\$            # formulas
    | \[[^\]]*\]\([^)]*\) | <[^>\n]+>                   # links, HTML
    | \n[ \t]*\n                                        # between two paragraphs
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)

_WIDTH, _NAMES, _ROW, _HEAD = 400, 118, 14, 28
"""Of the drawing: its width, that of the rows' names, the height of a row, that of the columns' numbers."""

_FONT = 11
"""Of names and numbers, so that they can be read where a phone makes the drawing narrower."""

_LONGEST = 18
"""Characters of a row's name."""

_DOTS = ((1, 3), (2, 5), (5, 7))
"""From how many terms on a dot has which width."""

Uses = Sequence[tuple[Chapter, Mapping[str, str]]]
"""Chapters in reading order, each with the terms that it uses, as from `used`."""


def with_map(text: str, uses: Iterable[tuple[Chapter, Mapping[str, str]]]) -> str:
    """A page's Markdown with the map in the place of its line ``{{ dependencies }}``.

    Args:
        text: The page's Markdown.
        uses: What the chapters use; looked at only if there is such a line.
    """
    if not _MARKER.search(text):
        return text
    found = tuple(uses)
    drawn = figure([chapter for chapter, _ in found], dependencies(found))
    return _MARKER.sub(lambda _: drawn, text)


def dependencies(uses: Uses) -> Counter[tuple[int, int]]:
    """How many terms of one chapter another uses, by the places of the two: the one that uses, the one that defines."""
    places = {chapter.slug: place for place, (chapter, _) in enumerate(uses)}
    counts: Counter[tuple[int, int]] = Counter()
    for user, (_, terms) in enumerate(uses):
        for definer in terms.values():
            if definer in places and places[definer] != user:
                counts[user, places[definer]] += 1
    return counts


def used(text: str, glossary: Glossary) -> dict[str, str]:
    """The terms that a page's prose uses, by slug, each with the slug of the chapter that defines it."""
    words = prose(text)
    forms = glossary.near(words)
    found: dict[str, str] = {}
    for match in pattern(forms).finditer(words) if forms else ():
        form = forms[(match.lastindex or 1) - 1]
        if not form.quiet:
            found[form.entry.term.slug] = form.entry.chapter.slug
    return found


def prose(text: str) -> str:
    """The running text of a page, with a bar where something was left out, so that no name reaches across."""
    lines = text.splitlines()
    for fence in fences(list(lines)):
        lines[fence.start : fence.end] = [""] * (fence.end - fence.start)
    return _NO_PROSE.sub(" | ", "\n".join(lines))


# ---- the figure -----------------------------------------------------------------------------------------------------


def figure(chapters: Sequence[Chapter], counts: Counter[tuple[int, int]]) -> str:
    """The map as HTML in one block, with what it shows in words that are counted too.

    Args:
        chapters: In reading order.
        counts: As from `dependencies`.
    """
    size = len(chapters)
    cell = min(9.0, round((_WIDTH - _NAMES - 4) / max(size, 1), 1))
    height = _HEAD + _ROW * size
    ahead = {place for place in counts if place[1] > place[0]}
    body = [
        _grid(chapters, cell, height),
        f'<text x="{_NAMES - 6}" text-anchor="end" fill="currentColor" font-size="{_FONT}">{_rows(chapters)}</text>',
        _heads(chapters, cell),
        *_dots(counts, set(counts) - ahead, cell, 1),
        *_dots(counts, ahead, cell, 2),
    ]
    users = Counter(definer for _, definer in counts)
    fullest, n_users = users.most_common(1)[0] if users else (0, 0)
    place = _called(chapters[fullest]) if chapters else ""
    alt = (
        f"{size} chapters as rows and as columns, in reading order. A dot: the row's chapter uses terms of the "
        f"column's. {len(counts) - len(ahead)} dots lie below the diagonal and {len(ahead)} above it. "
        f"The fullest column, {place}, has {n_users} dots."
    )
    caption = (
        "Read a row for the chapters that one needs, a column for those that need it. A small dot is one term, a "
        "middle one two to four, a large one five or more. Orange dots, above the diagonal, are terms that come later "
        "in the book. Pages without a number have their first letter."
    )
    head = (
        f'<svg class="figure" viewBox="0 0 {_WIDTH} {height}" width="500" height="{height * 500 / _WIDTH:.0f}" '
        'style="font-family:var(--figure-font,sans-serif)"'
    )
    return (
        f'<figure class="cell-figure dependencies" data-search-exclude>{head} role="img" aria-label="{escape(alt)}">'
        f"{''.join(body)}</svg><figcaption>{escape(caption, quote=False)}</figcaption></figure>"
    )


def _called(chapter: Chapter) -> str:
    return f"chapter {chapter.number}" if chapter.number else _name(chapter)


def _name(chapter: Chapter) -> str:
    """A chapter's number and as many words of its slug as fit."""
    words = chapter.slug.split("-")
    if chapter.number:
        words[0] = chapter.number
    while len(" ".join(words)) > _LONGEST or words[-1] in ("a", "and", "from", "is"):
        words.pop()
    return escape(" ".join(words))


def _rows(chapters: Sequence[Chapter]) -> str:
    return "".join(
        f'<tspan x="{_NAMES - 6}" y="{_HEAD + _ROW * place + 10}">{_name(chapter)}</tspan>'
        for place, chapter in enumerate(chapters)
    )


def _heads(chapters: Sequence[Chapter], cell: float) -> str:
    """The columns' numbers, one digit below the other, because columns are narrower than two."""
    places = ",".join(f"{_NAMES + cell * (place + 0.5):g}" for place in range(len(chapters)))
    codes = [f"{int(chapter.number):02}" if chapter.number else f"{chapter.slug[0]}·" for chapter in chapters]
    lines = ("".join(code[digit] for code in codes) for digit in (0, 1))
    return "".join(
        f'<text x="{places}" y="{y}" text-anchor="middle" fill="currentColor" font-size="{_FONT}">{line}</text>'
        for y, line in zip((11, 22), lines, strict=True)
    )


def _grid(chapters: Sequence[Chapter], cell: float, height: int) -> str:
    """Hairlines between the parts, and the diagonal."""
    ends = [n for n, (one, other) in enumerate(pairwise(chapters), 1) if one.part != other.part]
    right = _NAMES + cell * len(chapters)
    lines = [f"M{_NAMES},{_HEAD + _ROW * n}H{right:g}M{_NAMES + cell * n:g},{_HEAD}V{height}" for n in ends]
    lines.append(f"M{_NAMES},{_HEAD}L{right:g},{height}")
    return f'<path d="{"".join(lines)}" fill="none" stroke="currentColor" stroke-width=".5" opacity=".3"/>'


def _dots(counts: Counter[tuple[int, int]], among: set[tuple[int, int]], cell: float, colour: int) -> list[str]:
    drawn = []
    for (low, width), (above, _) in pairwise((*_DOTS, (max(counts.values(), default=0) + 1, 0))):
        at = sorted(place for place in among if low <= counts[place] < above)
        if at:
            points = "".join(f"M{_NAMES + cell * (x + 0.5):g},{_HEAD + _ROW * (y + 0.5):g}h0" for y, x in at)
            drawn.append(
                f'<path d="{points}" fill="none" stroke="var(--figure-{colour})" stroke-width="{width}" '
                'stroke-linecap="round"/>'
            )
    return drawn
