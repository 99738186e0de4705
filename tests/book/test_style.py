"""``book check --style``: what is counted in a chapter, where a bar is missed, and how the report looks."""

import json
import re
from dataclasses import replace

import pytest
from rich.console import Console

from groundup.book import style
from groundup.book.companion import Companion, Question
from groundup.book.figures import Drawing
from groundup.book.program import Cell, Program
from groundup.book.runner import Printed, Run
from groundup.book.style import Kind, Style
from groundup.book.term import Term

FILLER = "Read the row from left to right and add each number to the total below. "  # 15 words
SOURCE = "\n".join(f"line_{n} = {n}  # it counts" for n in range(6)) + "\n\nprint(line_0)"  # 7 lines


def fence(cell: str, indent: str = "") -> str:
    return f'{indent}```python exec="on" cell="{cell}"\n{indent}```\n\n'


class Draft:
    """A chapter under the pen: its page, and the cells that the page shows."""

    def __init__(self, text: str = "", slug: str = "05-kernels") -> None:
        self.text, self.slug = text, slug
        self.cells: list[Cell] = []
        self.printed: dict[str, Printed] = {}
        self.companion = Companion()
        self.seconds: int | None = 1

    def cell(self, name: str, source: str = "print(1)", *, printed: Printed | None = None, fold: bool = False) -> None:
        self.cells.append(Cell(name, source, 1, fold=fold))
        self.printed[name] = printed or Printed("1\n")

    def count(self) -> Style:
        run = Run(self.printed, 1.0, 1.0, "2026-11-21", 80, {}, {})
        program = Program(self.slug, None, tuple(self.cells))  # type: ignore[arg-type]
        return style.count(self.text, program, run, self.companion, self.seconds)

    def counts(self) -> dict[str, float | None]:
        return dict(self.count().counts)


def drawn(caption: str = "Look at the bend.", alt: str = "A line bends at zero.") -> Printed:
    return Printed("", figures=(Drawing("<svg/>", alt, caption, []),))


def question(number: int, section: str, asks: str = "why") -> Question:
    return Question(f"q-{number}", section, "loss", asks, "number", "How many?", code="print(1)", reason="One.")  # type: ignore[arg-type]


def good() -> Draft:
    """A chapter that holds every bar."""
    draft = Draft()
    text = "---\ntyped: {}\n---\n# Kernels\n\n" + FILLER + "\n\nAfter this chapter you can:\n\n- add\n- take\n\n"
    text += "New words: model, loss and gradient.\n\n"
    for part, title in enumerate(["One", "Two", "Three", "What goes wrong"]):
        text += f"## {title}\n\n"
        for number in range(4):
            name = f"cell-{part}-{number}"
            draft.cell(name, SOURCE)
            text += FILLER * 7 + "\n\n"
            if part and not number:
                text += f'??? predict "Which one is it?"\n    - the first\n    - the second\n\n{fence(name)}'
            elif part == 1 and number == 1:
                text += (
                    '!!! confusion a-is-b "“A is B”"\n    It is not. It tempts because both are letters. Right\n'
                    f"    model: they differ.\n\n{fence(name, '    ')}"
                )
            else:
                text += fence(name)
        draft.cell(f"figure-{part}", SOURCE, printed=drawn(), fold=True)
        text += fence(f"figure-{part}") + '!!! note "In your own words"\n    Say why.\n\n'
    text += (
        '## Beyond the basics\n\n??? beyond "More"\n    There is more.\n\n## Summary\n\n!!! summary "In five lines"\n'
    )
    text += "".join(f"    {n}. Line.\n" for n in range(1, 6)) + "\n## Exercises\n\n"
    for number, level in enumerate(["easy", "easy", "medium", "medium", "open"]):
        draft.cell(f"solution-{number}", SOURCE)
        text += f'**{number}. ({level})** Do it.\n\n??? solution "Solution"\n{fence(f"solution-{number}", "    ")}'
    draft.text = text + "## What comes next\n\n" + FILLER + "\n"
    asked = [question(n, "one") for n in range(6)] + [question(n, "mastery") for n in range(6, 14)]
    terms = tuple(Term(f"term {n}", "Metrics", "A word.") for n in range(9))
    draft.companion = Companion(tuple(asked), terms)
    return draft


