"""Predictions become open boxes, and the outputs that answer them folds."""

import textwrap

import pytest
from markdown import markdown

from groundup.book.errors import Fault
from groundup.book.predict import place

FENCE = '```python exec="on" cell="loop"\n```'


def placed(text: str) -> str:
    return "\n".join(place(textwrap.dedent(text).strip("\n").split("\n")))


def fault(text: str) -> Fault:
    with pytest.raises(Fault) as caught:
        placed(text)
    return caught.value


CHOICES = """\
??? predict "Which is first?"
    - w
    - b

```python exec="on" cell="loop" example="01.1"
```
"""


def test_a_prediction_opens_and_the_output_of_the_next_cell_folds() -> None:
    assert placed(CHOICES).split("\n") == [
        '!!! predict for-loop "Which is first?"',
        "    - w",
        "    - b",
        "",
        '```python exec="on" cell="loop" example="01.1" predicted="on"',
        "```",
    ]


def test_the_box_is_open_names_its_cell_and_lists_the_choices() -> None:
    html = markdown(placed(CHOICES), extensions=["admonition", "pymdownx.superfences"])
    assert '<div class="admonition predict for-loop">' in html
    assert '<p class="admonition-title">Which is first?</p>\n<ul>\n<li>w</li>\n<li>b</li>\n</ul>' in html


def test_a_page_without_predictions_stays_as_it_is() -> None:
    lines = ["# A", "", *FENCE.split("\n"), '??? solution "s"', "    Text."]
    assert place(lines) == lines


def test_no_line_is_added_or_moved() -> None:
    lines = ("Before.\n\n" + CHOICES + "\nAfter.").split("\n")
    after = place(lines)
    changed = [n for n, (old, new) in enumerate(zip(lines, after, strict=True)) if old != new]
    assert changed == [2, 6]


def test_prose_and_a_fence_that_does_not_run_may_stand_before_the_cell() -> None:
    page = f"""\
        ??? predict "How many euros?"
            Write a number down.

        Each row holds three numbers.

        ```text
        ## not a heading
        ```

        {FENCE.replace(chr(10), chr(10) + 8 * " ")}
        """
    assert 'cell="loop" predicted="on"' in placed(page)


def test_each_box_has_its_own_cell() -> None:
    second = CHOICES.replace("loop", "other").replace("first", "last")
    text = placed(CHOICES + "\n" + second)
    assert 'for-loop "Which is first?"' in text
    assert 'for-other "Which is last?"' in text
    assert text.count('predicted="on"') == 2


def test_two_boxes_may_wait_for_one_cell() -> None:
    text = placed('??? predict "By how much?"\n    Write a number down.\n\n' + CHOICES)
    assert text.count("predict for-loop") == 2
    assert text.count('predicted="on"') == 1


@pytest.mark.parametrize(
    ("opened", "indent"),
    [
        pytest.param('!!! note "n"', "    ", id="box"),
        pytest.param('!!! note "n"\n\n    ??? beyond "b"', "        ", id="box in a box"),
        pytest.param("1.  First.", "    ", id="list"),
        pytest.param("> Quoted.", "> ", id="quote"),
    ],
)
def test_a_box_inside_another_keeps_its_place(opened: str, indent: str) -> None:
    inside = "\n".join(indent + line for line in CHOICES.rstrip().split("\n"))
    text = placed(f"{opened}\n{indent}\n{inside}\n\nAfter.")
    assert f'\n{indent}!!! predict for-loop "Which is first?"\n{indent}    - w\n' in text
    assert f'\n{indent}```python exec="on" cell="loop" example="01.1" predicted="on"\n' in text
    html = markdown(text, extensions=["admonition", "pymdownx.details", "pymdownx.superfences"])
    assert '<div class="admonition predict for-loop">' in html
    assert "<li>w</li>" in html


def test_an_example_in_a_fence_is_no_prediction() -> None:
    page = f"````markdown\n{CHOICES}````\n"
    assert placed(page) == page.rstrip("\n")


@pytest.mark.parametrize("opening", ["??? ", "???", "???+ ", "!!! "])
def test_every_way_to_open_a_box_counts(opening: str) -> None:
    assert placed(CHOICES.replace("??? ", opening)).startswith("!!! predict for-loop ")


def test_a_question_may_quote() -> None:
    question = 'Is "w" `x["a"]`?'
    assert f'!!! predict for-loop "{question}"' in placed(CHOICES.replace("Which is first?", question))


def test_no_cell_before_the_next_section_is_a_fault() -> None:
    found = fault(f'Text.\n\n??? predict "Which?"\n    - w\n    - b\n\n## Next\n\n{FENCE}')
    assert found.line == 3
    assert "same section" in found.message


def test_no_cell_at_all_is_a_fault() -> None:
    text = '??? predict "Which?"\n    - w\n\n```python exec="off" reason="r"\n```'
    assert fault(text).line == 1


def test_a_subheading_does_not_end_the_section() -> None:
    assert 'predicted="on"' in placed(CHOICES.replace("```python", "### Below\n\n```python"))


@pytest.mark.parametrize("title", ["", ' ""', " Which?", ' "Which?" more'])
def test_a_prediction_without_a_question_is_a_fault(title: str) -> None:
    found = fault(CHOICES.replace(' "Which is first?"', title))
    assert found.line == 1
    assert "asks a question" in found.message


def test_a_prediction_that_offers_nothing_is_a_fault() -> None:
    found = fault(f'??? predict "Which?"\n\n- w\n- b\n\n{FENCE}')
    assert found.line == 1
    assert "indented" in found.message


def test_a_cell_inside_the_box_is_a_fault() -> None:
    found = fault('??? predict "Which?"\n    - w\n\n    ```python exec="on" cell="loop"\n    ```\n')
    assert (found.cell, found.line) == ("loop", 4)
