"""markdown-exec renders the fences, and what it shows below each is the stored output of the cell."""

import re
import textwrap
from pathlib import Path

import markdown_exec
import pytest
from markdown import Markdown
from pymdownx.superfences import SuperFencesException

from groundup.book import cells
from groundup.book.companion import Choice, Companion, Question
from groundup.book.errors import Fault
from groundup.book.program import Cell, Program
from groundup.book.render import Shown
from groundup.book.runner import Printed

OUTPUT = "step 0 loss 33.0\nw_1 = -1.5, learning rate 1e-3 (5, 2)\n"


@pytest.fixture
def render(tmp_path: Path):
    """Render a page with the cells of a program that printed OUTPUT in each."""

    def render(page: str, program: str = "# %% one\nprint(1 < 2)\n") -> str:
        path = tmp_path / "01-a.py"
        path.write_text(program, encoding="utf-8")
        table: dict[str, Cell] = {cell.name: cell for cell in Program.read(path).cells}
        fence = {"name": "python", "class": "python", "validator": markdown_exec.validator}
        md = Markdown(
            extensions=["pymdownx.superfences", "pymdownx.details", "groundup.book.cells"],
            extension_configs={
                "pymdownx.superfences": {"custom_fences": [{**fence, "format": markdown_exec.formatter}]},
            },
        )
        with cells.showing(Shown(table, {name: Printed(OUTPUT) for name in table}, {})):
            return md.convert(page)

    return render


ONE = '```python exec="on" cell="one"\n```\n'
SHOWN = 'data-cell="one"'


def text(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def test_a_fence_becomes_the_source_and_what_it_printed(render) -> None:
    html = render(ONE)
    assert html.count(SHOWN) == 1
    assert text(html) == f"print(1 &lt; 2)\n{OUTPUT}exact"


def test_nothing_runs_while_a_page_is_rendered(render) -> None:
    assert text(render(ONE, "# %% one\nimport os\nos._exit(7)\n")).startswith("import os\nos._exit(7)\n")


@pytest.mark.parametrize(
    "page",
    [f"??? solution\n\n{textwrap.indent(ONE, '    ')}", f"> words\n>\n{textwrap.indent(ONE, '> ')}"],
    ids=["details", "quote"],
)
def test_a_fence_inside_something_is_rendered_there(render, page: str) -> None:
    html = render(page, "# %% one\nif True:\n    print(1 < 2)\n\n    print(3)\n")
    assert html.count(SHOWN) == 1
    assert re.match(r"<(details|blockquote)", html)
    assert "if True:\n    print(1 &lt; 2)\n\n    print(3)\n" in text(html)
    assert "```" not in html


def test_a_source_that_holds_fences_is_one_cell(render) -> None:
    program = '# %% one\ntext = """\n```python\n````\n```\n"""\nprint(text)\n'
    html = render(f"before\n\n{ONE}\nafter\n", program)
    assert html.count(SHOWN) == 1
    assert "```python\n````\n```" in text(html).replace("&quot;", '"')
    assert html.endswith("<p>after</p>")


@pytest.mark.parametrize(
    "source",
    [
        "x = '<b>&amp;</b>'",
        "x = '**not bold** _nor_ [a](b)'",
        "x = '{{ out:one.1 }}'",
        "x = '$a$'",
        "# ??? no box\nx = 1",
    ],
)
def test_a_source_is_shown_as_it_is_written(render, source: str) -> None:
    from html import unescape

    assert unescape(text(render(ONE, f"# %% one\n{source}\n"))).startswith(source + "\n")


def test_a_number_of_an_output_stands_in_the_prose(render) -> None:
    html = render(f"It fell to {{{{ out:one.loss }}}}, at step {{{{out:one.1}}}}.\n\n{ONE}")
    assert html.startswith("<p>It fell to 33.0, at step 0.</p>")


def test_a_number_may_stand_before_its_cell_and_twice(render) -> None:
    html = render(f"{{{{ out:one.loss }}}} and {{{{ out:one.loss }}}}\n\n{ONE}")
    assert html.startswith("<p>33.0 and 33.0</p>")


def test_a_number_inside_a_fence_is_left_alone(render) -> None:
    assert "{{ out:one.loss }}" in render(f"{ONE}\n```text\n{{{{ out:one.loss }}}}\n```\n")


def test_a_number_that_was_not_printed_is_a_fault_and_not_text(render) -> None:
    with pytest.raises(Fault, match=r"`\{\{ out:one\.accuracy \}\}`: the cell prints no such number"):
        render(f"{ONE}\nIt is {{{{ out:one.accuracy }}}}.\n")


def test_a_question_takes_its_numbers_from_outputs_too() -> None:
    choices = (Choice("at {{ out:one.loss }}", "It says {{ out:one.loss }}.", right=True), Choice("never", "It does."))
    question = Question("falls", "a", "loss", "why", "choice", "After {{ out:one.1 }} steps?", choices)
    shown = Shown({"one": Cell("one", "", 1)}, {"one": Printed(OUTPUT)}, {}, Companion((question,)))
    with cells.showing(shown):
        html = text(Markdown(extensions=["groundup.book.cells"]).convert("# T\n\n## A\n\nWords.\n"))
    assert "After 0 steps?" in html
    assert "The answer: at 33.0" in html
    assert "It says 33.0." in html


@pytest.mark.parametrize(
    ("taken", "message"),
    [("one.7", "the cell prints no such number"), ("two.1", "there is no such cell in the chapter's program")],
)
def test_a_question_that_takes_what_is_not_there_is_named(taken: str, message: str) -> None:
    asked = Question("falls", "a", "loss", "why", "number", f"{{{{ out:{taken} }}}}?", (), "print(1)", 0, "So.")
    shown = Shown({"one": Cell("one", "", 1)}, {"one": Printed(OUTPUT)}, {}, Companion((asked,)))
    with cells.showing(shown), pytest.raises(Fault, match=f"question falls: .*{message}"):
        Markdown(extensions=["groundup.book.cells"]).convert("# T\n\n## A\n\nWords.\n")


def test_a_fence_that_does_not_run_is_shown_without_its_reason(render) -> None:
    html = render('```python exec="off" reason="needs a GPU"\nx.cuda()\n```\n')
    assert text(html).strip() == "x.cuda()"
    assert "reason" not in html


def test_a_fence_outside_its_chapter_is_an_error_and_not_text() -> None:
    fence = {"name": "python", "class": "python", "validator": markdown_exec.validator}
    md = Markdown(
        extensions=["pymdownx.superfences", "groundup.book.cells"],
        extension_configs={
            "pymdownx.superfences": {"custom_fences": [{**fence, "format": markdown_exec.formatter}]},
        },
    )
    with pytest.raises(SuperFencesException, match="the fence for cell one is rendered outside its chapter"):
        md.convert(ONE)


def test_only_the_public_table_of_formatters_is_changed() -> None:
    Markdown(extensions=["groundup.book.cells"])
    formatter = markdown_exec.formatters["python"]
    assert formatter.func is markdown_exec.base_format
    assert formatter.keywords == {"language": "python", "run": cells.lookup}
