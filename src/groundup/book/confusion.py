"""Confusion boxes: their ids, their anchors, and the page that collects them.

    !!! confusion along-the-gradient "“You move along the gradient”"
        You move against it. It tempts because ... Right model: the gradient points uphill, ...

The title is the wrong belief. The word before it is the box's id: quiz items name it, and the box's anchor is
``#confusion-along-the-gradient``. A page with a line ``{{ confusions }}`` has a table of all boxes in its place.
"""

from __future__ import annotations

import functools
import posixpath
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from groundup.book.contents import Chapter, Part
from groundup.book.errors import Fault
from groundup.book.page import fences

_BOX = re.compile(r"(?P<indent>[ \t]*(?:>[ \t]*)*)(?:!!!|\?{3}\+?) ?confusion(?![\w-])(?P<rest>.*)")
_NAMED = re.compile(r'(?: +(?P<id>[^\s"]+))? +"(?P<title>\s*[^\s"].*)"')
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NUMBER = re.compile(r"\{\{\s*out:.*?\}\}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][)”\"*])\s+")
_PRINTED = r"(?:Each|The (?:first|second|third|last)(?: \w+)?) (?:rows?|lines?|columns?)"
_ABOUT_THE_RUN = re.compile(rf":$|\b[Tt]h(?:e|is) run\b|^{_PRINTED}\b")
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|/)(?P<path>[^\s)#]*)(?P<anchor>#[^\s)]*)?")
_RIGHT = "Right model"
_TABLE = re.compile(r"^\{\{ *confusions *\}\}[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Box:
    """A confusion box of a page.

    Args:
        id: Unique on the page.
        line: Its line, counted from 1.
        title: The wrong belief, in Markdown.
        body: Its lines without their indentation and without fences.
    """

    id: str
    line: int
    title: str
    body: tuple[str, ...]


def boxes(text: str) -> Iterator[Box]:
    """The confusion boxes of a page, in order.

    Raises:
        Fault: A box has no title, or no id that a link can end in, or another box's id.
    """
    lines = text.splitlines()
    fenced = {number for fence in fences(lines) for number in range(fence.start, fence.end)}
    seen: dict[str, int] = {}
    for start, line in enumerate(lines):
        opened = _BOX.fullmatch(line.rstrip()) if start not in fenced else None
        if opened is None:
            continue
        named = _NAMED.fullmatch(opened["rest"])
        if named is None:
            message = 'a confusion box has one id and the wrong belief as its title: !!! confusion some-id "“...”"'
            raise Fault(message, line=start + 1)
        id_ = named["id"] or ""
        if not id_:
            message = f'the box needs an id, by which quiz items name it: !!! confusion some-id "{named["title"]}"'
            raise Fault(message, line=start + 1)
        if not _ID.fullmatch(id_):
            raise Fault(f"the id {id_} is not lower-case words with hyphens", line=start + 1)
        if id_ in seen:
            raise Fault(f"the id {id_} is that of the box on line {seen[id_]} too", line=start + 1)
        seen[id_] = start + 1
        yield Box(id_, start + 1, named["title"], tuple(_body(lines, start, len(opened["indent"]), fenced)))


def _body(lines: list[str], start: int, indent: int, fenced: set[int]) -> Iterator[str]:
    for number in range(start + 1, len(lines)):
        line = lines[number]
        text = line.lstrip(" \t>")
        if text and len(line) - len(text) < indent + 4:
            return
        # A fence leaves a gap, so that what stands before it and after it are two paragraphs.
        yield "" if number in fenced else line[indent + 4 :]


def ids(text: str) -> dict[str, tuple[int, str]]:
    """Line and title of every confusion box of a page, by id.

    Raises:
        Fault: As from ``boxes``.
    """
    return {box.id: (box.line, box.title) for box in boxes(text)}


# ---- the page that collects them ------------------------------------------------------------------------------------


def collected(pages: Iterable[tuple[Chapter, str]]) -> str:
    """The page "Easily confused", which lies beside the parts' folders: every wrong belief with its right model.

    Sentences that quote an output or speak of the run below them are left out: the run is in the box.

    Args:
        pages: Chapters in reading order, each with the Markdown of its page.

    Raises:
        Fault: As from ``boxes``, with the chapter and its file.
    """
    about = "The confusions of all chapters: what people often believe, and what holds instead. "
    about += "Each belief leads to its box, where a run shows it."
    text = [f"# Easily confused\n\n{about}\n"]
    part: Part | None = None
    for chapter, page in pages:
        try:
            section = _section(chapter, page)
        except Fault as fault:
            fault.chapter, fault.file = chapter.slug, f"docs/{chapter.page}"
            raise
        if section and chapter.part and chapter.part != part:
            part = chapter.part
            text.append(f"## {part.label}\n")
        text += section
    return "\n".join(text).rstrip() + "\n"


def with_table(text: str, page: str, pages: Iterable[tuple[Chapter, str]]) -> str:
    """A page's Markdown with a table of all wrong beliefs in the place of its line ``{{ confusions }}``.

    What holds instead is left to the boxes and to the page that collects them: it would double a chapter's weight.

    Args:
        text: The page's Markdown.
        page: Its path below docs/.
        pages: As for `collected`.
    """
    if not _TABLE.search(text):
        return text
    rows = ["| Chapter | What people believe |", "|---|---|"]
    for chapter, other in pages:
        target = posixpath.relpath(chapter.page, posixpath.dirname(page)) if chapter.page != page else ""
        links = [f"[{_NUMBER.sub('…', box.title)}]({target}#confusion-{box.id})" for box in boxes(other)]
        if links:
            said = "<br>".join(links).replace("|", r"\|")
            rows.append(f"| {chapter.number or chapter.slug.partition('-')[0]} | {said} |")
    # Out of the search, which would find this page whatever is asked.
    table = "\n".join(('<div class="beliefs" data-search-exclude markdown>\n', *rows, "\n</div>"))
    return _TABLE.sub(lambda _: table, text)


@functools.lru_cache(512)  # Under `mkdocs serve` most pages stay as they are.
def _section(chapter: Chapter, page: str) -> tuple[str, ...]:
    """One chapter's heading and boxes; nothing for a chapter without boxes."""
    text = []
    for box in boxes(page):
        belief = _NUMBER.sub("…", box.title)
        model = textwrap.indent("\n".join(right_model(box, chapter)), "    ")
        text += [f"[{belief}]({chapter.page}#confusion-{box.id})", f":{model[1:]}\n"]
    return (f"### {_heading(chapter, page)}\n", *text) if text else ()


def _heading(chapter: Chapter, page: str) -> str:
    lines = page.splitlines()
    fenced = {number for fence in fences(lines) for number in range(fence.start, fence.end)}
    titles = (line[2:].strip() for n, line in enumerate(lines) if n not in fenced and line.startswith("# "))
    title = next(titles, chapter.slug)
    return f"{chapter.number} · {title}" if chapter.number else title


def right_model(box: Box, chapter: Chapter) -> list[str]:
    """The lines that say what holds: from the words "Right model" on, or all of the box where it has no such words."""
    paragraphs = re.split(r"\n(?:[ \t]*\n)+", "\n".join(box.body).strip("\n"))
    prose = [" ".join(p.split()) if _is_prose(p) else p for p in paragraphs if p.strip()]
    first = next((n for n, p in enumerate(prose) if _RIGHT in p), None)
    if first is not None:
        prose = prose[first:]
        prose[0] = _as_start(prose[0].partition(_RIGHT)[2].lstrip(": "))
    lines: list[str] = []
    for paragraph in prose:
        if kept := _without_the_run(paragraph):
            lines += ["", *_from_beside(kept, chapter).split("\n")]
    return lines[1:] or ["The box says what holds."]


def _is_prose(paragraph: str) -> bool:
    return not re.match(r"\s*(?:[-*+|>$]{1,2}\s|\d+\.\s|\$\$|\||!!!|\?\?\?)", paragraph)


def _as_start(text: str) -> str:
    """With a capital, unless the first word is a name such as w, k-NN or float64."""
    return re.sub(r"^(?:[a-z]{2,}|a)(?=[\s,;])", lambda word: word.group().capitalize(), text)


def _without_the_run(paragraph: str) -> str:
    if not _is_prose(paragraph):
        return "" if _NUMBER.search(paragraph) else paragraph
    sentences = _SENTENCE.split(paragraph)
    return " ".join(s for s in sentences if not _NUMBER.search(s) and not _ABOUT_THE_RUN.search(s))


def _from_beside(text: str, chapter: Chapter) -> str:
    """With links that lead from beside the parts' folders, and without footnotes, which stay on the chapter's page."""

    def moved(link: re.Match[str]) -> str:
        path = posixpath.join(posixpath.dirname(chapter.page), link["path"]) if link["path"] else chapter.page
        return posixpath.normpath(path) + (link["anchor"] or "")

    return _LINK.sub(moved, re.sub(r"\[\^[^\]\s]+\]", "", text))


# ---- the anchors ----------------------------------------------------------------------------------------------------


class AnchorProcessor(Treeprocessor):
    """Gives each box the HTML id ``confusion-ID``, in place of the class that Python-Markdown makes of its id."""

    def run(self, root: Element) -> None:
        """Called by Python-Markdown with the page's tree."""
        for element in root.iter():
            classes = element.get("class", "").split()
            if element.tag in ("div", "details") and "confusion" in classes:
                kinds = [name for name in classes if name in ("admonition", "confusion")]
                names = [name for name in classes if name not in kinds]
                if len(names) == 1:
                    element.set("class", " ".join(kinds))
                    element.set("id", f"confusion-{names[0]}")


def register(md: Markdown) -> None:
    """Add the anchors to a Markdown converter; before the headings get theirs, which then differ from these."""
    md.treeprocessors.register(AnchorProcessor(md), "ground-up-confusion", 15)
