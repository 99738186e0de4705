"""The glossary names the worked example that shows a term."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from groundup.book.book import Book
from groundup.book.contents import Chapter, Part
from groundup.book.example import shown
from groundup.book.glossary import Entry, Glossary
from groundup.book.program import Cell, Program
from groundup.book.term import GROUPS, Term

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Program(
    "01-a",
    Path("01-a.py"),
    (Cell("one", "", 1, example="01.1"), Cell("two", "", 2, example="01.2"), Cell("plain", "", 3)),
)
ONE, TWO, PLAIN = (f'```python exec="on" cell="{name}"\n```\n' for name in ("one", "two", "plain"))
LOSS = Term("loss", GROUPS[0], "How wrong a model is.")


@pytest.mark.parametrize(
    ("text", "example"),
    [
        pytest.param(f"## A\n\n{ONE}\nA **loss**.\n", "01.1", id="above"),
        pytest.param(f"## A\n\nA **loss**.\n\n{ONE}", "01.1", id="below"),
        pytest.param(f"## A\n\n{ONE}\nOne.\n\nTwo.\n\nA **loss**.\n\n{TWO}", "01.2", id="the nearer one"),
        pytest.param(f"{ONE}\n**loss**\n\n\n{TWO}", "01.1", id="of two as near the one above, before any heading"),
        pytest.param(f"## A\n\n{ONE}\nText.\n\n### B\n\nA **loss**.\n\n{PLAIN}\n## C\n\n{TWO}", None, id="none there"),
        pytest.param(
            f"## A\n\n{ONE}\n```text\n# no heading\n```\n\nA **loss**.\n", "01.1", id="a fence has no headings"
        ),
        pytest.param(f"## A\n\n{ONE}\nThe **losses** first.\n\n## B\n\nA **loss**.\n\n{TWO}", "01.1", id="first bold"),
        pytest.param(f"## A\n\nA loss.\n\n{ONE}", None, id="never defined"),
    ],
)
def test_the_nearest_example_of_the_section_shows_a_term(text: str, example: str | None) -> None:
    assert shown(f"# Title\n\n{text}", [LOSS], PROGRAM) == ({"loss": example} if example else {})


def test_the_page_names_it_behind_the_chapter() -> None:
    chapter = Chapter("01-a", "part-1/01-a.md", Part(1, "Data", "", ("01-a",)))
    page = Glossary([Entry(LOSS, chapter)]).page({"loss": "01.2"})
    assert "[Chapter 1](part-1/01-a.md#term-loss) · [example 01.2](part-1/01-a.md#example-01.2)\n" in page


def test_most_terms_of_the_book_have_an_example() -> None:
    book = Book(ROOT)
    collection = book.collect()
    found: dict[str, str] = {}
    for chapter in (each for each in collection.chapters if each.part):
        text = (book.docs / chapter.page).read_text(encoding="utf-8")
        found |= shown(text, collection.companions[chapter.slug].terms, collection.programs[chapter.slug])
    terms = [term for companion in collection.companions.values() for term in companion.terms]
    assert len(found) > 0.7 * len(terms)
    assert found["huber-loss"] == "07.7"


@pytest.fixture
def book(material):
    material.program("01-first", '# %% one example="01.1"\nprint(1)\n')
    material.lock("01-first")
    material.page("01-first", '# First\n\nA **loss**.\n\n```python exec="on" cell="one"\n```\n')
    text = f'[[terms]]\nname = "loss"\ngroup = "{GROUPS[0]}"\ndefinition = "{LOSS.definition}"\n'
    material.file("docs/part-1/01-first.toml", text)
    settings = (material.root / "mkdocs.yml").read_text(encoding="utf-8")
    settings = settings.replace(
        "markdown_extensions:\n", "markdown_extensions:\n  - attr_list\n  - def_list\n  - toc\n"
    )
    material.file("mkdocs.yml", f"{settings}validation: {{links: {{anchors: warn}}}}\n")
    return material


def test_its_link_leads_to_the_cell_and_a_wrong_one_is_a_warning(book) -> None:
    for _ in range(2):  # The second time from what was kept.
        built = book.build("--strict")
        assert built.returncode == 0, built.stderr
    glossary = (book.root / "site/glossary/index.html").read_text(encoding="utf-8")
    (target,) = re.findall(r'href="\.\./part-1/01-first/#([^"]*)">example 01\.1</a>', glossary)
    assert f'id="{target}"' in book.html("01-first")
    book.file("docs/index.md", "# Start\n\n[one](part-1/01-first.md#example-01.9)\n")
    assert "does not contain an anchor '#example-01.9'" in book.build("--strict").stderr
