"""Turns a cell and what it printed into the HTML of a page."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from markdown import Markdown
from pymdownx.highlight import Highlight

from groundup.book.companion import Companion
from groundup.book.figures import Drawing
from groundup.book.lock import Locked
from groundup.book.program import Cell, question_cell
from groundup.book.runner import Printed

_FOLDED = 2
FIGURE = 20
"""How high a fold and a figure are, in lines of code."""


@dataclass(frozen=True)
class Shown:
    """A chapter's cells with what the page shows below each.

    Args:
        cells: By name.
        printed: By name; a cell whose run failed is absent.
        faults: What to say instead of an output, by cell.
        companion: The chapter's questions.
    """

    cells: Mapping[str, Cell]
    printed: Mapping[str, Printed]
    faults: Mapping[str, str]
    companion: Companion = field(default_factory=Companion)

    @property
    def answers(self) -> dict[str, str]:
        """What the code of each question printed."""
        names = {question.id: question_cell(question.id) for question in self.companion.computed}
        return {name: self.printed[cell].text for name, cell in names.items() if cell in self.printed}

    @property
    def anchors(self) -> set[str]:
        """The HTML ids of the cells and of the worked examples, which MkDocs does not find by itself."""
        cells = [cell for cell in self.cells.values() if not cell.hide]
        return {f"cell-{cell.name}" for cell in cells} | {example_id(cell.example) for cell in cells if cell.example}

    def html(self, name: str, *, predicted: bool = False) -> str:
        """The cell as the page shows it: label, source, output, badge, figures.

        Args:
            name: The cell's.
            predicted: Fold what it printed, because the reader is asked first.
        """
        cell = self.cells[name]
        parts, lines = [label(cell), source(cell)], _FOLDED if cell.fold else cell.source.count("\n") + 1
        if name in self.printed:
            printed = self.printed[name]
            lines += _FOLDED if predicted else _lines(printed)
            drawn = [figure(drawing, f"{name}-{n}") for n, drawing in enumerate(printed.figures, 1)]
            told = badge(cell) if printed.shows else ""
            left = "".join([text, told, *drawn] if (text := output(printed)) else [*drawn, told])
            fold = f'<details class="predicted"><summary>Show what it prints</summary>{left}</details>'
            parts.append(fold if predicted else left)
        if name in self.faults:
            parts.append(f'<div class="cell-fault" role="alert"><pre>{escape(self.faults[name])}</pre></div>')
        return f'<div class="cell" id="cell-{name}" data-cell="{name}" {place(lines)}>{"".join(parts)}</div>'


def place(lines: int) -> str:
    """The attribute by which browsers keep a place for a cell before they lay it out."""
    return f'style="--lines:{lines}"'


def _lines(printed: Printed) -> int:
    return printed.text.count("\n") + bool(printed.error) + FIGURE * len(printed.figures)


def example_id(example: str) -> str:
    """The HTML id of a worked example."""
    return f"example-{example}"


def label(cell: Cell) -> str:
    """The syllabus' id of the worked example, as a link to itself."""
    if not cell.example:
        return ""
    anchor = example_id(cell.example)
    return f'<p class="cell-label" id="{anchor}"><a href="#{anchor}">Example {escape(cell.example)}</a></p>'


@functools.lru_cache(4096)
def highlighted(code: str) -> str:
    """Python code as Material shows it; remembered, because an author who edits prose changes no code."""
    highlight = Highlight(Markdown(), use_pygments=True, pygments_lang_class=True, guess_lang=False)
    return str(highlight.highlight(code, "python"))


def source(cell: Cell) -> str:
    """The highlighted source, folded where the cell says so."""
    html = highlighted(cell.source)
    return f'<details class="cell-source"><summary>Code</summary>{html}</details>' if cell.fold else html


def output(printed: Printed) -> str:
    """What the cell printed, and the last line of the exception that it was meant to raise."""
    html = ""
    if printed.text:
        html += _block("cell-output", printed.text)
    if printed.error:
        html += _block("cell-output cell-error", printed.error + "\n")
    return html


def _block(classes: str, text: str) -> str:
    return f'<div class="{classes}"><pre tabindex="0"><code>{escape(text, quote=False)}</code></pre></div>'


def badge(cell: Cell) -> str:
    """How closely the output must agree with its lock; out of the search, where every page would have the word."""
    if cell.volatile:
        kind, text = "volatile", f"machine-dependent: {escape(cell.volatile)}"
    elif cell.tol:
        kind, text = "tolerance", f"within {percent(cell.tol)} on any machine"
    else:
        kind, text = "exact", "exact"
    return f'<p class="cell-badge cell-badge-{kind}" data-search-exclude>{text}</p>'


def percent(tol: float) -> str:
    """A tolerance as readers know it: ``2 %``."""
    return f"{100 * tol:.3g} %"


def figure(drawing: Drawing, key: str) -> str:
    """The drawing, readable without seeing it, with ids of its own."""
    from groundup.book.figures import with_prefix

    svg = with_prefix(drawing.svg, f"{key}-")
    head, _, rest = svg.partition(">")
    return (
        f'<figure class="cell-figure">{head} role="img" aria-label="{escape(drawing.alt)}">{rest}'
        f"<figcaption>{escape(drawing.caption, quote=False)}</figcaption></figure>"
    )


def shown(
    cells: Mapping[str, Cell], printed: Mapping[str, Printed], locked: Mapping[str, Locked]
) -> dict[str, Printed]:
    """What the page shows: the run's output, and the locked one where outputs are machine-dependent."""
    return {
        name: Printed(locked[name].text, locked[name].error, result.figures)
        if cells[name].volatile and name in locked
        else result
        for name, result in printed.items()
    }
