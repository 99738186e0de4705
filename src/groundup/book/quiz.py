"""Quizzes: the questions of a chapter's companion, put into its page, and what may be wrong with them as a whole.

``place`` works on Markdown and inserts finished HTML, one line a question, so that nothing of it is parsed again. The
page is complete without JavaScript: every question is followed by its folded answer. ``assets/javascripts/quiz.js``
then checks answers, and keeps what was answered in the reader's browser.

The right answer's slot follows from the questions' ids: of four questions with four choices that follow each other
in a chapter, one has its right answer in each slot.
"""

from __future__ import annotations

import functools
import hashlib
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape, unescape

from markdown import Markdown
from markdown.util import Registry

from groundup.book.companion import MASTERY, Choice, Companion, Question
from groundup.book.errors import Fault, raise_any
from groundup.book.maths import FormulaError
from groundup.book.page import fences
from groundup.book.render import highlighted

PASS = 0.75
"""Share of the mastery check that must be right on the first try."""

_ARITHMATEX = {"pymdownx.arithmatex": {"generic": True}}
_HEADING = re.compile(r"#{1,6}\s*[^#\s]")
_UNITS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_KINDS = {"choice": "choose one", "number": "give a number", "trace": "what does it print?"}


# ---- where questions stand ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Section:
    """A section of level 2, from its heading to the line after its end."""

    anchor: str
    start: int
    end: int


def place(lines: list[str], companion: Companion, answers: Mapping[str, str]) -> list[str]:
    """Insert the questions of a chapter into its page.

    Args:
        lines: The page's Markdown, its fences filled.
        companion: The chapter's questions.
        answers: What the code of each number and trace printed, by question id. One without an answer, because its
            run failed, says so.

    Returns:
        The lines, with the questions of each section at its end and the mastery check before the exercises.

    Raises:
        Fault: A question belongs to no section of the page, a number's code printed something else, or a formula
            cannot be shown.
    """
    if not companion.questions:
        return lines
    sections = list(_sections(lines))
    anchors = [section.anchor for section in sections]
    raise_any(
        [_unknown(question, anchors) for question in companion.questions if question.section not in [*anchors, MASTERY]]
    )
    order = arrange(companion)
    inserted: dict[int, list[str]] = {}
    for section in sections:
        for question in companion.questions:
            if question.section == section.anchor:
                inserted.setdefault(section.end, []).append(_question(question, order, answers, "Question"))
    mastery = [question for question in companion.questions if question.section == MASTERY]
    if mastery:
        at = next((section.start for section in sections if section.anchor == "exercises"), len(lines))
        inserted.setdefault(at, []).extend(["## Mastery check", _mastery(mastery, order, answers)])
    placed: list[str] = []
    done = 0
    for at, blocks in sorted(inserted.items()):
        placed += lines[done:at]
        placed += [line for block in blocks for line in ("", block, "")]
        done = at
    return placed + lines[done:]


def _sections(lines: Sequence[str]) -> Iterator[_Section]:
    fenced = {n for fence in fences(list(lines)) for n in range(fence.start, fence.end)}
    places = [n for n, line in enumerate(lines) if n not in fenced and _HEADING.match(line)]
    # Python-Markdown itself says what the anchors are: explicit ids, inline markup and repeated headings included.
    slugger = Markdown(extensions=["attr_list", "toc", *_ARITHMATEX], extension_configs=_ARITHMATEX)
    html = slugger.convert("\n\n".join(lines[n] for n in places))
    headings = re.findall(r'<h([1-6])[^>]*? id="([^"]*)"', html)
    marks = [(int(level), anchor, at) for (level, anchor), at in zip(headings, places, strict=True)]
    for number, (level, anchor, at) in enumerate(marks):
        if level == 2:
            yield _Section(anchor, at, next((end for below, _, end in marks[number + 1 :] if below <= 2), len(lines)))


def _unknown(question: Question, anchors: list[str]) -> Fault:
    message = f"question {question.id}: the page has no section `{question.section}`"
    nearest = get_close_matches(question.section, anchors, 1, 0)
    wanted = f"did you mean {nearest[0]}?" if nearest else "it has no heading of level 2 at all"
    return Fault(f"{message}; {wanted}", hint=f"Sections of the page: {', '.join([*anchors, MASTERY])}.")


# ---- the order of choices -------------------------------------------------------------------------------------------


