"""Everything that must end a build does: exit code 1, one sentence with chapter, cell and line, and nothing lost."""

import pytest

GOOD = "# %% one\nprint(1)\n"

# One fault in the program of chapter 02-bad: its source, where the sentence points, what it says.
RUNS = {
    "exception": ("x = 1\n1 / x\n1 / 0", 5, "an exception: ZeroDivisionError: division by zero"),
    "warning": ("import warnings\nwarnings.warn('beware')", 4, "a warning: UserWarning: beware"),
    "sys.exit": ("import sys\nsys.exit(0)", 4, "the cell called sys.exit(0); a chapter runs to its end"),
    "os._exit": ("import os\nos._exit(0)", 4, "the program ended itself (exit status 0); a chapter runs to its end"),
    "crash": ("import ctypes\nctypes.string_at(0)", 4, "the program was ended by the signal SIGSEGV"),
    "signal without a name": ("import os\nos.kill(os.getpid(), 40)", 4, "the program was ended by the signal 40"),
    "kill": ("import os\nos.kill(os.getpid(), 9)", 4, "the program was ended by the signal SIGKILL"),
    "Python loop": ("x = 1\nwhile True:\n    pass", (4, 5), "the chapter ran longer than 1 seconds"),
    "hang in C": ("import time\ntime.sleep(1e6)", 4, "the chapter ran longer than 1 seconds"),
    "hang in C that ignores signals": (
        "import ctypes\nctypes.PyDLL(None).sleep(1000000)",  # holds the interpreter's lock
        4,
        "the chapter ran longer than 1 seconds",
    ),
    "hang in a thread": (
        "import threading\nthreading.Thread(target=threading.Event().wait).start()\nthreading.Event().wait()",
        5,
        "the chapter ran longer than 1 seconds",
    ),
    "memory bomb": ("hoard = []\nwhile True:\n    hoard.append(bytearray(2**22))", 5, "over the memory cap of 64 MB"),
    "one big array": ("import numpy as np\nnp.ones(10**9)", 4, "over the memory cap of 64 MB"),
    "stderr": ("import sys\nsys.stderr.write('hm')", 4, "the cell wrote to standard error"),
    "nothing raised": (None, 3, "the cell must raise ValueError and raised nothing"),
}

LIMITS = {"Python loop": "timeout=1", "memory bomb": "memory=64", "one big array": "memory=64"}


def bad_program(kind: str) -> str:
    source, _, _ = RUNS[kind]
    limit = LIMITS.get(kind, "timeout=1" if "hang" in kind else "timeout=60")
    marker = "# %% broken" if source else "# %% broken raises=ValueError"
    return f"# book: {limit}\n{marker}\n{source or 'pass'}\n"


@pytest.mark.parametrize("kind", RUNS)
def test_a_program_that_fails_ends_the_build(project, kind: str) -> None:
    project.program("01-good", GOOD)
    project.program("02-bad", bad_program(kind))
    project.lock("01-good")
    built = project.build()
    _, lines, said = RUNS[kind]
    places = [f"snippets/02-bad.py:{line}" for line in (lines if isinstance(lines, tuple) else (lines,))]
    assert built.returncode == 1, built.stderr
    assert any(f"ground-up: chapter 02-bad, cell broken, {place}: {said}" in built.stderr for place in places), (
        built.stderr
    )
    assert built.stderr.count(said) == 1
    assert project.stored("01-good"), "what the good chapter printed is lost"
    assert not project.stored("02-bad"), "a failure was stored"


@pytest.mark.parametrize("kind", ["exception", "os._exit", "crash", "Python loop", "hang in C", "memory bomb"])
def test_a_program_that_fails_is_told_alike_where_processes_are_spawned(project, kind: str) -> None:
    project.program("02-bad", bad_program(kind))
    _, lines, said = RUNS[kind]
    fault = project.fault("02-bad", method="spawn")
    assert (fault.chapter, fault.cell, fault.file) == ("02-bad", "broken", "snippets/02-bad.py")
    assert fault.line in (lines if isinstance(lines, tuple) else (lines,))
    assert said in fault.message


def test_every_chapter_that_fails_is_told(project) -> None:
    for chapter, kind in [("01-a", "exception"), ("02-b", "os._exit"), ("03-c", "warning")]:
        project.program(chapter, bad_program(kind))
    project.program("04-d", GOOD)
    project.lock("04-d")
    built = project.build()
    assert built.returncode == 1
    assert [chapter for chapter in ("01-a", "02-b", "03-c") if f"chapter {chapter}, cell broken" in built.stderr] == [
        "01-a",
        "02-b",
        "03-c",
    ]
    assert project.stored("04-d")


def test_a_failed_build_does_not_run_again_what_succeeded(project) -> None:
    token = "# %% one volatile=random\nimport os\nprint(os.urandom(8).hex())\n"
    project.program("01-good", token)
    project.program("02-bad", bad_program("exception"))
    project.lock("01-good")
    assert project.build().returncode == 1
    first = project.stored("01-good").cells
    project.program("02-bad", GOOD)
    project.lock("02-bad")
    assert project.build().returncode == 0
    assert project.stored("01-good").cells == first


# What is wrong before anything runs


