"""The drills' place in the book: a page for each, a page that lists them, and links from the chapters.

Everything comes from the drills' folders, so that these pages and ``drill list`` show the same facts. Nothing is taken
from the hidden suite or from the reference. In a chapter ``drill start NAME`` becomes a link to that drill's page, and
a line ``{{ plan }}`` the plan of four weeks.
"""

from __future__ import annotations

import functools
import html
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import rcssmin

from groundup import catalogue, plan
from groundup.book.contents import Chapter
from groundup.book.errors import Fault
from groundup.book.page import fences
from groundup.catalogue import WEIGHTS, Drill
from groundup.plan import Week

FOLDER = "drills"
"""Of the pages, below the site's root; of the drills, below the project's."""

CATALOGUE = f"{FOLDER}/index.md"

_START = re.compile(r"(?<![\[`])`drill start (?P<name>[a-z0-9-]+)`(?!`)")
_PLAN = re.compile(r"^\{\{ *plan *\}\}[ \t]*$", re.MULTILINE)
_EXAMPLE = re.compile(r"^```python\n(?=>>> )", re.MULTILINE)
_LIBRARIES = {"numpy": "NumPy", "torch": "PyTorch"}
_WORDS = {weight: word for word, weight in WEIGHTS.items()}


@dataclass(frozen=True)
class Place:
    """A drill, and the chapters that it belongs to.

    Args:
        drill: The drill.
        prepares: The chapters that name it, its own first.
        model: The chapter of the capstone at its end, if that is written.
    """

    drill: Drill
    prepares: tuple[Chapter, ...]
    model: Chapter | None

    @property
    def page(self) -> str:
        """Path of its page, from ``docs``."""
        return f"{FOLDER}/{self.drill.name}.md"


