"""The drills' pages: their facts, their links, and what must never stand there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from groundup import catalogue, plan
from groundup.book.contents import Chapter, Part
from groundup.book.drills import Drills
from groundup.book.errors import Fault
from groundup.drill.cli import main

ROOT = Path(__file__).resolve().parents[2]
PART = Part(2, "How learning works", "", ("06-lines", "31-gpt"))
LINES, GPT = (Chapter(slug, f"part-2/{slug}.md", PART) for slug in PART.chapters)
HEADINGS = {LINES.page: "6 · Lines", GPT.page: "31 · A GPT"}
TOML = """\
title = "Fit a line"
summary = "Find slope and intercept"
chapter = "06-lines"
minutes = 20
difficulty = "easy"
topics = ["regression", "least squares"]
device = "any"
uses = "numpy"
imports = ["numpy"]
defines = ["fit"]
capstone = "gpt"
[marks]
correctness = "critical"
stability = "high"
[forbidden]
"scipy" = "Write it with NumPy."
"""
PROMPT = """\
# Fit a line

Write `fit(x, y)`.

```python
>>> fit([0, 1], [1, 3])
(2.0, 1.0)
```
"""
SOLUTION = """\
def fit(x, y):
    # your part
    return the_reference(x, y)
    # end of your part
"""
PLAN = '[[weeks]]\ntitle = "Lines"\nreads = "chapter 6"\ngoals = "say it aloud"\ndrills = ["line"]\nmocks = [45]\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one drill and a plan."""
    folder = tmp_path / "drills" / "line"
    folder.mkdir(parents=True)
    files = {"drill.toml": TOML, "prompt.md": PROMPT, "solution.py": SOLUTION, "suite.py": "the_suite = 1\n"}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (tmp_path / "drills" / "plan.toml").write_text(PLAN, encoding="utf-8")
    return tmp_path


def read(root: Path, lines: str = "Practise: `drill start line`.", gpt: str = "A model.") -> Drills:
    return Drills.of(root, [(LINES, lines), (GPT, gpt)], HEADINGS)


def test_a_drills_page_says_what_its_folder_says(root: Path) -> None:
    ((path, text),) = read(root, gpt="It fits `drill start line` too.").pages()
    assert path == "drills/line.md"
    for words in (
        "# Fit a line\n",
        "regression, least squares · easy · 20 minutes · NumPy",
        "Write `fit(x, y)`.",
        "drill start line",
        "inside the model of [31 · A GPT](../part-2/31-gpt.md)",
        "- `scipy`: Write it with NumPy.",
        "| correctness | critical |\n| stability | high |",
        "[6 · Lines](../part-2/06-lines.md) prepares for it. It is also named in [31 · A GPT](../part-2/31-gpt.md).",
        "raise NotImplementedError",
    ):
        assert words in text


def test_a_page_holds_neither_the_reference_nor_the_suite(root: Path) -> None:
    texts = "".join(text for _, text in read(root).pages()) + read(root).catalogue()
    assert "the_reference" not in texts
    assert "the_suite" not in texts


def test_the_worked_example_is_coloured_as_a_session(root: Path) -> None:
    assert "```pycon\n>>> fit([0, 1], [1, 3])\n" in next(read(root).pages())[1]


def test_a_chapter_that_names_a_drill_links_to_it(root: Path) -> None:
    drills = read(root)
    text = (
        "Now `drill start line`, twice: [`drill start line`](x).\n\n```sh\ndrill start line\n`drill start line`\n```\n"
    )
    link = "[`drill start line`](../drills/line.md)"
    assert drills.linked(text, LINES.page) == text.replace("Now `drill start line`", f"Now {link}")
    assert drills.linked("Without one.", LINES.page) == "Without one."


def test_the_plan_stands_where_a_page_asks_for_it(root: Path) -> None:
    text = read(root).linked("Before\n\n{{ plan }}\n\nAfter", "part-8/29-x.md")
    row = "| 1 lines | chapter 6 | say it aloud | [line](../drills/line.md), a mock interview of 45 minutes |"
    assert row in text
    assert text.startswith("Before\n\n|")
    assert text.endswith("\nAfter")


