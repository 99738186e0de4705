"""Numbers that a cell printed: taking them into prose, and finding those that were typed there a second time.

A typed copy stays as it is when the output changes. ``lint`` points at it and names the ``{{ out:cell.key }}`` to write
instead. It looks at decimals and at whole numbers from 100 on, for 2 and 10 are in every output; and it leaves alone
what the author chose: a number that stands in the program's own code, also in its strings, is no result.

A number that only looks like an output is named in the page's front matter, with the reason:

    typed:
      "0.96": the value in the paper
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from mkdocs.utils import meta

from groundup.book.companion import Companion
from groundup.book.errors import Fault
from groundup.book.page import fences
from groundup.book.program import Program
from groundup.book.runner import Run

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_PRINTED = re.compile(rf"(?<![\w.]){_NUMBER}")
_TYPED = re.compile(r"(?<![\w.#/])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-−]?\d+)?(?!\w|\.\d)(?:\s?%)?")
_NO_PROSE = re.compile(
    r"""
    \A---\n.*?\n---\n                               # front matter
    | \{\{.*?\}\} | (?P<ticks>`+).+?(?P=ticks)      # interpolations, code
    | \$\$.*?\$\$ | \$(?:[^$\n]|\n(?!\n))+\$        # formulas
    | \]\([^)]*\) | <[^>\n]+> | \{:?\s*[#.][^}\n]*\}    # where links lead, HTML, attributes
    | \b0\d\.\d+                                    # ids of examples
    | (?:\bversion|\bPython|\b[A-Z][a-z]+[A-Z]\w*)\ \d+(?:\.\d+)*
    | (?:Jan|Febr)uary\ \d{4} | (?:March|April|May|June|July|August)\ \d{4} | (?:Septem|Octo|Novem|Decem)ber\ \d{4}
    """,
    re.VERBOSE | re.DOTALL,
)
_HINT = (
    "A number that only looks the same is named in the front matter of the chapter's page, with the reason: "
    'typed: {"0.96": "the value in the paper"}'
)


def printed_numbers(text: str) -> list[str]:
    """The numbers of an output in order, each as it was printed."""
    return [found.rstrip(".") for found in _PRINTED.findall(text)]


def number(printed: str, key: str) -> str | None:
    """A number of an output, as it was printed.

    Args:
        printed: The output.
        key: ``3`` for the third number, or the word before the number: ``loss`` in ``step 0 loss 33.0``.
    """
    if key.isdecimal():
        numbers = printed_numbers(printed)
        return numbers[int(key) - 1] if 0 < int(key) <= len(numbers) else None
    word = re.sub(r"[-_]", r"[\\s_-]+", re.escape(key).replace(r"\-", "-"))
    match = re.search(rf"(?<!\w){word}(?!\w)[^\d\n]*?({_NUMBER})", printed)
    return match.group(1).rstrip(".") if match else None


class _Typed(NamedTuple):
    text: str
    value: float
    line: int


def lint(text: str, program: Program, run: Run, companion: Companion, *, file: str) -> list[Fault]:
    """Find the numbers of a chapter's prose and questions that repeat an output.

    Args:
        text: The page's Markdown.
        program: The chapter's program.
        run: What it printed.
        companion: The chapter's questions.
        file: The page's path, for messages.
    """
    cells = [cell.name for cell in program.cells if not cell.question]
    printed: dict[float, list[str]] = {}
    for name in cells:
        for place, found in enumerate(printed_numbers(run.cells[name].text), 1):
            printed.setdefault(abs(float(found)), []).append(f"{{{{ out:{name}.{place} }}}}")
    chosen = {value for cell in program.cells for value in _chosen(cell.source)}
    declared = {_value(str(key)): str(key) for key in meta.get_data(text)[1].get("typed") or {}}
    unused = dict(declared)

    def wrong(prose: str, where: str, file: str, *, lines: bool) -> Iterator[Fault]:
        for typed in _typed(prose):
            repeated = printed.get(typed.value)
            if repeated is None or typed.value in chosen:
                continue
            unused.pop(typed.value, None)
            if typed.value not in declared:
                take = " or ".join(list(dict.fromkeys(repeated))[:3])
                if typed.text.endswith("%"):
                    take += ", and let the cell print the percentage"
                message = f"{where}{typed.text} is typed, and a cell prints it; write {take}"
                line = typed.line if lines else None
                yield Fault(message, chapter=program.chapter, line=line, file=file, hint=_HINT)

    faults = list(wrong(text, "", file, lines=True))
    asked = file.removesuffix(".md") + ".toml"
    for question in companion.questions:
        told = [question.stem, question.reason]
        told += [part for choice in question.choices for part in (choice.text, choice.reason)]
        faults += wrong("\n\n".join(told), f"question {question.id}: ", asked, lines=False)
    for key in unused.values():
        message = f"`typed` in the front matter names {key}, which repeats no output; drop it"
        faults.append(Fault(message, chapter=program.chapter, file=file))
    return faults


@functools.lru_cache(4096)
def _chosen(code: str) -> frozenset[float]:
    """The numbers that stand in code, and in its strings."""
    constants = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    values = {abs(float(value)) for value in constants if isinstance(value, int | float)}
    words = [found for value in constants if isinstance(value, str) for found in printed_numbers(value)]
    return frozenset(values | {abs(float(word)) for word in words})


def _typed(text: str) -> Iterator[_Typed]:
    """The numbers of Markdown that say something, outside code, formulas, links, ids, versions and dates."""
    lines = text.split("\n")
    for fence in fences(lines):
        lines[fence.start : fence.end] = [""] * (fence.end - fence.start)
    prose = _NO_PROSE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), "\n".join(lines))
    for found in _TYPED.finditer(prose):
        written = found.group().strip()
        value = _value(written)
        if value >= 100 or value != int(value):
            yield _Typed(written, value, prose.count("\n", 0, found.start()) + 1)


def _value(written: str) -> float:
    """The size of a number as people write it: 1,000 or 1e−6 or 96 %."""
    plain = written.replace(",", "").replace("−", "-")
    return float(plain.rstrip("% ")) / 100 if plain.endswith("%") else abs(float(plain))
