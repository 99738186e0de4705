"""A chapter's companion: the quiz questions and the terms that belong to a page, in a data file beside it.

    [[questions]]
    id = "what-moves"
    section = "training-repeat-the-step"     # a heading's anchor, or "mastery"
    concept = "parameter"
    asks = "what-if"
    kind = "choice"
    stem = "You run the loop twice as long. Which of these stays as it was?"

    [[questions.choices]]
    text = "the learning rate"
    right = true
    reason = "Nothing in the loop assigns to it."

``docs/part-1/01-what-is-a-model.toml`` stands beside ``01-what-is-a-model.md``. The answers to questions of the kinds
``number`` and ``trace`` are not in it: they have ``code``, which the build runs after the chapter's last cell, and
whose output is locked like any other. ``term`` says what a ``[[terms]]`` holds.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from groundup.book import term
from groundup.book.errors import Fault

MASTERY = "mastery"
"""The section of the questions that close a chapter."""


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer to choose.

    Args:
        text: Markdown, in one line.
        reason: Why it is right or wrong, shown after answering.
        right: Whether it is the right one.
        misconception: Id of the confusion box whose wrong belief leads here.
    """

    text: str
    reason: str
    right: bool = False
    misconception: str = ""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One quiz item.

    Args:
        id: Unique in the book's chapter; lower-case words with hyphens.
        section: Anchor of the heading whose section it closes, or ``mastery``.
        concept: What it is about, a term of the book.
        asks: ``definition``, ``why``, ``what-if`` or ``compute``.
        kind: ``choice``; ``number``, computed by ``code``; ``trace``, what ``code`` prints.
        stem: Markdown, in one line.
        choices: Of a choice, two to five, one of them right.
        code: Python that prints the answer. A trace shows it; a number keeps it folded.
        tolerance: How far a number may be off, absolutely.
        reason: Why the answer of a number or a trace is what it is.
    """

    id: str
    section: str
    concept: str
    asks: Literal["definition", "why", "what-if", "compute"]
    kind: Literal["choice", "number", "trace"]
    stem: str
    choices: tuple[Choice, ...] = ()
    code: str = ""
    tolerance: float = 0.0
    reason: str = ""

    @property
    def right(self) -> Choice:
        """The right choice."""
        return next(choice for choice in self.choices if choice.right)


class Companion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in the data file of one chapter.

    Args:
        questions: In the order in which a section shows them.
        terms: Those that the chapter defines.
    """

    questions: tuple[Question, ...] = ()
    terms: tuple[term.Term, ...] = ()

    @property
    def computed(self) -> list[Question]:
        """The questions whose answers a run computes."""
        return [question for question in self.questions if question.code]


def read(path: Path, *, chapter: str, file: str) -> Companion:
    """Read a companion; an absent one is empty.

    Args:
        path: The data file.
        chapter: The chapter's slug.
        file: Its path, for messages.

    Raises:
        Fault: The file names what is wrong by item and key.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Companion()
    return _parsed(data, chapter, file)


@functools.lru_cache(512)
def _parsed(data: bytes, chapter: str, file: str) -> Companion:
    try:
        companion = msgspec.toml.decode(data, type=Companion)
    except msgspec.ValidationError as error:
        raise Fault(f"the data file does not fit: {error} ($ is the file)", chapter=chapter, file=file) from None
    except msgspec.DecodeError as error:
        raise Fault(f"the data file is not TOML: {error}", chapter=chapter, file=file) from None
    for message in _wrong(companion):
        raise Fault(message, chapter=chapter, file=file)
    return companion


def _wrong(companion: Companion) -> Iterator[str]:
    seen: set[str] = set()
    for question in companion.questions:
        name = f"question {question.id}"
        if not question.id or question.id.strip("abcdefghijklmnopqrstuvwxyz0123456789-"):
            yield f"{name}: `id` is lower-case words with hyphens"
        if question.id in seen:
            yield f"{name}: `id` is used twice"
        seen.add(question.id)
        for key in ("section", "concept", "stem"):
            if not getattr(question, key).strip():
                yield f"{name}: `{key}` is empty"
        yield from _wrong_choice(name, question) if question.kind == "choice" else _wrong_code(name, question)
    yield from term.wrong(companion.terms)


def _wrong_choice(name: str, question: Question) -> Iterator[str]:
    if not 2 <= len(question.choices) <= 5:
        yield f"{name}: `choices` holds {len(question.choices)}; wanted: two to five"
    if sum(choice.right for choice in question.choices) != 1:
        yield f"{name}: `choices` needs exactly one with `right = true`"
    if question.code or question.tolerance or question.reason:
        yield f"{name}: `code`, `tolerance` and `reason` are for numbers and traces; here each choice has its reason"
    for number, choice in enumerate(question.choices, 1):
        for key in ("text", "reason"):
            if not getattr(choice, key).strip():
                yield f"{name}: `{key}` of choice {number} is empty"
        if choice.right and choice.misconception:
            yield f"{name}: choice {number} is right and cannot carry a `misconception`"


def _wrong_code(name: str, question: Question) -> Iterator[str]:
    if question.choices:
        yield f"{name}: a {question.kind} has no `choices`"
    for key in ("code", "reason"):
        if not getattr(question, key).strip():
            yield f"{name}: a {question.kind} needs `{key}`"
    if question.tolerance < 0 or (question.tolerance and question.kind == "trace"):
        yield f"{name}: `tolerance` is for numbers, and not negative"
