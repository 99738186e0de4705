"""Every name that a reader may look for is a term of the book, in the chapter where the list says."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundup.book import names
from groundup.book.book import Book
from groundup.book.contents import Chapter, Part
from groundup.book.errors import Fault
from groundup.book.glossary import Entry
from groundup.book.term import GROUPS, Term

ROOT = Path(__file__).resolve().parents[2]
PART = Part(1, "Data", "", ("04-similarity", "08-descent"))
FOUR = Chapter("04-similarity", "part-1/04-similarity.md", PART)
EIGHT = Chapter("08-descent", "part-2/08-descent.md", PART)
ENTRIES = (
    Entry(Term("cosine similarity", GROUPS[2], "The cosine of the angle.", also=("cosine",)), FOUR),
    Entry(Term("metric", GROUPS[2], "A distance.", sense="mathematics"), FOUR),
    Entry(Term("learning rate", GROUPS[3], "The factor.", also=("step size",)), EIGHT),
)

TERM = """\
[[terms]]
name = "learning rate"
group = "Models and training"
definition = 'The factor.'
"""


def said(folder: Path, text: str) -> list[str]:
    path = folder / "glossary.toml"
    path.write_text(text, encoding="utf-8")
    listed = names.read(path)
    assert listed
    return [str(fault) for fault in names.faults(listed, ENTRIES)]


@pytest.mark.parametrize("name", ["learning rate", "Learning-rate", "step size", "`step size`"])
def test_a_name_is_a_term_or_an_alias_in_any_case(tmp_path: Path, name: str) -> None:
    assert said(tmp_path, f'[names]\n8 = ["{name}"]\n') == []


def test_a_label_names_one_sense_and_a_form_says_what_the_book_calls_it(tmp_path: Path) -> None:
    assert said(tmp_path, '[names]\n4 = ["metric (mathematics)"]\n') == []
    assert said(tmp_path, '[names]\n4 = ["metric"]\n[forms]\nmetric = ["metric (mathematics)"]\n') == []
    (fault,) = said(tmp_path, '[names]\n4 = ["metric"]\n')
    assert "the nearest terms are 'metric (mathematics)' (chapter 4)" in fault


def test_a_missing_name_is_told_with_its_chapter_and_the_nearest_terms(tmp_path: Path) -> None:
    (fault,) = said(tmp_path, '[names]\n8 = ["learning rat"]\n')
    assert fault.startswith("docs/glossary.toml: the name 'learning rat' is no term of chapter 8, and of no other")
    assert "the nearest terms are 'learning rate' (chapter 8), " in fault


def test_a_missing_form_is_told_with_the_name_that_it_stands_for(tmp_path: Path) -> None:
    (fault,) = said(tmp_path, '[names]\n8 = ["rate"]\n[forms]\nrate = ["learning rate", "decay rate"]\n')
    assert "the name 'rate', which stands for 'decay rate', is no term of chapter 8" in fault


def test_a_name_in_another_chapter_is_a_fault_that_says_where_it_is(tmp_path: Path) -> None:
    (fault,) = said(tmp_path, '[names]\n4 = ["step size"]\n')
    assert "the name 'step size' is no term of chapter 4: it is learning rate in docs/part-2/08-descent.toml" in fault
    assert "say in `elsewhere` why" in fault


ELSEWHERE = '[names]\n4 = ["step size"]\n[[elsewhere]]\nname = "step size"\nlisted = 4\ndefined = 8\nreason = "So."\n'


def test_an_exception_with_its_reason_sends_a_name_to_another_chapter(tmp_path: Path) -> None:
    assert said(tmp_path, ELSEWHERE) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("defined = 8", "defined = 9"), "the name 'step size' is no term of chapter 9: it is learning rate"),
        (('reason = "So."', 'reason = " "'), "`elsewhere` gives no reason for 'step size'"),
        (("listed = 4", "listed = 5"), "`elsewhere` holds 'step size' of chapter 5, which `names` does not list"),
        (('4 = ["step size"]', '4 = ["cosine"]'), "`elsewhere` holds 'step size' of chapter 4"),
    ],
)
def test_an_exception_must_be_true(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    assert any(says in fault for fault in said(tmp_path, ELSEWHERE.replace(*change)))


def test_an_exception_that_nothing_needs_is_a_fault(tmp_path: Path) -> None:
    text = ELSEWHERE.replace("4 = [", "8 = [").replace("listed = 4", "listed = 8")
    assert said(tmp_path, text) == [
        "docs/glossary.toml: `elsewhere` sends 'step size' to the chapter under which it is listed; drop it"
    ]
    text = '[names]\n8 = ["step size"]\n[forms]\nrate = ["step size"]\n"step size" = ["step size"]\n'
    assert [fault.partition("toml: ")[2] for fault in said(tmp_path, text)] == [
        "`forms` holds 'rate', which `names` does not list",
        "`forms` says nothing about 'step size'; drop it",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[names\n", "the list of names is not TOML"),
        ("[names]\n8 = [1]\n", "the list of names does not fit: Expected `str`, got `int`"),
        ("[names]\n[nmes]\n", "unknown field `nmes`"),
        ("", "missing required field `names`"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Fault, match=r"^docs/glossary\.toml: ") as fault:
        said(tmp_path, text)
    assert says in str(fault.value)


def test_a_book_may_go_without_a_list(tmp_path: Path) -> None:
    assert names.read(tmp_path / "glossary.toml") is None


# The real book


def test_the_book_holds_every_name_of_its_list() -> None:
    Book(ROOT).collect()  # raises otherwise
    listed = names.read(ROOT / "docs/glossary.toml")
    assert listed
    assert {*range(18), *range(20, 29)} == {int(number) for number in listed.names}
    assert sum(map(len, listed.names.values())) > 200


# A real build


@pytest.mark.parametrize("words", [("mkdocs", "build", "--strict"), ("book", "check")])
def test_a_name_without_a_term_ends_the_build_and_the_check(material, words: tuple[str, ...]) -> None:
    material.program("01-first", "# %% one\nprint(1)\n")
    material.lock("01-first")
    material.page("01-first", '# First\n\nA **learning rate**.\n\n```python exec="on" cell="one"\n```\n')
    material.file("docs/part-1/01-first.toml", TERM)
    material.file("docs/glossary.toml", '[names]\n1 = ["learning rate", "step size"]\n')
    ended = material.build("--strict") if words[0] == "mkdocs" else material.book("check")
    assert ended.returncode == 1
    assert "docs/glossary.toml: the name 'step size' is no term of chapter 1, and of no other" in ended.stderr
    assert "the nearest terms are 'learning rate' (chapter 1)" in ended.stderr
