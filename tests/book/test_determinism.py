"""The same book makes the same bytes, whatever order and however many processes its chapters ran in."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FIGURES = """
# %% data
import random
import numpy as np
rng = np.random.default_rng(0)
random.seed(0)
x = rng.normal(size=50)
print(x[:3], random.random(), {3, 1, 2}, hash("a string"))

# %% drawn fold
import matplotlib.pyplot as plt
from groundup.book import figure
fig, axes = plt.subplots(1, 2)
axes[0].plot(np.sort(x), label="sorted")
axes[0].fill_between(range(50), x, alpha=0.3)
axes[0].legend()
axes[1].scatter(x, x[::-1])
axes[1].imshow(x[:25].reshape(5, 5))
figure(fig, alt="two panels", caption="look")
"""

SCRIPT = """
import random, sys
from pathlib import Path
from groundup.book.book import Book
from groundup.book.progress import Progress
book = Book(Path.cwd(), workers=int(sys.argv[1]))
programs = list(book.collect().programs.values())
random.Random(sys.argv[2]).shuffle(programs)
print([program.chapter for program in programs])
with book.runner() as runner:
    list(book.execute(programs, runner, Progress()))
"""


def contents(site: Path) -> dict[str, bytes]:
    """Every file of a site."""
    return {str(path.relative_to(site)): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


def execute(project, *, workers: int, seed: str) -> str:
    """Run all chapters in a process of their own, in shuffled order; returns the order."""
    command = [sys.executable, "-c", SCRIPT, str(workers), seed]
    return subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory, make_material) -> dict[str, dict[str, bytes]]:
    """Sites of one book: built from nothing, from nothing in another order and folder, and from the cache."""
    here = make_material(tmp_path_factory.mktemp("here") / "book")
    for n in range(1, 4):
        here.program(f"0{n}-chapter", FIGURES.replace("default_rng(0)", f"default_rng({n})"))
    here.program("04-numbers", "# %% one\nprint('loss', 0.125)\n")
    here.page("04-numbers", '# Four\n\n{{ out:one.loss }}\n\n```python exec="on" cell="one"\n```\n')
    here.lock("01-chapter", "02-chapter", "03-chapter", "04-numbers")
    there = make_material(tmp_path_factory.mktemp("there") / "deeper" / "book")
    shutil.copytree(here.root, there.root, dirs_exist_ok=True)

    orders = [execute(here, workers=1, seed="a"), execute(there, workers=3, seed="b")]
    assert orders[0] != orders[1]
    sites = {}
    for name, project in (("clean", here), ("shuffled", there), ("cached", here)):
        # Pages and sitemap carry the day, and midnight may fall between two builds.
        built = project.build("--strict", SOURCE_DATE_EPOCH="1000000000")
        assert built.returncode == 0, built.stderr
        assert "chapter 1 of" not in built.stderr, "the build ran again what had just run"
        sites[name] = contents(project.root / "site")
    return sites


@pytest.mark.parametrize("other", ["shuffled", "cached"])
def test_every_build_makes_the_bytes_of_a_clean_one(builds, other: str) -> None:
    assert builds[other].keys() == builds["clean"].keys()
    assert [name for name, data in builds[other].items() if data != builds["clean"][name]] == []


def test_what_is_compared_holds_figures(builds) -> None:
    assert builds["clean"]["part-1/01-chapter/index.html"].count(b"<figcaption>look") == 1


def test_forked_and_spawned_chapters_print_and_draw_the_same(project) -> None:
    project.program("01-a", FIGURES)
    forked, spawned = (project.run("01-a", method=method)["01-a"] for method in ("fork", "spawn"))
    assert forked.cells == spawned.cells
    assert forked.packages == spawned.packages
