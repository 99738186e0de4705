"""An output is taken from the store as long as nothing that it depends on has changed, and not a moment longer."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import groundup
from groundup.book.book import Book
from groundup.book.runner import Runner
from groundup.book.store import Shelf, seal, unseal

TOKEN = "import os\nprint(os.urandom(8).hex())\n"  # Another line whenever it runs.
PROGRAM = """# %% one
import os
print(os.urandom(8).hex())

# %% two
print(2)
"""


@pytest.fixture
def remember(project):
    """Run a chapter and store what it printed."""

    def remember(chapter: str) -> None:
        store = Book(project.root).store
        store.put(project.read(chapter), project.run(chapter)[chapter])
        assert store.get(project.read(chapter))

    return remember


def test_an_unchanged_program_is_not_run_again(project, remember) -> None:
    project.program("01-a", PROGRAM)
    run = project.run("01-a")["01-a"]
    Book(project.root).store.put(project.read("01-a"), run)
    assert project.stored("01-a") == run


def test_everything_about_a_run_comes_back(project, remember) -> None:
    project.program(
        "01-a",
        "# %% one raises=KeyError\nimport matplotlib.pyplot as plt\nfrom groundup.book import figure\n"
        "fig, ax = plt.subplots()\nax.plot([1, 2])\nfigure(fig, alt='a line', caption='look')\nprint('η')\n{}['k']\n",
    )
    run = project.run("01-a")["01-a"]
    Book(project.root).store.put(project.read("01-a"), run)
    assert run.cells["one"].figures
    assert run.cells["one"].error
    assert project.stored("01-a") == run


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("print(2)", "print(3)"),
        ("import os", "import os, math"),
        ("# %% two", "# %% deux"),
        ("print(2)\n", "print(2)\n\n# %% three\nprint(3)\n"),
        ("# %% two", "# %% two raises=ValueError"),
    ],
    ids=["a cell", "a cell before", "a name", "one more", "raises"],
)
def test_changed_code_is_run_again(project, remember, old: str, new: str) -> None:
    project.program("01-a", PROGRAM)
    remember("01-a")
    project.program("01-a", PROGRAM.replace(old, new))
    assert project.stored("01-a") is None


@pytest.mark.parametrize(
    "tags",
    ["hide", "fold", "tol=0.02", 'volatile="depends on the machine"', 'example="04.2"'],
    ids=lambda tags: tags.split("=")[0],
)
def test_a_tag_that_changes_only_the_page_runs_nothing_again(project, remember, tags: str) -> None:
    project.program("01-a", PROGRAM)
    remember("01-a")
    project.program("01-a", PROGRAM.replace("# %% two", f"# %% two {tags}"))
    assert project.stored("01-a")


def test_limits_and_the_docstrings_words_run_nothing_again(project, remember) -> None:
    project.program("01-a", f'"""Words."""\n# book: timeout=5\n{PROGRAM}')
    remember("01-a")
    project.program("01-a", f'"""Others."""\n# book: timeout=9 memory=512\n{PROGRAM}')
    assert project.stored("01-a")


def test_prose_and_other_chapters_run_nothing_again(project, remember) -> None:
    project.program("01-a", PROGRAM)
    remember("01-a")
    page = project.root / "docs/part-1/01-a.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nMore words.\n", encoding="utf-8")
    project.program("02-b", PROGRAM)
    assert project.stored("01-a")
    assert project.stored("02-b") is None


@pytest.mark.parametrize(
    "source", ["import lesson", "from lesson import x", "import importlib\nimportlib.import_module('lesson')"]
)
def test_a_changed_module_of_the_project_runs_again_who_imports_it(project, remember, source: str) -> None:
    project.file("snippets/lesson/__init__.py", "from lesson.inner import x\n")
    project.file("snippets/lesson/inner.py", "x = 1\n")
    project.program("01-a", f"# %% one\n{source}\n")
    project.program("02-b", PROGRAM)
    for chapter in ("01-a", "02-b"):
        shutil.copytree(project.root / "snippets/lesson", project.root / f"snippets-{chapter}")
        remember(chapter)
    project.file("snippets/lesson/inner.py", "x = 2\n")
    assert project.stored("01-a") is None
    assert project.stored("02-b")


@pytest.mark.parametrize(
    "read",
    [
        "open({path!r}).read()",
        "__import__('pathlib').Path({path!r}).read_bytes()",
        "__import__('numpy').loadtxt({path!r})",
    ],
    ids=["open", "pathlib", "numpy"],
)
def test_a_changed_data_file_runs_again_who_opened_it(project, remember, read: str) -> None:
    path = project.file("snippets/data.csv", "1\n2\n")
    project.program("01-a", f"# %% one\n{read.format(path=str(path))}\n")
    remember("01-a")
    project.file("snippets/data.csv", "1\n3\n")
    assert project.stored("01-a") is None
    project.file("snippets/data.csv", "1\n2\n")
    assert project.stored("01-a"), "the file is as it was again"
    path.unlink()
    assert project.stored("01-a") is None


def test_a_file_counts_wherever_the_project_lies(project, remember) -> None:
    project.program(
        "01-a", "# %% one\nimport os\nprint(open(os.path.join(os.path.dirname(__file__), 'data')).read())\n"
    )
    project.file("snippets/data", "x")
    run = project.run("01-a")["01-a"]
    assert "snippets/data" in run.files


def test_the_versions_of_what_a_chapter_builds_on_are_part_of_the_key(project) -> None:
    project.program("01-a", "# %% one\nimport pandas\n")
    project.program("02-b", "# %% one\nimport json\n")
    results = project.run("01-a", "02-b")
    assert {"pandas", "numpy"} <= results["01-a"].packages.keys()
    assert results["02-b"].packages == {}


@pytest.mark.parametrize("loaded", ["numpy", "scipy", "torch"])
def test_what_another_program_has_loaded_is_no_part_of_the_key(project, loaded: str) -> None:
    project.program("01-a", f"# %% one\nimport {loaded}\n")
    project.program("02-b", "# %% one\nimport json\n")
    with Runner(project.root, project.root / ".cache") as runner:
        for chapter in ("01-a", "02-b"):
            [(_, result)] = runner.run([project.read(chapter)])
    assert result.packages == {}


def test_another_version_of_a_package_runs_again_who_imports_it(project, tmp_path: Path) -> None:
    def install(version: str) -> None:
        info = tmp_path / "packages" / "tinypack.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tinypack\nVersion: {version}\n")
        (info / "RECORD").write_text("tinypack.py,,\n")
        (info.parent / "tinypack.py").write_text("x = 1\n")

    def run() -> str:
        return project.book("run", PYTHONPATH=str(tmp_path / "packages")).stdout

    install("1.0")
    project.program("01-a", f"# %% one\nimport tinypack\n{TOKEN}")
    first = run()
    assert re.search(r"[0-9a-f]{16}", first)
    assert run() == first
    install("1.1")
    assert run() != first


@pytest.mark.parametrize("module", ["worker", "runner", "zygote", "figures", "store"])
def test_another_runner_runs_everything_again(project, tmp_path: Path, module: str) -> None:
    package = tmp_path / "src" / "groundup"
    shutil.copytree(Path(groundup.__file__).parent, package, ignore=shutil.ignore_patterns("theme", "__pycache__"))

    def run() -> subprocess.CompletedProcess[str]:
        return project.book("run", PYTHONPATH=str(package.parent))

    project.program("01-a", f"# %% one\n{TOKEN}")
    first = run()
    assert first.returncode == 0
    with open(package / "book" / f"{module}.py", "a", encoding="utf-8") as file:
        file.write("\n# Another one.\n")
    assert run().stdout != first.stdout


def test_a_failure_is_not_stored(project) -> None:
    project.program("01-a", "# %% one\n1 / 0\n")
    assert project.book("run").returncode == 1
    assert project.stored("01-a") is None


# Damage


def entries(project) -> list[Path]:
    return [path for path in (project.root / ".cache").rglob("*") if path.is_file() and "matplotlib" not in path.parts]


def test_an_entry_of_a_version_that_knew_less_counts_as_absent(project, remember) -> None:
    project.program("01-a", PROGRAM)
    remember("01-a")
    (path,) = (project.root / ".cache/runs").rglob("*.json")
    entry = unseal(path.read_bytes())
    del entry["day"]
    path.write_bytes(seal(entry))
    assert project.stored("01-a") is None


def flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


DAMAGE = {
    "truncated": lambda data: data[: len(data) // 2],
    "cut after the first bytes": lambda data: data[:24],
    "empty": lambda data: b"",
    "garbage": lambda data: bytes(range(256)),
    "a bit": flip,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_run_again(project, remember, damage: str) -> None:
    project.program("01-a", PROGRAM)
    remember("01-a")
    for path in entries(project):
        path.write_bytes(DAMAGE[damage](path.read_bytes()))
    assert project.stored("01-a") is None
    remember("01-a")


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_build_survives_damage_to_every_file_of_the_cache(project, damage: str) -> None:
    project.program("01-a", "# %% one\nprint(1)\n")
    project.lock("01-a")
    assert project.build().returncode == 0
    page = project.html("01-a")
    damaged = entries(project)
    assert len(damaged) > 2
    for path in damaged:
        path.write_bytes(DAMAGE[damage](path.read_bytes()))
    built = project.build()
    assert built.returncode == 0, built.stderr
    assert project.html("01-a") == page


def test_a_seal_tells_any_change() -> None:
    data = seal({"a": [1, "η"]})
    assert unseal(data) == {"a": [1, "η"]}
    assert unseal(flip(data)) is None
    assert unseal(b"") is None


def test_an_absent_document_is_none(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    assert shelf.get("a.json") is None
    shelf.put("a.json", [1])
    assert shelf.get("a.json") == [1]


# A cache that is shared, or cannot be written


def test_two_builds_at_once_share_one_cache(project) -> None:
    chapters = [f"{n:02}-chapter" for n in range(1, 5)]
    for chapter in chapters:
        project.program(chapter, f"# %% one volatile=random\n{TOKEN}")
    project.lock(*chapters)
    with (
        project.started("mkdocs", "build", "--site-dir", "one") as first,
        project.started("mkdocs", "build", "--site-dir", "two") as second,
    ):
        said = [build.communicate(timeout=60)[0] for build in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], said
    for chapter in chapters:
        assert project.html(chapter, "one") == project.html(chapter, "two")
        assert project.stored(chapter)


def test_a_cache_that_cannot_be_written_costs_speed_and_nothing_else(project) -> None:
    project.program(
        "01-a",
        "# %% one\nimport matplotlib.pyplot as plt\nfrom groundup.book import figure\n"
        "fig, ax = plt.subplots()\nax.plot([1, 2])\nfigure(fig, alt='a line', caption='look')\nprint(1)\n",
    )
    project.lock("01-a")
    project.file(".cache", "a file where the folder should be")
    built = project.build()
    assert built.returncode == 0, built.stderr
    assert "the cache cannot be written" in built.stderr
    assert "<figcaption>look</figcaption>" in project.html("01-a")
