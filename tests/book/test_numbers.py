"""Numbers of outputs: taking one, and finding one that was typed in prose instead."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup.book import numbers
from groundup.book.companion import Choice, Companion, Question
from groundup.book.program import Program
from groundup.book.runner import Printed, Run

OUTPUT = "step 0 loss 33.0\nw_1 = -1.5, learning rate 1e-3 (5, 2)\n"


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("1", "0"),
        ("2", "33.0"),
        ("3", "-1.5"),
        ("4", "1e-3"),
        ("6", "2"),
        ("7", None),
        ("0", None),
        ("loss", "33.0"),
        ("step", "0"),
        ("w_1", "-1.5"),
        ("learning-rate", "1e-3"),
        ("rate", "1e-3"),
        ("los", None),
        ("accuracy", None),
    ],
)
def test_a_number_is_found_by_its_place_or_the_word_before_it(key: str, wanted: str | None) -> None:
    assert numbers.number(OUTPUT, key) == wanted


@given(st.lists(st.integers(0, 999), min_size=1, max_size=9), st.data())
def test_the_nth_number_is_the_nth_that_was_printed(printed: list[int], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(printed)))
    assert numbers.number(" ".join(map(str, printed)), str(n)) == str(printed[n - 1])


def test_a_number_keeps_the_digits_that_were_printed() -> None:
    assert numbers.number("loss 0.500 of 1.", "1") == "0.500"
    assert numbers.number("loss 0.500 of 1.", "2") == "1"


# Typed a second time

PROGRAM = """\
# %% train
rate = 0.05
print("price 7.5 loss", 0.048 * rate * 400)

# %% count
print(9000 // 2, 1e-3 / 4, -31 / 5, 12 / 5, 10)
"""
PRINTED = {"train": "price 7.5 loss 0.96\n", "count": "4500 0.00025 -6.2 2.4 10\n"}


@pytest.fixture
def lint(tmp_path: Path) -> Any:
    """What the linter says of a page and of questions, one string each."""
    path = tmp_path / "01-a.py"
    path.write_text(PROGRAM, encoding="utf-8")
    run = Run({name: Printed(text) for name, text in PRINTED.items()}, 0.1, 0.1, "2026-11-21", 1, {}, {})

    def lint(page: str, *questions: Question) -> list[str]:
        program = Program.read(path).asking([(each.id, each.code) for each in questions if each.code], "01-a.toml")
        return [fault.told() for fault in numbers.lint(page, program, run, Companion(questions), file="docs/p/01-a.md")]

    return lint


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("0.96", "train.2"),
        ("0.960", "train.2"),
        ("−6.2", "count.3"),
        ("4,500", "count.1"),
        ("4500", "count.1"),
        ("2.5e−4", "count.2"),
        ("96 %", "train.2"),
    ],
)
def test_a_typed_copy_is_pointed_at_with_what_to_write(lint, typed: str, place: str) -> None:
    (told,) = lint(f"# T\n\nWords.\nIt falls to {typed}.\n")
    assert told.startswith("chapter 01-a, docs/p/01-a.md:4: ")
    assert f"write {{{{ out:{place} }}}}" in told


@pytest.mark.parametrize(
    "prose",
    [
        "The rate is 0.05 and the price 7.5.",  # chosen: they stand in the program, one in a string
        "All 10 of them.",
        "It falls to {{ out:train.2 }}.",
        "`0.96` and ``a ` 0.96``",
        "$0.96$ and $a +\n0.96$ and\n\n$$\n0.96\n$$",
        "```text\n0.96\n```",
        "[here](https://example.org/0.96) <b title='0.96'>it is</b> [b](#c){ .d-0.96 }",
        "Version 1.0.96, PyTorch 2.4, Python 2.4, version 2.4, in May 4500.",
        "On 1.96, 10.96, 0.961, 45,000 and 14500.",
        "Figure 4.2 and example 02.4.",
    ],
)
def test_what_only_looks_alike_is_left_alone(lint, prose: str) -> None:
    assert lint(f"# T\n\n{prose}\n") == []


def test_a_number_typed_on_purpose_is_named_with_its_reason(lint) -> None:
    page = '---\ntyped:\n  "0.96": the value in the paper\n---\n\n# T\n\nThe paper has 0.96, and 4,500 rows.\n'
    (told,) = lint(page)
    assert told.startswith("chapter 01-a, docs/p/01-a.md:8: 4,500 is typed")


def test_a_reason_that_nothing_needs_is_a_fault(lint) -> None:
    (told,) = lint('---\ntyped:\n  "0.97": the value in the paper\n---\n\n# T\n')
    assert "names 0.97, which repeats no output; drop it" in told


def test_questions_are_read_too(lint) -> None:
    choices = (Choice("it falls to 0.96", "Yes.", right=True), Choice("it stays", "After 4500 rows it fell."))
    choice = Question("falls", "a", "loss", "why", "choice", "What does the loss do?", choices)
    number = Question("sum", "a", "sum", "compute", "number", "What is 2.4 + 1?", (), "print(2.4 + 1)", 0, "2.4 + 1.")
    told = lint("# T\n", choice, number)
    assert [text.partition(" is typed")[0] for text in told] == [
        "chapter 01-a, docs/p/01-a.toml: question falls: 0.96",
        "chapter 01-a, docs/p/01-a.toml: question falls: 4500",
    ]