def arrange(companion: Companion) -> dict[str, tuple[Choice, ...]]:
    """The choices of each question in the order in which the page shows them, by question id.

    The same on every machine. Questions with as many choices as each other form blocks of that many, and in each block
    the right answer takes every slot once.
    """
    order: dict[str, tuple[Choice, ...]] = {}
    for size in range(2, 6):
        alike = [question for question in companion.questions if len(question.choices) == size]
        for at in range(0, len(alike), size):
            block = alike[at : at + size]
            slots = sorted(range(size), key=lambda slot, first=block[0].id: _digest(f"{first}/{slot}"))  # type: ignore[misc]
            for question, slot in zip(block, slots, strict=False):
                wrong = [choice for choice in question.choices if not choice.right]
                wrong.sort(key=lambda choice, name=question.id: _digest(f"{name}/{choice.text}"))  # type: ignore[misc]
                order[question.id] = (*wrong[:slot], question.right, *wrong[slot:])
    return order


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


# ---- HTML -----------------------------------------------------------------------------------------------------------


@functools.cache
def _renderer() -> Markdown:
    """Markdown for one line: no blocks, no raw HTML, and formulas as on any page."""
    md = Markdown(extensions=["pymdownx.arithmatex", "groundup.book.maths"], extension_configs=_ARITHMATEX)
    paragraph = md.parser.blockprocessors["paragraph"]
    md.parser.blockprocessors = Registry()
    md.parser.blockprocessors.register(paragraph, "paragraph", 10)
    md.preprocessors.deregister("html_block")
    md.inlinePatterns.deregister("html")
    return md


@functools.lru_cache(4096)
def inline(text: str) -> str:
    """The HTML of one line of Markdown, without a paragraph around it."""
    html = _renderer().reset().convert(" ".join(text.split("\n")))
    return html.removeprefix("<p>").removesuffix("</p>")


def _question(
    question: Question, order: Mapping[str, tuple[Choice, ...]], answers: Mapping[str, str], title: str
) -> str:
    printed = answers[question.id].strip("\n").rstrip() if question.id in answers else None
    data = f'data-kind="{question.kind}" data-section="{escape(question.section)}"'
    if question.kind == "number" and printed is not None:
        printed = printed.strip()
        _check_number(question, printed)
        data += f' data-tolerance="{question.tolerance:g}"'
    if printed is not None and question.kind != "choice":
        data += f' data-answer="{escape(printed)}"'
    try:
        if question.kind == "choice":
            asked, told = _choices(question, order[question.id]), _reasons(question, order[question.id])
        else:
            asked, told = _field(question, printed or ""), _computed(question, printed)
        legend = inline(question.stem)
    except FormulaError as error:
        raise Fault(f"question {question.id}: {error}") from None
    html = (
        # Wrong answers would be found as if the book said them, so the search does not read them.
        f'<form class="quiz" id="quiz-{question.id}" {data} autocomplete="off" data-search-exclude>'
        f'<p class="quiz-kind">{title} · {_KINDS[question.kind]}</p>'
        # `no-copy`: Material's copy buttons submit a form around them.
        f'<fieldset class="no-copy"><legend>{legend}</legend>{asked}</fieldset>'
        '<div class="quiz-row"><button type="submit" class="quiz-check" hidden disabled>Check</button>'
        '<p class="quiz-verdict" role="status" aria-live="polite"></p></div>'
        f'<details class="quiz-answer no-copy"><summary>Answer and reasons</summary>{told}</details></form>'
    )
    return html.replace("\n", "&#10;")


def _check_number(question: Question, printed: str) -> None:
    try:
        finite = math.isfinite(float(printed))
    except ValueError:
        finite = False
    if not finite:
        raise Fault(f"question {question.id}: `code` prints {printed!r}; wanted: one number")


def _choices(question: Question, choices: Iterable[Choice]) -> str:
    return "".join(
        f'<label class="quiz-choice"><input type="radio" name="{question.id}"{" data-right" if choice.right else ""}>'
        f'<span>{inline(choice.text)} <span class="quiz-mark"></span></span></label>'
        for choice in choices
    )


def _reasons(question: Question, choices: Iterable[Choice]) -> str:
    items = ""
    for choice in choices:
        verdict = "✓ Right" if choice.right else "✗ Wrong"
        box = f' <a href="#confusion-{choice.misconception}">See the box</a>.' if choice.misconception else ""
        items += (
            f'<li class="quiz-{"right" if choice.right else "wrong"}"><b>{verdict}:</b> {inline(choice.text)}<br>'
            f"{inline(choice.reason)}{box}</li>"
        )
    return f"<p>The answer: {inline(question.right.text)}</p><ul>{items}</ul>"


