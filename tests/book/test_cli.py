"""``book run``, ``lock``, ``check``, ``new`` and ``time``: what they say and how they end."""

import re

import pytest

TWO = "# %% one\nprint('loss', 0.5)\n\n# %% two\nprint(2)\n"
RANDOM = "import os\nprint(os.urandom(8).hex())\n"


def test_run_prints_each_cell_with_its_output(project) -> None:
    project.program("01-a", TWO)
    ran = project.book("run")
    assert ran.returncode == 0
    rule, *lines = ran.stdout.splitlines()
    assert " 01-a " in rule
    assert lines == ["one", "loss 0.5", "two", "2"]


def test_run_prints_errors_and_figures_in_words(project) -> None:
    project.program(
        "01-a",
        "# %% one raises=KeyError\nimport matplotlib.pyplot as plt\nfrom groundup.book import figure\n"
        "fig, ax = plt.subplots()\nfigure(fig, alt='an empty figure', caption='look')\n{}['k']\n",
    )
    assert project.book("run").stdout.splitlines()[1:] == ["one", "KeyError: 'k'", "[figure: an empty figure]"]


@pytest.mark.parametrize("name", ["02-b", "02"])
def test_a_chapter_is_chosen_by_its_name_or_number(project, name: str) -> None:
    project.program("01-a", "# %% one\nprint('first')\n")
    project.program("02-b", "# %% one\nprint('second')\n")
    said = project.book("run", name).stdout
    assert "second" in said
    assert "first" not in said


def test_run_runs_what_changed_and_with_fresh_everything(project) -> None:
    project.program("01-a", f"# %% one\n{RANDOM}")
    first = project.book("run").stdout
    assert project.book("run").stdout == first
    assert project.book("run", "--fresh").stdout != first


def test_run_quietly_says_only_that_all_ran(project) -> None:
    project.program("01-a", TWO)
    assert project.book("run", "--quiet").stdout == "1 programs, 2 cells: all ran\n"


def test_run_needs_no_lock(project) -> None:
    project.program("01-a", TWO)
    assert project.book("run").returncode == 0
    assert not (project.root / "snippets/01-a.out").exists()


def test_run_tells_every_fault_and_counts_them(project) -> None:
    project.program("01-a", "# %% one\n1 / 0\n")
    project.program("02-b", "# %% one\nimport sys\nsys.exit(3)\n")
    ran = project.book("run")
    assert ran.returncode == 1
    assert "chapter 01-a, cell one, snippets/01-a.py:2: an exception: ZeroDivisionError" in ran.stderr
    assert "chapter 02-b, cell one, snippets/02-b.py:3: the cell called sys.exit(3)" in ran.stderr
    assert ran.stderr.endswith("2 faults\n")


@pytest.mark.parametrize("command", ["run", "lock", "time"])
def test_an_unknown_chapter_is_told_with_the_nearest(project, command: str) -> None:
    project.program("04-similarity", TWO)
    ran = project.book(command, "04-similarty")
    assert ran.returncode == 1
    assert ran.stderr == "there is no chapter 04-similarty; did you mean 04-similarity?\n"


def test_outside_a_project_a_sentence_says_so(project, tmp_path) -> None:
    project.root = tmp_path
    ran = project.book("run")
    assert ran.returncode == 1
    assert ran.stderr == "no mkdocs.yml here or above; run this in the project's folder\n"


# lock


def test_lock_writes_what_the_script_prints(project) -> None:
    project.program("01-a", TWO)
    locked = project.book("lock", "01-a")
    assert (locked.returncode, locked.stdout) == (0, "01-a: locked\n")
    assert (project.root / "snippets/01-a.out").read_text(encoding="utf-8") == "loss 0.5\n2\n"
    assert project.build().returncode == 0


def test_lock_without_a_chapter_takes_those_that_differ(project) -> None:
    project.program("01-a", TWO)
    project.program("02-b", TWO)
    project.lock("01-a")
    assert project.book("lock").stdout == "02-b: locked\n"
    assert project.book("lock").stdout == "every output agrees with its lock\n"


def test_lock_of_a_chapter_that_did_not_change_says_so(project) -> None:
    project.program("01-a", TWO)
    project.lock("01-a")
    assert project.book("lock", "01-a").stdout == "01-a: unchanged\n"


