"""Terms are defined once, marked where pages use them, and listed on a page of their own."""

from __future__ import annotations

import re
import textwrap
from html import unescape
from pathlib import Path

import pytest
from markdown import Markdown

from groundup.book import tooltip
from groundup.book.companion import read
from groundup.book.contents import Chapter, Part
from groundup.book.errors import Fault
from groundup.book.glossary import Entry, Glossary, undefined
from groundup.book.term import GROUPS, Term

PART = Part(1, "Data", "", ("04-similarity", "08-descent"))
FOUR = Chapter("04-similarity", "part-1/04-similarity.md", PART)
EIGHT = Chapter("08-descent", "part-2/08-descent.md", PART)

RATE = Term("learning rate", "Models and training", "The factor $\\eta$ on the gradient.", also=("step size",))
COSINE = Term("cosine similarity", GROUPS[2], "The cosine of the angle.", also=("cosine",))
DISTANCE = Term("cosine distance", GROUPS[2], "1 minus the cosine.")
LOSS = Term("loss", GROUPS[0], "How wrong a model is.")

TERM = """\
[[terms]]
name = "learning rate"
group = "Models and training"
definition = 'The factor $\\eta$ on the gradient.'
also = ["step size"]
"""


def glossary(*terms: Term, chapter: Chapter = FOUR) -> Glossary:
    return Glossary(Entry(term, chapter) for term in terms)


def html(text: str, *terms: Term, own: tuple[Term, ...] = (), page: str = "part-1/01-model.md") -> str:
    """A page that uses the terms of chapter 4, or defines some of its own."""
    owner = Chapter("01-model", page, PART)
    book = Glossary([*(Entry(term, owner) for term in own), *(Entry(term, FOUR) for term in terms)])
    md = Markdown(extensions=["admonition", "pymdownx.details", "tables", "toc", "attr_list"])
    tooltip.register(md)
    text = textwrap.dedent(text)
    with tooltip.marking(tooltip.Marking(page, own, book.near(text))):
        return md.convert(text)


def linked(text: str, *terms: Term, own: tuple[Term, ...] = ()) -> list[str]:
    """The words of a page that became links."""
    return re.findall(r'class="term"[^>]*>(.*?)</a>', html(text, *terms, own=own), re.DOTALL)


# The data file


def companion(folder: Path, text: str) -> tuple[Term, ...]:
    path = folder / "01-a.toml"
    path.write_text(text, encoding="utf-8")
    return read(path, chapter="01-a", file="docs/part-1/01-a.toml").terms


