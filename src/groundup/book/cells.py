"""A Markdown extension that fills the fences of a page, and the look-up that stands in for running them.

Before Markdown sees a page, every fence that names a cell gets the cell's source as its body, and every ``{{
out:cell.key }}`` becomes the number that the cell printed. The fences are then rendered by markdown-exec, whose
formatter for Python is replaced, through its public table of formatters, by one that looks the cell up instead of
executing it. Any generator that uses Python-Markdown can do the same.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from html import unescape
from typing import Any

import markdown_exec
from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from msgspec.structs import replace
from pymdownx.superfences import SuperFencesException

from groundup.book import confusion, predict, quiz, tooltip
from groundup.book.companion import Companion, Question
from groundup.book.errors import Fault
from groundup.book.numbers import number
from groundup.book.page import NUMBER, fences, numbers_in_prose
from groundup.book.render import Shown

_shown: ContextVar[Shown] = ContextVar("shown")


@contextmanager
def showing(shown: Shown) -> Iterator[None]:
    """Render a page with these cells."""
    token = _shown.set(shown)
    try:
        yield
    finally:
        _shown.reset(token)


def lookup(code: str, *, cell: str = "", predicted: str = "", **options: Any) -> str:
    """What stands in for running a fence: the stored output of its cell, as HTML."""
    shown = _shown.get(None)
    if shown is None or cell not in shown.cells:
        # Any other exception would be swallowed by superfences, and the fence shown as text.
        raise SuperFencesException(f"the fence for cell {cell or '(unnamed)'} is rendered outside its chapter")
    return shown.html(cell, predicted=predicted == "on")


class CellPreprocessor(Preprocessor):
    """Fills fences and numbers from the chapter that is being shown."""

    def run(self, lines: list[str]) -> list[str]:
        """Rewrite the page's lines."""
        shown = _shown.get(None)
        if shown is None:
            return lines
        return quiz.place(self.filled(predict.place(lines), shown), self.asked(shown), shown.answers)

    def filled(self, lines: list[str], shown: Shown) -> list[str]:
        """The lines with every fence filled and every number in prose replaced."""
        lines = self.with_numbers(lines, shown)
        filled: list[str] = []
        at = 0
        for fence in fences(lines):
            filled += lines[at : fence.start]
            at = fence.end
            if fence.runs:
                cell = shown.cells[fence.options["cell"]]
                ticks = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`{3,}", cell.source))])
                body = cell.source.split("\n")
                predicted = ' predicted="on"' if fence.options.get("predicted") else ""
                opened = f'{ticks}python exec="on" html="on" cell="{cell.name}"{predicted}'
                filled += [fence.indent + line if line else fence.indent.rstrip() for line in [opened, *body, ticks]]
            elif "exec" in fence.options:
                head = re.sub(r'\s+(exec|reason)=(?:"[^"]*"|\S+)', "", lines[fence.start])
                filled += [head, *lines[fence.start + 1 : fence.end]]
            else:
                filled += lines[fence.start : fence.end]
        return filled + lines[at:]

    def with_numbers(self, lines: list[str], shown: Shown) -> list[str]:
        """The lines with every ``{{ out:cell.key }}`` replaced."""
        lines = list(lines)
        for index, match in numbers_in_prose(list(lines)):
            try:
                lines[index] = lines[index].replace(match.group(), _printed(match, shown), 1)
            except Fault as fault:
                fault.line = index + 1
                raise
        return lines

    def asked(self, shown: Shown) -> Companion:
        """The questions with every ``{{ out:cell.key }}`` in their words replaced."""

        def filled(question: Question, text: str) -> str:
            try:
                return NUMBER.sub(lambda match: _printed(match, shown), text)
            except Fault as fault:
                fault.message = f"question {question.id}: {fault.message}"
                raise

        questions = []
        for question in shown.companion.questions:
            fill = functools.partial(filled, question)
            choices = tuple(replace(each, text=fill(each.text), reason=fill(each.reason)) for each in question.choices)
            questions.append(replace(question, stem=fill(question.stem), reason=fill(question.reason), choices=choices))
        return Companion(tuple(questions))


def _printed(match: re.Match[str], shown: Shown) -> str:
    """The number that a ``{{ out:cell.key }}`` stands for; a question mark where its cell failed."""
    name = match["cell"]
    if name not in shown.cells:
        raise Fault(f"`{match.group()}`: there is no such cell in the chapter's program", cell=name)
    if name not in shown.printed:
        return "?"
    value = number(shown.printed[name].text, match["key"])
    if not value:
        wanted = "its place (1, 2, ...) or the word before it"
        raise Fault(f"`{match.group()}`: the cell prints no such number; wanted: {wanted}", cell=name)
    return value


_PLAIN = re.compile(r'<span class="[nopw]">([^<]*)</span>')
_CODE = re.compile(r"(<pre>(?:<span></span>)?<code)>(.*?)</code>", re.DOTALL)
_FITS = 30  # characters, in a box, on a screen 375 pixels wide


def reachable(html: str) -> str:
    """The same HTML with lighter code, and with what a phone has to scroll in reach of the keyboard.

    Names, operators, punctuation and blanks look like other text, so they need no elements, which would be most of all
    on a page. Material lets the keyboard reach the blocks that it has come to; with its feature ``content.lazy`` those
    are the blocks in view.
    """
    return _CODE.sub(_reached, _PLAIN.sub(r"\1", html))


def _reached(block: re.Match[str]) -> str:
    code = re.sub(r"<[^>]*>", "", block[2]).replace("&#10;", "\n")
    long = max(map(len, unescape(code).split("\n"))) > _FITS
    return f'{block[1]} tabindex="0">{block[2]}</code>' if long else block.group()


class CodePostprocessor(Postprocessor):
    """Makes a page's code `reachable`."""

    def run(self, text: str) -> str:
        """Rewrite the page's HTML."""
        return reachable(text)


class CellExtension(Extension):
    """Registers the processors, the first one ahead of every other, and the look-up with markdown-exec."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Called by Python-Markdown."""
        md.preprocessors.register(CellPreprocessor(md), "ground-up-cells", 50)
        md.postprocessors.register(CodePostprocessor(md), "ground-up-code", 5)
        confusion.register(md)
        tooltip.register(md)
        formatters: dict[str, Any] = markdown_exec.formatters
        formatters["python"] = functools.partial(markdown_exec.base_format, language="python", run=lookup)


def makeExtension(**config: Any) -> CellExtension:
    """Called by Python-Markdown."""
    return CellExtension(**config)