def _field(question: Question, printed: str) -> str:
    name = f"quiz-{question.id}"
    lines = printed.count("\n") + 1
    note = ""
    if question.kind == "number":
        # The number pad of a phone has no minus and no e.
        pad = "decimal" if re.fullmatch(r"\d*\.?\d*", printed) else "text"
        tag, end = f'input type="text" inputmode="{pad}"', ""
        if question.tolerance:
            note = f"anything within {question.tolerance:g} counts"
    elif lines > 1:
        tag, end = f'textarea rows="{lines}"', "</textarea>"
        note = f"{lines} lines; Ctrl + Enter checks"
    else:
        tag, end = 'input type="text"', ""
    described = f' aria-describedby="{name}-note"' if note else ""
    field = f'<{tag} class="quiz-field" spellcheck="false" autocapitalize="off"{described}>{end}'
    hint = f'<span class="quiz-note" id="{name}-note">{note}</span>' if note else ""
    label = "Your answer" if question.kind == "number" else "It prints"
    code = highlighted(question.code.strip("\n")) if question.kind == "trace" else ""
    return f'{code}<label class="quiz-written"><span>{label}</span>{field}</label>{hint}'


def _computed(question: Question, printed: str | None) -> str:
    if printed is None:
        return "<p>The run that computes this answer failed.</p>"
    reason = f"<p>{inline(question.reason)}</p>"
    if question.kind == "trace":
        return f"<p>It prints:</p><pre><code>{escape(printed, quote=False)}</code></pre>{reason}"
    within = f", and anything within {question.tolerance:g} of it" if question.tolerance else ""
    code = highlighted(question.code.strip("\n"))
    folded = f'<details class="cell-source"><summary>Code</summary>{code}</details>'
    return f"<p>The answer: <code>{escape(printed, quote=False)}</code>{within}.</p>{reason}{folded}"


def _mastery(questions: list[Question], order: Mapping[str, tuple[Choice, ...]], answers: Mapping[str, str]) -> str:
    total = len(questions)
    forms = "".join(
        _question(question, order, answers, f"Question {number} of {total}")
        for number, question in enumerate(questions, 1)
    )
    enough = math.ceil(PASS * total)
    told = f"{_word(enough).capitalize()} right of {_word(total)}, on the first try, and the chapter counts as done."
    return (
        f'<section class="mastery" aria-label="Mastery check" data-enough="{enough}"><p>{told}</p>'
        f'<p class="mastery-progress" role="status" aria-live="polite"></p>{forms}'
        '<p class="mastery-result" role="status" aria-live="polite"></p></section>'
    )


def _word(number: int) -> str:
    return _UNITS[number] if number < len(_UNITS) else str(number)


# ---- what authors get wrong -----------------------------------------------------------------------------------------

ENOUGH = 20
"""Questions from which on shares over the book are looked at."""

_NEGATION = re.compile(r"\bnot\b|n['’]t\b", re.IGNORECASE)
_LUMPED = re.compile(
    r"\b(?:all|none|both|neither|any|each|either)(?: of)?(?: the)? (?:above|below|answers|options|choices)\b"
    r"|^(?:all|none|both|neither|any|either) of (?:these|them)\.?$",
    re.IGNORECASE,
)
_POSITION = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|previous|next|top|bottom|upper|lower) (?:option|choice|answer)s?\b"
    r"|\b(?:options?|choices?|answers?|ones?) (?:above|below)\b"
    r"|\b(?:the|as|see) (?:above|below)\b"
    r"|\b(?:option|choice) (?:[A-E]|[1-5])\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"\b([A-E]) (?:and|or) ([A-E])\b")
_VERBATIM = re.compile(r"(`+).+?\1|\$[^$]+\$")


def lint(companions: Mapping[str, Companion], boxes: Mapping[str, Collection[str]]) -> list[Fault]:
    """Hold the questions of the book against the chapter guide.

    Args:
        companions: By chapter.
        boxes: The ids of each chapter's confusion boxes, by chapter. A chapter without questions may have boxes that
            no question uses.

    Returns:
        What is wrong, each with its chapter, its question and what to change.
    """
    faults: list[Fault] = []
    stems: dict[tuple[str, str], str] = {}
    for chapter, companion in companions.items():
        for question in companion.questions:
            faults += [_fault(chapter, question.id, message) for message in _wording(question)]
            # A trace is told apart by the code that it shows.
            key = (" ".join(question.stem.casefold().split()), question.code if question.kind == "trace" else "")
            if key in stems:
                message = f"the stem repeats that of {stems[key]}; ask about another case, or drop one of the two"
                faults.append(_fault(chapter, question.id, message))
            stems.setdefault(key, f"{chapter}: {question.id}")
        faults += _definitions(chapter, companion)
        faults += _confusions(chapter, companion, boxes.get(chapter, ()))
    return faults + _slots(companions) + _lengths(companions)


def _fault(chapter: str, question: str, message: str) -> Fault:
    return Fault(f"question {question}: {message}" if question else message, chapter=chapter, file=f"{chapter}.toml")


def _prose(text: str) -> str:
    """Words only: `not` in code is Python, and A and B in a formula are matrices."""
    return _VERBATIM.sub(" … ", text)


