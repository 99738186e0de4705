"""What a chapter says of itself above its title, at its outputs and at its end."""

import json
import re
from html import unescape

import pytest

from groundup.book import facts
from groundup.book.contents import Chapter, Part
from groundup.book.program import Program
from groundup.book.runner import Printed, Run

CHAPTER = Chapter("04-similarity", "part-1/04-similarity.md", Part(1, "Data", "", ("04-similarity",)))


@pytest.fixture
def read(tmp_path):
    """Write a program and read it."""

    def read(text: str) -> Program:
        path = tmp_path / "04-similarity.py"
        path.write_text(text, encoding="utf-8")
        return Program.read(path)

    return read


def left(program: Program, silent: str = "", **packages: str) -> Run:
    """A run of a program in which every cell but one printed something."""
    cells = {cell.name: Printed("" if cell.name == silent else "1\n") for cell in program.cells}
    versions = {name.replace("_", "-"): version for name, version in packages.items()}
    return Run(cells, 1.2, 1.1, "2026-11-21", 30, {}, versions)


def text(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html)).replace("\N{NO-BREAK SPACE}", " ").strip()


# Above the title


def test_the_line_says_where_how_long_and_with_what(read) -> None:
    program = read(
        "# %% one\nimport json, numpy as np\nfrom matplotlib import pyplot\nfrom groundup.book import figure\n"
    )
    run = left(program, numpy="2.4.6", matplotlib="3.11.2", pillow="13.0.0")
    told = text(facts.line(CHAPTER, program, run, text="word " * 2800, seconds=2))
    assert told == "Part I · Data · Chapter 4 · 14 minutes to read · 2 seconds to run · needs NumPy, Matplotlib"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, "read · needs"), (0, "under a second to run"), (1, " 1 second to run"), (20, " 20 seconds to run")],
)
def test_seconds_are_told_as_the_lock_has_them(read, seconds: int | None, told: str) -> None:
    program = read("# %% one\nprint(1)\n")
    assert told in text(facts.line(CHAPTER, program, left(program), text="", seconds=seconds))


def test_a_program_of_the_standard_library_needs_only_python(read) -> None:
    program = read("# %% one\nimport math, os.path\n")
    assert text(facts.line(CHAPTER, program, left(program), text="", seconds=1)).endswith(" · needs only Python")


def test_nothing_is_said_of_needs_where_the_run_failed(read) -> None:
    assert "needs" not in facts.line(CHAPTER, read("# %% one\nimport numpy\n"), None, text="", seconds=1)


CODE = "# comment\nx = 1\n\n" * 10


@pytest.mark.parametrize(
    ("page", "program", "minutes"),
    [
        ("", "# %% one\n1\n", 1),
        ("word " * 1000, "# %% one\n1\n", 5),
        ("word " * 1000 + '\n\n```python exec="on" cell="one"\n```\n' * 200, "# %% one\n1\n", 5),
        ("word " * 1000, f"# %% one\n{CODE}\n# %% two\n{CODE}", 7),
        ("word " * 1000, f"# %% one hide\n{CODE}\n# %% two fold\n{CODE}", 5),
    ],
    ids=["nothing", "words", "fences", "code", "hidden and folded code"],
)
def test_minutes_count_the_words_and_the_code_that_a_reader_meets(read, page, program, minutes) -> None:
    assert facts.minutes(page, read(program)) == minutes


def test_libraries_have_the_names_that_readers_know_and_no_local_label(read) -> None:
    program = read("# %% one\nimport torch.nn, sklearn.svm, scipy, markdown\nimport numpy\n")
    packages = {"torch": "2.13.0+cpu", "scikit_learn": "1.9.1", "scipy": "1.17.1", "numpy": "2.4.6", "markdown": "3.11"}
    found = facts.versions(program, left(program, **packages, sympy="1.14.0"))
    assert list(found) == ["NumPy", "SciPy", "scikit-learn", "PyTorch", "markdown"]
    assert found["PyTorch"] == "2.13.0"


# At the end


@pytest.fixture(autouse=True)
def no_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setattr(facts.platform, "python_version", lambda: "3.11.5")


