"""Confusion boxes have ids, anchors and a page that collects them."""

import pytest
from markdown import Markdown

from groundup.book.confusion import collected, ids, register, with_table
from groundup.book.contents import Chapter, Part
from groundup.book.errors import Fault

PART_1 = Part(1, "Data", "", ("01-first", "02-second"))
PART_2 = Part(2, "Lines", "", ("03-third",))
FIRST = Chapter("01-first", "part-1/01-first.md", PART_1)
SECOND = Chapter("02-second", "part-1/02-second.md", PART_1)
THIRD = Chapter("03-third", "part-2/03-third.md", PART_2)

PAGE = """\
# Models

!!! confusion along-the-gradient "“You move along `g`”"
    You move against it. It tempts because of the name. Right
    model: the gradient points uphill.

    ```python exec="on" cell="uphill"
    ```

Text.

??? confusion metric "“A metric grades”"
    Two words.
"""


def html(text: str, *more: str) -> str:
    md = Markdown(extensions=["admonition", "pymdownx.details", "pymdownx.superfences", *more])
    register(md)
    return md.convert(text)


def model(prose: str, *, chapter: Chapter = FIRST) -> str:
    """What the collected page says below the belief of one box."""
    body = "\n".join("    " + line if line else "" for line in prose.split("\n"))
    page = collected([(chapter, f'# Title\n\n!!! confusion some-id "“Wrong”"\n{body}\n')])
    return page.partition("#confusion-some-id)\n:   ")[2].rstrip("\n")


# Ids


def test_ids_have_line_and_title() -> None:
    assert ids(PAGE) == {"along-the-gradient": (3, "“You move along `g`”"), "metric": (12, "“A metric grades”")}


def test_a_box_inside_another_counts_and_one_in_a_fence_does_not() -> None:
    page = '!!! note "n"\n    !!! confusion inner "“x”"\n        Text.\n\n```markdown\n!!! confusion "“y”"\n```\n'
    assert list(ids(page)) == ["inner"]


def test_other_boxes_are_left_alone() -> None:
    assert ids('!!! confusion-matrix "Title"\n    Text.\n\n!!! note "confusion"\n    Text.\n') == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param('!!! confusion "“x”"', "needs an id", id="no id"),
        pytest.param('!!! confusion Some_Id "“x”"', "Some_Id is not lower-case", id="no slug"),
        pytest.param('!!! confusion -x "“x”"', "-x is not lower-case", id="leading hyphen"),
        pytest.param('!!! confusion one two "“x”"', "one id", id="two ids"),
        pytest.param("!!! confusion some-id", "as its title", id="no title"),
        pytest.param('??? confusion some-id ""', "as its title", id="empty title"),
    ],
)
def test_a_box_without_a_good_id_or_title_is_a_fault(line: str, said: str) -> None:
    with pytest.raises(Fault, match=said) as caught:
        ids(f"Text.\n\n{line}\n    Text.\n")
    assert caught.value.line == 3


def test_an_id_used_twice_is_a_fault_that_names_both_lines() -> None:
    with pytest.raises(Fault, match="line 1") as caught:
        ids('!!! confusion x "a"\n    Text.\n\n!!! confusion x "b"\n    Text.\n')
    assert caught.value.line == 4


# The page that collects them


def test_the_page_lists_beliefs_by_part_and_chapter() -> None:
    other = '# Lines\n\n!!! confusion steep "“Steep is good”"\n    Right model: it depends.\n'
    assert collected([(FIRST, PAGE), (SECOND, "# Nothing here\n"), (THIRD, other)]).split("\n")[4:] == [
        "## Part I · Data",
        "",
        "### 1 · Models",
        "",
        "[“You move along `g`”](part-1/01-first.md#confusion-along-the-gradient)",
        ":   The gradient points uphill.",
        "",
        "[“A metric grades”](part-1/01-first.md#confusion-metric)",
        ":   Two words.",
        "",
        "## Part II · Lines",
        "",
        "### 3 · Lines",
        "",
        "[“Steep is good”](part-2/03-third.md#confusion-steep)",
        ":   It depends.",
        "",
    ]