@pytest.fixture
def untimed(project):
    """A book whose lock is of the time before it said how long the program takes."""
    project.program("01-a", TWO)
    project.lock("01-a")
    ledger = project.root / "snippets/01-a.lock"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace('"seconds": 0, ', ""), encoding="utf-8")
    return project


def test_a_lock_without_seconds_builds_and_is_told_by_check(untimed) -> None:
    assert untimed.build("--strict").returncode == 0
    assert "to run" not in untimed.html("01-a")
    checked = untimed.book("check")
    assert checked.returncode == 1
    assert "the lock does not say how long the program takes; run `book lock 01-a`" in checked.stderr


def test_lock_adds_the_seconds_that_are_missing(untimed) -> None:
    assert untimed.book("lock").stdout == "01-a: locked\n"
    assert untimed.book("check").returncode == 0


def test_lock_repairs_a_damaged_lock(project) -> None:
    project.program("01-a", TWO)
    project.lock("01-a")
    project.file("snippets/01-a.lock", "{")
    assert project.book("lock").stdout == "01-a: locked\n"
    assert project.build().returncode == 0


def test_lock_refuses_a_program_that_disagrees_with_itself(project) -> None:
    project.program("01-a", f"# %% steady\nprint(1)\n\n# %% random\n{RANDOM}")
    project.program("02-b", TWO)
    locked = project.book("lock")
    assert locked.returncode == 1
    assert "chapter 01-a, cell random: two runs printed different things" in locked.stderr
    assert not (project.root / "snippets/01-a.out").exists()
    assert locked.stdout == "02-b: locked\n"


def test_lock_accepts_a_volatile_cell(project) -> None:
    project.program("01-a", f"# %% random volatile=machine\n{RANDOM}")
    assert project.book("lock").returncode == 0


def test_lock_refuses_a_program_that_fails(project) -> None:
    project.program("01-a", "# %% one\n1 / 0\n")
    locked = project.book("lock")
    assert locked.returncode == 1
    assert "ZeroDivisionError" in locked.stderr
    assert not (project.root / "snippets/01-a.lock").exists()


# check


@pytest.fixture
def whole(project):
    """A book that holds, with a hidden cell and a fence that does not run."""
    project.program("01-a", f"{TWO}\n# %% three hide\nprint(3)\n")
    page = project.root / "docs/part-1/01-a.md"
    off = '\n```python exec="off" reason="needs a GPU"\nx.cuda()\n```\n'
    page.write_text(page.read_text(encoding="utf-8") + off, encoding="utf-8")
    project.lock("01-a")
    return project


def test_check_counts_the_cells_of_a_book_that_holds(whole) -> None:
    checked = whole.book("check")
    assert checked.returncode == 0, checked.stderr
    head, row, unrun, total = checked.stdout.splitlines()
    assert head.split() == ["chapter", "cells", "run", "rendered", "hidden", "lock"]
    assert row.split() == ["01-a", "3", "3", "2", "1", "holds"]
    assert unrun == "docs/part-1/01-a.md:9 does not run: needs a GPU"
    assert total == "3 cells declared, 3 run, 2 rendered and 1 hidden; every lock holds"


def test_check_leaves_the_site_alone(whole) -> None:
    whole.book("check")
    assert not (whole.root / "site").exists()


def test_check_finds_a_lock_that_differs(whole) -> None:
    whole.file("snippets/01-a.out", "loss 0.6\n2\n3\n")
    checked = whole.book("check")
    assert checked.returncode == 1
    assert "1 differ" in checked.stdout
    assert "cell one, snippets/01-a.py:2: the output differs from its lock" in checked.stderr
    assert "holds\n" not in checked.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", ["09-gone.out", "09-gone.lock"])
def test_check_finds_a_lock_without_a_program(whole, name: str) -> None:
    whole.file(f"snippets/{name}", "")
    checked = whole.book("check")
    assert checked.returncode == 1
    assert f"chapter 09-gone, snippets/{name}: the lock has no program; remove it" in checked.stderr


def with_hook(project, source: str) -> None:
    project.file("hook.py", f"import re\n\ndef on_page_content(html, page, **_):\n    return {source}\n")
    settings = (project.root / "mkdocs.yml").read_text(encoding="utf-8")
    project.file("mkdocs.yml", settings + "hooks: [hook.py]\n")


