"""Questions stand where their sections end, their right answers in no favourite slot, and lint says what to change."""

from __future__ import annotations

import html
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown import Markdown

from groundup.book import quiz
from groundup.book.companion import Choice, Companion, Question
from groundup.book.errors import Fault, Faults

PAGE = """\
# Title

Words.

## Two knobs

Text.

```text
## Fenced
```

### Below

More.

## Loss: `f(x)` and *more*

Text.

## Named {#own-name}

Text.

## Exercises

Do it.

## What comes next

End.
""".splitlines()

EXTENSIONS = ["attr_list", "md_in_html", "toc", "pymdownx.arithmatex", "pymdownx.superfences", "groundup.book.maths"]


def choice(name: str = "one", section: str = "two-knobs", *, choices: Any = 4, **given: Any) -> Question:
    """A question with a right choice and as many wrong ones as it takes."""
    if isinstance(choices, int):
        wrong = [Choice(f"wrong {n}", f"Reason {n}.") for n in range(1, choices)]
        choices = (Choice("right 0", "Reason 0.", right=True), *wrong)
    filled = {"concept": "knob", "asks": "why", "stem": f"Why {name}?", **given}
    return Question(name, section, kind="choice", choices=tuple(choices), **filled)


def number(name: str = "sum", section: str = "two-knobs", **given: Any) -> Question:
    filled = {"concept": "sum", "stem": "What is 1 + 2?", "code": "print(1 + 2)", "reason": "It adds.", **given}
    return Question(name, section, asks="compute", kind="number", **filled)


def trace(name: str = "loop", section: str = "two-knobs", **given: Any) -> Question:
    filled = {"concept": "loop", "stem": "What does it print?", "code": "print(1 < 2)", "reason": "It is.", **given}
    return Question(name, section, asks="compute", kind="trace", **filled)


def placed(*questions: Question, answers: dict[str, str] | None = None, lines: list[str] = PAGE) -> list[str]:
    return quiz.place(lines, Companion(questions), answers or {})


def form(question: Question, **answers: str) -> str:
    return next(line for line in placed(question, answers=answers) if line.startswith("<form"))


def converted(lines: list[str]) -> str:
    config = {"pymdownx.arithmatex": {"generic": True}}
    return Markdown(extensions=EXTENSIONS, extension_configs=config).convert("\n".join(lines))


def at(lines: list[str], start: str) -> int:
    return next(n for n, line in enumerate(lines) if line.startswith(start))