class Drills:
    """The drills of a book.

    Args:
        places: By name.
        weeks: The plan.
        headings: The chapters' headings with their numbers, by page.
    """

    def __init__(self, places: Mapping[str, Place], weeks: Sequence[Week], headings: Mapping[str, str]) -> None:
        self.places, self.weeks, self.headings = places, weeks, headings

    @classmethod
    def of(cls, root: Path, pages: Iterable[tuple[Chapter, str]], headings: Mapping[str, str]) -> Drills:
        """Those of a project.

        Args:
            root: The project's folder.
            pages: Its chapters in reading order, with the Markdown of their pages.
            headings: The chapters' headings, by page.

        Raises:
            CatalogueError: A drill or the plan is not as it should be.
            Fault: A chapter names a drill that is not there, or a drill's own chapter does not name it.
        """
        folder = root / FOLDER
        found = {path.parent.name: catalogue.read(path.parent) for path in sorted(folder.glob("*/drill.toml"))}
        if not found:
            return cls({}, (), headings)
        chapters: dict[str, Chapter] = {}
        naming: dict[str, list[Chapter]] = {name: [] for name in found}
        for chapter, text in pages:
            chapters[chapter.slug] = chapter
            for name in _named(text, chapter, found):
                naming[name].append(chapter)
        places = {name: _place(drill, naming[name], chapters) for name, drill in found.items()}
        return cls(places, plan.weeks(folder), headings)

    def linked(self, text: str, page: str) -> str:
        """A page's Markdown with links to the drills that it names, and the plan in the place of its marker.

        Args:
            text: The Markdown.
            page: The page's path, from ``docs``.
        """
        if not self.places:
            return text
        if self.weeks:
            text = _PLAN.sub(lambda _: self._plan(page), text)
        lines = text.split("\n")
        fenced = {number for fence in fences(lines) for number in range(fence.start, fence.end)}
        for number, line in enumerate(lines):
            if number not in fenced:
                lines[number] = _START.sub(lambda found: self._link(found["name"], found.group(), page), line)
        return "\n".join(lines)

    def _link(self, name: str, words: str, page: str) -> str:
        place = self.places.get(name)
        return f"[{words}]({_relative(place.page, page)})" if place else words

    # ---- the pages ----

    def pages(self) -> Iterator[tuple[str, str]]:
        """Path and Markdown of each drill's page."""
        for place in self.places.values():
            yield place.page, self._page(place)

    def _page(self, place: Place) -> str:
        drill = place.drill
        title, question = _question(drill)
        about = f"{drill.summary}: a drill of {drill.minutes} minutes, {drill.difficulty}."
        parts = [
            f"---\ndescription: {_quoted(about)}\nsearch:\n  boost: 0.5\n---\n",
            f'<div class="chapter-facts" markdown>\n[Drills](index.md) · {_facts(drill)}\n</div>\n',
            f"# {title}\n",
            f"```text\ndrill start {drill.name}\n```\n",
            f"This writes the question below and a starter into `{drill.name}/`, and starts the clock. "
            "[How to install and use it](index.md#install). Hidden checks grade your file"
            f"{self._ending(place)}.\n",
            question,
            f"## Allowed, and off limits\n\n{_rules(drill)}\n",
            f"## The marks\n\n{_marks(drill)}\n",
            f"## Chapters\n\n{self._prepares(place)}\n",
            f"## The starter\n\n{_fenced(drill.starter)}\n",
        ]
        return "\n".join(parts)

    def _ending(self, place: Place) -> str:
        if place.model is None:
            return ", and at the end it runs inside one of the book's models"
        words = self.headings[place.model.page]
        return f", and at the end it runs inside the model of [{words}]({_relative(place.model.page, place.page)})"

    def _prepares(self, place: Place) -> str:
        links = [f"[{self.headings[each.page]}]({_relative(each.page, place.page)})" for each in place.prepares]
        first, *others = links
        text = f"{first} prepares for it."
        return text + (f" It is also named in {_listed(others)}." if others else "")

    def catalogue(self) -> str:
        """The Markdown of the page that lists them."""
        drills = [place.drill for place in self.places.values()]
        return "\n".join(
            [
                "---\ndescription: Timed practice, graded by hidden checks that run the book's models.\n"
                "hide:\n  - toc\n---\n",
                _INTRODUCTION,
                _filters(drills),
                '<ul class="drill-list" markdown>\n',
                *(self._row(place) for place in self.places.values()),
                "</ul>\n",
                *([f"## Four weeks\n\n{_ON_THE_PLAN}\n", self._plan(CATALOGUE)] if self.weeks else []),
                _ON_MOCKS,
            ]
        )

    def _row(self, place: Place) -> str:
        drill = place.drill
        own = place.prepares[0]
        classes = [f"level-{drill.difficulty}", f"uses-{drill.uses}", *(f"topic-{_slug(t)}" for t in drill.topics)]
        chapter = f"[chapter {own.number}]" if own.number else f"[{self.headings[own.page]}]"
        return (
            f'<li class="{" ".join(classes)}" markdown="block">\n'
            f"[**{drill.title}**]({drill.name}.md) `{drill.name}`\n\n"
            f"{drill.summary}.\n\n"
            f"{_facts(drill)} · {chapter}({_relative(own.page, CATALOGUE)})\n{{: .drill-facts }}\n\n"
            "</li>\n"
        )

    def _plan(self, page: str) -> str:
        rows = ["| Week | Read | Besides | Drills and mock interviews |", "|---|---|---|---|"]
        for number, week in enumerate(self.weeks, 1):
            links = [f"[{name}]({_relative(self.places[name].page, page)})" for name in week.drills]
            mocks = [f"a mock interview of {minutes} minutes" for minutes in week.mocks]
            cells = [f"{number} {week.title[:1].lower()}{week.title[1:]}", week.reads, week.goals]
            rows.append(f"| {' | '.join([*cells, ', '.join([*links, *mocks])])} |")
        return "\n".join(rows) + "\n"


# ---- where drills stand ---------------------------------------------------------------------------------------------


@functools.lru_cache(512)  # Under `mkdocs serve` most pages stay as they are.
def _mentions(text: str) -> tuple[tuple[str, int], ...]:
    """The drills that a page names, each once, with the line."""
    lines = text.split("\n")
    fenced = {number for fence in fences(list(lines)) for number in range(fence.start, fence.end)}
    found: dict[str, int] = {}
    for number, line in enumerate(lines):
        if number not in fenced:
            for mention in _START.finditer(line):
                found.setdefault(mention["name"], number + 1)
    return tuple(found.items())


def _named(text: str, chapter: Chapter, known: Mapping[str, Drill]) -> Iterator[str]:
    for name, line in _mentions(text):
        if name not in known:
            near = get_close_matches(name, known, 1, 0.4)
            hint = f"; did you mean {near[0]}?" if near else ""
            message = f"there is no drill {name} in {FOLDER}/{hint}"
            raise Fault(message, chapter=chapter.slug, file=f"docs/{chapter.page}", line=line)
        yield name