def missed(draft: Draft) -> list[str]:
    return [str(miss) for miss in draft.count().misses]


# Bars


def test_a_chapter_of_the_guide_misses_nothing() -> None:
    assert missed(good()) == []


def swap(old: str, new: str, times: int = -1):
    def edit(draft: Draft) -> None:
        assert old in draft.text
        draft.text = draft.text.replace(old, new, times)

    return edit


def quiz(sections: int, mastery: int, *, asks: str = "why"):
    def edit(draft: Draft) -> None:
        asked = [question(n, "one", asks) for n in range(sections)]
        asked += [question(n, "mastery") for n in range(sections, sections + mastery)]
        draft.companion = Companion(tuple(asked), draft.companion.terms)

    return edit


def source(name: str, text: str):
    def edit(draft: Draft) -> None:
        draft.cells = [replace(cell, source=text) if cell.name == name else cell for cell in draft.cells]

    return edit


def silent(*names: str):
    def edit(draft: Draft) -> None:
        draft.printed.update(dict.fromkeys(names, Printed("")))

    return edit


def slow(draft: Draft) -> None:
    draft.seconds = 10


def undrawn(draft: Draft) -> None:
    draft.printed["figure-0"] = Printed("")


def alt(draft: Draft) -> None:
    draft.printed["figure-0"] = drawn(alt="A plot of the loss.")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (swap(FILLER, FILLER * 2), "words of prose in the main line: 3541; wanted: 1800 to 2600"),
        (swap("More", FILLER * 60, 1), "words of prose per line of code that is not folded: 18.6; wanted: 10 to 18"),
        (source("cell-0-1", "x = 1\n" * 21), "cell cell-0-1 has 21 lines; wanted: 20 at most; show a longer program"),
        (silent("cell-0-1", "cell-0-2"), "cells in the main line that print something: 88%; wanted: 90% at least"),
        (undrawn, "figures: 3; wanted: 4 to 8"),
        (swap("??? predict", "!!! note", 1), "predictions: 2; wanted: 3 to 6"),
        (quiz(5, 8), "questions in the sections: 5; wanted: 6 to 10"),
        (quiz(6, 11), "questions in the mastery check: 11; wanted: 8 to 10"),
        (quiz(6, 8, asks="definition"), "questions that ask for a definition: 43%; wanted: 25% at most"),
        (swap("confusion a-is-b", "note"), "confusion boxes: 0; wanted: 1 at least"),
        (swap("## Exercises", "## Tasks"), "under the heading Exercises: 0; wanted: 4 to 6"),
        (swap("(open)", "(hard)"), "exercises marked (open): 0; wanted: 1 at least"),
        (swap("below. ", "below; "), "mean words of a sentence: "),
        (swap("Say why.", "Simply say why.", 1), "line 41: “Simply”; wanted: the sentence without it"),
        (alt, "the alt text of cell figure-0 says “plot of”; wanted: what is to be seen"),
        (
            swap("In your own words", "Think", 1),
            "line 15: the section “One” has no prompt “In your own words”; wanted: one",
        ),
        (slow, "seconds to run: 10; wanted: 8 at most"),
        (swap("After this chapter you can", "You can"), "objectives below “After this chapter you can”: 0; wanted: 1"),
        (swap("New words: model", "Here: model"), "and a colon: 0; wanted: 1 to 7"),
        (swap("model, loss", "a, b, c, d, e, f, g, h, loss"), "and a colon: 10; wanted: 1 to 7"),
        (swap("## What goes wrong", "## Faults"), "sections “What goes wrong”: 0; wanted: 1 at least"),
        (swap("??? beyond", "??? note"), "boxes for what goes beyond the basics: 0; wanted: 1 at least"),
        (swap("    5. Line.\n", ""), "lines in the summary box: 4; wanted: 5"),
        (swap("## What comes next", "## Farewell"), "sections “What comes next”: 0; wanted: 1 at least"),
    ],
)
def test_a_bar_that_is_missed_is_told_with_what_is_wanted(edit, said: str) -> None:
    draft = good()
    edit(draft)
    told = [line for line in missed(draft) if said in line]
    assert len(told) == 1, missed(draft)
    assert told[0].startswith("05-kernels")