def test_check_finds_a_cell_that_is_missing_from_the_site(whole) -> None:
    with_hook(whole, """re.sub('data-cell="two"', '', html)""")
    checked = whole.book("check")
    assert checked.returncode == 1
    assert "chapter 01-a, docs/part-1/01-a.md: the built page shows 1 of 2 cells (two)" in checked.stderr


def test_check_finds_a_traceback_in_the_site(whole) -> None:
    with_hook(whole, "html + '<p>Traceback (most recent call last):</p>'")
    checked = whole.book("check")
    assert checked.returncode == 1
    assert "part-1/01-a/index.html: the built page holds a traceback" in checked.stderr


def test_check_finds_a_broken_link(whole) -> None:
    page = whole.root / "docs/part-1/01-a.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[gone](gone.md)\n", encoding="utf-8")
    checked = whole.book("check")
    assert checked.returncode == 1
    assert "mkdocs build --strict failed" in checked.stderr
    assert "gone.md" in checked.stderr


def test_check_points_at_an_output_that_was_typed(project) -> None:
    project.program("01-a", "# %% one\nprint(1 / 8)\n")
    page = project.root / "docs/part-1/01-a.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nIt is 0.125.\n", encoding="utf-8")
    project.lock("01-a")
    checked = project.book("check")
    assert checked.returncode == 1
    assert "docs/part-1/01-a.md:6: 0.125 is typed, and a cell prints it; write {{ out:one.1 }}" in checked.stderr


@pytest.mark.parametrize("page", ["index.md", "about/index.md", "about/method.md"])
def test_check_finds_the_cells_of_pages_outside_the_parts(project, page: str) -> None:
    chapter = page.removesuffix(".md").replace("/", "-")
    project.file(f"snippets/{chapter}.py", "# %% one\nprint(7)\n")
    project.file(f"docs/{page}", '# A page\n\n```python exec="on" cell="one"\n```\n')
    project.lock(chapter)
    checked = project.book("check")
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.splitlines()[-1].startswith("1 cells declared, 1 run, 1 rendered")


# new


def test_new_starts_a_chapter_that_builds(project) -> None:
    project.program("01-a", TWO)
    project.program("09-z", TWO)
    made = project.book("new", "05-kernels", "--part", "part-1", "--title", "Five things called kernel")
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines()[:3] == [
        "snippets/05-kernels.py",
        "docs/part-1/05-kernels.md",
        "docs/contents.toml",
    ]
    contents = (project.root / "docs/contents.toml").read_text(encoding="utf-8")
    assert re.findall(r'"(\d\d-\w+)"', contents) == ["01-a", "05-kernels", "09-z"]
    assert project.book("lock").returncode == 0
    assert project.build("--strict").returncode == 0
    assert "Five things called kernel" in project.html("05-kernels")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Kernels", "--part", "part-1", "--title", "x"), "a chapter's name is lower-case words with hyphens"),
        (("../05-x", "--part", "part-1", "--title", "x"), "a chapter's name is lower-case words with hyphens"),
        (("05-x", "--part", "part-7", "--title", "x"), "there is no part-7; the parts are part-1"),
        (("01-a", "--part", "part-1", "--title", "x"), "docs/part-1/01-a.md exists already"),
    ],
    ids=["no slug", "a path", "no such part", "taken"],
)
def test_new_refuses_what_would_not_be_a_chapter(project, words: tuple[str, ...], said: str) -> None:
    project.program("01-a", TWO)
    before = (project.root / "docs/contents.toml").read_text(encoding="utf-8")
    made = project.book("new", *words)
    assert made.returncode == 1
    assert made.stderr.startswith(said)
    assert (project.root / "docs/contents.toml").read_text(encoding="utf-8") == before


# time


def test_time_shows_seconds_and_memory_of_each_chapter(project) -> None:
    project.program("01-a", TWO)
    project.program("02-b", "# %% one\nprint(1)\n")
    timed = project.book("time")
    assert timed.returncode == 0
    head, *rows = (line.split() for line in timed.stdout.splitlines())
    assert head == ["chapter", "cells", "seconds", "MB"]
    assert {row[0]: row[1] for row in rows} == {"01-a": "2", "02-b": "1"}
    assert all(float(row[2]) >= 0 and int(row[3]) > 0 for row in rows)


def test_help_names_every_command(project) -> None:
    said = project.book("--help").stdout
    assert re.findall(r"^  (\w+) ", said.partition("Commands:")[2], re.MULTILINE) == [
        "check", "lock", "new", "run", "time", "zip",
    ]  # fmt: skip
