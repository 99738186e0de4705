"""Tooltips: where a page defines a term, where it first uses one, and what is then shown beside the word.

On the page of the chapter that defines it, the first bold use of a term becomes ``<dfn id="term-learning-rate">``. On
every page the first use of a term in running prose becomes a link to that place, described by a tip at the page's end.
Without JavaScript it is a link; ``assets/javascripts/glossary.js`` shows the tip beside it.

The tips themselves are no part of what Markdown makes: a page is rendered again when a name changes that occurs on
it, and not when a definition does.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from groundup.book.errors import Fault
from groundup.book.glossary import Entry, Form, pattern
from groundup.book.maths import FormulaError
from groundup.book.quiz import inline
from groundup.book.term import Term, plain

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CLOSED = {*_HEADINGS, "a", "button", "code", "dfn", "figure", "form", "legend", "math", "pre", "summary", "th"}
"""Elements in which no word is marked."""

# The choices of a prediction become buttons; the table of senses names each term beside links to all of its senses.
_CLOSED_CLASSES = {"admonition-title", "arithmatex", "predict", "senses"}

_BLOCKS = {"dd", "dt", "li", "p", "td"}
"""Elements of which the one that defines a term does not link to itself."""

_USED = re.compile(r'<a aria-describedby="tip-([a-z0-9-]+)" class="term" href="([^"]+)">')


@dataclass(frozen=True)
class Marking:
    """What is marked on a page.

    Args:
        page: Its path below ``docs``.
        own: The terms that it defines.
        forms: The names that may occur on it, longest first.
    """

    page: str
    own: tuple[Term, ...] = ()
    forms: tuple[Form, ...] = ()

    def facts(self) -> list[Any]:
        """All that the page's HTML depends on, JSON-like."""
        forms = [(form.name, form.entry.target, form.quiet) for form in self.forms]
        return [[(term.anchor, sorted(term.bold)) for term in self.own], forms]

    def target(self, entry: Entry) -> str:
        """A link to a definition, as an author of the page would write it."""
        if entry.chapter.page == self.page:
            return f"#{entry.term.anchor}"
        return posixpath.relpath(entry.target, posixpath.dirname(self.page) or ".")


_marking: ContextVar[Marking] = ContextVar("marking")


@contextmanager
def marking(page: Marking) -> Iterator[None]:
    """Render a page with these terms."""
    token = _marking.set(page)
    try:
        yield
    finally:
        _marking.reset(token)


class TermProcessor(Treeprocessor):
    """Marks the definitions of a page, and the first use of each term."""

    def run(self, root: Element) -> None:
        """Called by Python-Markdown with the page's tree."""
        page = _marking.get(None)
        if page:
            _define(root, page.own)
        if page and page.forms:
            _Uses(page).mark(root)


def register(md: Markdown) -> None:
    """Add the marks to a Markdown converter.

    After the attributes in braces are read, before the headings get their anchors and MkDocs resolves the links.
    """
    md.treeprocessors.register(TermProcessor(md), "ground-up-terms", 7)


def _define(root: Element, terms: Iterable[Term]) -> None:
    left = {form: term for term in reversed(list(terms)) for form in term.bold}
    for element in root.iter("strong"):
        term = left.get(plain("".join(element.itertext())))
        if term:
            element.tag = "dfn"
            element.set("id", term.anchor)
            left = {form: other for form, other in left.items() if other is not term}


class _Uses:
    """The first use of each term on a page."""

    def __init__(self, page: Marking) -> None:
        self.page = page
        self.known: set[str] = set()
        self.names = pattern(page.forms)

    def mark(self, element: Element) -> None:
        """Mark the words of an element and of what it holds."""
        closed = element.tag in _CLOSED or not _CLOSED_CLASSES.isdisjoint(element.get("class", "").split())
        if closed or element.tag in _BLOCKS:
            self.known.update(defined.get("id", "") for defined in element.iter("dfn"))
        if closed:
            return
        children = list(element)
        element.text = self._marked(element, 0, element.text)
        for child in children:
            self.mark(child)
            child.tail = self._marked(element, list(element).index(child) + 1, child.tail)

    def _marked(self, parent: Element, at: int, text: str | None) -> str | None:
        """Put links into a parent at a place; returns the text before the first."""
        if not text or text.isspace():
            return text
        found = []
        for match in self.names.finditer(text):
            form = self.page.forms[(match.lastindex or 1) - 1]
            anchor = form.entry.term.anchor
            if not form.quiet and anchor not in self.known:
                self.known.add(anchor)
                found.append((match, form.entry))
        ends = [match.start() for match, _ in found] + [len(text)]
        for number, (match, entry) in enumerate(found):
            link = Element("a")
            link.set("class", "term")
            link.set("href", self.page.target(entry))
            link.set("aria-describedby", f"tip-{entry.term.slug}")
            link.text = match.group()
            link.tail = text[match.end() : ends[number + 1]]
            parent.insert(at + number, link)
        return text[: ends[0]]


# ---- tips -----------------------------------------------------------------------------------------------------------


def described(entries: Iterable[Entry]) -> dict[str, list[str]]:
    """What the tip of each term says, as HTML, and which chapter it leads to, by the term's slug.

    Raises:
        Fault: A formula cannot be shown.
    """
    made = {}
    for entry in entries:
        try:
            words = f"<b>{inline(entry.term.label)}</b>: {inline(entry.term.definition.strip())}"
        except FormulaError as error:
            message = f"term {entry.term.label}: {error}"
            raise Fault(message, chapter=entry.chapter.slug, file=entry.file) from None
        made[entry.term.slug] = [words, entry.place]
    return made


def tips(content: str, described: Mapping[str, Sequence[str]]) -> str:
    """The tips of the terms that a page's HTML uses: hidden, one after the other, for its end."""
    block = ""
    for slug, href in _USED.findall(content):
        words, place = described[slug]
        place = "Further down" if href.startswith("#") else place
        # The word itself is the link for the keyboard; this one is for a finger, whose first tap opens the tip.
        link = f'<a href="{href}" tabindex="-1">{place}</a>'
        block += f'<div class="term-tip" role="tooltip" id="tip-{slug}" hidden>{words} {link}</div>'
    return f'<div class="term-tips">{block}</div>' if block else ""
