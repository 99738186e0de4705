"""The same pages three times: as the book, for stock markdown-exec, and with nothing to execute.

    <folder>/ours    the repository's book, grown to the wanted number of pages
    <folder>/stock   its fences carry the cells as their body and are run by stock markdown-exec, figures drawn
    <folder>/plain   its fences carry the cells as their body and are only shown

All three have the theme, extensions and navigation of the book. A copy of a chapter differs from it in title and in a
comment of its first cell, so that no cache can answer for another page.
"""

from __future__ import annotations

import itertools
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomlkit
from mkdocs.utils.yaml import yaml_load

from groundup.book.page import fences
from groundup.book.program import Cell, Program

REPOSITORY = Path(__file__).resolve().parents[2]
_COPIED = ("docs", "snippets", "src", "drills")
_LINK = re.compile(r"(?<=\]\()(?!https?:|#|/)([^)#\s]+)")
_OURS = ("markdown-exec", "ground-up")
_NAV = """
import json
from mkdocs.config import load_config
config = load_config("mkdocs.yml")
config.plugins.on_startup(command="build", dirty=False)
print(json.dumps(config.plugins.on_config(config).nav))
"""
_DRAW = """
from groundup.book import figures
def on_pre_build(config):
    figures.use_house_style()
    figures.drawn = []
"""
"""Figures are part of the pages: with stock markdown-exec too, `figure` makes an SVG instead of nothing."""
_SECONDS = """
import sys
from groundup.book.book import Book
book = Book.find()
print(book.store.get(book.collect().program(sys.argv[1])).seconds)
"""


class BenchError(Exception):
    """What keeps the bench from measuring, as a sentence."""


