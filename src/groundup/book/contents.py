"""The table of contents: the one place that orders parts and chapters.

    [[parts]]
    title = "Data and vocabulary"
    about = "What a model is; arrays and their shapes."
    chapters = ["01-what-is-a-model", "04-similarity"]
    notebooks = ["04-similarity"]

``docs/contents.toml`` lists all parts, the unwritten ones with no chapters. A part's folder is ``docs/part-N``; a
chapter's number is the one its slug starts with. The notebooks of the chapters in ``notebooks`` are pages too.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundup.book.errors import Fault

_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]


@dataclass(frozen=True)
class Part:
    """A part of the book.

    Args:
        number: Counted from 1.
        title: As the reader sees it.
        about: What it is about, in a sentence for the start page.
        chapters: Slugs, in reading order.
        notebooks: Slugs of those whose notebook is a page too.
    """

    number: int
    title: str
    about: str
    chapters: tuple[str, ...]
    notebooks: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder of its pages, below ``docs``."""
        return f"part-{self.number}"

    @property
    def label(self) -> str:
        """Number and title, as in ``Part I · Data and vocabulary``."""
        return f"Part {_ROMAN[self.number - 1]} · {self.title}"

    @property
    def pages(self) -> list[str]:
        """Paths of its pages below ``docs``."""
        return [f"{self.folder}/{chapter}.md" for chapter in self.chapters]


@dataclass(frozen=True)
class Chapter:
    """A page, and the program that belongs to it.

    Args:
        slug: Stem of both files, and of the lock.
        page: Path of the page below ``docs``.
        part: Where it stands; ``None`` for pages outside the parts.
    """

    slug: str
    page: str
    part: Part | None = None

    @property
    def number(self) -> str:
        """The chapter's number without leading zero; empty for a chapter that has none."""
        found = re.match(r"\d+", self.slug)
        return str(int(found.group())) if found else ""

    @property
    def notebook(self) -> str:
        """Path of the page that shows the chapter's notebook; empty if there is none."""
        asked = self.part is not None and self.slug in self.part.notebooks
        return f"{self.page.removesuffix('.md')}-notebook.md" if asked else ""

    @property
    def label(self) -> str:
        """Where the reader is, as in ``Part I · Data and vocabulary · Chapter 4``."""
        words = [self.part.label] if self.part else []
        return " · ".join(words + ([f"Chapter {self.number}"] if self.number else []))


def read_parts(path: Path) -> list[Part]:
    """Read the table of contents.

    Args:
        path: ``docs/contents.toml``.

    Raises:
        Fault: The file is missing or not a table of contents.
    """
    file = f"{path.parent.name}/{path.name}"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Fault("the table of contents is missing", file=file) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Fault(f"the table of contents cannot be read: {error}", file=file) from None
    entries = data.get("parts")
    if not isinstance(entries, list) or set(data) != {"parts"}:
        raise Fault("a table of contents holds [[parts]] and nothing else", file=file)
    parts = []
    seen: set[str] = set()
    for number, entry in enumerate(entries, 1):
        if not _is_part(entry):
            raise Fault(
                f"part {number} needs a title and a list of chapters, and takes a sentence `about` it and a list of "
                "the chapters whose notebooks are pages",
                file=file,
            )
        chapters = entry["chapters"]
        for slug in chapters:
            if slug in seen:
                raise Fault(f"the chapter {slug} is listed twice", file=file)
            seen.add(slug)
        notebooks = entry.get("notebooks", [])
        for slug in notebooks:
            if slug not in chapters:
                raise Fault(f"part {number} asks for the notebook of {slug}, which is no chapter of it", file=file)
        parts.append(Part(number, entry["title"], entry.get("about", ""), tuple(chapters), tuple(notebooks)))
    return parts


def _is_part(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and {"title", "chapters"} <= entry.keys() <= {"title", "about", "chapters", "notebooks"}
        and all(isinstance(entry.get(key, ""), str) for key in ("title", "about"))
        and all(_is_strings(entry.get(key, [])) for key in ("chapters", "notebooks"))
    )


def _is_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def title(page: Path) -> str:
    """The first level-one heading of a page, or its file's name."""
    return heading(page.read_text(encoding="utf-8")) or page.stem


def heading(text: str) -> str:
    """The first level-one heading of a page's Markdown; empty if it has none."""
    found = re.search(r"^# +(.+?)\s*$", text, re.MULTILINE)
    return found.group(1) if found else ""