def test_a_drill_that_is_not_there_is_a_fault_with_its_line(root: Path) -> None:
    with pytest.raises(Fault, match="no drill lime in drills/; did you mean line") as caught:
        read(root, "Practise:\n`drill start line` and\n`drill start lime`")
    assert (caught.value.chapter, caught.value.line) == ("06-lines", 3)


def test_a_chapter_that_does_not_name_its_drill_is_a_fault(root: Path) -> None:
    with pytest.raises(Fault, match="06-lines never names its drill; write `drill start line` there"):
        read(root, lines="Nothing.", gpt="`drill start line`")


def test_a_drill_of_a_chapter_that_is_not_there_is_a_fault(root: Path) -> None:
    (root / "drills" / "line" / "drill.toml").write_text(TOML.replace("06-lines", "06-line"), encoding="utf-8")
    with pytest.raises(Fault, match="no chapter 06-line; did you mean 06-lines"):
        read(root)


def test_a_project_without_drills_has_no_pages(tmp_path: Path) -> None:
    drills = read(tmp_path, lines="`drill start anything`")
    assert list(drills.pages()) == []
    assert drills.linked("`drill start anything`\n{{ plan }}", LINES.page) == "`drill start anything`\n{{ plan }}"


# The book's own


def test_the_catalogue_shows_what_drill_list_shows(site: Path) -> None:
    html = (site / "drills" / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r'<li class="(level-[^"]+)">(.*?)</li>', html, re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]+>", "", row).split()) for _, row in rows]
    listed = json.loads(CliRunner().invoke(main, ["list", "--json"]).stdout)
    assert len(rows) == len(listed) == len(catalogue.drills())
    for drill, (classes, row), text in zip(listed, rows, texts, strict=True):
        library = {"numpy": "NumPy", "torch": "PyTorch"}[drill["uses"]]
        facts = f"{', '.join(drill['topics'])} · {drill['difficulty']} · {drill['minutes']} minutes · {library}"
        assert text.startswith(f"{drill['title']} {drill['name']} {drill['summary']}. {facts} · ")
        assert f"/{drill['chapter']}/" in row
        assert f"level-{drill['difficulty']} uses-{drill['uses']}" in classes


def test_every_drill_has_its_page_and_the_plan_names_each_once(site: Path) -> None:
    names = [drill.name for drill in catalogue.drills()]
    for drill in catalogue.drills():
        text = (site / "drills" / drill.name / "index.html").read_text(encoding="utf-8")
        assert f"drill start {drill.name}" in text
        assert "NotImplementedError" in text
    assert sorted(name for week in plan.weeks(ROOT / "drills") for name in week.drills) == names


@pytest.mark.browser
def test_what_was_not_chosen_is_left_out(page: Any, address: str) -> None:
    page.goto(f"{address}drills/")
    drills = catalogue.drills()

    def shown() -> list[str]:
        return [row.locator("code").first.inner_text() for row in page.locator(".drill-list > li:visible").all()]

    def chosen(**wanted: str) -> list[str]:
        return [d.name for d in drills if all(value in (getattr(d, key)) for key, value in wanted.items())]

    assert shown() == [drill.name for drill in drills]
    page.get_by_label("Difficulty").select_option("easy")
    assert shown() == chosen(difficulty="easy")
    page.get_by_label("Topic").select_option("numerical stability")
    assert shown() == chosen(difficulty="easy", topics="numerical stability")
    page.click("button:has-text('All')")
    assert shown() == [drill.name for drill in drills]
    page.get_by_label("Written with").select_option("NumPy")
    assert shown() == chosen(uses="numpy")


@pytest.mark.browser
@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True, ids=["no script"])
def test_the_filters_need_no_script(page: Any, address: str) -> None:
    page.goto(f"{address}drills/")
    before = page.locator(".drill-list > li:visible").count()
    page.get_by_label("Difficulty").select_option("medium")
    assert 0 < page.locator(".drill-list > li:visible").count() < before