class Elements(HTMLParser):
    """Collects attributes by tag, and says whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("input", "br", "mspace"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


# Where questions stand


def test_a_chapter_without_questions_stays_as_it_is() -> None:
    assert placed() == PAGE


def test_questions_close_their_section_in_the_order_of_the_file() -> None:
    lines = placed(choice("b"), choice("a"), choice("elsewhere", "own-name"))
    places = [
        at(lines, start) for start in ("### Below", '<form class="quiz" id="quiz-b"', '<form class="quiz" id="quiz-a"')
    ]
    assert places == sorted(places)
    assert places[-1] < at(lines, "## Loss")
    assert at(lines, "## Named") < at(lines, '<form class="quiz" id="quiz-elsewhere"') < at(lines, "## Exercises")


def test_the_lines_of_the_page_stay_and_keep_their_order() -> None:
    lines = placed(choice(), choice("end", "mastery"))
    kept = iter(lines)
    assert all(line in kept for line in PAGE)


def test_an_anchor_is_what_the_table_of_contents_makes_of_the_heading() -> None:
    lines = placed(choice(section="loss-fx-and-more"))
    assert at(lines, "## Loss") < at(lines, "<form") < at(lines, "## Named")


def test_the_second_of_two_equal_headings_has_an_anchor_of_its_own() -> None:
    lines = placed(choice(section="same_1"), lines=["## Same", "", "a", "", "## Same", "", "b"])
    assert at(lines, "b") < at(lines, "<form")


def test_the_mastery_check_stands_before_the_exercises() -> None:
    lines = placed(choice("end", "mastery"), choice("last", "own-name"))
    places = [at(lines, start) for start in ("<form", "## Mastery check", '<section class="mastery"', "## Exercises")]
    assert places == sorted(places)


def test_the_mastery_check_ends_a_page_without_exercises() -> None:
    lines = placed(choice("end", "mastery"), lines=["# Title", "", "## One", "", "Text."])
    assert at(lines, "Text.") < at(lines, "## Mastery check") < at(lines, '<section class="mastery"')


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1, "One right of one"),
        (8, "Six right of eight"),
        (9, "Seven right of nine"),
        (10, "Eight right of ten"),
        (16, "Twelve right of 16"),
    ],
)
def test_three_quarters_of_the_mastery_check_are_enough(count: int, told: str) -> None:
    lines = placed(*(choice(f"q{n}", "mastery") for n in range(count)))
    section = lines[at(lines, "<section")]
    assert told in section
    assert section.count("<form") == count


def test_an_unknown_section_names_question_and_nearest_anchor() -> None:
    with pytest.raises(Fault, match=r"question one: the page has no section `two-knob`; did you mean two-knobs\?"):
        placed(choice(section="two-knob"))


def test_a_heading_in_a_fence_is_no_section() -> None:
    with pytest.raises(Fault, match="no section `fenced`"):
        placed(choice(section="fenced"))


def test_all_unknown_sections_are_told_at_once() -> None:
    with pytest.raises(Faults, match=r"(?s)question a: .*question b: "):
        placed(choice("a", "x"), choice("b", "y"))


# Choices


def test_the_order_is_the_same_each_time() -> None:
    companion = Companion(tuple(choice(f"q{n}") for n in range(9)))
    assert quiz.arrange(companion) == quiz.arrange(companion)
    assert [shown.text for shown in quiz.arrange(companion)["q3"]] == ["wrong 2", "wrong 1", "wrong 3", "right 0"]


def slots(companion: Companion) -> list[int]:
    return [[shown.right for shown in shown_choices].index(True) for shown_choices in quiz.arrange(companion).values()]


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_each_block_has_its_right_answer_in_every_slot_once(size: int) -> None:
    found = slots(Companion(tuple(choice(f"q{n}", choices=size) for n in range(3 * size))))
    assert all(sorted(found[n : n + size]) == list(range(size)) for n in range(0, 3 * size, size))


def test_slots_are_balanced_over_chapters_of_any_length() -> None:
    counts = Counter(
        slot
        for chapter in range(40)
        for slot in slots(Companion(tuple(choice(f"c{chapter}-{n}") for n in range(14 + chapter % 5))))
    )
    assert all(0.2 < counts[slot] / counts.total() < 0.3 for slot in range(4))


def test_every_choice_tells_its_reason_and_the_box_of_its_misconception() -> None:
    wrong = Choice("`b`", "No, as *said*.", misconception="along-the-gradient")
    told = form(choice(choices=[Choice("a", "Yes.", right=True), wrong])).partition("<details")[2]
    assert "Yes." in told
    assert "No, as <em>said</em>." in told
    assert told.count('href="#confusion-') == 1
    assert 'href="#confusion-along-the-gradient"' in told


def test_the_right_choice_is_marked_for_the_script() -> None:
    radios = Elements(form(choice())).all("input")
    assert [radio["name"] for radio in radios] == ["one"] * 4
    assert sum("data-right" in radio for radio in radios) == 1


# Numbers and traces


def test_a_number_carries_its_answer_and_says_its_tolerance() -> None:
    html = form(number(tolerance=0.01), sum="3.0\n")
    field = Elements(html).all("input")[0]
    assert Elements(html).all("form")[0]["data-answer"] == "3.0"
    assert field["inputmode"] == "decimal"
    assert f'id="{field["aria-describedby"]}">anything within 0.01 counts' in html
    assert '<details class="cell-source"><summary>Code</summary>' in html


@pytest.mark.parametrize("printed", ["-3", "1e-09"])
def test_a_number_that_a_number_pad_cannot_write_gets_the_whole_keyboard(printed: str) -> None:
    assert Elements(form(number(), sum=printed)).all("input")[0]["inputmode"] == "text"


@pytest.mark.parametrize("printed", ["three", "1 2", "nan", ""])
def test_a_number_must_print_one(printed: str) -> None:
    with pytest.raises(Fault, match=r"question sum: `code` prints .*; wanted: one number"):
        form(number(), sum=printed)


def test_a_trace_shows_its_code_and_asks_in_as_many_lines_as_it_prints() -> None:
    html = form(trace(), loop="True\n2\n")
    assert html.index('class="language-python highlight"') < html.index("<textarea")
    assert Elements(html).all("textarea")[0]["rows"] == "2"
    assert Elements(form(trace(), loop="True\n")).all("textarea") == []


def test_an_answer_that_no_run_computed_is_said_to_be_missing() -> None:
    html = form(number())
    assert "data-answer" not in html
    assert "The run that computes this answer failed." in html


# HTML


TRICKY = 'Is `a < b` & "c" <b>x</b> with $x < y$ and 1 < 2, or *it*?'


def test_stems_and_code_are_escaped() -> None:
    html = form(trace(stem=TRICKY, code='print("<i>&</i>", 1)\n\n\nprint(2)'), loop='<i>&</i> "1"\n2\n')
    assert '<code>a &lt; b</code> &amp; "c" &lt;b&gt;x&lt;/b&gt; with <math' in html
    assert "or <em>it</em>?" in html
    assert "<i>" not in html
    assert Elements(html).all("form")[0]["data-answer"] == '<i>&</i> "1"\n2'
    assert Elements(html).open == []


@pytest.mark.parametrize("text", ["- 3", "1. 5", "# 1", "> 2", "    four", "* * *", "[a]: b"])
def test_a_choice_is_one_line_whatever_it_starts_with(text: str) -> None:
    shown = quiz.inline(text)
    assert re.search(r"<(?!/?em)", shown) is None
    assert html.unescape(shown).strip() == text.strip()


def test_markdown_leaves_questions_as_they_are() -> None:
    code = "for k in range(2):\n    print(k)\n\n\nprint('**', '```')\n\n## no heading\n"
    questions = [
        choice(stem=TRICKY, choices=[Choice("**a** _b_", "`*x*` $a_1 * b_1$", right=True), Choice("- 1", "*c*")]),
        trace(code=code),
        choice("end", "mastery"),
        number("count", "mastery"),
    ]
    lines = placed(*questions, answers={"loop": "0\n1\n** ```\n", "sum": "3"})
    page = converted(lines)
    for line in lines:
        if line.startswith(("<form", "<section")):
            assert line in page
    assert page.count("<form") == 4
    assert Elements(page).open == []
    assert '<h2 id="mastery-check">Mastery check</h2>' in page
    assert "arithmatex" not in page


def test_each_question_is_one_line_between_empty_ones() -> None:
    lines = placed(trace(code="a = 1\n\nprint(a)"), answers={"loop": "1\n"})
    place = at(lines, "<form")
    assert (lines[place - 1], lines[place + 1]) == ("", "")
    assert lines[place].endswith("</form>")


def test_a_formula_that_cannot_be_shown_names_its_question() -> None:
    with pytest.raises(Fault, match=r"question one: The formula .* cannot be shown"):
        placed(choice(stem=r"What is $\nonsense$?"))


def test_without_javascript_nothing_can_be_sent() -> None:
    button = Elements(form(choice())).all("button")[0]
    assert {"hidden", "disabled"} <= button.keys()


# Lint


def told(*questions: Question, boxes: Any = ()) -> list[str]:
    faults = quiz.lint({"04-similarity": Companion(questions)}, {"04-similarity": boxes})
    assert all(fault.chapter == "04-similarity" and fault.file == "04-similarity.toml" for fault in faults)
    return [fault.message for fault in faults]


def with_texts(*texts: str, reason: str = "So it is.", **given: Any) -> Question:
    right, *wrong = texts
    return choice(choices=[Choice(right, reason, right=True), *(Choice(text, "No.") for text in wrong)], **given)


def test_a_good_question_has_no_fault() -> None:
    assert told(choice("a"), choice("b"), number(), trace()) == []


@pytest.mark.parametrize("stem", ["Which is not a knob?", "Which doesn't move?", "Which isn’t one?", "NOT which?"])
def test_a_stem_that_negates_is_refused(stem: str) -> None:
    assert "question one: the stem has" in told(choice(stem=stem))[0]


@pytest.mark.parametrize("stem", ["Which note is it?", "What does `not x` give?", "Which knot?"])
def test_a_stem_with_not_inside_a_word_or_code_is_fine(stem: str) -> None:
    assert told(choice(stem=stem)) == []


@pytest.mark.parametrize(
    "text", ["All of the above", "none of the above", "both of the above", "all of these", "None of the answers"]
)
def test_a_choice_that_lumps_others_together_is_refused(text: str) -> None:
    assert f"choice 2 says “{text}”" in told(with_texts("a", text))[0]


def test_a_choice_that_speaks_of_all_things_is_fine() -> None:
    assert told(with_texts("all of these notes", "both of them grow", "above zero")) == []


@pytest.mark.parametrize(
    "words", ["the first option", "the last answer", "the one above", "A and B", "as above", "choice 2", "option C"]
)
def test_position_words_are_refused(words: str) -> None:
    (message,) = told(with_texts("a", "b", reason=f"It is {words}."))
    assert message.startswith("question one: the reason of choice 1 says")
    assert "choice 1 says" in told(with_texts(f"like {words}", "b"))[0]


def test_places_in_the_subject_are_no_position_words() -> None:
    reason = "The first row lies above zero, `A and B`, $A$ and $B$, and the last step answers it."
    assert told(with_texts("a", "b", reason=reason)) == []
    assert told(with_texts("A and B", "B", stem="Notes A, B and C: which are near?")) == []


def test_a_stem_that_comes_twice_is_refused_in_any_chapter() -> None:
    book = {"01-a": Companion((choice("x", stem="Why so?"),)), "02-b": Companion((choice("y", stem="why  so?"),))}
    (fault,) = quiz.lint(book, {})
    assert fault.chapter == "02-b"
    assert fault.message.startswith("question y: the stem repeats that of 01-a: x;")


def test_traces_may_ask_alike_about_different_code() -> None:
    assert told(trace("a"), trace("b", code="print(2)")) == []
    assert "repeats" in told(trace("a"), trace("b"))[0]


def test_code_questions_and_choices_need_reasons() -> None:
    assert told(number(reason="")) == ["question sum: a number needs `reason`: say why the answer is what it is"]
    assert "choice 2 needs `reason`" in told(choice(choices=[Choice("a", "b", right=True), Choice("c", " ")]))[0]


def test_at_most_a_quarter_asks_for_definitions() -> None:
    others = [choice(f"q{n}") for n in range(3)]
    assert told(choice(asks="definition"), *others) == []
    (message,) = told(choice(asks="definition"), *others[1:])
    assert message.startswith("1 of 3 questions ask for a definition")


def test_a_misconception_is_a_box_of_the_page() -> None:
    wrong = Choice("b", "No.", misconception="along-the-gradient")
    question = choice(choices=[Choice("a", "Yes.", right=True), wrong])
    assert told(question, boxes=["along-the-gradient"]) == []
    missing, unused = told(question, boxes=["along-gradient"])
    assert "question one: `misconception` of choice 2 names no confusion box" in missing
    assert "did you mean along-gradient?" in missing
    assert unused.startswith("no question uses the confusion box along-gradient")


def test_boxes_of_a_chapter_without_questions_wait() -> None:
    assert told(boxes=["along-the-gradient"]) == []


def many(count: int, right: str = "right", wrong: str = "wrong") -> list[Question]:
    return [with_texts(right, wrong, wrong, wrong, name=f"q{n}", stem=f"Why {n}?") for n in range(count)]


def test_the_right_choice_is_seldom_the_longest() -> None:
    assert told(*many(20)) == []
    assert told(*many(8, "much longer"), *many(20)[8:]) == []
    (message,) = told(*many(9, "much longer"), *many(20)[9:])
    assert "the longest in 9 of 20 questions" in message
    assert "04-similarity: q8 by 6" in message


def test_length_is_what_the_reader_sees() -> None:
    assert told(*many(20, "**five5**", "six six")) == []


def test_shares_wait_for_enough_questions() -> None:
    assert told(*many(19, "much longer")) == []


def test_slots_out_of_balance_are_told() -> None:
    """Chapters of one question each take whatever slot their id gives."""
    names = (f"q{n}" for n in range(1000))
    first = [name for name in names if slots(Companion((choice(name),))) == [0]][:20]
    book = {f"{n:02}-c": Companion((choice(name),)) for n, name in enumerate(first)}
    (fault,) = quiz.lint(book, {})
    assert fault.chapter == "19-c"
    assert f"question {first[-1]}: over the book" in fault.message
    assert "100 %, 0 %, 0 %, 0 %" in fault.message
    assert quiz.lint({name: book[name] for name in list(book)[:19]}, {}) == []
