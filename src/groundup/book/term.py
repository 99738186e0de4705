r"""Terms: the words that a chapter defines, as its data file lists them.

    [[terms]]
    name = "learning rate"
    group = "Models and training"
    definition = 'The factor $\eta$ on the gradient in one update.'
    also = ["step size"]

Its definition stands where the page first sets the name, an alias or a plural in bold; see ``tooltip``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import msgspec

GROUPS = (
    "Learning loop",
    "Data and features",
    "Similarity and mathematics of vectors",
    "Models and training",
    "Generalisation",
    "Metrics",
    "Networks and architectures",
    "Language models",
    "Tools and engineering",
    "Numerical literacy",
    "Classical algorithms",
    "Probability and statistics",
    "Linear algebra",
    "Practice, cloud, current developments",
)
"""Subjects of the glossary, in its order."""

LONGEST = 220
"""Characters that a definition may have: it is shown beside the word."""


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word of the book.

    Args:
        name: As the glossary lists it; in backticks where it is code.
        group: One of ``GROUPS``.
        definition: One sentence of Markdown, in one line and without links.
        also: Other names and spellings. Plurals in ``s`` and ``es`` need no mention.
        sense: Which of its meanings, for a name that has several: ``filter`` of a kernel. Such a name gets no
            tooltips, only its aliases do.
        quiet: Those of the names that are everyday words too, such as step. They get no tooltips.
    """

    name: str
    group: str
    definition: str
    also: tuple[str, ...] = ()
    sense: str = ""
    quiet: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name with its sense, in Markdown."""
        return f"{self.name} ({self.sense})" if self.sense else self.name

    @property
    def slug(self) -> str:
        """What its anchors end in; empty where no name has a Latin letter or a digit."""
        named = next(filter(None, map(slug, (self.name, *self.also))), "")
        return f"{named}-{slug(self.sense)}" if named and self.sense else named

    @property
    def anchor(self) -> str:
        """Where its definition stands on its page."""
        return f"term-{self.slug}"

    @property
    def claims(self) -> tuple[str, ...]:
        """The names that no other term of the book may have."""
        return tuple(dict.fromkeys(map(plain, (self.label, *self.also))))

    @property
    def bold(self) -> frozenset[str]:
        """What the page may set in bold where it defines the term."""
        return frozenset(form for name in {plain(self.name), *self.claims} for form in (name, f"{name}s", f"{name}es"))


def slug(text: str) -> str:
    """Latin letters, digits and hyphens."""
    text = unicodedata.normalize("NFKD", text.casefold().replace("+", " plus "))
    return re.sub(r"[^a-z0-9]+", "-", text.encode("ascii", "ignore").decode()).strip("-")


def plain(name: str) -> str:
    """A name as names are compared: without markup, case, hyphens and line ends."""
    return " ".join(re.split(r"[\s-]+", name.replace("`", "").casefold().strip()))


def wrong(terms: Iterable[Term]) -> Iterator[str]:
    """What is wrong with each term by itself, in sentences that name term and key."""
    for term in terms:
        name = f"term {term.label}"
        if not term.name.strip():
            yield "a term's `name` is empty"
            continue
        if term.group not in GROUPS:
            close = get_close_matches(term.group, GROUPS, 1, 0)
            yield f"{name}: there is no `group` {term.group!r}; did you mean {close[0]!r}?"
        if not term.slug:
            yield f"{name}: `also` needs a name in Latin letters, of which the anchor is made"
        sentence = term.definition.strip()
        if not sentence.endswith(".") or "\n" in sentence:
            yield f"{name}: `definition` is one sentence in one line, with a full stop at its end"
        if len(sentence) > LONGEST:
            yield f"{name}: `definition` has {len(sentence)} characters; wanted: {LONGEST} at most"
        if "](" in sentence:
            yield f"{name}: `definition` holds a link; it is shown on other pages, where the link leads astray"
        names = (term.name, *term.also)
        for form in term.quiet:
            if form not in names:
                yield f"{name}: `quiet` holds {form!r}, which is none of its names; these are {', '.join(names)}"
