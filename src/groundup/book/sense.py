"""Words with several senses: a table of them against the chapters that define each.

A page with a line ``{{ senses }}`` has the table in its place. A word has several senses where several terms bear its
name, as "rank (tensor)" and "rank (matrix)" do. Its row has a link to the definition of each, with the chapter's
number, and in a chapter's column how many of them the chapter defines.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from groundup.book.contents import Chapter
from groundup.book.glossary import Entry
from groundup.book.term import plain

_MARKER = re.compile(r"^\{\{ *senses *\}\}[ \t]*$", re.MULTILINE)


def overloaded(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The words that several terms bear as their name, from A to Z, each with those terms in reading order."""
    words: dict[str, list[Entry]] = {}
    for entry in entries:
        words.setdefault(plain(entry.term.name), []).append(entry)
    return {word: words[word] for word in sorted(words) if len(words[word]) > 1}


def with_table(text: str, page: str, entries: Iterable[Entry]) -> str:
    """A page's Markdown with the table in the place of its line ``{{ senses }}``.

    Args:
        text: The page's Markdown.
        page: Its path below docs/.
        entries: The terms of the book, in reading order.
    """
    if not _MARKER.search(text):
        return text
    # Out of the search, as the table of confusions: the words are found where they are defined.
    rows = _rows(page, overloaded(entries))
    table = "\n".join(('<div class="senses" data-search-exclude markdown>\n', *rows, "\n</div>"))
    return _MARKER.sub(lambda _: table, text)


def _rows(page: str, words: dict[str, list[Entry]]) -> Iterator[str]:
    chapters = {entry.chapter.slug: entry.chapter for entries in words.values() for entry in entries}
    order = sorted(chapters.values(), key=lambda chapter: (not chapter.number, int(chapter.number or 0)))
    yield f"| Word | {' | '.join(map(_code, order))} |"
    yield f"|---|{'---|' * len(order)}"
    for entries in words.values():
        counts = Counter(entry.chapter.slug for entry in entries)
        cells = (str(counts[each.slug] or "") for each in order)
        senses = ", ".join(_link(entry, page) for entry in entries)
        yield f"| {entries[0].term.name} <small>{senses}</small> | {' | '.join(cells)} |"


def _link(entry: Entry, page: str) -> str:
    path = posixpath.relpath(entry.chapter.page, posixpath.dirname(page)) if entry.chapter.page != page else ""
    return f"[{entry.term.sense or 'by itself'} ({_code(entry.chapter)})]({path}#{entry.term.anchor})"


def _code(chapter: Chapter) -> str:
    return chapter.number or chapter.slug.partition("-")[0]