def test_a_long_sentence_is_told_by_its_line_and_first_words() -> None:
    draft = Draft("# Title\n\nShort one.\nThis is" + " very" * 33 + " long.\n")
    draft_misses = [miss for miss in draft.count().misses if miss.rule == "long_sentences"]
    assert [str(miss) for miss in draft_misses] == [
        "05-kernels, line 4: a sentence of 36 words, “This is very very very very …”; wanted: 35 at most"
    ]


def test_what_cannot_be_counted_misses_no_bar() -> None:
    draft = Draft("# Title\n")
    draft.seconds = None
    counted = draft.count()
    nothing = {rule for rule, value in counted.counts.items() if value is None}
    assert nothing == {
        *("median_lines", "longest_cell", "words_per_line", "printing", "definitions", "sentence", "seconds")
    }
    assert nothing.isdisjoint({miss.rule for miss in counted.misses})


# What counts as prose


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Three plain words.\nAnd two.", 5),
        ("- an item\n- another", 3),
        ("| a | b |\n|---|---|\n| one two | three |", 5),
        ('!!! note "A title"\n    And a body.', 5),
        ('??? predict "Which?"\n    - this\n    - that', 3),
        ("The value $a + b$ is `x + y`.", 5),
        ("It took {{ out:one.1 }} steps.", 4),
        ("$$\na + b\n$$\n\nafter", 1),
        ("$w = x$, so 2 · 3 = 6 holds.", 6),
        ("A [link of four](a/very-long/path.md) words{ .big }[^1].", 5),
        ("<!-- not\n\nshown --> shown <b>bold</b>", 2),
        ("```text\nnot prose\n```\n\nprose", 1),
        ("> quoted words", 2),
        ("# Title\n\n## Heading of five words here\n", 0),
        ("---\ndescription: none of this\n---\n\nThis.", 1),
        ("`x[:, None]` has a *new* axis", 5),
    ],
)
def test_words_of_prose(text: str, words: int) -> None:
    assert Draft(text).counts()["words"] == words


def test_captions_are_prose_and_alt_texts_are_not() -> None:
    draft = Draft(fence("one"))
    draft.cell("one", printed=drawn("Look here.", "A line that rises from left to right."))
    assert draft.counts()["words"] == 2


def test_the_main_line_ends_at_a_fold() -> None:
    draft = Draft(
        "Main line.\n\n" + fence("one") + "??? solution\n    In a fold.\n\n" + fence("two", "    ") + fence("three")
    )
    draft.cell("one", "x = 1\n\n# a comment\nprint(x)")
    draft.cell("two", "print(2)")
    draft.cell("three", "print(3)\n" * 9, fold=True, printed=drawn("Look."))
    counts = draft.counts()
    assert (counts["words"], counts["cells"], counts["median_lines"]) == (3, 1, 3)
    assert (counts["longest_cell"], counts["figures"]) == (9, 1)
    assert counts["words_per_line"] == 1.5  # (2 + 3 + 1) words, of the fold too, by 3 + 1 lines that are not folded


def test_a_hidden_cell_and_a_fence_that_does_not_run_are_no_cells() -> None:
    draft = Draft(fence("one") + '```python exec="off" reason="blanks"\nx = ____\n```\n')
    draft.cell("one")
    draft.cell("setup", "import numpy\n" * 30)
    counts = draft.counts()
    assert (counts["cells"], counts["longest_cell"]) == (1, 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("It is 2.5 km. θ holds. w is one. `x` too.", ["It is 2.5 km.", "θ holds.", "w is one.", "`x` too."]),
        ("Some (e.g. Paris) vs. others. Next:", ["Some (e.g. Paris) vs. others.", "Next:"]),
        ("1. (easy) Count them.", ["1. (easy) Count them."]),
        ("“Is it?” Yes.", ["“Is it?”", "Yes."]),
        ("both together", []),
        ("Done. and the rest", []),
    ],
)
def test_sentences(text: str, found: list[str]) -> None:
    assert list(style.sentences(style.plain(text))) == found


def test_a_number_at_the_start_of_a_line_begins_an_item_only_in_a_list() -> None:
    assert Draft("It grows by\n2. In a table it shrinks.").counts()["sentence"] == 4.5
    assert Draft("1. One two.\n2. Three.").counts()["sentence"] == 1.5


