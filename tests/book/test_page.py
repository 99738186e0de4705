"""A page shows each cell that is not hidden, once, in the program's order, and types no code by hand."""

import textwrap
from pathlib import Path

import pytest

from groundup.book import page
from groundup.book.errors import Fault
from groundup.book.program import Program

PROGRAM = """\
# %% load hide
rows = [1, 2]

# %% first
print(rows)

# %% second
print(len(rows))
"""

FIRST = '```python exec="on" cell="first"\n```\n'
SECOND = '```python exec="on" cell="second"\n```\n'


@pytest.fixture
def program(tmp_path: Path) -> Program:
    path = tmp_path / "04-similarity.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return Program.read(path)


def check(text: str, program: Program | None) -> tuple[list[Fault], list[page.Unrun]]:
    return page.check(text, program, chapter="04-similarity", file="docs/part-1/04-similarity.md")


def test_a_page_that_shows_every_cell_in_order_is_right(program: Program) -> None:
    assert check(f"# Title\n\n{FIRST}\nwords\n\n{SECOND}", program) == ([], [])


@pytest.mark.parametrize("indent", ["    ", "> ", "\t"], ids=["in a box", "in a quote", "behind a tab"])
def test_a_fence_may_stand_inside_something(program: Program, indent: str) -> None:
    inside = textwrap.indent(SECOND, indent)
    assert check(f"{FIRST}\n??? solution\n\n{inside}", program) == ([], [])


def test_a_tilde_fence_counts_too(program: Program) -> None:
    assert check(FIRST.replace("`", "~") + SECOND, program) == ([], [])


def test_a_fence_shown_inside_a_longer_fence_is_text(program: Program) -> None:
    assert check(f"````markdown\n{FIRST}````\n\n{FIRST}\n{SECOND}", program) == ([], [])


def test_other_languages_are_left_alone(program: Program) -> None:
    assert check(f"```text\nanything\n```\n\n```console\n$ ls\n```\n\n{FIRST}\n{SECOND}", program) == ([], [])


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (FIRST, "cell second, snippets/04-similarity.py:8", "docs/part-1/04-similarity.md does not show the cell"),
        (FIRST + SECOND + FIRST, "cell first, docs/part-1/04-similarity.md:5", "shows the cell twice"),
        (SECOND + FIRST, "cell first, docs/part-1/04-similarity.md:3", "out of order"),
        (
            FIRST + SECOND + SECOND.replace('"second"', '"secnod"'),
            "cell secnod, docs/part-1/04-similarity.md:5",
            "there is no cell secnod in snippets/04-similarity.py; did you mean second?",
        ),
        (
            FIRST + SECOND + '```python exec="on" cell="load"\n```\n',
            "cell load, docs/part-1/04-similarity.md:5",
            "tagged `hide` and the page shows it",
        ),
        (
            FIRST + SECOND.replace("\n", "\nprint(3)\n", 1),
            "cell second, docs/part-1/04-similarity.md:3",
            "the fence has a body",
        ),
        (FIRST + SECOND + '```python exec="on"\n```\n', "docs/part-1/04-similarity.md:5", "the fence names no cell"),
        (
            FIRST + SECOND + '```bash exec="on" cell="first"\n```\n',
            "docs/part-1/04-similarity.md:5",
            "not bash fences",
        ),
        (FIRST + SECOND + "```python\n1 + 1\n```\n", "docs/part-1/04-similarity.md:5", "either names a cell"),
        (FIRST + SECOND + "```py\n1 + 1\n```\n", "docs/part-1/04-similarity.md:5", "either names a cell"),
        (FIRST + SECOND + '```python exec="off"\n1\n```\n', "docs/part-1/04-similarity.md:5", "needs a reason"),
        (
            FIRST + SECOND + '```python exec="off" reason=" "\n1\n```\n',
            "docs/part-1/04-similarity.md:5",
            "needs a reason",
        ),
        (
            FIRST + SECOND + "{{ out:frist.1 }}\n",
            "cell frist, docs/part-1/04-similarity.md:5",
            "did you mean first?",
        ),
    ],
    ids=[
        "unshown", "repeated", "out of order", "unknown", "hidden", "body", "no name", "bash", "typed by hand",
        "typed by hand, py", "off without reason", "off with blank reason", "number of unknown cell",
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_chapter_cell_and_line(program: Program, text: str, place: str, said: str) -> None:
    faults, _ = check(text, program)
    head, _, message = str(faults[0]).partition(": ")
    assert len(faults) == 1
    assert head == f"chapter 04-similarity, {place}"
    assert said in message


def test_every_fault_of_a_page_is_told_at_once(program: Program) -> None:
    faults, _ = check(FIRST + FIRST + "```python\n1\n```\n", program)
    assert [fault.line for fault in faults] == [3, 5, 8]


def test_a_fence_that_does_not_run_says_why_and_is_listed(program: Program) -> None:
    text = FIRST + SECOND + '```python exec="off" reason="needs a GPU"\nx.cuda()\n```\n'
    assert check(text, program) == ([], [page.Unrun(5, "needs a GPU")])


@pytest.mark.parametrize("text", [FIRST, "{{ out:first.1 }}"], ids=["fence", "number"])
def test_a_page_without_a_program_cannot_show_a_cell(text: str) -> None:
    (fault,), _ = check(text, None)
    assert fault.line == 1
    assert "program" in fault.message


def test_a_number_inside_a_fence_is_text(program: Program) -> None:
    assert check(f"{FIRST}{SECOND}```text\n{{{{ out:nowhere.1 }}}}\n```\n", program) == ([], [])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# T\n\nOne *thing*,\nthen `x`. [Two](a.md) at $n^2$.\n\nThree.\n", "One thing, then x. Two at n^2."),
        ("# T\n\n!!! note\n    Box.\n\n- item\n\nWords.\n", "Words."),
        ("# T\n\nIt is {{ out:one.1 }}. It holds.\n", "It holds."),
        (f"# T\n\n{'A' * 170}. B.\n", f"{'A' * 170}."),
        (f"# T\n\nA. {'B' * 157}. C.\n", "A."),
        ("# T\n", ""),
    ],
)
def test_a_page_is_described_by_its_first_sentences(text: str, wanted: str) -> None:
    assert page.description(text) == wanted
