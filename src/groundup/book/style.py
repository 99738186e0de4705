"""What the chapter guide asks of a chapter's size and rhythm, counted.

    book check --style 04

The report stands beside the gate, not in it: a chapter that misses a bar is built all the same. ``RULES`` holds the
bars, ``kind`` says which chapters have others. Three words have one meaning here:

*Prose* is running text, lists, tables, boxes with their titles, and captions. Headings, cells, outputs, formulas on
lines of their own, alt texts and the questions beside the page are not. A formula in a line, a piece of code in a line
and a number taken from an output are a word each; signs that stand alone, such as = and ·, are no words.

The *main line* is what a reader sees without opening a fold: no solution, no box for what goes beyond the basics, no
cell tagged ``fold``. Predictions are in it, for the page opens them.

The *lines* of a cell are those that are not blank, comments included.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import mean, median
from typing import Any

from rich.table import Table
from rich.text import Text

from groundup.book import lock
from groundup.book.book import Book, Collection
from groundup.book.companion import MASTERY, Companion
from groundup.book.contents import Chapter
from groundup.book.errors import BookError
from groundup.book.page import Fence, fences
from groundup.book.program import TIMEOUT, Cell, Program
from groundup.book.runner import Run

WIDTH = 120
"""Columns that the table fits."""
LONGEST_CELL = 20
"""Lines."""
LONGEST_SENTENCE = 35
"""Words."""

# ---- the bars -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """A range, both ends included."""

    low: float = 0
    high: float = math.inf

    def holds(self, value: float | None) -> bool:
        """Whether a value is in the range; where there was nothing to count, it is."""
        return value is None or self.low <= value <= self.high

    @property
    def open(self) -> bool:
        """Whether everything holds it."""
        return self == Bar()

    def short(self, show: Show) -> str:
        """For the head of a column: ``14–22``, ``≤20``, ``≥1``."""
        if self.low == self.high:
            return show(self.low)
        if self.high == math.inf:
            return "" if self.open else f"≥{show(self.low)}"
        return f"{show(self.low)}–{show(self.high)}" if self.low else f"≤{show(self.high)}"

    def words(self, show: Show) -> str:
        """For a sentence: ``14 to 22``, ``20 at most``, ``1 at least``."""
        if self.low == self.high:
            return show(self.low) if self.low else "none"
        if self.high == math.inf:
            return f"{show(self.low)} at least"
        return f"{show(self.low)} to {show(self.high)}" if self.low else f"{show(self.high)} at most"


class Show:
    """How a rule's numbers are written."""

    def __init__(self, places: int = 0, *, percent: bool = False) -> None:
        self.places, self.percent = places, percent

    def __call__(self, value: float) -> str:
        """The number as the report shows it."""
        if self.percent:
            return f"{100 * value:.0f}%"
        return f"{value:.0f}" if value == int(value) else f"{value:.{self.places}f}"


@dataclass(frozen=True)
class Rule:
    """Something that is counted in a chapter.

    Args:
        name: Its key in ``--json``.
        what: Its name in a sentence.
        bar: What the guide asks of a chapter.
        head: The head of its column; a rule without one is counted in the column ``rest``.
        show: How its numbers are written.
    """

    name: str
    what: str
    bar: Bar
    head: str = ""
    show: Show = field(default_factory=Show)


_NONE, _ONE = Bar(0, 0), Bar(1)
_SHARE, _TENTHS = Show(percent=True), Show(1)