def test_the_end_says_when_with_what_and_how_many_outputs_must_agree(read) -> None:
    program = read(
        "# %% a\nimport numpy\n# %% b\n1\n# %% c tol=0.02\n1\n# %% d tol=0.1\n1\n# %% e tol=0.02\n1\n"
        '# %% f volatile="clock" tol=0.1\n1\n# %% g hide\n1\n# %% silent tol=0.02\n1\n# %% h\n1\n'
    )
    asked = program.asking([("sum", "print(1)")], "docs/a.toml")
    told = text(facts.trust(asked, left(asked, "silent", numpy="2.4.6"), seconds=2, method=None))
    assert told == (
        "The outputs on this page were printed by a run on 21 November 2026 with Python 3.11.5 and NumPy 2.4.6, in "
        "about 2 seconds. 7 cells have an output: 3 must repeat exactly, 2 must repeat within 2 %, "
        "1 must repeat within 10 %, 1 depends on the machine and is shown as locked. "
        "1 further cell is run and checked, and not shown."
    )


def test_a_chapter_of_one_cell_is_told_in_the_singular(read) -> None:
    program = read("# %% a\n1\n")
    told = text(facts.trust(program, left(program), seconds=0, method=None))
    assert told.endswith("with Python 3.11.5, in under a second. 1 cell has an output: 1 must repeat exactly.")


def test_exactly_leads_to_what_it_means(read) -> None:
    program = read("# %% a\n1\n")
    told = facts.trust(program, left(program), seconds=None, method="../about/#how")
    assert '<a href="../about/#how">exactly</a>' in told


def test_the_epoch_sets_the_day(read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    program = read("# %% a\n1\n")
    told = facts.trust(program, left(program), seconds=1, method=None)
    assert '<time datetime="2001-09-09">' in told


# In a build


def test_a_chapter_stands_between_its_facts(project) -> None:
    project.file("docs/about/index.md", "# About\n\n## How outputs are checked\n")
    project.program("04-similarity", "# %% one\nprint(1)\n")
    project.lock("04-similarity")
    assert project.build("--strict").returncode == 0
    page = project.html("04-similarity")
    run = project.stored("04-similarity")
    order = [
        "Part I · Part · Chapter 4 · 1\N{NO-BREAK SPACE}minute",
        "<h1",
        'data-cell="one"',
        f'<time datetime="{run.day}">',
    ]
    positions = [page.index(part) for part in order]
    assert positions == sorted(positions)
    assert '<a href="../../about/#how-outputs-are-checked">exactly</a>' in page
    about = (project.root / "site/about/index.html").read_text(encoding="utf-8")
    assert "chapter-facts" not in about
    assert "chapter-trust" not in about


def test_a_kept_page_follows_the_seconds_and_the_day(project) -> None:
    project.program("01-a", "# %% one\nprint(1)\n")
    project.lock("01-a")
    project.build()
    ledger = project.root / "snippets/01-a.lock"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace('"seconds": 0', '"seconds": 50'), encoding="utf-8")
    project.build(SOURCE_DATE_EPOCH="1000000000")
    told = text(project.html("01-a"))
    assert "50 seconds to run" in told
    assert "a run on 9 September 2001 with" in told


@pytest.mark.parametrize(
    ("tags", "source", "badge"),
    [
        ("", "print(1)", "exact"),
        ("tol=0.02", "print(1.5)", "within 2 % on any machine"),
        ('volatile="the clock"', "print(1)", "machine-dependent: the clock"),
        ("raises=KeyError", "{}[1]", "exact"),
        ("", "x = 1", ""),
        ("tol=0.02", "x = 1", ""),
    ],
    ids=["exact", "tolerance", "volatile", "an exception", "silent", "silent with a tolerance"],
)
def test_every_output_carries_one_badge(project, tags: str, source: str, badge: str) -> None:
    project.program("01-a", f"# %% one {tags}\n{source}\n")
    project.lock("01-a")
    assert project.build().returncode == 0
    found = re.findall(r'<p class="cell-badge [^>]*>(.*?)</p>', project.html("01-a"))
    assert found == ([badge] if badge else [])


def test_a_badge_stands_below_a_figure_that_is_all_its_cell_shows(project) -> None:
    draw = "import matplotlib.pyplot as plt\nfrom groundup.book import figure\nfig, ax = plt.subplots()\n"
    draw += "figure(fig, alt='axes', caption='Look.')\n"
    project.program("01-a", f"# %% one\n{draw}")
    project.lock("01-a")
    project.build()
    assert '</figure><p class="cell-badge cell-badge-exact"' in project.html("01-a")


def test_badges_and_facts_stay_out_of_the_search(material) -> None:
    material.program("01-a", '# %% one\nprint(1)\n\n# %% two volatile="the clock"\nprint(2)\n')
    material.lock("01-a")
    material.build()
    index = json.loads((material.root / "site/search/entries.json").read_text(encoding="utf-8"))
    words = " ".join(entry["text"] for entry in index["docs"])
    assert "print" in words
    assert not re.search("exact|the clock|minute|printed by", words)
    assert "data-search-exclude" not in material.html("01-a")