def show_unknown(project) -> str:
    project.page("02-bad", '# B\n\n```python exec="on" cell="two"\n```\n\n```python exec="on" cell="tow"\n```\n')
    return "cell tow, docs/part-1/02-bad.md:6: there is no cell tow in snippets/02-bad.py; did you mean two?"


def show_twice(project) -> str:
    project.page("02-bad", '# B\n\n```python exec="on" cell="two"\n```\n\n```python exec="on" cell="two"\n```\n')
    return "cell two, docs/part-1/02-bad.md:6: the page shows the cell twice"


def show_nothing(project) -> str:
    project.page("02-bad", "# B\n")
    return "cell two, snippets/02-bad.py:2: docs/part-1/02-bad.md does not show the cell"


def name_nothing(project) -> str:
    project.page("02-bad", '# B\n\n```python exec="on" cell="two"\n```\n\n```python exec="on"\n```\n')
    return "docs/part-1/02-bad.md:6: the fence names no cell"


def two_of_a_name(project) -> str:
    project.file("snippets/02-bad.py", "# %% two\nprint(2)\n\n# %% two\nprint(2)\n")
    return "cell two, snippets/02-bad.py:4: the name is used twice in this program"


def no_program(project) -> str:
    (project.root / "snippets/02-bad.py").unlink()
    return "snippets/02-bad.py: the page has no program"


def no_page(project) -> str:
    (project.root / "docs/part-1/02-bad.md").unlink()
    return "docs/part-1/02-bad.md: the page is missing"


def volatile_without_reason(project) -> str:
    project.file("snippets/02-bad.py", "# %% two volatile\nprint(2)\n")
    return "cell two, snippets/02-bad.py:1: the tag `volatile` needs a reason"


def off_without_reason(project) -> str:
    text = '# B\n\n```python exec="on" cell="two"\n```\n\n```python exec="off"\nx.cuda()\n```\n'
    project.page("02-bad", text)
    return "docs/part-1/02-bad.md:6: a fence that must not run needs a reason"


def a_number_of_nothing(project) -> str:
    project.page("02-bad", '# B\n\n```python exec="on" cell="two"\n```\n\nIt is {{ out:two.9 }}.\n')
    return "cell two, docs/part-1/02-bad.md:6: `{{ out:two.9 }}`: the cell prints no such number"


def a_number_of_nothing_below_front_matter(project) -> str:
    page = '---\ntitle: B\n---\n\n# B\n\n```python exec="on" cell="two"\n```\n\nIt is {{ out:two.loss }}.\n'
    project.page("02-bad", page)
    return "cell two, docs/part-1/02-bad.md:10: `{{ out:two.loss }}`: the cell prints no such number"


def lock_missing(project) -> str:
    (project.root / "snippets/02-bad.out").unlink()
    return "snippets/02-bad.out: the lock is missing"


def lock_damaged(project) -> str:
    project.file("snippets/02-bad.lock", '{"cells": [')
    return "snippets/02-bad.lock: the lock is damaged"


def lock_differs(project) -> str:
    project.file("snippets/02-bad.out", "3\n")
    return "cell two, snippets/02-bad.py:2: the output differs from its lock"


@pytest.mark.parametrize(
    "spoil",
    [
        show_unknown, show_twice, show_nothing, name_nothing, two_of_a_name, no_program, no_page,
        volatile_without_reason, off_without_reason, a_number_of_nothing,
        a_number_of_nothing_below_front_matter, lock_missing, lock_damaged, lock_differs,
    ],
    ids=lambda spoil: spoil.__name__,
)  # fmt: skip
def test_a_book_that_does_not_fit_together_ends_the_build(project, spoil) -> None:
    project.program("01-good", GOOD)
    project.program("02-bad", "# %% two\nprint(2)\n")
    project.lock("01-good", "02-bad")
    assert project.book("run", "--quiet").returncode == 0
    said = spoil(project)
    built = project.build()
    assert built.returncode == 1, built.stderr
    assert f"ground-up: chapter 02-bad, {said}" in built.stderr
    assert built.stderr.count(said) == 1
    assert "Traceback" not in built.stderr
    assert project.stored("01-good"), "what was stored is lost"


def test_a_difference_shows_both_sides(project) -> None:
    project.program("01-a", "# %% one\nprint('loss', 0.5)\n")
    project.lock("01-a")
    project.file("snippets/01-a.out", "loss 0.6\n")
    built = project.build()
    assert built.returncode == 1
    assert "    -loss 0.6\n    +loss 0.5\n" in built.stderr
    assert "`book lock 01-a`" in built.stderr


def test_strict_and_quiet_change_nothing_about_a_fault(project) -> None:
    project.program("02-bad", bad_program("exception"))
    built = project.build("--strict", "--quiet")
    assert built.returncode == 1
    assert "chapter 02-bad, cell broken, snippets/02-bad.py:5" in built.stderr


def test_a_chapter_whose_page_is_excluded_is_held_to_its_lock_all_the_same(project) -> None:
    project.program("02-bad", bad_program("exception"))
    settings = (project.root / "mkdocs.yml").read_text(encoding="utf-8")
    project.file("mkdocs.yml", settings + "exclude_docs: 02-bad.md\n")
    built = project.build()
    assert built.returncode == 1
    assert "chapter 02-bad, cell broken" in built.stderr