def _wording(question: Question) -> Iterator[str]:
    stem = _prose(question.stem)
    if found := _NEGATION.search(stem):
        yield f"the stem has “{found.group()}”, which readers overlook; ask what does hold"
    if question.kind != "choice" and not question.reason.strip():
        yield f"a {question.kind} needs `reason`: say why the answer is what it is"
    for number, choice in enumerate(question.choices, 1):
        if not choice.reason.strip():
            yield f"choice {number} needs `reason`: say why it is {'right' if choice.right else 'wrong'}"
        if found := _LUMPED.search(_prose(choice.text)):
            yield f"choice {number} says “{found.group()}”; name what it claims, or drop it"
    named = [(f"choice {n}", choice.text) for n, choice in enumerate(question.choices, 1)]
    named += [(f"the reason of choice {n}", choice.reason) for n, choice in enumerate(question.choices, 1)]
    for where, text in named:
        if words := _position(_prose(text), stem):
            yield f"{where} says “{words}”, and choices are shuffled; name the choice by what it says"


def _position(text: str, stem: str) -> str:
    text = _LUMPED.sub(" … ", text)
    if found := _POSITION.search(text):
        return found.group()
    # Things that the stem itself calls A and B have their names from there.
    foreign = (
        letters.group()
        for letters in _LETTERS.finditer(text)
        if not all(re.search(rf"\b{letter}\b", stem) for letter in letters.groups())
    )
    return next(foreign, "")


def _definitions(chapter: str, companion: Companion) -> Iterator[Fault]:
    asked = [question.id for question in companion.questions if question.asks == "definition"]
    total = len(companion.questions)
    if 4 * len(asked) > total:
        message = f"{len(asked)} of {total} questions ask for a definition, at most a quarter may"
        yield _fault(chapter, "", f"{message}; ask why, or what happens if, in one of: {', '.join(asked)}")


def _confusions(chapter: str, companion: Companion, boxes: Collection[str]) -> Iterator[Fault]:
    used = set()
    for question in companion.questions:
        for number, choice in enumerate(question.choices, 1):
            if choice.misconception and choice.misconception not in boxes:
                nearest = get_close_matches(choice.misconception, list(boxes), 1)
                message = f"`misconception` of choice {number} names no confusion box of the page"
                wanted = f"did you mean {nearest[0]}?" if nearest else f"there are: {', '.join(boxes) or 'none'}"
                yield _fault(chapter, question.id, f"{message}: {choice.misconception}; {wanted}")
            used.add(choice.misconception)
    for box in boxes if companion.questions else ():
        if box not in used:
            message = f"no question uses the confusion box {box}; give its wrong belief as a wrong choice"
            yield _fault(chapter, "", f'{message}, with misconception = "{box}"')


def _slots(companions: Mapping[str, Companion]) -> list[Fault]:
    found = [
        (chapter, name, [choice.right for choice in choices].index(True))
        for chapter, companion in companions.items()
        for name, choices in arrange(companion).items()
        if len(choices) == 4
    ]
    counts = Counter(slot for _, _, slot in found)
    if len(found) < ENOUGH or all(0.2 * len(found) <= counts[slot] <= 0.3 * len(found) for slot in range(4)):
        return []
    shares = ", ".join(f"{100 * counts[slot] / len(found):.0f} %" for slot in range(4))
    fullest = max(range(4), key=lambda slot: counts[slot])
    chapter, name, _ = next(item for item in reversed(found) if item[2] == fullest)
    message = f"over the book the right answers of four choices stand in slots 1 to 4 in {shares}; wanted: 20 to 30 %"
    return [_fault(chapter, name, f"{message}. Change its id, or add questions until the chapter has a multiple of 4")]


def _lengths(companions: Mapping[str, Companion]) -> list[Fault]:
    margins: list[tuple[int, str, str]] = []
    for chapter, companion in companions.items():
        for question in companion.questions:
            if question.kind == "choice":
                others = max(_length(choice) for choice in question.choices if not choice.right)
                margins.append((_length(question.right) - others, chapter, question.id))
    longest = sorted((item for item in margins if item[0] > 0), reverse=True)
    if len(margins) < ENOUGH or len(longest) <= 0.4 * len(margins):
        return []
    _, chapter, name = longest[0]
    share = (
        f"the right choice is the longest in {len(longest)} of {len(margins)} questions of the book, at most 40 % may"
    )
    worst = ", ".join(f"{other}: {each} by {margin}" for margin, other, each in longest[:8])
    return [_fault(chapter, name, f"{share}; shorten it or lengthen a wrong one. By characters: {worst}")]


def _length(choice: Choice) -> int:
    return len(unescape(re.sub(r"<[^>]*>", "", inline(choice.text))))