# Where the guide says "about", a bar is wide: a median of 6 lines is 4 to 8, sentences of 16 words are 12 to 20.
RULES = (
    Rule("words", "words of prose in the main line", Bar(1800, 2600), "words"),
    Rule("cells", "cells in the main line", Bar(14, 22), "cells"),
    Rule("median_lines", "median lines of a cell in the main line", Bar(4, 8), "lines", _TENTHS),
    Rule("longest_cell", "lines of the longest cell", Bar(0, LONGEST_CELL), "max"),
    # Of the whole page: its solutions are nearly all code, so the main line alone would have too little of it.
    Rule("words_per_line", "words of prose per line of code that is not folded", Bar(10, 18), "w/l", _TENTHS),
    Rule("printing", "cells in the main line that print something", Bar(0.9), "print", _SHARE),
    Rule("figures", "figures", Bar(4, 8), "figs"),
    Rule("predictions", "predictions", Bar(3, 6), "pred"),
    Rule("section_questions", "questions in the sections", Bar(6, 10), "quiz"),
    Rule("mastery_questions", "questions in the mastery check", Bar(8, 10), "mast"),
    Rule("definitions", "questions that ask for a definition", Bar(0, 0.25), "def", _SHARE),
    Rule("confusions", "confusion boxes", _ONE, "box"),
    Rule("incomplete_confusions", "confusion boxes without their five moves", _NONE),
    Rule("exercises", "exercises with a folded, executed solution under the heading Exercises", Bar(4, 6), "exer"),
    Rule("terms", "terms in the data file", Bar(), "term"),
    Rule("sentence", "mean words of a sentence", Bar(12, 20), "sent", _TENTHS),
    Rule("long_sentences", f"sentences of more than {LONGEST_SENTENCE} words", _NONE, "long"),
    Rule("barred", "words that the guide bars", _NONE),
    Rule("unasked_sections", "sections without a prompt “In your own words”", _NONE, "own"),
    Rule("seconds", "seconds to run", Bar(0, 8), "sec"),
    Rule("objectives", "objectives below “After this chapter you can”", _ONE),
    Rule("new_words", "words named above the first section, after “words” or “terms” and a colon", Bar(1, 7)),
    Rule("easy", "exercises marked (easy)", _ONE),
    Rule("medium", "exercises marked (medium)", _ONE),
    Rule("open", "exercises marked (open)", _ONE),
    Rule("goes_wrong", "sections “What goes wrong”", _ONE),
    Rule("beyond", "boxes for what goes beyond the basics", _ONE),
    Rule("summary", "lines in the summary box", Bar(5, 5)),
    Rule("comes_next", "sections “What comes next”", _ONE),
)
"""Everything that is counted, in the order of the report."""


class Kind(StrEnum):
    """What the guide's sizes are for, and what has others."""

    CHAPTER = "chapter"
    LAB = "lab"
    CAPSTONE = "capstone"
    PAGE = "page"  # opens the book or the capstones, or is for looking things up


_APART = {"intro", "18-recipes", "19-glossary", "30-capstones", "references"}
_CAPSTONES = {"31", "32", "33", "34", "35"}

_MORE = {
    rule.name: Bar(rule.bar.low)
    for rule in RULES
    if rule.name in {"words", "cells", "figures", "predictions", "section_questions", "mastery_questions", "exercises"}
}
_ANY = {
    rule.name: Bar()
    for rule in RULES
    if rule.name not in {"longest_cell", "sentence", "long_sentences", "barred", "incomplete_confusions", "seconds"}
}
_OTHER: Mapping[Kind, Mapping[str, Bar]] = {
    Kind.CHAPTER: {},
    Kind.LAB: _MORE,
    Kind.CAPSTONE: {**_MORE, "seconds": Bar(0, TIMEOUT)},
    Kind.PAGE: _ANY,
}
"""The bars that differ from those in ``RULES``."""


def kind(slug: str) -> Kind:
    """Which bars a chapter has; those that are named nowhere have the guide's."""
    if slug in _APART:
        return Kind.PAGE
    if slug.startswith("lab-"):
        return Kind.LAB
    return Kind.CAPSTONE if slug.partition("-")[0] in _CAPSTONES else Kind.CHAPTER


def bar(rule: Rule, of: Kind) -> Bar:
    """What a rule asks of chapters of that kind."""
    return _OTHER[of].get(rule.name, rule.bar)


# ---- a page, read ---------------------------------------------------------------------------------------------------