class Projects:
    """The three projects, and the environment in which they are built.

    Args:
        folder: An empty folder, which becomes theirs.
        pages: How many pages each has; never fewer than the book has itself.
        lock: Accept the outputs of the programs as they are now, in the copy.
    """

    def __init__(self, folder: Path, pages: int, *, lock: bool = False) -> None:
        self.folder = folder
        self.ours, self.stock, self.plain = (folder / name for name in ("ours", "stock", "plain"))
        self.environment = self._environment()
        for name in _COPIED:
            if (REPOSITORY / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", ".*")
                shutil.copytree(REPOSITORY / name, self.ours / name, ignore=ignored)
        shutil.copy(REPOSITORY / "mkdocs.yml", self.ours / "base.yml")
        self.base: dict[str, Any] = yaml_load((self.ours / "base.yml").read_text(encoding="utf-8"))
        self.use_workers(2)
        self._warm_imports()
        if lock or any(not path.with_suffix(".lock").is_file() for path in (self.ours / "snippets").glob("*.py")):
            self.python("book lock", "-m", "groundup.book.cli", "lock")
        self.copies = _grow(self.ours, pages)
        self.programs = {path.stem: Program.read(path) for path in (self.ours / "snippets").glob("*.py")}
        self.pages = sorted(path.relative_to(self.ours / "docs").as_posix() for path in self._markdown())
        self.nav = json.loads(self.python("reading the book", "-c", _NAV))
        self._derive(self.plain, lambda cell, slug: None if cell.hide else "python", plugins=[])
        self._derive(self.stock, _stock_fence, plugins=["markdown-exec"])

    def program(self, page: str) -> Program | None:
        """The program of a page, if it has one."""
        slug = page.removesuffix(".md")
        return self.programs.get(slug.partition("/")[2] if slug.startswith("part-") else slug.replace("/", "-"))

    def use_workers(self, workers: int) -> None:
        """Say in our ``mkdocs.yml`` how many chapters run at once."""
        plugins = [
            {name: {**options, "workers": workers}} if name == "ground-up" else {name: options}
            for name, options in self._plugins()
        ]
        _configure(self.ours, plugins=plugins)

    def forget(self) -> None:
        """Empty the caches, so that the next build is a cold one. matplotlib's list of fonts stays."""
        for path in (self.ours / ".cache").iterdir():
            if path.is_dir() and path.name != "matplotlib":
                shutil.rmtree(path)

    def run_seconds(self, chapter: str) -> float:
        """How long our engine says that the chapter's program ran the last time."""
        return float(self.python(f"reading the run of {chapter}", "-c", _SECONDS, chapter))

    def python(self, doing: str, *arguments: str) -> str:
        """Run Python in our project; what it printed.

        Args:
            doing: What for, to say if it fails.
            arguments: Of the command line.

        Raises:
            BenchError: It failed.
        """
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=self.ours, env=self.environment, capture_output=True, text=True, check=False, timeout=1800
        )
        if done.returncode:
            raise BenchError(f"{doing} failed\n{done.stderr[-3000:]}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in ("SITE_URL", "REPO_URL")}
        temporary = self.folder / "tmp"
        temporary.mkdir(parents=True)
        return {
            **kept,
            "NO_MKDOCS_2_WARNING": "1",
            "PYTHONPATH": str(self.ours / "src"),  # An engine that is edited meanwhile is not the one measured.
            "MPLCONFIGDIR": str(self.ours / ".cache" / "matplotlib"),
            "TMPDIR": str(temporary),
        }

    def _warm_imports(self) -> None:
        """Nobody pays for byte code, for libraries that are not yet in memory, or for matplotlib's list of fonts."""
        self.python("compiling our sources", "-m", "compileall", "-q", "src")
        self.python(
            "importing the libraries",
            "-W",
            "ignore",
            "-c",
            "import matplotlib.font_manager, numpy, pandas, scipy, sklearn, torch",
        )

    def _plugins(self) -> list[tuple[str, dict[str, Any]]]:
        entries = [entry if isinstance(entry, dict) else {entry: {}} for entry in self.base["plugins"]]
        return [(name, options or {}) for entry in entries for name, options in entry.items()]

    def _markdown(self) -> list[Path]:
        return list((self.ours / "docs").rglob("*.md"))

    def _derive(self, root: Path, head: Callable[[Cell, str], str | None], *, plugins: list[str]) -> None:
        """Make a project whose fences carry the cells as their body, below the info string that ``head`` returns."""
        shutil.copytree(self.ours / "docs", root / "docs")
        theme = self.base["theme"]["custom_dir"]
        shutil.copytree(self.ours / theme, root / theme)
        shutil.copy(self.ours / "base.yml", root / "base.yml")
        kept = [{name: options} for name, options in self._plugins() if name not in _OURS or name in plugins]
        settings: dict[str, Any] = {"plugins": kept, "nav": self.nav}
        if plugins:
            (root / "draw.py").write_text(_DRAW, encoding="utf-8")
            settings["hooks"] = ["draw.py"]
        _configure(root, **settings)
        for page in self.pages:
            path = root / "docs" / page
            text = path.read_text(encoding="utf-8")
            path.write_text(_filled(text, self.program(page), head), encoding="utf-8")


def _configure(root: Path, **settings: Any) -> None:
    """Write ``mkdocs.yml``: the book's own, with other settings on top. JSON is YAML."""
    text = json.dumps({"INHERIT": "./base.yml", **settings}, indent=2)
    (root / "mkdocs.yml").write_text(text, encoding="utf-8")


def _stock_fence(cell: Cell, slug: str) -> str:
    source = "" if cell.hide else ' source="above"'
    return f'python exec="on"{source} session="{slug}" result="text"'


def _filled(text: str, program: Program | None, head: Callable[[Cell, str], str | None]) -> str:
    lines = text.splitlines()
    waiting = list(program.cells) if program else []
    filled: list[str] = []
    at = 0

    def show(cell: Cell, indent: str) -> None:
        opened = head(cell, program.chapter if program else "")
        if opened:
            ticks = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`{3,}", cell.source))])
            block = [ticks + opened, *cell.source.split("\n"), ticks, ""]
            filled.extend(indent + line if line else indent.rstrip() for line in block)

    for fence in fences(lines):
        filled += lines[at : fence.start]
        at = fence.end
        if fence.runs:
            while waiting and waiting[0].name != fence.options["cell"]:
                show(waiting.pop(0), fence.indent)  # Hidden cells run before the one that needs them.
            show(waiting.pop(0), fence.indent)
        else:
            filled.append(re.sub(r'\s+(exec|reason)=(?:"[^"]*"|\S+)', "", lines[fence.start]))
            filled += lines[fence.start + 1 : fence.end]
    filled += [*lines[at:], ""]
    for cell in waiting:
        show(cell, "")
    return "\n".join(filled)


def _grow(root: Path, pages: int) -> dict[str, list[str]]:
    """Copy the chapters in rotation until the book has that many pages; the copies of each chapter."""
    contents = tomllib.loads((root / "docs" / "contents.toml").read_text(encoding="utf-8"))
    parts = contents["parts"]
    own = [(number, slug) for number, part in enumerate(parts, 1) for slug in part["chapters"]]
    if not own:
        raise BenchError("docs/contents.toml lists no chapter; there is nothing to measure")
    taken = {int(found.group()) for _, slug in own if (found := re.match(r"\d+", slug))}
    free = (number for number in itertools.count(1) if number not in taken)
    copies: dict[str, list[str]] = {slug: [] for _, slug in own}
    missing = pages - len(list((root / "docs").rglob("*.md")))
    for number, (home, slug) in zip(range(missing), itertools.cycle(own), strict=False):
        part = min(parts, key=lambda part: len(part["chapters"]))
        copy = f"{next(free):02d}-{re.sub(r'^[0-9]+-', '', slug)}"
        part["chapters"].append(copy)
        copies[slug].append(copy)
        _copy_page(root / "docs", f"part-{home}/{slug}.md", f"part-{parts.index(part) + 1}/{copy}.md", number)
        _copy_program(root / "snippets", slug, copy, number)
    rows = ["[[parts]]\n" + "".join(f"{key} = {json.dumps(part[key])}\n" for key in part) for part in parts]
    (root / "docs" / "contents.toml").write_text("\n".join(rows), encoding="utf-8")
    return copies


def _copy_page(docs: Path, source: str, target: str, number: int) -> None:
    def rebased(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), link.group()))
        found = (docs / path).is_file()
        return posixpath.relpath(path, posixpath.dirname(target)) if found else link.group()

    text = _LINK.sub(rebased, (docs / source).read_text(encoding="utf-8"))
    text = re.sub(r"^(# .+?)\s*$", rf"\1 ({number})", text, count=1, flags=re.MULTILINE)
    (docs / target).parent.mkdir(exist_ok=True)
    (docs / target).write_text(text, encoding="utf-8")
    questions = (docs / source).with_suffix(".toml")
    if questions.is_file():
        held = tomlkit.parse(questions.read_text(encoding="utf-8"))
        held.pop("terms", None)  # A book defines a term once.
        (docs / target).with_suffix(".toml").write_text(tomlkit.dumps(held), encoding="utf-8")


def _copy_program(snippets: Path, source: str, target: str, number: int) -> None:
    text = (snippets / f"{source}.py").read_text(encoding="utf-8")
    text = re.sub(r"^(# %%.*)$", rf"\1\n# copy {number}", text, count=1, flags=re.MULTILINE)
    (snippets / f"{target}.py").write_text(text, encoding="utf-8")
    for suffix in (".out", ".lock"):
        shutil.copy(snippets / f"{source}{suffix}", snippets / f"{target}{suffix}")
