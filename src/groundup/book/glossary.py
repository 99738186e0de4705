"""The glossary: every term of the book with the chapter that defines it, and the page that lists them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from typing import NamedTuple

from groundup.book.companion import Companion
from groundup.book.contents import Chapter
from groundup.book.errors import Fault
from groundup.book.page import fences
from groundup.book.render import example_id
from groundup.book.term import GROUPS, Term, plain, slug

_BOLD = re.compile(r"\*\*(?=\S)([^*]+)\*\*")
_CODE = re.compile(r"`+[^`\n]+`+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Entry:
    """A term and the chapter that defines it."""

    term: Term
    chapter: Chapter

    @property
    def file(self) -> str:
        """The data file, for messages."""
        return f"docs/{self.chapter.page.removesuffix('.md')}.toml"

    @property
    def target(self) -> str:
        """Where the definition stands, from ``docs``."""
        return f"{self.chapter.page}#{self.term.anchor}"

    @property
    def place(self) -> str:
        """The chapter, in words."""
        name = self.chapter.slug.replace("-", " ")
        return f"Chapter {self.chapter.number}" if self.chapter.number else name[:1].upper() + name[1:]


@dataclass(frozen=True)
class Form:
    """A name by which prose uses a term.

    Args:
        name: As it is written.
        entry: The term.
        quiet: Whether it is left alone in prose. It still hides the shorter names inside it.
    """

    name: str
    entry: Entry
    quiet: bool

    @functools.cached_property
    def words(self) -> tuple[str, ...]:
        """Its words as ``near`` looks for them."""
        return tuple(_WORD.findall(self.name.casefold()))

    @property
    def pattern(self) -> str:
        """A regular expression for it and its plurals.

        A small first letter may be a capital, as at the start of a sentence; capitals are always capitals, so that the
        term MAP is not found in "map".
        """
        words = r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", self.name)))
        if self.name[0].islower() and self.name[0].upper() != self.name[0]:
            words = f"[{self.name[0]}{self.name[0].upper()}]{words[1:]}"
        return words + ("(?:e?s)?" if self.name[-1].isalpha() else "")


class Glossary:
    """Every term of the book.

    Args:
        entries: In reading order.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        forms = [form for entry in self.entries for form in _forms(entry)]
        # Longest first: "cosine distance" before "cosine".
        self.forms = sorted(forms, key=lambda form: (-len(form.name), form.name))

    @classmethod
    def of(cls, chapters: Iterable[Chapter], companions: Mapping[str, Companion]) -> Glossary:
        """The glossary of the chapters' data files."""
        known = ((chapter, companions.get(chapter.slug, Companion())) for chapter in chapters)
        return cls(Entry(term, chapter) for chapter, companion in known for term in companion.terms)

    def near(self, text: str) -> tuple[Form, ...]:
        """The names whose words all occur in a text: a quick choice, wider than what will be found."""
        words = set(_WORD.findall(text.casefold()))
        return tuple(form for form in self.forms if _occurs(form.words, words))

    def faults(self) -> list[Fault]:
        """Terms that are defined twice, by name or by anchor."""
        faults: list[Fault] = []
        names: dict[str, Entry] = {}
        anchors: dict[str, Entry] = {}
        for entry in self.entries:
            for claim in entry.term.claims:
                if claim in names and names[claim] is not entry:
                    faults.append(_twice(entry, names[claim], claim))
                    break
                names[claim] = entry
            else:
                slug = entry.term.slug
                if slug in anchors:
                    message = f"its anchor is that of {_told(anchors[slug])}; give one of the two a `sense`"
                    faults.append(_fault(entry, message))
                anchors[slug] = entry
        return faults

    # ---- the page ----

    def page(self, examples: Mapping[str, str] | None = None) -> str:
        """The page "Glossary", which lies beside the parts' folders: the terms by subject, then from A to Z.

        Args:
            examples: The id of the worked example that shows a term, by the term's slug.
        """
        about = "Every term leads to the place that defines it, and to the example that stands nearest to it there."
        alphabet = self._alphabet(examples or {})
        return "\n".join([f"# Glossary\n\n{about}\n", *self._subjects(), *alphabet]).rstrip() + "\n"

    def _subjects(self) -> Iterator[str]:
        yield "## By subject\n"
        for group in GROUPS:
            entries = [entry for entry in self.entries if entry.term.group == group]
            if not entries:
                continue
            yield f"### {group}\n"
            for place, found in groupby(entries, key=lambda entry: entry.place):
                yield f"- {place}: {', '.join(f'[{_shown(e.term.label)}]({e.target})' for e in found)}"
            yield ""

    def _alphabet(self, examples: Mapping[str, str]) -> Iterator[str]:
        rows = sorted(row for entry in self.entries for row in _rows(entry, examples.get(entry.term.slug, "")))
        letters = [(letter, list(found)) for letter, found in groupby(rows, key=lambda row: _letter(row.at))]
        yield "## A to Z\n"
        yield " · ".join(f"[{letter}](#{_id(letter)})" for letter, _ in letters) + "\n"
        for letter, found in letters:
            yield f"### {letter} {{ #{_id(letter)} }}\n"
            for row in _without_neighbours(found):
                yield row.text


