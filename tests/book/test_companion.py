"""The data file beside a page: what it may hold, and how a run computes the answers in it."""

from pathlib import Path

import pytest

from groundup.book.companion import Companion, read
from groundup.book.errors import Fault

CHOICE = """
[[questions]]
id = "one"
section = "start"
concept = "model"
asks = "why"
kind = "choice"
stem = "Why?"
choices = [
  {text = "because", reason = "It is so.", right = true},
  {text = "no reason", reason = "There is one."},
]
"""

NUMBER = """
[[questions]]
id = "sum"
section = "mastery"
concept = "sum"
asks = "compute"
kind = "number"
stem = "What is the sum?"
code = "x = x + 1\\nprint(x + y)"
tolerance = 0.5
reason = "Add them."
"""

PROGRAM = "# %% one\nx, y = 1, 2\nprint(x)\n"


def companion(folder: Path, text: str) -> Companion:
    path = folder / "01-a.toml"
    path.write_text(text, encoding="utf-8")
    return read(path, chapter="01-a", file="docs/part-1/01-a.toml")


def test_a_chapter_without_a_data_file_asks_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "none.toml", chapter="a", file="none.toml") == Companion()


def test_questions_are_read_in_order(tmp_path: Path) -> None:
    questions = companion(tmp_path, CHOICE + NUMBER).questions
    assert [question.id for question in questions] == ["one", "sum"]
    assert questions[0].right.text == "because"
    assert questions[1].tolerance == 0.5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("stem =", "stemm ="), "unknown field `stemm` - at `$.questions[0]`"),
        (('kind = "choice"', 'kind = "riddle"'), "Invalid enum value 'riddle' - at `$.questions[0].kind`"),
        (('concept = "model"\n', ""), "missing required field `concept` - at `$.questions[0]`"),
        ((", right = true", ""), "question one: `choices` needs exactly one with `right = true`"),
        (('reason = "It is so."', 'reason = " "'), "question one: `reason` of choice 1 is empty"),
        (('id = "one"', 'id = "One!"'), "question One!: `id` is lower-case words with hyphens"),
        (('stem = "Why?"', 'stem = ""'), "question one: `stem` is empty"),
        (("[[questions]]", "[questions"), "the data file is not TOML"),
    ],
)
def test_what_does_not_fit_is_named_by_item_and_key(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(Fault) as fault:
        companion(tmp_path, CHOICE.replace(*change))
    assert says in str(fault.value)
    assert "docs/part-1/01-a.toml" in str(fault.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('reason = "Add them."', ""), "question sum: a number needs `reason`"),
        (("tolerance = 0.5", "tolerance = -1"), "question sum: `tolerance` is for numbers, and not negative"),
        (('kind = "number"', 'kind = "trace"'), "question sum: `tolerance` is for numbers, and not negative"),
    ],
)
def test_a_number_needs_what_computes_it(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(Fault, match="question sum") as fault:
        companion(tmp_path, NUMBER.replace(*change))
    assert says in str(fault.value)


def test_two_questions_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="question one: `id` is used twice"):
        companion(tmp_path, CHOICE + CHOICE)


# Answers


def test_an_answer_is_computed_locked_and_no_part_of_the_output(project) -> None:
    project.program("01-a", PROGRAM)
    project.file("docs/part-1/01-a.toml", NUMBER)
    assert project.book("lock").returncode == 0
    assert (project.root / "snippets/01-a.out").read_text() == "1\n"
    assert '{"cell": "quiz-sum", "lines": 0, "answer": "4\\n"}' in (project.root / "snippets/01-a.lock").read_text()


def test_an_answer_that_differs_from_its_lock_ends_the_build(project) -> None:
    project.program("01-a", PROGRAM)
    project.file("docs/part-1/01-a.toml", NUMBER)
    project.book("lock")
    project.file("docs/part-1/01-a.toml", NUMBER.replace("x + y", "x - y"))
    built = project.build()
    assert built.returncode == 1
    assert "cell quiz-sum" in built.stderr
    assert "-4" in built.stderr


def test_the_code_of_a_question_leaves_no_trace_for_the_next(project) -> None:
    project.program("01-a", PROGRAM)
    project.file("docs/part-1/01-a.toml", NUMBER + NUMBER.replace('"sum"', '"again"'))
    assert project.book("lock").returncode == 0
    assert (project.root / "snippets/01-a.lock").read_text().count('"answer": "4\\n"') == 2


def test_a_question_whose_code_fails_is_named(project) -> None:
    project.program("01-a", PROGRAM)
    project.file("docs/part-1/01-a.toml", NUMBER.replace("print(x + y)", "print(z)"))
    ran = project.book("run")
    assert ran.returncode == 1
    assert "docs/part-1/01-a.toml, question sum:2: an exception: NameError" in ran.stderr


def test_a_question_whose_code_is_not_python_is_named(project) -> None:
    project.program("01-a", PROGRAM)
    project.file("docs/part-1/01-a.toml", NUMBER.replace("print(x + y)", "print(x"))
    ran = project.book("run")
    assert ran.returncode == 1
    assert "question sum: line 2 of its code" in ran.stderr


@pytest.mark.parametrize("copies", [1, 2])
def test_questions_of_a_section_that_is_not_there_end_the_build_in_a_sentence(project, copies: int) -> None:
    project.program("01-a", PROGRAM)
    project.lock("01-a")
    names = ["one", "two"][:copies]
    project.file("docs/part-1/01-a.toml", "".join(CHOICE.replace('"one"', f'"{name}"') for name in names))
    built = project.build()
    assert built.returncode == 1
    assert all(f"question {name}" in built.stderr for name in names)
    assert "Traceback" not in built.stderr


def test_a_confusion_box_without_id_ends_the_build_in_a_sentence(project) -> None:
    project.program("01-a", PROGRAM)
    project.lock("01-a")
    project.page("01-a", '# A\n\n```python exec="on" cell="one"\n```\n\n!!! confusion "“All alike”"\n    No.\n')
    built = project.build()
    assert built.returncode == 1
    assert "chapter 01-a, docs/part-1/01-a.md:6: the box needs an id" in built.stderr
    assert "Traceback" not in built.stderr
