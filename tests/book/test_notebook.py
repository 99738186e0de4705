"""A program and its notebook, as a reader takes them away."""

import contextlib
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import jupytext
import nbformat
import pytest

from groundup.book import jupyter
from groundup.book.book import Book
from groundup.book.figures import Drawing
from groundup.book.lock import Lock, same_text
from groundup.book.notebook import Origin, headings, notebook, script
from groundup.book.program import Program
from groundup.book.render import shown
from groundup.book.runner import Printed

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = [chapter for chapter in Book(ROOT).collect().chapters if chapter.part]

PROGRAM = '''
    """Chapter 4."""

    # %% data example="04.2"
    import numpy as np
    x = np.array([1, 2])
    print("sum", x.sum())

    # %% quiet hide
    y = x + 1

    # %% drawn fold
    import matplotlib.pyplot as plt
    from groundup.book import figure
    fig, ax = plt.subplots()
    ax.plot(y, color="C0")
    print("drawn", y)
    figure(fig, alt="A line from 2 < 3.", caption="Look at its end.")

    # %% machine volatile="random"
    import os
    print(os.urandom(8).hex())

    # %% refused raises="ValueError"
    print("before")
    raise ValueError("no: never")
'''

PAGE = """
# Four

## Unused

## Sums of $x$ {#sums}

```python exec="on" cell="data"
```

```python exec="off" reason="shell"
# no heading
```

## Shapes

### A [line](../index.md)

```python exec="on" cell="drawn"
```

```python exec="on" cell="machine"
```
"""

ORIGIN = Origin("Four", "Part I · Chapter 4", "https://example.org/04/", ("numpy==2.4.6",), package=False)


@dataclass
class Made:
    program: Program
    locked: dict
    printed: dict[str, Printed]
    text: str

    @property
    def cells(self) -> dict:
        return {cell.id: cell for cell in nbformat.reads(self.text, as_version=4).cells}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, make_material) -> Made:
    project = make_material(tmp_path_factory.mktemp("notebook") / "book")
    project.program("04-four", PROGRAM)
    project.lock("04-four")
    program, run = project.read("04-four"), project.run("04-four")["04-four"]
    locked = Lock(program).read()
    printed = shown({cell.name: cell for cell in program.cells}, run.cells, locked)
    return Made(program, locked, printed, notebook(program, printed, headings(PAGE), ORIGIN))


def test_a_notebook_is_valid_and_reads_as_an_outline_of_the_page(made) -> None:
    nbformat.validate(nbformat.reads(made.text, as_version=4))
    texts = [cell.source for cell in made.cells.values() if cell.cell_type == "markdown"]
    assert texts[0].startswith("# Four\n\nThe program of *Ground Up*, [Part I · Chapter 4](https://example.org/04/)")
    assert "pip install numpy==2.4.6" in texts[0]
    assert texts[1:] == ["## Sums of $x$\n\n*Example 04.2*", "## Shapes\n\n### A line"]
    order = ["title_", "data_above", "data", "quiet", "figure-stand-in", "drawn_above", "drawn", "machine", "refused"]
    assert list(made.cells) == order


def test_code_cells_are_the_programs_with_what_the_page_shows(made) -> None:
    cells = {name: cell for name, cell in made.cells.items() if cell.cell_type == "code"}
    assert {cell.name: cell.source for cell in made.program.cells}.items() <= {
        name: cell.source for name, cell in cells.items()
    }.items()
    assert [cell.execution_count for cell in cells.values()] == [1, 2, 3, 4, 5, 6]
    assert cells["data"].outputs == [{"output_type": "stream", "name": "stdout", "text": "sum 3\n"}]
    assert cells["quiet"].outputs == []
    assert cells["machine"].outputs[0].text == made.locked["machine"].text
    before, error = cells["refused"].outputs
    assert before.text == "before\n"
    assert (error.output_type, error.ename, error.evalue) == ("error", "ValueError", "no: never")
    assert error.traceback == ["ValueError: no: never"]


def test_a_figure_is_a_document_of_its_own_with_its_words(made) -> None:
    printed, drawn = made.cells["drawn"].outputs
    assert printed.text == "drawn [2 3]\n"
    assert drawn.data["text/plain"] == "[figure: A line from 2 < 3.]\nLook at its end."
    svg = drawn.data["image/svg+xml"]
    assert ET.fromstring(svg).find("{http://www.w3.org/2000/svg}title").text == "A line from 2 < 3."
    assert not re.search(r"var\(|currentColor", svg)
    assert "#0072b2" in svg


def test_the_same_run_makes_the_same_bytes(made) -> None:
    assert notebook(made.program, made.printed, headings(PAGE), ORIGIN) == made.text


def test_a_long_name_of_a_cell_makes_an_id_that_notebooks_take(made) -> None:
    cells = (replace(made.program.cells[0], name="a" * 70), replace(made.program.cells[0], name="a" * 71))
    ids = json.loads(notebook(replace(made.program, cells=cells), {}, {}, ORIGIN))["cells"]
    assert len({cell["id"] for cell in ids}) == len(ids) == 5