# Confusion boxes

BELIEF = '!!! confusion a-is-b "“A is B”"\n'
MOVES = "    It is not. It tempts because of x. Right model: they differ.\n\n"


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        (BELIEF + MOVES + fence("one", "    "), None),
        (BELIEF + MOVES.replace("Right model", "Right\n    model") + fence("one", "    "), None),
        (BELIEF.replace("“A is B”", "A is B") + MOVES + fence("one", "    "), "the wrong belief in quotation marks"),
        (BELIEF + MOVES.replace("It is not. ", "") + fence("one", "    "), "a first sentence that says it is wrong"),
        (BELIEF + MOVES.replace("tempts", "lures") + fence("one", "    "), "why it “tempts”"),
        (BELIEF + MOVES.replace("Right model: t", "T") + fence("one", "    "), "the “Right model”, after what tempts"),
        (
            BELIEF + "    No. Right model: x. It tempts.\n\n" + fence("one", "    "),
            "the “Right model”, after what tempts",
        ),
        (BELIEF + MOVES + fence("one"), "a cell, below the right model"),
        (BELIEF + fence("one", "    ") + MOVES, "a cell, below the right model"),
    ],
)
def test_a_confusion_box_makes_five_moves(text: str, lacks: str | None) -> None:
    draft = Draft(text)
    draft.cell("one")
    told = [miss.found for miss in draft.count().misses if miss.rule == "incomplete_confusions"]
    assert told == ([f"the confusion box lacks {lacks}"] if lacks else [])


def test_exercises_are_solutions_that_are_folded_and_run() -> None:
    draft = Draft(
        "## One\n\n??? solution\n"
        + fence("one", "    ")
        + "## Exercises\n\n??? solution\n"
        + fence("two", "    ")
        # open, and without a cell
        + "!!! solution\n"
        + fence("three", "    ")
        + "??? solution\n    In words.\n\n## What comes next\n"
    )
    for name in ("one", "two", "three"):
        draft.cell(name)
    assert draft.counts()["exercises"] == 1


# Chapters with other sizes


@pytest.mark.parametrize(
    ("slug", "kind"),
    [
        ("00-primer", Kind.CHAPTER),
        ("28-system-design", Kind.CHAPTER),
        ("lab-from-scratch", Kind.LAB),
        ("31-gpt", Kind.CAPSTONE),
        ("30-capstones", Kind.PAGE),
        ("18-recipes", Kind.PAGE),
        ("intro", Kind.PAGE),
    ],
)
def test_the_kind_of_a_chapter_follows_from_its_name(slug: str, kind: Kind) -> None:
    assert style.kind(slug) is kind


def test_a_lab_may_be_longer_and_not_shorter() -> None:
    draft = good()
    draft.slug = "lab-kernels"
    draft.text = draft.text.replace("Say why.", "Say why. " + FILLER * 25)
    assert draft.counts()["words"] > 2600
    assert not any("main line" in line for line in missed(draft))
    assert any(
        "words of prose in the main line: 3; wanted: 1800 at least" in line for line in missed(Draft("a b c", "lab-x"))
    )


def test_a_capstone_may_take_the_time_that_any_chapter_may_take() -> None:
    draft = good()
    draft.slug, draft.seconds = "31-gpt", 50
    assert missed(draft) == []


def test_a_page_for_looking_things_up_has_no_size_but_readable_sentences() -> None:
    draft = Draft("Simply short. " + FILLER, slug="references")
    assert missed(draft) == [
        "references: mean words of a sentence: 8.5; wanted: 12 to 20",
        "references, line 1: “Simply”; wanted: the sentence without it",
    ]


# The report


def printed(*styles: Style) -> list[str]:
    console = Console(width=style.WIDTH, no_color=True)
    with console.capture() as capture:
        console.print(style.table(styles))
    return capture.get().splitlines()