_BOX = re.compile(r'(?P<mark>!!!|\?{3}\+?) ?(?P<kind>[\w-]+)[^"]*(?:"(?P<title>.*)")?\s*')
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])\s+")
_HEADING = re.compile(r"(?P<level>#{1,6})\s+(?P<title>.*?)\s*#*\s*")
_RULER = re.compile(r"\|?[\s:|-]+")
_NO_PROSE = re.compile(r"\A---\n.*?\n---\n|<!--.*?-->|\$\$.*?\$\$", re.DOTALL)
_ONE_WORD = re.compile(r"(`+).+?\1|\$(?!\s)[^$]+?(?<!\s)\$|\{\{.*?\}\}", re.DOTALL)
_MARKUP = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|\[\^[^\]]*\]|(?<=\])(?:\([^)]*\)|\[[^\]]*\])|\{:?\s*[.#][^}]*\}|</?[a-zA-Z][^>]*>"
)
_WORD = re.compile(r"[^ \n]*[\w`$][^ \n]*")
_SENTENCE_END = re.compile(r"[.?!][)\]”’\"]*(?=[ \n]+(?:[^a-z \n]|[a-z][ \n]))")
_ENDED = re.compile(r"[.?!:][)\]”’\"]*$")
_ENUMERATOR = re.compile(r"\d+\.")
_SHORT_FORM = re.compile(r"(?:^|[ \n(])(?:e\.g|i\.e|cf|vs|etc|approx|[Ff]ig|[Ee]q)\.$")


@dataclass(frozen=True)
class _Box:
    """A box of a page; ``start`` and ``end`` are indices of lines."""

    kind: str
    title: str
    start: int
    end: int
    folded: bool


@dataclass(frozen=True)
class _Block:
    """A paragraph, list item, box title, table row, heading or caption."""

    kind: str
    text: str
    line: int
    aside: bool  # in a fold

    @property
    def words(self) -> int:
        return len(_WORD.findall(self.text))


@dataclass(frozen=True)
class _Section:
    title: str
    start: int
    end: int


class _Page:
    def __init__(self, text: str) -> None:
        blank = _NO_PROSE.sub(lambda found: "\n" * found.group().count("\n"), text)
        self.lines = blank.splitlines()
        self.fences = list(fences(self.lines))
        self._fenced = {n for fence in self.fences for n in range(fence.start, fence.end)}
        self.boxes = list(self._read_boxes())
        self.blocks = list(self._read_blocks())
        heads = [block for block in self.blocks if block.kind == "h2"]
        ends = [block.line for block in heads[1:]] + [len(self.lines) + 1]
        self.sections = [_Section(head.text, head.line, end) for head, end in zip(heads, ends, strict=False)]

    def aside(self, line: int) -> bool:
        """Whether a line stands in a fold."""
        return any(box.folded and box.start <= line < box.end for box in self.boxes)

    def inside(self, box: _Box) -> list[Fence]:
        """The cells that a box shows."""
        return [fence for fence in self.fences if fence.runs and box.start < fence.start < box.end]

    def _read_boxes(self) -> Iterator[_Box]:
        for start, line in enumerate(self.lines):
            text = line.lstrip(" \t>")
            opened = _BOX.fullmatch(text) if start not in self._fenced else None
            if opened:
                indent = len(line) - len(text)
                inner = ((n, row, row.lstrip(" \t>")) for n, row in enumerate(self.lines[start + 1 :], start + 1))
                end = next((n for n, row, rest in inner if rest and len(row) - len(rest) < indent + 4), len(self.lines))
                folded = opened["mark"] == "???" and opened["kind"] != "predict"
                yield _Box(opened["kind"], opened["title"] or "", start, end, folded)

    def _read_blocks(self) -> Iterator[_Block]:
        titles = {box.start: box.title for box in self.boxes}
        rows: list[str] = []
        start = 0
        for number, line in enumerate([*self.lines, ""]):
            text = line.lstrip(" \t>").rstrip()
            heading = _HEADING.fullmatch(text)
            alone = number in self._fenced or number in titles or heading or text.startswith("|") or not text
            # A line such as "2. In a table" starts an item only where a list has begun.
            if rows and (alone or (_ITEM.match(rows[0]) and _ITEM.match(text))):
                yield self._block("item" if _ITEM.match(rows[0]) else "paragraph", "\n".join(rows), start)
                rows = []
            if number in self._fenced or not text:
                continue
            if number in titles:
                yield self._block("title", titles[number], number)
            elif heading:
                yield self._block(f"h{len(heading['level'])}", heading["title"], number)
            elif text.startswith("|"):
                if not _RULER.fullmatch(text):
                    yield self._block("row", text.replace("|", " "), number)
            else:
                start = start if rows else number
                rows.append(text)

    def _block(self, kind: str, text: str, line: int) -> _Block:
        text = plain(text)
        return _Block(kind, _ITEM.sub("", text, count=1) if kind == "item" else text, line + 1, self.aside(line))


def plain(text: str) -> str:
    """Markdown without its markup; code, formulas and interpolations as they are, with no space in them."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(re.sub(r"\s", "\N{NO-BREAK SPACE}", found.group()))
        return f"\0{len(kept) - 1}\0"

    bare = re.sub(r"[\[\]*]", "", _MARKUP.sub("", _ONE_WORD.sub(keep, text)))
    return re.sub(r"\0(\d+)\0", lambda found: kept[int(found[1])], bare)


def sentences(text: str) -> Iterator[str]:
    """The sentences of plain text; words that no full stop, question mark or colon ends are none."""
    start = 0
    for found in [*_SENTENCE_END.finditer(text), None]:
        end = found.end() if found else len(text)
        sentence = text[start:end].strip()
        if found and (_SHORT_FORM.search(sentence) or _ENUMERATOR.fullmatch(sentence)):
            continue
        if _ENDED.search(sentence):
            yield sentence
        start = end


# ---- what is counted ------------------------------------------------------------------------------------------------

_CLOSING = re.compile(r"(?:Beyond|Summary|Mastery|Exercises|Drills|Practice|What comes next)\b")
_NAMED = re.compile(r"\b(?:[Ww]ords?|[Tt]erms?)\b[^:.]*:\s+(?P<names>[^.]+)")
_BARRED = re.compile(r"\bsimply\b", re.IGNORECASE)
_NO_ALT = re.compile(r"\b(?:plot|graph|chart|picture|figure) (?:of|show\w*)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Miss:
    """A bar that a chapter misses.

    Args:
        chapter: Its slug.
        rule: The rule's name.
        found: What there is, in words.
        wanted: What the guide asks for, in words.
        line: Where in the page, if it is at one place.
    """

    chapter: str
    rule: str
    found: str
    wanted: str
    line: int | None = None

    def __str__(self) -> str:
        where = f", line {self.line}" if self.line else ""
        return f"{self.chapter}{where}: {self.found}; wanted: {self.wanted}"


@dataclass(frozen=True)
class Style:
    """One chapter, counted.

    Args:
        chapter: Its slug.
        kind: By which it has its bars.
        counts: By rule; ``None`` where there was nothing to count.
        places: For rules about single places, those that miss.
    """

    chapter: str
    kind: Kind
    counts: Mapping[str, float | None]
    places: Mapping[str, list[Miss]]

    def holds(self, rule: Rule) -> bool:
        """Whether the chapter holds a rule."""
        return bar(rule, self.kind).holds(self.counts[rule.name])

    @property
    def misses(self) -> list[Miss]:
        """Every bar that is missed; where single places miss it, each of them."""
        found: list[Miss] = []
        for rule in RULES:
            value = self.counts[rule.name]
            if value is not None and not self.holds(rule):
                wanted = bar(rule, self.kind).words(rule.show)
                whole = Miss(self.chapter, rule.name, f"{rule.what}: {rule.show(value)}", wanted)
                found += self.places.get(rule.name) or [whole]
        return found

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        counts = {
            rule.name: {
                "value": self.counts[rule.name],
                "low": bar(rule, self.kind).low,
                "high": None if math.isinf(high := bar(rule, self.kind).high) else high,
                "holds": self.holds(rule),
            }
            for rule in RULES
        }
        misses = [
            {"rule": miss.rule, "found": miss.found, "wanted": miss.wanted, "line": miss.line} for miss in self.misses
        ]
        return {"chapter": self.chapter, "kind": self.kind.value, "counts": counts, "misses": misses}


def count(text: str, program: Program, run: Run, companion: Companion, seconds: int | None) -> Style:
    """Count one chapter.

    Args:
        text: The page's Markdown.
        program: The chapter's program.
        run: What it printed.
        companion: The chapter's questions and terms.
        seconds: From the lock; ``None`` where it does not say.
    """
    return _Counter(text, program, run, companion).style(seconds)


class _Counter:
    def __init__(self, text: str, program: Program, run: Run, companion: Companion) -> None:
        self.chapter, self.run, self.companion = program.chapter, run, companion
        self.page = _Page(text)
        self.aside = {
            fence.options["cell"]: self.page.aside(fence.start)
            for fence in self.page.fences
            if fence.runs and "cell" in fence.options
        }
        self.shown = [cell for cell in program.cells if cell.name in self.aside]
        self.blocks = [*self.page.blocks, *self._captions()]
        self.places: dict[str, list[Miss]] = {}

    def style(self, seconds: int | None) -> Style:
        counts: dict[str, float | None] = {
            **self._sizes(),
            **self._questions(),
            **self._parts(),
            "predictions": self._boxes("predict"),
            "confusions": self._boxes("confusion"),
            "exercises": self._exercises(),
            "sentence": self._sentences(),
            "seconds": seconds,
        }
        self._incomplete()
        self._barred()
        self._unasked()
        for rule in ("long_sentences", "incomplete_confusions", "barred", "unasked_sections"):
            counts[rule] = len(self.places.get(rule, []))
        return Style(self.chapter, kind(self.chapter), counts, self.places)

    def miss(self, rule: str, found: str, wanted: str, line: int | None = None) -> None:
        self.places.setdefault(rule, []).append(Miss(self.chapter, rule, found, wanted, line))

    def _captions(self) -> Iterator[_Block]:
        for cell in self.shown:
            for drawing in self.run.cells[cell.name].figures:
                yield _Block("caption", plain(drawing.caption), 0, self.aside[cell.name])

    def _boxes(self, kind: str) -> int:
        return sum(box.kind == kind for box in self.page.boxes)

    def _sizes(self) -> dict[str, float | None]:
        prose = [block for block in self.blocks if not block.kind.startswith("h")]
        main = [cell for cell in self.shown if not cell.fold and not self.aside[cell.name]]
        read = sum(_lines(cell) for cell in self.shown if not cell.fold)
        for cell in self.shown:
            if _lines(cell) > LONGEST_CELL:
                wanted = f"{LONGEST_CELL} at most; show a longer program in parts"
                self.miss("longest_cell", f"cell {cell.name} has {_lines(cell)} lines", wanted)
        prints = [bool(self.run.cells[cell.name].text or self.run.cells[cell.name].error) for cell in main]
        return {
            "words": sum(block.words for block in prose if not block.aside),
            "cells": len(main),
            "median_lines": median(map(_lines, main)) if main else None,
            "longest_cell": max(map(_lines, self.shown), default=None),
            "words_per_line": round(sum(block.words for block in prose) / read, 1) if read else None,
            "printing": round(mean(prints), 3) if prints else None,
            "figures": sum(len(self.run.cells[cell.name].figures) for cell in self.shown),
        }

    def _questions(self) -> dict[str, float | None]:
        questions = self.companion.questions
        mastery = sum(question.section == MASTERY for question in questions)
        defining = sum(question.asks == "definition" for question in questions)
        return {
            "section_questions": len(questions) - mastery,
            "mastery_questions": mastery,
            "definitions": round(defining / len(questions), 3) if questions else None,
            "terms": len(self.companion.terms),
        }

    def _parts(self) -> dict[str, float | None]:
        blocks, titles = self.page.blocks, [section.title for section in self.page.sections]
        marks = re.findall(r"\((easy|medium|open)\)", "\n".join(block.text for block in blocks))
        return {
            "objectives": self._objectives(),
            "new_words": self._new_words(),
            **{level: marks.count(level) for level in ("easy", "medium", "open")},
            "goes_wrong": sum(title.startswith("What goes wrong") for title in titles),
            "beyond": self._boxes("beyond"),
            "summary": self._summary(),
            "comes_next": sum(title.startswith("What comes next") for title in titles),
        }

    def _objectives(self) -> int:
        blocks = iter(self.page.blocks)
        for block in blocks:
            if block.kind == "paragraph" and block.text.startswith("After this chapter you can"):
                break
        found = 0
        for block in blocks:
            if block.kind != "item":
                break
            found += 1
        return found

    def _new_words(self) -> int:
        first = self.page.sections[0].start if self.page.sections else math.inf
        opening = (block.text for block in self.page.blocks if block.kind == "paragraph" and block.line < first)
        named = next(filter(None, map(_NAMED.search, opening)), None)
        if named is None:
            return 0
        *names, last = re.split(r",\s+", named["names"])
        return len(names) + len(re.split(r"\s+and\s+", last.removeprefix("and ")))

    def _summary(self) -> int:
        boxes = [box for box in self.page.boxes if box.kind == "summary"]
        return sum(
            block.kind == "item" and box.start < block.line - 1 < box.end for box in boxes for block in self.page.blocks
        )

    def _incomplete(self) -> None:
        for box in self.page.boxes:
            if box.kind == "confusion" and (missing := self._missing_moves(box)):
                found = f"the confusion box lacks {', '.join(missing)}"
                self.miss("incomplete_confusions", found, "its five moves", box.start + 1)

    def _missing_moves(self, box: _Box) -> list[str]:
        body = [block for block in self.page.blocks if box.start < block.line - 1 < box.end]
        text = " ".join(" ".join(block.text for block in body).split())
        denied = next(sentences(text), "")
        tempts, right = text.find("tempts"), text.find("Right model")
        below = max((block.line for block in body if re.search(r"Right\s+model", block.text)), default=0)
        moves = {
            "the wrong belief in quotation marks": re.search("“[^”]+”", box.title),
            "a first sentence that says it is wrong": denied and "tempts" not in denied and "Right model" not in denied,
            "why it “tempts”": tempts >= 0,
            "the “Right model”, after what tempts": right > tempts,
            "a cell, below the right model": any(fence.start >= below for fence in self.page.inside(box)),
        }
        return [move for move, made in moves.items() if not made]

    def _exercises(self) -> int:
        section = next((section for section in self.page.sections if section.title.startswith("Exercises")), None)
        if section is None:
            return 0
        boxes = [box for box in self.page.boxes if box.kind == "solution" and section.start <= box.start < section.end]
        return sum(box.folded and bool(self.page.inside(box)) for box in boxes)

    def _sentences(self) -> float | None:
        lengths: list[int] = []
        for block in self.blocks:
            if block.kind in ("paragraph", "item", "title", "caption"):
                for sentence in sentences(block.text):
                    lengths.append(length := len(_WORD.findall(sentence)))
                    if length > LONGEST_SENTENCE:
                        line = block.line + block.text[: block.text.find(sentence)].count("\n")
                        found = f"a sentence of {length} words, “{' '.join(sentence.split()[:6])} …”"
                        self.miss("long_sentences", found, f"{LONGEST_SENTENCE} at most", line or None)
        return round(mean(lengths), 1) if lengths else None

    def _barred(self) -> None:
        for block in self.blocks:
            for found in _BARRED.finditer(block.text):
                line = block.line + block.text[: found.start()].count("\n")
                self.miss("barred", f"“{found.group()}”", "the sentence without it", line or None)
        for cell in self.shown:
            for drawing in self.run.cells[cell.name].figures:
                if alt := _NO_ALT.search(drawing.alt):
                    self.miss("barred", f"the alt text of cell {cell.name} says “{alt.group()}”", "what is to be seen")

    def _unasked(self) -> None:
        asked = [box.start for box in self.page.boxes if "in your own words" in box.title.lower()]
        for section in self.page.sections:
            if not _CLOSING.match(section.title) and not any(section.start <= at < section.end for at in asked):
                found = f"the section “{section.title}” has no prompt “In your own words”"
                self.miss("unasked_sections", found, "one a section", section.start)


def _lines(cell: Cell) -> int:
    return sum(bool(row.strip()) for row in cell.source.split("\n"))


# ---- the report -----------------------------------------------------------------------------------------------------


def chosen(collection: Collection, names: Iterable[str]) -> list[Chapter]:
    """The chapters of those names or numbers; without any, all that stand in a part.

    Raises:
        BookError: There is no such chapter.
    """
    chapters = {chapter.slug: chapter for chapter in collection.chapters if chapter.part}
    found = []
    for slug in dict.fromkeys(collection.program(name).chapter for name in names) or chapters:
        if slug not in chapters:
            raise BookError(f"{slug} is a page outside the parts; the guide's sizes are for chapters")
        found.append(chapters[slug])
    return found


def report(book: Book, collection: Collection, chapters: Iterable[Chapter], runs: Mapping[str, Run]) -> list[Style]:
    """Count chapters.

    Args:
        book: The book.
        collection: What its files say.
        chapters: Those to count.
        runs: What their programs printed.
    """
    return [
        count(
            (book.docs / chapter.page).read_text(encoding="utf-8"),
            collection.programs[chapter.slug],
            runs[chapter.slug],
            collection.companions[chapter.slug],
            lock.Lock(collection.programs[chapter.slug]).seconds(),
        )
        for chapter in chapters
    ]


def table(styles: Iterable[Style]) -> Table:
    """One row a chapter, below a row with the bars of its kind; a number that misses its bar has a mark."""
    columns = [rule for rule in RULES if rule.head]
    rest = [rule for rule in RULES if not rule.head]
    drawn = Table("", *(rule.head for rule in columns), "rest", box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for column in drawn.columns:
        column.no_wrap = True
    for column in drawn.columns[1:]:
        column.justify = "right"
    rows = list(styles)
    for each in Kind:
        alike = [style for style in rows if style.kind == each]
        if not alike:
            continue
        wanted = [bar(rule, each).short(rule.show) for rule in columns]
        asked = [rule for rule in rest if not bar(rule, each).open]
        drawn.add_row(each.value, *wanted, str(len(asked)), style="dim")
        for style in alike:
            cells = [_number(style, rule) for rule in columns]
            kept = sum(style.holds(rule) for rule in asked)
            drawn.add_row(_short(style.chapter), *cells, _marked(str(kept), kept == len(asked)))
    return drawn


def _number(style: Style, rule: Rule) -> Text:
    value = style.counts[rule.name]
    return _marked("–" if value is None else rule.show(value), style.holds(rule))


def _marked(text: str, holds: bool) -> Text:
    return Text(text) if holds else Text(f"{text}!", style="bold red")


def _short(chapter: str, longest: int = 14) -> str:
    return chapter if len(chapter) <= longest else f"{chapter[: longest - 1]}…"


def as_json(styles: Iterable[Style]) -> str:
    """The counts, bars and misses of each chapter."""
    return json.dumps({"chapters": [style.as_json() for style in styles]}, ensure_ascii=False, indent=2)
