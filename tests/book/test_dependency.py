"""The map of dependencies is counted from the pages' prose, and drawn in one small block."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from markdown import Markdown

from groundup.book import tooltip
from groundup.book.contents import Chapter, Part
from groundup.book.dependency import dependencies, figure, used, with_map
from groundup.book.glossary import Entry, Glossary
from groundup.book.term import GROUPS, Term

ONE = Part(1, "Data", "", ("01-a", "02-b"))
TWO = Part(2, "Lines", "", ("lab-c",))
A, B = Chapter("01-alpha", "part-1/01-a.md", ONE), Chapter("02-linear-and-logistic", "part-1/02-b.md", ONE)
LAB = Chapter("lab-c", "part-2/lab-c.md", TWO)
GLOSSARY = Glossary(
    [
        Entry(Term("loss", GROUPS[0], "How wrong.", also=("cost",)), A),
        Entry(Term("step", GROUPS[0], "One update.", quiet=("step",)), A),
        Entry(Term("learning rate", GROUPS[3], "The factor.", also=("step size",)), B),
    ]
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The loss, the losses and the cost.", {"loss": "01-alpha"}),
        ("A step, and its step size.", {"learning-rate": "02-linear-and-logistic"}),
        ('- a loss\n\n!!! note "n"\n    | a |\n    |---|\n    | learning rate |\n', {"loss", "learning-rate"}),
        ('# Loss\n\n## The loss\n\n!!! note "Loss"\n    Text.', {}),
        ('`loss`, $loss$, [the loss](a.md), {{ out:loss.1 }}, <b title="loss">x</b>', {}),
        ("$$\nloss\n$$\n\n```text\nloss\n```", {}),
        ("It is learning\n\nrate by rate; learning `x` rate; lossy.", {}),
        ("Learning\nrate", {"learning-rate"}),
    ],
)
def test_a_chapter_uses_the_terms_of_its_prose(text: str, terms: dict[str, str] | set[str]) -> None:
    found = used(text, GLOSSARY)
    assert (found if isinstance(terms, dict) else set(found)) == terms


def test_what_is_counted_is_what_gets_tooltips() -> None:
    text = "The loss and a *cost*, **learning rate**.\n\n## Loss\n\nA `step size`, one step, [loss](x.md).\n"
    md = Markdown(extensions=["toc"])
    tooltip.register(md)
    with tooltip.marking(tooltip.Marking("part-2/lab-c.md", (), GLOSSARY.near(text))):
        html = md.convert(text)
    assert set(re.findall('tip-([a-z-]+)"', html)) == set(used(text, GLOSSARY))


def test_terms_are_counted_by_who_uses_and_who_defines() -> None:
    uses = [
        (A, {"loss": A.slug, "learning-rate": B.slug}),
        (B, {"loss": A.slug}),
        (LAB, {"loss": A.slug, "norm": A.slug, "far": "99-left-out"}),
    ]
    assert dependencies(uses) == {(0, 1): 1, (1, 0): 1, (2, 0): 2}


def test_the_figure_has_a_row_a_chapter_and_a_dot_an_edge() -> None:
    drawn = figure([A, B, LAB], Counter({(0, 1): 1, (1, 0): 1, (2, 0): 5}))
    assert "\n" not in drawn  # one block for Markdown
    assert re.findall(r"<tspan[^>]*>([^<]*)</tspan>", drawn) == ["1 alpha", "2 linear", "lab c"]
    assert re.findall(r">(00l|12·)<", drawn) == ["00l", "12·"]
    dots = re.findall(r'<path d="([^"]*)" fill="none" stroke="var\(--figure-(\d)\)" stroke-width="(\d)"', drawn)
    assert [(d.count("h0"), colour, width) for d, colour, width in dots] == [
        (1, "1", "3"),
        (1, "1", "7"),
        (1, "2", "3"),
    ]
    assert "3 chapters as rows" in drawn
    assert "2 dots lie below the diagonal and 1 above it" in drawn
    assert "The fullest column, chapter 1, has 2 dots." in drawn


def test_a_book_in_which_nothing_depends_is_drawn_too() -> None:
    assert "0 dots" in figure([A], Counter())
    assert "0 chapters" in figure([], Counter())


def test_only_a_page_with_the_marker_asks() -> None:
    asked = iter([(A, {"loss": B.slug}), (B, {})])
    text = "Write `{{ dependencies }}` on a line of its own.\n"
    assert with_map(text, asked) == text
    assert next(asked)[0] is A
    page = with_map("Above.\n\n{{ dependencies }}\n\nBelow.\n", [(A, {}), (B, {"loss": A.slug})])
    assert page.startswith('Above.\n\n<figure class="cell-figure dependencies" data-search-exclude><svg')
    assert page.endswith("</figcaption></figure>\n\nBelow.\n")


TERM = '[[terms]]\nname = "loss"\ngroup = "Learning loop"\ndefinition = "How wrong."\nalso = ["cost"]\n'


def test_the_build_draws_it_anew_when_a_page_or_a_name_changes(material) -> None:
    for chapter in ("01-a", "02-b"):
        material.program(chapter, "# %% one\nprint(1)\n")
    material.lock("01-a", "02-b")
    cell = '\n\n```python exec="on" cell="one"\n```\n'
    material.page("01-a", f"# A\n\nA **loss**.\n\n{{{{ dependencies }}}}{cell}")
    material.page("02-b", f"# B\n\nThe cost.{cell}")
    material.file("docs/part-1/01-a.toml", TERM)

    def dots() -> str:
        built = material.build("--strict")
        assert built.returncode == 0, built.stderr
        page = material.html("01-a")
        assert "data-search-exclude" not in page
        return re.findall(r"\d+ dots lie below", page)[0]

    assert dots() == "1 dots lie below"
    material.page("02-b", f"# B\n\nNothing.{cell}")
    assert dots() == "0 dots lie below"
    material.page("02-b", f"# B\n\nThe price.{cell}")
    material.file("docs/part-1/01-a.toml", TERM.replace("cost", "price"))
    assert dots() == "1 dots lie below"
    assert "loss" not in (material.root / "site/search/entries.json").read_text().partition("rows and as columns")[2]