def _place(drill: Drill, naming: Sequence[Chapter], chapters: Mapping[str, Chapter]) -> Place:
    own, file = chapters.get(drill.chapter), f"{FOLDER}/{drill.name}/drill.toml"
    if own is None:
        near = get_close_matches(drill.chapter, chapters, 1, 0)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise Fault(f"there is no chapter {drill.chapter}{hint}", chapter=drill.name, file=file)
    if own not in naming:
        message = f"the chapter {own.slug} never names its drill; write `drill start {drill.name}` there"
        raise Fault(message, chapter=drill.name, file=file)
    model = next((each for slug, each in chapters.items() if slug.partition("-")[2] == drill.capstone), None)
    return Place(drill, (own, *(each for each in naming if each != own)), model)


# ---- parts of pages -------------------------------------------------------------------------------------------------

_INTRODUCTION = """\
# Drills

A drill is a question, a starter and a clock. You write one small part of a model in your own editor. Hidden checks
grade it: values, shapes, extreme inputs, the number of Python steps. In the end the part runs inside one of the book's
models.

## Install {#install}

The tool comes with [the book's repository](../about/index.md). There:

```sh
make install && . .venv/bin/activate
drill start softmax   # the question, a starter, the clock
drill watch           # checks at each save
drill submit          # marks, score, follow-up questions
drill list            # these drills, your best results
```

No account, no network: everything stays on your machine. `drill report --export FILE` brings your results to
[Your progress](../progress.md).

## All drills
"""

_ON_THE_PLAN = "`drill plan` shows this with what you have passed, and `drill plan --begin` dates it."

_ON_MOCKS = """\
## Mock interviews

`drill mock --minutes 45` draws drills that fill a short interview, and `drill mock --minutes 90` a long one. There is
one clock for all of them. How hard they are and how you did is told at the end.
"""


def _filters(drills: Sequence[Drill]) -> str:
    """A form that leaves out what was not chosen, by style alone: it works without a script."""
    topics = sorted({topic for drill in drills for topic in drill.topics})
    levels = [level for level in ("easy", "medium", "hard") if any(drill.difficulty == level for drill in drills)]
    uses = [name for name in _LIBRARIES if any(drill.uses == name for drill in drills)]
    choices = {
        "Topic": [(f"topic-{_slug(topic)}", topic) for topic in topics],
        "Difficulty": [(f"level-{level}", level) for level in levels],
        "Written with": [(f"uses-{name}", _LIBRARIES[name]) for name in uses],
    }
    fields = []
    for label, options in choices.items():
        listed = "".join(f'<option value="{value}">{html.escape(words)}</option>' for value, words in options)
        fields.append(f'<label>{label} <select><option value="">all</option>{listed}</select></label>')
    rules = "".join(
        f'article:has(option[value="{value}"]:checked) .drill-list>li:not(.{value}){{display:none}}'
        for options in choices.values()
        for value, _ in options
    )
    form = f'<form class="drill-filters">{"".join(fields)}<button type="reset" class="md-button">All</button></form>'
    return f"<style>{_sheet()}{rules}</style>\n\n{form}\n"


@functools.cache
def _sheet() -> str:
    """The style of this page, which no other page should have to load."""
    text = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    return " ".join(str(rcssmin.cssmin(text)).split())


def _question(drill: Drill) -> tuple[str, str]:
    """The title of the prompt, and the rest of it."""
    found = re.match(r"# +(?P<title>.+)\n", drill.prompt)
    if found is None:
        raise Fault("the prompt must begin with its title", chapter=drill.name, file=f"{FOLDER}/{drill.name}/prompt.md")
    return found["title"].strip(), _EXAMPLE.sub("```pycon\n", drill.prompt[found.end() :]).strip("\n") + "\n"


def _facts(drill: Drill) -> str:
    return " · ".join([", ".join(drill.topics), drill.difficulty, f"{drill.minutes} minutes", _LIBRARIES[drill.uses]])


def _rules(drill: Drill) -> str:
    allowed = [_LIBRARIES.get(name, name) for name in drill.imports]
    text = f"{_listed(allowed)} and the standard library without input and output may be imported."
    lines = [f"- `{name}`: {sentence}" for name, sentence in drill.forbidden.items()]
    return "\n".join([text, "", *lines]) if lines else text


def _marks(drill: Drill) -> str:
    rows = [f"| {mark} | {_WORDS[weight]} |" for mark, weight in drill.marks.items()]
    table = "\n".join(["| mark | weight |", "|---|---|", *rows])
    return (
        f"{table}\n\nA drill is passed when every mark is full. Without correctness it fails, whatever the others are."
    )


def _fenced(text: str) -> str:
    return f"```python\n{text.rstrip()}\n```"


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _relative(target: str, page: str) -> str:
    return posixpath.relpath(target, posixpath.dirname(page))