def test_a_notebook_holds_no_code_of_questions(made) -> None:
    asking = made.program.asking([("sum", "print(x.sum())")], "04-four.toml")
    assert notebook(asking, made.printed, headings(PAGE), ORIGIN) == made.text


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)
def test_jupytext_reads_a_script_to_the_cells_of_its_notebook(chapter) -> None:
    path = ROOT / "snippets" / f"{chapter.slug}.py"
    program = Program.read(path)
    read = jupytext.reads(script(path.read_text(encoding="utf-8"), program, ORIGIN), fmt="py:percent")
    code = [cell.source for cell in read.cells if cell.cell_type == "code"]
    held = nbformat.reads(notebook(program, {}, {}, ORIGIN), as_version=4)
    wanted = [cell.source for cell in held.cells if cell.cell_type == "code"]
    assert code[-len(wanted) :] == wanted
    assert all(line.startswith(("#", '"""')) for cell in code[: -len(wanted)] for line in cell.splitlines())


def test_the_stand_in_stands_before_the_cell_of_the_program_that_needs_it(project) -> None:
    text = "# %% drawn-later\nx = 1\n\n# %% drawn\nfrom groundup.book import figure\n"
    project.program("05-five", text)
    program = project.read("05-five").asking([("q", "import groundup.book\nprint(1)")], "05-five.toml")
    marks = re.findall(r"^# %% (\S+)", script(text, program, ORIGIN), re.MULTILINE)
    assert marks == ["drawn-later", "figure-stand-in", "drawn"]
    without = replace(program, cells=(program.cells[0], program.cells[-1]))
    assert "figure-stand-in" not in script(text, without, ORIGIN)


@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_both_print_the_lock_where_the_books_package_is_not_installed(made, tmp_path: Path, kind: str) -> None:
    if kind == "script":
        code = script(made.program.path.read_text(encoding="utf-8"), made.program, ORIGIN)
    else:
        code = "\n".join(cell.source for cell in made.cells.values() if cell.cell_type == "code")
    file = tmp_path / "taken.py"
    file.write_text(code, encoding="utf-8")
    start = f"import sys, runpy; sys.modules['groundup'] = None; runpy.run_path({str(file)!r})"
    ran = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=False)
    assert ran.stderr.rstrip().endswith("ValueError: no: never")
    machine = made.locked["machine"].text
    wanted = "".join(made.locked[cell.name].text for cell in made.program.cells).replace(machine, "0\n")
    assert re.sub(r"^[0-9a-f]{16}$", "0", ran.stdout, flags=re.MULTILINE) == wanted


@pytest.fixture
def gradients() -> Iterator[None]:
    """A chapter may end with PyTorch's gradients switched off; in this process others come after it."""
    yield
    if "torch" in sys.modules:
        sys.modules["torch"].set_grad_enabled(True)


@pytest.mark.usefixtures("gradients")
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)
def test_the_code_cells_of_a_chapter_print_its_lock_from_top_to_bottom(chapter, tmp_path: Path, monkeypatch) -> None:
    program = Program.read(ROOT / "snippets" / f"{chapter.slug}.py")
    locked = Lock(program).read()
    held = nbformat.reads(notebook(program, {}, {}, ORIGIN), as_version=4)
    monkeypatch.chdir(tmp_path)
    names: dict = {"__name__": "__main__"}
    for cell in (cell for cell in held.cells if cell.cell_type == "code"):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(cell.source, cell.id, "exec"), names)
        own = program.cell(cell.id)
        if own is None or not own.volatile:
            assert same_text(locked[own.name].text if own else "", printed.getvalue(), own and own.tol), cell.id


def test_what_a_program_needs_is_what_its_run_used(project) -> None:
    project.program("05-five", "# %% a\nimport sklearn.svm, torch.nn, math\nimport groundup.capstones.gpt\n")
    used = {"scikit-learn": "1.9.1", "torch": "2.13.0+cpu", "scipy": "1.17.1"}
    origin = Origin.of(project.read("05-five"), "Five", "Chapter 5", "", used)
    assert origin.needs == ("scikit-learn==1.9.1", "torch==2.13.0")
    text = script("# %% a\n", project.read("05-five"), origin)
    assert "# Needs: pip install scikit-learn==1.9.1 torch==2.13.0\n" in text
    assert "# Needs also the book's own package, groundup" in text


# As a page


def test_a_page_shows_cells_outputs_and_figures_in_the_sites_dress(made) -> None:
    drawings = [drawing for printed in made.printed.values() for drawing in printed.figures]
    html, tokens = jupyter.rendered(made.text, drawings)
    assert re.findall(r'<div class="cell" id="([^"]*)"', html) == [
        "cell-data", "cell-quiet", "cell-figure-stand-in", "cell-drawn", "cell-machine", "cell-refused",
    ]  # fmt: skip
    assert '<div class="cell-output"><pre tabindex="0"><code>sum 3\n</code></pre></div>' in html
    assert '<div class="cell-output cell-error"><pre tabindex="0"><code>ValueError: no: never' in html
    assert "var(--figure-1, #0072b2)" in html
    assert "<figcaption>Look at its end.</figcaption>" in html
    assert '<h2 id="sums-of-x">Sums of <math' in html
    assert [(child["level"], child["name"]) for child in tokens[0]["children"]] == [(2, "Sums of $x$"), (2, "Shapes")]
    assert not re.search(r"<script|<style|<img|src=|clipboard|Traceback", html)


def test_headings_that_say_the_same_have_anchors_of_their_own(made) -> None:
    above = {"data": "## Again", "machine": "## Again"}
    html, tokens = jupyter.rendered(notebook(made.program, {}, above, ORIGIN), list[Drawing]())
    assert [child["id"] for child in tokens[0]["children"]] == ["again", "again_1"]
    assert '<h2 id="again_1">' in html
