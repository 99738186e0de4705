"""A tiny book in a temporary folder, and ways to meet the processes that it starts."""

import functools
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from groundup.book import lock
from groundup.book.book import Book
from groundup.book.errors import Fault
from groundup.book.page import check
from groundup.book.program import Program
from groundup.book.runner import Run, Runner

PATIENCE = 60
"""Seconds after which something that was to happen did not. Nothing waits that long unless it fails."""

BARE_THEME = """\
theme:
  name: null
  custom_dir: theme
plugins:
  - search
"""

MATERIAL_THEME = """\
theme:
  name: material
  font: false
plugins:
  - search
"""

SETTINGS = """\
  - markdown-exec:
      languages: [python]
  - ground-up
markdown_extensions:
  - admonition
  - pymdownx.details
  - pymdownx.superfences
"""


class Project:
    """A book with as many chapters as a test writes.

    ``program`` is enough for a chapter: the page that shows its cells and the line in the table of contents follow.
    """

    def __init__(self, root: Path, runner: Runner, *, theme: str = BARE_THEME) -> None:
        self.root = root
        self.runner = runner
        self.file("mkdocs.yml", f"site_name: Tiny\n{theme}{SETTINGS}")
        self.file("theme/main.html", "<!doctype html><title>{{ page.title }}</title><body>{{ page.content }}</body>\n")
        self.file("docs/index.md", "# Start\n")
        self.chapters: list[str] = []
        self._list()

    def file(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def program(self, chapter: str, text: str) -> None:
        """Write a program, list its chapter, and write a page that shows each cell that is not hidden."""
        text = textwrap.dedent(text).lstrip("\n")
        self.file(f"snippets/{chapter}.py", text)
        shown = re.findall(r"^# %% ([\w-]+)(?!.*\bhide\b)", text, re.MULTILINE)
        self.page(chapter, f"# {chapter}\n\n" + "\n".join(fence(cell) for cell in shown))

    def page(self, chapter: str, text: str) -> None:
        """Write a chapter's page, and list the chapter."""
        self.file(f"docs/part-1/{chapter}.md", textwrap.dedent(text))
        if chapter not in self.chapters:
            self.chapters.append(chapter)
            self._list()

    def _list(self) -> None:
        chapters = ", ".join(f'"{chapter}"' for chapter in self.chapters)
        self.file("docs/contents.toml", f'[[parts]]\ntitle = "Part"\nabout = "Words."\nchapters = [{chapters}]\n')

    # The commands

    def command(self, *words: str, **environment: str) -> dict[str, object]:
        module = {"book": "groundup.book.cli"}.get(words[0], words[0])
        return {
            "args": [sys.executable, "-m", module, *words[1:]],
            "cwd": self.root,
            "env": {**os.environ, "NO_MKDOCS_2_WARNING": "1", "TERM": "dumb", "COLUMNS": "100", **environment},
        }

    def build(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """``mkdocs build``."""
        return self._finish(self.command("mkdocs", "build", *options, **environment))

    def book(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """``book ...``."""
        return self._finish(self.command("book", *words, **environment))

    def _finish(self, command: dict[str, object]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(**command, capture_output=True, text=True, timeout=PATIENCE, check=False)

    @contextmanager
    def started(self, *words: str, **environment: str):
        """A command that goes on while the test does, in a session of its own, as on a terminal of its own."""
        command = self.command(*words, **environment)
        process = subprocess.Popen(
            **command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    # What it holds

    def read(self, chapter: str) -> Program:
        path = self.root / "snippets" / f"{chapter}.py"
        return Program.read(path, shown_as=f"snippets/{path.name}")

    def run(self, *chapters: str, workers: int = 2, method: str | None = None) -> dict[str, Run | Fault]:
        """Run programs in the order given; nothing is stored.

        By forks of a process that all tests share, or, where ``method`` is given, from nothing.
        """
        programs = [self.read(chapter) for chapter in chapters]
        if method is None:
            self.runner.root, self.runner.workers = self.root, workers
            return {program.chapter: result for program, result in self.runner.run(programs)}
        with Runner(self.root, self.root / ".cache", workers=workers, method=method) as runner:
            return {program.chapter: result for program, result in runner.run(programs)}

    def text(self, chapter: str, *, method: str | None = None) -> str:
        """All that a program prints."""
        result = self.run(chapter, method=method)[chapter]
        assert isinstance(result, Run), result
        return "".join(printed.text for printed in result.cells.values())

    def fault(self, chapter: str, *, method: str | None = None) -> Fault:
        """Why a program fails."""
        result = self.run(chapter, method=method)[chapter]
        assert isinstance(result, Fault), result
        return result

    def lock(self, *chapters: str) -> None:
        """Accept what the programs print; nothing is stored."""
        for chapter, run in self.run(*chapters).items():
            assert isinstance(run, Run), run
            lock.Lock(self.read(chapter)).write(run)

    def stored(self, chapter: str) -> Run | None:
        return Book(self.root).store.get(self.read(chapter))

    def check_page(self, chapter: str) -> list[Fault]:
        text = (self.root / f"docs/part-1/{chapter}.md").read_text(encoding="utf-8")
        faults, _ = check(text, self.read(chapter), chapter=chapter, file=f"docs/part-1/{chapter}.md")
        return faults

    def html(self, chapter: str, site: str = "site") -> str:
        return (self.root / site / "part-1" / chapter / "index.html").read_text(encoding="utf-8")


def fence(cell: str, indent: str = "") -> str:
    return f'{indent}```python exec="on" cell="{cell}"\n{indent}```\n'


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory):
    """What is needed to run a program, imported once. Programs share nothing through it: that is its promise."""
    with Runner(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("cache")) as runner:
        yield runner


@pytest.fixture
def project(tmp_path: Path, runner: Runner) -> Project:
    """A book without chapters, in a theme that is no more than the page."""
    return Project(tmp_path / "book", runner)


@pytest.fixture(scope="session")
def make_material(runner: Runner):
    """The same in Material's theme, with its search, in a folder of the test's choice."""
    return lambda root: Project(root, runner, theme=MATERIAL_THEME)


@pytest.fixture
def material(tmp_path: Path, make_material) -> Project:
    """The same in Material's theme, with its search."""
    return make_material(tmp_path / "book")


class Meeting:
    """A place where a running program says that it runs, and which shows when its process is gone."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.connections: list[socket.socket] = []
        port = listener.getsockname()[1]
        # The socket belongs to the process's globals, so it closes when the process ends and not before.
        self.arrive = f'import socket; here = socket.create_connection(("127.0.0.1", {port})); here.sendall(b"!")'

    def wait(self) -> None:
        """Until a program has arrived."""
        connection, _ = self._listener.accept()
        connection.settimeout(PATIENCE)
        self.connections.append(connection)
        assert connection.recv(1) == b"!"

    def gone(self) -> bool:
        """Whether every process that arrived ends; waits for it."""
        return all(_closed(connection) for connection in self.connections)


def _closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.fixture
def meeting():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        place = Meeting(listener)
        yield place
        for connection in place.connections:
            connection.close()


def descendants(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def left_running(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that do not end by themselves."""
    return psutil.wait_procs(processes, timeout=15)[1]


@pytest.fixture
def family():
    """Finds the processes that a process started, and those of them that outlive it."""

    class Family:
        of = staticmethod(descendants)
        left = staticmethod(left_running)

    return Family


# In a browser

Serving = Callable[[Path], AbstractContextManager[str]]


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def serving() -> Serving:
    """Serves a folder on this machine, and says at which address."""

    @contextmanager
    def serve(folder: Path) -> Iterator[str]:
        handler = functools.partial(_QuietHandler, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        server.server_close()

    return serve


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The Chromium that is installed."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found and os.environ.get("CI"):
        pytest.fail("no Chromium; .ci/run installs it")
    if not found:
        pytest.skip("NO CHROMIUM: the browser tests did not run; install Chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=[*flags, "--disable-sync", "--no-first-run"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A fresh page, with the options that a test asks for; an error in the page's own scripts fails the test."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **getattr(request, "param", {})})
    context.set_default_timeout(10_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


# The book's own site

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = "https://example.org/book"


def _build_site(folder: Path, **environment: str) -> Path:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    settings = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment}
    built = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="session")
def build_site() -> Callable[..., Path]:
    """Builds the site into a folder, with the environment that a test asks for."""
    return _build_site


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[tuple[Path, str]]:
    """The site, and its address: it knows where it is served, without which Material loads whole pages."""
    folder = tmp_path_factory.mktemp("site")
    with serving(folder) as url:
        yield _build_site(folder, SITE_URL=url, REPO_URL=REPOSITORY), url


@pytest.fixture(scope="session")
def site(served: tuple[Path, str]) -> Path:
    """The site's folder."""
    return served[0]


@pytest.fixture(scope="session")
def address(served: tuple[Path, str]) -> str:
    """Where the site is served."""
    return served[1]