def test_terms_are_read_with_their_aliases(tmp_path: Path) -> None:
    assert companion(tmp_path, TERM) == (RATE,)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("group =", "grup ="), "unknown field `grup` - at `$.terms[0]`"),
        (('group = "Models and training"\n', ""), "missing required field `group` - at `$.terms[0]`"),
        (("Models and", "Model and"), "there is no `group` 'Model and training'; did you mean 'Models and training'?"),
        (('"learning rate"', '" "'), "a term's `name` is empty"),
        (("gradient.'", "gradient'"), "`definition` is one sentence in one line, with a full stop"),
        (("gradient.'", f"gradient{'s' * 220}.'"), "characters; wanted: 220 at most"),
        (("gradient.'", "[gradient](04.md).'"), "`definition` holds a link"),
        (("also =", 'quiet = ["step"]\nalso ='), "`quiet` holds 'step', which is none of its names"),
        (('"learning rate"', '"η"\nsense = "rate"'), "term η (rate): "),
    ],
)
def test_what_does_not_fit_is_named_by_term_and_key(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    text = TERM.replace(*change)
    if "η" in text:
        text = text.replace('["step size"]', '["ρ"]')
    with pytest.raises(Fault) as fault:
        companion(tmp_path, text)
    assert says in str(fault.value)
    assert "docs/part-1/01-a.toml" in str(fault.value)


@pytest.mark.parametrize(
    ("term", "anchor"),
    [
        (RATE, "term-learning-rate"),
        (Term("kernel", GROUPS[2], "K.", sense="filter"), "term-kernel-filter"),
        (Term("θ", GROUPS[0], "T.", also=("theta",)), "term-theta"),
        (Term("`nn.Module`", GROUPS[8], "M."), "term-nn-module"),
        (Term("k-means++", GROUPS[10], "M."), "term-k-means-plus-plus"),
        (Term("R²", GROUPS[5], "R."), "term-r2"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_anchors_are_made_of_latin_letters(term: Term, anchor: str) -> None:
    assert term.anchor == anchor


# Defined once, and on the page


def test_a_second_definition_names_both_files() -> None:
    book = Glossary([Entry(RATE, FOUR), Entry(Term("Step size", GROUPS[3], "Again."), EIGHT)])
    (fault,) = book.faults()
    assert "docs/part-2/08-descent.toml: term Step size: 'step size' is defined twice" in str(fault)
    assert "learning rate in docs/part-1/04-similarity.toml" in str(fault)


def test_senses_keep_one_name_apart() -> None:
    rank = Term("rank", GROUPS[1], "Axes.")
    assert glossary(rank, Term("rank", GROUPS[12], "Directions.", sense="of a matrix")).faults() == []
    assert len(glossary(rank, Term("rank", GROUPS[12], "Directions.")).faults()) == 1


def test_two_names_with_one_anchor_are_a_fault() -> None:
    (fault,) = glossary(Term("R2", GROUPS[5], "One."), Term("R²", GROUPS[5], "Two.")).faults()
    assert "its anchor is that of R2" in str(fault)


@pytest.mark.parametrize(
    "bold", ["**learning rate**", "**Learning\nrates**", "**step size**", "a `b**c`, then **Learning-rate**"]
)
def test_a_term_in_bold_is_defined(bold: str) -> None:
    assert undefined(f"# A\n\nThis is the {bold}.\n", [RATE], chapter="a", file="a.toml") == []


@pytest.mark.parametrize("text", ["learning rate", "`**learning rate**`", "```\n**learning rate**\n```"])
def test_a_term_that_is_never_in_bold_is_a_fault_with_the_nearest_bold_words(text: str) -> None:
    (fault,) = undefined(f"**1. (easy)** **learning curve**\n\n{text}\n", [RATE], chapter="a", file="docs/a.toml")
    assert str(fault).startswith("chapter a, docs/a.toml: term learning rate: the page never defines it")
    assert "the nearest words in bold are **learning curve**" in str(fault)


def test_the_first_bold_name_becomes_the_definition() -> None:
    page = html("The **Cosine  \nsimilarity** is. The **cosine**, **`nn.Module`** and **bold**.", own=(COSINE,))
    assert page.count("<dfn") == 1
    assert '<dfn id="term-cosine-similarity">Cosine' in page
    module = Term("`nn.Module`", GROUPS[8], "M.")
    assert '<dfn id="term-nn-module"><code>nn.Module</code></dfn>' in html("**`nn.Module`**", own=(module,))
    tensor = Term("tensor", GROUPS[8], "T.", sense="PyTorch")
    assert html("**tensors**", own=(tensor,)) == '<p><dfn id="term-tensor-pytorch">tensors</dfn></p>'
    assert html("**tensor (PyTorch)**", own=(tensor,)).startswith('<p><dfn id="term-tensor-pytorch">')


def test_only_the_chapter_that_owns_a_term_defines_it() -> None:
    assert "<dfn" not in html("The **cosine similarity**.", COSINE)


# Uses


def test_the_first_use_is_a_link_described_by_a_tip() -> None:
    assert html("The learning rate and a learning rate.", RATE) == (
        '<p>The <a aria-describedby="tip-learning-rate" class="term" '
        'href="04-similarity.md#term-learning-rate">learning rate</a> and a learning rate.</p>'
    )
    assert 'href="part-1/04-similarity.md#' in html("A loss.", LOSS, page="index.md")
    assert 'href="../part-1/04-similarity.md#' in html("A loss.", LOSS, page="part-3/12-pytorch.md")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Losses fall.", ["Losses"]),
        ("Two step\nsizes.", ["step\nsizes"]),
        ("The step-size.", ["step-size"]),
        ("A loss-based, lossy, non-loss glossary.", []),
        ("LOSS", []),
        ("Step size, then learning rate.", ["Step size"]),
        ("Cosine distance and cosine similarity", ["Cosine distance", "cosine similarity"]),
        ("Cosine distance, cosine distance, cosine", ["Cosine distance", "cosine"]),
        ("*Loss*, a **cosine** and so on", ["Loss", "cosine"]),
        ("A loss (the loss), the cosine's loss.", ["loss", "cosine"]),
    ],
)
def test_names_plurals_and_aliases_are_found_once_and_whole(text: str, found: list[str]) -> None:
    assert linked(text, RATE, COSINE, DISTANCE, LOSS) == found


@pytest.mark.parametrize(
    "text",
    [
        "# Loss\n",
        "`loss`",
        "Code:\n\n    loss",
        "[the loss](a.md)",
        "<p>loss</p>",
        '!!! note "Loss"\n    Text.',
        '??? note "Loss"\n    Text.',
        '!!! predict for-cell "Which?"\n    - the loss',
        "| loss |\n|---|\n| text |",
    ],
)
def test_nothing_is_marked_outside_running_prose(text: str) -> None:
    assert linked(text, LOSS) == []


@pytest.mark.parametrize("text", ["- the loss", "| a |\n|---|\n| loss |", '!!! note "n"\n    The loss.', "> loss"])
def test_lists_cells_and_boxes_are_prose(text: str) -> None:
    assert linked(text, LOSS) == ["loss"]


def test_a_capital_name_is_not_a_word_in_small_letters() -> None:
    estimate = Term("MAP", GROUPS[11], "An estimate.")
    adam = Term("Adam", GROUPS[3], "An optimiser.")
    assert linked("A map of adam, by MAP and Adam.", estimate, adam) == ["MAP", "Adam"]


def test_quiet_names_and_names_with_senses_are_left_alone() -> None:
    norm = Term("norm", GROUPS[2], "Length.", also=("batch norm",), quiet=("norm",))
    kernel = Term("kernel", GROUPS[2], "K.", also=("filter",), sense="filter")
    assert linked("The norm, a batch norm.", norm) == ["batch norm"]
    assert linked("A kernel is a filter.", kernel) == ["filter"]


def test_a_quiet_name_hides_the_names_inside_it() -> None:
    tuning = Term("loss landscape", GROUPS[0], "L.", quiet=("loss landscape",))
    assert linked("A loss landscape, without a link.", LOSS, tuning) == []


def test_the_page_that_defines_a_term_links_to_it_before_and_not_after() -> None:
    text = "The loss is coming.\n\nLosses are here: a **loss** is this.\n\nThe loss was here."
    assert linked(text, own=(LOSS,)) == ["loss"]
    assert 'href="#term-loss"' in html(text, own=(LOSS,))
    assert linked(text.partition("\n\n")[2], own=(LOSS,)) == []


def test_attributes_in_braces_are_no_prose() -> None:
    assert html("[x](y){ .loss }", LOSS) == '<p><a class="loss" href="y">x</a></p>'


def test_tips_follow_the_page_in_the_order_of_their_terms() -> None:
    content = html("The loss and the learning rate. **cosine**: the cosine.", LOSS, RATE, own=(COSINE,))
    said = tooltip.described([Entry(term, FOUR) for term in (RATE, LOSS, COSINE)])
    tips = tooltip.tips(content, said)
    assert re.findall(r'role="tooltip" id="(.*?)" hidden', tips) == ["tip-loss", "tip-learning-rate"]
    assert re.search(r'<b>learning rate</b>: The factor <math.*<a href="04-[^"]*".*>Chapter 4</a>', tips)
    assert tooltip.tips("<p>no term</p>", said) == ""


def test_a_formula_that_cannot_be_shown_names_its_term() -> None:
    with pytest.raises(Fault, match=r"docs/part-1/04-similarity\.toml: term x: The formula \$\\nosuch\$"):
        tooltip.described([Entry(Term("x", GROUPS[0], "It is $\\nosuch$."), FOUR)])


# The page


def test_the_page_lists_terms_by_subject_then_from_a_to_z() -> None:
    book = Glossary([Entry(COSINE, FOUR), Entry(DISTANCE, FOUR), Entry(RATE, EIGHT)])
    assert book.page().split("\n")[4:] == [
        "## By subject",
        "",
        "### Similarity and mathematics of vectors",
        "",
        "- Chapter 4: [cosine similarity](part-1/04-similarity.md#term-cosine-similarity), "
        "[cosine distance](part-1/04-similarity.md#term-cosine-distance)",
        "",
        "### Models and training",
        "",
        "- Chapter 8: [learning rate](part-2/08-descent.md#term-learning-rate)",
        "",
        "## A to Z",
        "",
        "[C](#letter-c) · [L](#letter-l) · [S](#letter-s)",
        "",
        "### C { #letter-c }",
        "",
        "cosine",
        ":   see [cosine similarity](#entry-cosine-similarity)",
        "",
        "**cosine distance**{ #entry-cosine-distance }",
        ":   1 minus the cosine. [Chapter 4](part-1/04-similarity.md#term-cosine-distance)",
        "",
        "**cosine similarity**{ #entry-cosine-similarity }",
        ":   The cosine of the angle. Also: cosine. [Chapter 4](part-1/04-similarity.md#term-cosine-similarity)",
        "",
        "### L { #letter-l }",
        "",
        "**learning rate**{ #entry-learning-rate }",
        ":   The factor $\\eta$ on the gradient. Also: step size. [Chapter 8](part-2/08-descent.md#term-learning-rate)",
        "",
        "### S { #letter-s }",
        "",
        "step size",
        ":   see [learning rate](#entry-learning-rate)",
        "",
    ]


def test_an_alias_that_would_stand_beside_its_term_is_left_out() -> None:
    page = glossary(
        Term("optimiser", GROUPS[3], "It steps.", also=("optimizer",)), Term("θ", GROUPS[0], "All.", also=("theta",))
    ).page()
    assert "Also: optimizer" in page
    assert "see [" not in page


def test_a_name_that_a_reader_takes_for_the_same_is_not_told_again() -> None:
    also = ("bias-variance trade off", "Bias–variance trade-offs", "b–v dilemma", "B-V dilemma")
    page = glossary(Term("bias–variance trade-off", GROUPS[4], "More of one.", also=also)).page()
    assert "More of one. Also: b–v dilemma. [" in page


def test_chapters_without_a_number_are_called_by_their_names() -> None:
    term = Term("residual", GROUPS[3], "What is left.")
    page = Glossary([Entry(term, Chapter("lab-first-line", "part-2/lab-first-line.md"))]).page()
    assert "- Lab first line: [residual](part-2/lab-first-line.md#term-residual)" in page
    assert "What is left. [Lab first line](part-2/lab-first-line.md#term-residual)" in page


def test_names_keep_their_characters() -> None:
    page = glossary(Term("top_k*", GROUPS[7], "T."), Term("`no_grad`", GROUPS[8], "N.")).page()
    assert "**top\\_k\\***{ #entry-top-k }" in page
    assert "**`no_grad`**{ #entry-no-grad }" in page


# A real build


@pytest.fixture
def book(material):
    """Chapter 1 defines the learning rate; chapter 2 uses it, and so does the start page."""
    for chapter in ("01-first", "02-second"):
        material.program(chapter, "# %% one\nprint('the learning rate')\n")
    material.lock("01-first", "02-second")
    cell = '\n\n```python exec="on" cell="one"\n```\n'
    material.page("01-first", f"# First\n\nA **learning rate** is here.{cell}")
    material.page("02-second", f"# Second\n\nMind the step size.{cell}")
    material.file("docs/index.md", "# Start\n\nLearning rates count.\n")
    material.file("docs/part-1/01-first.toml", TERM)
    extensions = "markdown_extensions:\n  - attr_list\n  - def_list\n  - toc\n"
    text = (material.root / "mkdocs.yml").read_text(encoding="utf-8")
    material.file("mkdocs.yml", text.replace("markdown_extensions:\n", extensions) + "validation: {anchors: warn}\n")
    return material


def term_links(page: str) -> list[tuple[str, str]]:
    return re.findall(r'class="term" href="([^"]*)">([^<]*)</a>', page)


@pytest.mark.parametrize("directories", [True, False])
def test_links_lead_to_the_definition_with_either_kind_of_address(book, directories: bool) -> None:
    text = (book.root / "mkdocs.yml").read_text(encoding="utf-8")
    book.file("mkdocs.yml", f"{text}use_directory_urls: {str(directories).lower()}\n")
    built = book.build("--strict")
    assert built.returncode == 0, built.stderr
    site = book.root / "site"
    names = ("{}/index.html", "../", "/") if directories else ("{}.html", "", ".html")
    file, up, end = names
    first, second, page = (
        (site / file.format(name)).read_text(encoding="utf-8")
        for name in ("part-1/01-first", "part-1/02-second", "glossary")
    )
    assert '<dfn id="term-learning-rate">' in first
    assert term_links(first) == []
    assert term_links(second) == [(f"{up}01-first{end}#term-learning-rate", "step size")]
    assert term_links((site / "index.html").read_text(encoding="utf-8")) == [
        (f"part-1/01-first{end}#term-learning-rate", "Learning rates")
    ]
    assert f'href="{up}part-1/01-first{end}#term-learning-rate">Chapter 1</a>' in page
    assert term_links(page) == []
    tip = second[second.index('id="tip-learning-rate"') :]
    assert f'href="{up}01-first{end}#term-learning-rate" tabindex="-1">Chapter 1</a>' in tip
    assert second.count('id="tip-learning-rate"') == 1
    assert ">Glossary<" in unescape(re.sub(r"\s+", "", page))
    assert '"location":"glossary' in (site / "search/entries.json").read_text(encoding="utf-8")


def test_a_new_definition_reaches_every_tip_and_renders_no_page_again(book) -> None:
    assert book.build("--strict").returncode == 0
    folder = book.root / ".cache" / "pages" / "markdown"
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    book.file("docs/part-1/01-first.toml", TERM.replace("on the gradient", "before the gradient"))
    assert book.build("--strict").returncode == 0
    after = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    changed = [name for name in after if after[name] != before[name]]
    assert len(changed) == 1, "the glossary's page alone"
    second = book.html("02-second")
    assert "before the gradient" in second
    assert "on the gradient" not in second


def test_a_new_alias_reaches_the_pages_that_use_it(book) -> None:
    book.build()
    book.file("docs/part-1/01-first.toml", TERM.replace("step size", "stride"))
    assert book.build("--strict").returncode == 0
    assert term_links(book.html("02-second")) == []


def test_a_book_without_terms_has_no_glossary(book) -> None:
    book.file("docs/part-1/01-first.toml", "")
    assert book.build("--strict").returncode == 0
    assert not (book.root / "site/glossary").exists()
    assert "Glossary" not in book.html("02-second")


@pytest.mark.parametrize("words", [("build",), ("check",)])
def test_a_fault_ends_the_build_and_the_check(book, words: tuple[str, ...]) -> None:
    book.file("docs/part-1/02-second.toml", TERM)
    ended = book.build() if words == ("build",) else book.book(*words)
    assert ended.returncode == 1
    assert "docs/part-1/02-second.toml: term learning rate: the page never defines it" in ended.stderr
    assert "learning rate in docs/part-1/01-first.toml" in ended.stderr