def pattern(forms: Iterable[Form]) -> re.Pattern[str]:
    """A regular expression that finds the names as whole words, a group for each, the first of those that fit."""
    names = "|".join(f"({form.pattern})" for form in forms)
    return re.compile(rf"(?<![\w-])(?:{names})(?!-?\w)")


def _forms(entry: Entry) -> Iterator[Form]:
    term = entry.term
    for name in ([] if term.sense else [term.name]) + list(term.also):
        yield Form(name.replace("`", ""), entry, name in term.quiet)


def _occurs(words: tuple[str, ...], among: set[str]) -> bool:
    *first, last = words or ("",)
    return among.issuperset(first) and not among.isdisjoint((last, f"{last}s", f"{last}es"))


class _Row(NamedTuple):
    """A row of A to Z: what it is sorted by, whether it only leads to the term's own row, the term's slug, Markdown."""

    at: str
    leads: bool
    slug: str
    text: str


def _rows(entry: Entry, example: str) -> Iterator[_Row]:
    term = entry.term
    first = {_seen(term.name): ""}
    others = [name for name in term.also if first.setdefault(_seen(name), name) == name]
    also = f" Also: {', '.join(map(_shown, others))}." if others else ""
    text = f"{term.definition.strip()}{also} [{entry.place}]({entry.target})"
    if example:
        text += f" · [example {example}]({entry.chapter.page}#{example_id(example)})"
    yield _Row(term.slug, False, term.slug, f"**{_shown(term.label)}**{{ #entry-{term.slug} }}\n:   {text}\n")
    for name in term.also:
        if at := slug(name):
            see = f"{_shown(name)}\n:   see [{_shown(term.label)}](#entry-{term.slug})\n"
            yield _Row(at, True, term.slug, see)


def _without_neighbours(rows: list[_Row]) -> list[_Row]:
    """Without the aliases that stand beside their term."""
    terms = {(row.slug, n + beside) for n, row in enumerate(rows) if not row.leads for beside in (-1, 1)}
    return [row for n, row in enumerate(rows) if not row.leads or (row.slug, n) not in terms]


def _letter(text: str) -> str:
    return text[0].upper() if text[0].isalpha() else "0–9"


def _id(letter: str) -> str:
    return f"letter-{slug(letter)}"


def _seen(name: str) -> str:
    """A name without what a reader would take for the same: case, hyphens and dashes, quotes and a plural's s."""
    return plain(name.replace("–", "-").replace("’", "'")).removesuffix("s")


def _shown(name: str) -> str:
    """A name in Markdown, with what Markdown would take for markup escaped outside code."""
    return name if "`" in name else re.sub(r"([\\*_\[\]<>$])", r"\\\1", name)


# ---- faults ---------------------------------------------------------------------------------------------------------


def _told(entry: Entry) -> str:
    return f"{entry.term.label} in {entry.file}"


def _fault(entry: Entry, message: str) -> Fault:
    return Fault(f"term {entry.term.label}: {message}", chapter=entry.chapter.slug, file=entry.file)


def _twice(entry: Entry, other: Entry, claim: str) -> Fault:
    wanted = "leave it to the chapter that comes first, or tell the two apart by a `sense`"
    return _fault(entry, f"{claim!r} is defined twice, here and by {_told(other)}; {wanted}")


def undefined(text: str, terms: Iterable[Term], *, chapter: str, file: str) -> list[Fault]:
    """Terms of a chapter that its page never sets in bold.

    Args:
        text: The page's Markdown.
        terms: Those of its data file.
        chapter: The chapter's slug.
        file: The data file's path, for messages.
    """
    faults = []
    found = [each.words for each in bold(text)] if terms else []
    for term in terms:
        if term.bold.isdisjoint(map(plain, found)):
            close = get_close_matches(term.name, found, 1, 0)
            nearest = f"; the nearest words in bold are **{close[0]}**" if close else ""
            message = f"the page never defines it; set it in bold there, **{term.name}**{nearest}"
            faults.append(Fault(f"term {term.label}: {message}", chapter=chapter, file=file))
    return faults


class Bold(NamedTuple):
    """Words in bold, and their line in the page, counted from 0."""

    words: str
    line: int


@functools.lru_cache(512)  # Under `mkdocs serve` most pages stay as they are.
def bold(text: str) -> tuple[Bold, ...]:
    """What a page's Markdown sets in bold outside code, in order."""
    lines = text.splitlines()
    for fence in fences(list(lines)):
        lines[fence.start : fence.end] = [""] * (fence.end - fence.start)
    prose = _CODE.sub(lambda code: code.group().replace("*", "∗"), "\n".join(lines))
    found, line = [], 0
    for part in re.split(r"(\n\n)", prose):
        for words in _BOLD.finditer(part):
            found.append(Bold(" ".join(words[1].split()), line + part.count("\n", 0, words.start())))
        line += part.count("\n")
    return tuple(found)