def test_the_table_has_a_row_of_bars_and_a_mark_at_each_number_that_misses() -> None:
    draft = good()
    draft.text = draft.text.replace("??? predict", "!!! note", 1).replace("## What goes wrong", "## Faults")
    heads, bars, row = (line.split() for line in printed(draft.count()))
    assert heads[:3] == ["words", "cells", "lines"]
    assert bars[:4] == ["chapter", "1800–2600", "14–22", "4–8"]
    marked = [cell for cell in row if cell.endswith("!")]
    assert marked == ["2!", "10!"]  # predictions, and what has no column of its own
    assert row[:3] == ["05-kernels", "1831", "16"]


def test_the_table_fits_however_much_is_missed() -> None:
    worst = Draft("one two.", slug="15-tokens-transformers-llms").count()
    counts = dict.fromkeys(worst.counts, 99.0) | {"words": 12345.0, "median_lines": 10.5, "words_per_line": 10.5}
    counts |= {"sentence": 10.5, "printing": 0.5, "definitions": 1.0}
    lines = printed(replace(worst, counts=counts), replace(worst, counts=counts, kind=Kind.LAB))
    assert all(len(line) <= style.WIDTH for line in lines)
    assert lines[2].split()[0] == "15-tokens-tra…"
    assert "…" not in "".join(lines).replace("tra…", "")


def test_each_kind_has_its_own_row_of_bars() -> None:
    lines = printed(Draft("", "05-a").count(), Draft("", "lab-b").count(), Draft("", "06-c").count())
    assert [line.split()[0] for line in lines[1:]] == ["chapter", "05-a", "06-c", "lab", "lab-b"]
    assert "≥1800" in lines[4]


# The command


@pytest.fixture
def two(project):
    """A book of two short chapters."""
    project.program("01-a", "# %% one\nprint(1)\n")
    project.program("02-b", "# %% one\nprint(2)\n")
    project.lock("01-a", "02-b")
    return project


def test_the_command_tells_every_miss_and_fails(two) -> None:
    said = two.book("check", "--style")
    assert said.returncode == 1
    lines = said.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["chapter", "01-a", "02-b"]
    assert "01-a: cells in the main line: 1; wanted: 14 to 22" in lines
    assert "02-b: figures: 0; wanted: 4 to 8" in lines
    assert lines[-1] == f"{len(lines) - 5} misses"
    assert not (two.root / "site").exists()


def test_the_command_counts_only_the_chapters_that_are_named(two) -> None:
    two.program("02-b", "# %% one\n1 / 0\n")
    said = two.book("check", "--style", "01")
    assert said.stderr == ""
    assert "02-b" not in said.stdout


def test_the_command_prints_json(two) -> None:
    said = two.book("check", "--style", "--json", "02-b")
    assert said.returncode == 1
    [chapter] = json.loads(said.stdout)["chapters"]
    assert (chapter["chapter"], chapter["kind"]) == ("02-b", "chapter")
    assert chapter["counts"]["cells"] == {"value": 1, "low": 14, "high": 22, "holds": False}
    assert chapter["counts"]["seconds"] == {"value": 0, "low": 0, "high": 8, "holds": True}
    assert {"rule": "cells", "found": "cells in the main line: 1", "wanted": "14 to 22", "line": None} in chapter[
        "misses"
    ]


def test_the_command_succeeds_where_every_bar_holds(project) -> None:
    project.program("references", "# %% one\nprint(1)\n")
    project.page("references", f"# References\n\n{FILLER}\n\n{fence('one')}")
    said = project.book("check", "--style")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.splitlines()[-1] == "every bar holds"


def test_the_gate_does_not_ask_for_style(two) -> None:
    assert two.book("check").returncode == 0


@pytest.mark.parametrize("words", [("01-a",), ("--json",)])
def test_chapters_and_json_go_with_style_only(two, words: tuple[str, ...]) -> None:
    said = two.book("check", *words)
    assert said.returncode == 2
    assert "chapters and --json go with --style; the gate is for the whole book" in said.stderr


def test_a_page_outside_the_parts_is_no_chapter(two) -> None:
    two.file("snippets/index.py", "# %% one\nprint(1)\n")
    two.file("docs/index.md", f"# Start\n\n{fence('one')}")
    said = two.book("check", "--style", "index")
    assert said.returncode == 1
    assert said.stderr == "index is a page outside the parts; the guide's sizes are for chapters\n"
    assert not re.search("^index ", two.book("check", "--style").stdout, re.MULTILINE)
