"""Words with several senses are found in the terms, and stand in a table against the chapters that define each."""

from __future__ import annotations

import re
from pathlib import Path

from groundup.book.book import Book
from groundup.book.contents import Chapter
from groundup.book.glossary import Entry, Glossary
from groundup.book.sense import overloaded, with_table
from groundup.book.term import GROUPS, Term

ROOT = Path(__file__).resolve().parents[2]
TWO, NINE = Chapter("02-a", "part-1/02-a.md"), Chapter("09-b", "part-2/09-b.md")
LAB = Chapter("lab-c", "part-2/lab-c.md")
ENTRIES = (
    Entry(Term("rank", GROUPS[1], "Axes.", sense="tensor"), TWO),
    Entry(Term("kernel", GROUPS[2], "K.", sense="filter"), TWO),
    Entry(Term("kernel", GROUPS[2], "K.", sense="GPU"), TWO),
    Entry(Term("score", GROUPS[2], "S.", sense="PCA"), TWO),
    Entry(Term("`Kernel`", GROUPS[2], "K."), NINE),
    Entry(Term("rank", GROUPS[12], "Directions.", sense="matrix"), LAB),
)


def test_a_word_is_overloaded_if_several_terms_bear_it() -> None:
    found = {word: [entry.term.sense for entry in entries] for word, entries in overloaded(ENTRIES).items()}
    assert found == {"kernel": ["filter", "GPU", ""], "rank": ["tensor", "matrix"]}


def test_a_page_with_the_marker_has_the_table() -> None:
    page = with_table("Above.\n\n{{ senses }}\n\nBelow.\n", "part-2/09-b.md", ENTRIES)
    assert page.splitlines()[2:-2] == [
        '<div class="senses" data-search-exclude markdown>',
        "",
        "| Word | 2 | 9 | lab |",
        "|---|---|---|---|",
        "| kernel <small>[filter (2)](../part-1/02-a.md#term-kernel-filter), "
        "[GPU (2)](../part-1/02-a.md#term-kernel-gpu), [by itself (9)](#term-kernel)</small> | 2 | 1 |  |",
        "| rank <small>[tensor (2)](../part-1/02-a.md#term-rank-tensor), "
        "[matrix (lab)](lab-c.md#term-rank-matrix)</small> | 1 |  | 1 |",
        "",
        "</div>",
    ]


def test_a_page_without_the_marker_stays_as_it_is() -> None:
    assert with_table("Write `{{ senses }}` there.\n", "part-2/09-b.md", ENTRIES) == "Write `{{ senses }}` there.\n"


def test_the_book_tells_its_overloaded_words_apart() -> None:
    collection = Book(ROOT).collect()
    found = overloaded(Glossary.of(collection.chapters, collection.companions).entries)
    assert {"bias", "inference", "kernel", "metric", "rank", "tensor", "variance"} <= set(found)
    assert len(found["kernel"]) == 5
    assert [entry.chapter.number for entry in found["bias"]] == ["6", "9", "14"]
    assert [entry.chapter.number for entry in found["inference"]] == ["1", "22"]


def test_the_links_lead_to_the_definitions_and_the_words_get_no_tooltips(material) -> None:
    terms = "".join(
        f'[[terms]]\nname = "rank"\nsense = "{sense}"\nalso = ["{also}"]\n'
        f'group = "{GROUPS[1]}"\ndefinition = "A number."\n'
        for sense, also in (("tensor", "axes"), ("matrix", "directions"))
    )
    material.program("01-a", "# %% one\nprint(1)\n")
    material.lock("01-a")
    text = "# A\n\n**Axes**, **directions**.\n\n{{ senses }}\n\n"
    material.page("01-a", text + '```python exec="on" cell="one"\n```\n')
    material.file("docs/part-1/01-a.toml", terms)
    settings = (material.root / "mkdocs.yml").read_text(encoding="utf-8")
    extensions = "".join(f"  - {name}\n" for name in ("attr_list", "def_list", "md_in_html", "tables", "toc"))
    settings = settings.replace("markdown_extensions:\n", f"markdown_extensions:\n{extensions}")
    material.file("mkdocs.yml", f"{settings}validation: {{links: {{anchors: warn}}}}\n")
    built = material.build("--strict")
    assert built.returncode == 0, built.stderr
    table = material.html("01-a").partition('<div class="senses">')[2].partition("</div>")[0]
    assert re.findall(r'href="#(term-rank-\w+)"', table) == ["term-rank-tensor", "term-rank-matrix"]
    assert 'class="term"' not in table
