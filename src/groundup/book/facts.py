"""What a chapter says of itself: above its title what it asks of the reader, at its end what its outputs stand on.

    Part I · Data and vocabulary · Chapter 4 · 14 minutes to read · 2 seconds to run · needs NumPy, Matplotlib

Nothing of it is typed. Minutes come from the page and its program, seconds from the lock, the rest from the run.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date

from mkdocs.utils import get_build_datetime

from groundup.book.contents import Chapter
from groundup.book.program import Program
from groundup.book.render import percent
from groundup.book.runner import Run
from groundup.book.worker import owners

WORDS_A_MINUTE = 200
"""How fast prose about a technical matter is read."""
LINES_A_MINUTE = 20
"""How fast the lines of a program are."""

_FENCE_LINES = re.compile(r"^[ \t>]*[`~]{3}.*$", re.MULTILINE)
_NAMES = {
    "numpy": "NumPy",
    "scipy": "SciPy",
    "pandas": "pandas",
    "scikit-learn": "scikit-learn",
    "torch": "PyTorch",
    "matplotlib": "Matplotlib",
}
"""Distributions as their makers write them, in the order in which a page names them."""


def header(*lines: str) -> str:
    """What stands above the title: lines of HTML, the reader's place first."""
    return f'<div class="chapter-facts">\n{"".join(lines)}</div>\n'


def line(chapter: Chapter, program: Program, run: Run | None, *, text: str, seconds: int | None) -> str:
    """Where the reader is, and what the chapter asks for.

    Args:
        chapter: The chapter.
        program: Its program.
        run: What that left; without one nothing is said of what it needs.
        text: The page's Markdown.
        seconds: From the lock; ``None`` where it does not say.
    """
    said = [chapter.label, f"{_counted(minutes(text, program), 'minute')} to read"]
    if seconds is not None:
        said.append(f"{_duration(seconds)} to run")
    if run:
        said.append(f"needs {', '.join(versions(program, run)) or 'only Python'}")
    return f'<p class="chapter-line">{" · ".join(said)}</p>\n'


def minutes(text: str, program: Program) -> int:
    """Minutes to read a page once, with its code but without its questions, which lie beside it.

    Args:
        text: The page's Markdown. Its words count, formulas' too; the lines that open and close fences do not.
        program: Its lines of code count, comments too; blank ones do not, nor what the page hides or folds.
    """
    words = len(_FENCE_LINES.sub("", text).split())
    shown = (cell.source for cell in program.cells if not cell.hide and not cell.fold)
    code = sum(bool(row.strip()) for source in shown for row in source.split("\n"))
    return max(1, round(words / WORDS_A_MINUTE + code / LINES_A_MINUTE))


def versions(program: Program, run: Run) -> dict[str, str]:
    """Versions of the distributions that a program's own statements import, by the names that readers know.

    Local labels are left out: ``2.13.0+cpu`` names one of several builds of 2.13.0.
    """
    found = requirements(program, run.packages)
    order = [*(name for name in _NAMES if name in found), *(name for name in found if name not in _NAMES)]
    return {_NAMES.get(name, name): found[name] for name in order}


def requirements(program: Program, packages: Mapping[str, str]) -> dict[str, str]:
    """Versions of those distributions, without local labels, by the names that pip knows, sorted.

    Args:
        program: The program.
        packages: Versions of all that its run used.
    """
    modules = {name.partition(".")[0] for name in program.imports} - sys.stdlib_module_names - {"groundup"}
    found = {name for module in modules for name in _distributions(module, packages)}
    return {name: packages[name].partition("+")[0] for name in sorted(found)}


def _distributions(module: str, packages: Mapping[str, str]) -> list[str]:
    name = "scikit-learn" if module == "sklearn" else module
    return [name] if name in packages else [name for name in owners(module) if name in packages]


def trust(program: Program, run: Run, *, seconds: int | None, method: str | None) -> str:
    """What the outputs of a page stand on.

    Args:
        program: The chapter's program.
        run: The run that printed them.
        seconds: From the lock; ``None`` where it does not say.
        method: Address of the page that says how outputs are checked, if there is one.
    """
    day = _day(run)
    date_shown = f'<time datetime="{day}">{_joined(str(day.day), f"{day:%B}", str(day.year))}</time>'
    used = [f"Python {platform.python_version()}"]  # this one's: the store has no runs of another
    used += [f"{name} {version}" for name, version in versions(program, run).items()]
    listed = " and ".join(filter(None, [", ".join(used[:-1]), used[-1]]))
    took = "" if seconds is None else f", in {'about ' if seconds else ''}{_duration(seconds)}"
    made = f"The outputs on this page were printed by a run on {date_shown} with {listed}{took}."
    return f'\n<p class="chapter-trust">{made} {_checked(program, run, method)}</p>\n'


def _checked(program: Program, run: Run, method: str | None) -> str:
    """How many outputs must agree how closely; the hidden cells, which have no output on the page, apart."""
    own = [cell for cell in program.cells if not cell.question]
    shown = [cell for cell in own if not cell.hide and run.cells[cell.name].shows]
    exactly = f'<a href="{method}">exactly</a>' if method else "exactly"
    volatile = sum(cell.volatile is not None for cell in shown)
    tolerances = Counter(cell.tol for cell in shown if cell.volatile is None)
    classes = [f"{tolerances.pop(None)} must repeat {exactly}"] if tolerances[None] else []
    classes += [f"{count} must repeat within {percent(tol)}" for tol, count in sorted(tolerances.items()) if tol]
    if volatile:
        depend = "depends on the machine and is" if volatile == 1 else "depend on the machine and are"
        classes.append(f"{volatile} {depend} shown as locked")
    text = f"{_counted(len(shown), 'cell')} {'has' if len(shown) == 1 else 'have'} an output: {', '.join(classes)}."
    if hidden := sum(cell.hide for cell in own):
        text += f" {_counted(hidden, 'further cell')} {'is' if hidden == 1 else 'are'} run and checked, and not shown."
    return text if shown else ""


def _day(run: Run) -> date:
    """When it ran, or the day that SOURCE_DATE_EPOCH sets, so that builds of two days can make the same bytes."""
    return get_build_datetime().date() if "SOURCE_DATE_EPOCH" in os.environ else date.fromisoformat(run.day)


def _duration(seconds: int) -> str:
    return _counted(seconds, "second") if seconds else _joined("under", "a", "second")


def _counted(number: int, noun: str) -> str:
    return _joined(str(number), noun if number == 1 else f"{noun}s")


def _joined(*words: str) -> str:
    """Words that stay on one line."""
    return "\N{NO-BREAK SPACE}".join(words)
