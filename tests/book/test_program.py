"""A program is a script in named, tagged cells, or a sentence that says where it is not."""

from pathlib import Path

import pytest

from groundup.book.errors import Fault
from groundup.book.program import MEMORY, TIMEOUT, Program


@pytest.fixture
def read(tmp_path: Path):
    def read(text: str) -> Program:
        path = tmp_path / "04-similarity.py"
        path.write_text(text, encoding="utf-8")
        return Program.read(path, shown_as="snippets/04-similarity.py")

    return read


def test_cells_have_names_sources_and_the_line_they_start_on(read) -> None:
    program = read('"""Chapter 4."""\n\n# %% first\n\nx = 1\n\n\n# %% second\nprint(x)\n')
    assert program.chapter == "04-similarity"
    assert [(cell.name, cell.source, cell.line) for cell in program.cells] == [
        ("first", "x = 1", 5),
        ("second", "print(x)", 9),
    ]


def test_a_cell_can_be_looked_up_by_its_name(read) -> None:
    program = read("# %% one\n1\n")
    assert program.cell("one") is program.cells[0]
    assert program.cell("two") is None


@pytest.mark.parametrize(
    ("marker", "tag", "value"),
    [
        ("hide", "hide", True),
        ("fold", "fold", True),
        ("tol=0.02", "tol", 0.02),
        ('tol="0.02"', "tol", 0.02),
        ('volatile="depends on the machine"', "volatile", "depends on the machine"),
        ("raises=ValueError", "raises", "ValueError"),
        ('example="04.2"', "example", "04.2"),
    ],
)
def test_a_tag_is_read(read, marker: str, tag: str, value: object) -> None:
    assert getattr(read(f"# %% one {marker}\n1\n").cells[0], tag) == value


def test_tags_stand_together_in_any_order(read) -> None:
    cell = read('# %% one example="04.2"  fold tol=0.1\n1\n').cells[0]
    assert (cell.example, cell.fold, cell.tol) == ("04.2", True, 0.1)


def test_limits_are_the_usual_ones_unless_the_program_declares_more(read) -> None:
    usual = read("# %% one\n1\n")
    assert (usual.timeout, usual.memory) == (TIMEOUT, MEMORY)
    larger = read("# book: timeout=120 memory=4096\n\n# %% one\n1\n")
    assert (larger.timeout, larger.memory) == (120, 4096)


def test_imports_are_those_of_the_programs_own_statements(read) -> None:
    program = read("# %% one\nimport numpy.linalg as la\nfrom math import pi\ndef f():\n    import json\n")
    assert program.imports == {"numpy.linalg", "math", "json"}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("print(1)\n", "snippets/04-similarity.py", "the program has no cells"),
        ("", "snippets/04-similarity.py", "the program has no cells"),
        ("import os\n# %% one\n1\n", "04-similarity.py:1", "code before the first cell"),
        ("# %% one\n1\n# %% one\n2\n", "cell one, snippets/04-similarity.py:3", "used twice"),
        ("# %%\n1\n", "04-similarity.py:1", "a cell needs a name"),
        ("# %% [markdown]\n1\n", "04-similarity.py:1", "a cell needs a name"),
        ("# %% One\n1\n", "04-similarity.py:1", "got 'One'"),
        ("# %% one\n# only a comment\n", "cell one, snippets/04-similarity.py:1", "the cell has no code"),
        ("# %% one\nx = = 1\n", "cell one, snippets/04-similarity.py:2", "syntax error"),
        ("# %% one\n1\n# %% two\nif True:\n", "cell two, snippets/04-similarity.py:4", "syntax error"),
        ("# %% one hidden\n1\n", "cell one, snippets/04-similarity.py:1", "there is no tag `hidden`"),
        ("# %% one hide=yes\n1\n", "04-similarity.py:1", "`hide` takes no value"),
        ("# %% one hide fold\n1\n", "04-similarity.py:1", "cannot be folded too"),
        ("# %% one fold fold\n1\n", "04-similarity.py:1", "stands twice"),
        ("# %% one volatile\n1\n", "cell one, snippets/04-similarity.py:1", "`volatile` needs a reason"),
        ('# %% one volatile=" "\n1\n', "cell one, snippets/04-similarity.py:1", "`volatile` needs a reason"),
        ("# %% one raises\n1\n", "04-similarity.py:1", "`raises` needs a value"),
        ("# %% one tol=2\n1\n", "04-similarity.py:1", "between 0 and 1, got 2"),
        ("# %% one tol=much\n1\n", "04-similarity.py:1", "between 0 and 1, got much"),
        ('# %% one example="04\n1\n', "04-similarity.py:1", "cannot read the tags"),
        ("# %% one raises=ValueError\n1\n# %% two\n2\n", "cell one, snippets/04-similarity.py:1", "only the last"),
        ("# book: timeout=soon\n# %% one\n1\n", "04-similarity.py:1", "`timeout` is no limit"),
        ("# book: cores=4\n# %% one\n1\n", "04-similarity.py:1", "`cores` is no limit"),
    ],
)
def test_what_is_not_a_program_is_told_by_chapter_cell_and_line(read, text: str, place: str, said: str) -> None:
    with pytest.raises(Fault) as raised:
        read(text)
    head, _, message = str(raised.value).partition(": ")
    assert head.startswith("chapter 04-similarity, ")
    assert head.endswith(place)
    assert said in message


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "04-similarity.py"
    path.write_bytes(b"# %% one\nprint('\xff')\n")
    with pytest.raises(Fault, match="not UTF-8"):
        Program.read(path)