def test_the_page_is_a_list_of_definitions() -> None:
    rendered = html(collected([(FIRST, PAGE)]), "def_list")
    assert rendered.count("<dt><a") == rendered.count("<dd>") == 2


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        pytest.param("No. Right model: a line is a model.", "A line is a model.", id="starts with a capital"),
        pytest.param("No. Right model: w has to rise.", "w has to rise.", id="a name stays as it is"),
        pytest.param("No. Right model: k-NN keeps all.", "k-NN keeps all.", id="a name with a hyphen"),
        pytest.param("No. Right model: `f(x)` is one.", "`f(x)` is one.", id="code"),
        pytest.param("Right model: it falls. It lands at {{ out:a.5 }}. So stop.", "It falls. So stop.", id="number"),
        pytest.param("Right model: it falls. The run shows both:", "It falls.", id="sentence before a run"),
        pytest.param("Right model: it falls. The last line is w.", "It falls.", id="sentence about an output"),
        pytest.param("It is {{ out:a.5 }}.", "The box says what holds.", id="nothing left"),
        pytest.param("Right model: all fall.[^note] Two.", "All fall. Two.", id="footnote"),
        pytest.param("No.\n\nRight model: all fall.\n\nTwo.", "All fall.\n\n    Two.", id="paragraphs"),
        pytest.param("Right model: all fall.\n\n- a\n- b", "All fall.\n\n    - a\n    - b", id="list"),
        pytest.param("Right model: all fall.\n```text\nx\n```\nTwo.", "All fall.\n\n    Two.", id="fence"),
    ],
)
def test_the_right_model_is_the_prose_without_the_run(prose: str, expected: str) -> None:
    assert model(prose) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("../part-2/03-third.md#x", "part-2/03-third.md#x"),
        ("02-second.md", "part-1/02-second.md"),
        ("#above", "part-1/01-first.md#above"),
        ("https://example.org/a", "https://example.org/a"),
    ],
)
def test_links_lead_from_the_page_that_collects(link: str, expected: str) -> None:
    assert model(f"Right model: [there]({link}) it is.") == f"[there]({expected}) it is."


def test_a_page_with_the_marker_has_a_table_of_all_boxes() -> None:
    other = '# Lines\n\n!!! confusion bars "“a|b means or”"\n    Right model: see [the bar](x.md), a sign. More.\n'
    table = with_table("Above.\n\n{{ confusions }}\n\nBelow.\n", THIRD.page, [(FIRST, PAGE), (THIRD, other)])

    assert table.splitlines()[2:-2] == [
        '<div class="beliefs" data-search-exclude markdown>',
        "",
        "| Chapter | What people believe |",
        "|---|---|",
        "| 1 | [“You move along `g`”](../part-1/01-first.md#confusion-along-the-gradient)"
        "<br>[“A metric grades”](../part-1/01-first.md#confusion-metric) |",
        r"| 3 | [“a\|b means or”](#confusion-bars) |",
        "",
        "</div>",
    ]
    assert (table.splitlines()[0], table.splitlines()[-1]) == ("Above.", "Below.")


def test_a_page_without_the_marker_stays_as_it_is() -> None:
    text = "Write `{{ confusions }}` on a line of its own.\n"
    assert with_table(text, FIRST.page, [(FIRST, PAGE)]) == text


def test_a_number_in_a_title_does_not_leak() -> None:
    assert "out:" not in collected([(FIRST, '!!! confusion x "“It is {{ out:a.1 }}”"\n    No.\n')])


def test_a_fault_names_the_chapter_and_its_file() -> None:
    with pytest.raises(Fault) as caught:
        collected([(FIRST, '!!! confusion "“x”"\n    Text.\n')])
    assert (caught.value.chapter, caught.value.file, caught.value.line) == ("01-first", "docs/part-1/01-first.md", 1)


# Anchors


def test_a_box_has_its_anchor() -> None:
    rendered = html(PAGE)
    assert '<div class="admonition confusion" id="confusion-along-the-gradient">' in rendered
    assert '<details class="confusion" id="confusion-metric">' in rendered


def test_a_box_inside_another_has_its_anchor() -> None:
    assert 'id="confusion-inner"' in html('??? beyond "b"\n    !!! confusion inner "“x”"\n        Text.\n')


def test_an_id_is_no_class_so_that_it_takes_no_colours() -> None:
    assert '<div class="admonition confusion" id="confusion-summary">' in html('!!! confusion summary "“x”"\n    T.\n')


def test_a_heading_of_the_same_name_gets_another_anchor() -> None:
    rendered = html('!!! confusion x "“x”"\n    T.\n\n## Confusion x\n', "toc")
    assert rendered.count('id="confusion-x"') == 1
