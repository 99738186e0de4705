"""An author who writes sees the page follow: text, programs, and mistakes, which end nothing."""

import queue
import re
import signal
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

PATIENCE = 60


class Server:
    """``mkdocs serve``, and a browser that looks at one page of it."""

    def __init__(self, process, port: int) -> None:
        self.process = process
        self.address = f"http://127.0.0.1:{port}"
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.said = ""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def until(self, words: str) -> str:
        """Wait until the server says something; returns all that it said from the last time on."""
        said = ""
        while words not in said:
            line = self.lines.get(timeout=PATIENCE)
            assert line, f"the server ended before it said {words!r}:\n{said}"
            said += line
        self.said += said
        return said

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.address}/{path}", timeout=PATIENCE) as answer:
            return answer.read().decode()

    def page(self, chapter: str) -> str:
        return self.get(f"part-1/{chapter}/")

    @contextmanager
    def reload(self, chapter: str) -> Iterator[None]:
        """Wait, as a browser does, until what happens inside has led to another version of the page."""
        epoch, visit = re.findall(r"livereload\((\d+), (\d+)\)", self.page(chapter))[-1]
        yield
        assert int(self.get(f"livereload/{epoch}/{visit}")) > int(epoch)


@pytest.fixture
def serve(project):
    """Serve the project on a free port; a server that still runs at the end of its test is ended."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    @contextmanager
    def serve(**environment: str) -> Iterator[Server]:
        with project.started("mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}", **environment) as process:
            server = Server(process, port)
            server.until("Serving on")
            yield server

    return serve


@pytest.fixture
def two(project):
    project.program("01-a", "# %% one\nprint('loss', 0.5)\n")
    project.program("02-b", "# %% one volatile=random\nimport os\nprint(os.urandom(8).hex())\n")
    project.lock("01-a", "02-b")
    return project


def test_a_changed_page_is_shown(two, serve) -> None:
    page = two.root / "docs/part-1/01-a.md"
    with serve() as server:
        assert "More words." not in server.page("01-a")
        with server.reload("01-a"):
            page.write_text(page.read_text(encoding="utf-8") + "\nMore words.\n", encoding="utf-8")
        assert "More words." in server.page("01-a")


def test_a_changed_style_sheet_is_served_under_its_old_name(two, serve) -> None:
    two.file("docs/own.css", "a { color: red }")
    settings = two.root / "mkdocs.yml"
    settings.write_text(f"{settings.read_text()}extra_css: [own.css]\n")
    with serve() as server:
        assert server.get("book.css") == "a { color: red }"
        two.file("docs/own.css", "a { color: green }")
        server.until("Reloading")
        assert server.get("book.css") == "a { color: green }"


def test_a_changed_program_runs_alone_and_its_difference_is_shown_and_logged(two, serve) -> None:
    with serve() as server:
        server.until("Watching paths") if "Watching paths" not in server.said else None
        with server.reload("01-a"):
            two.file("snippets/01-a.py", "# %% one\nprint('loss', 0.75)\n")
        page = server.page("01-a")
        said = server.until("Reloading browsers")
    assert "<code>loss 0.75\n</code>" in page
    assert re.search(r'role="alert">.*the output differs from its lock.*-loss 0.5.*\+loss 0.75', page, re.DOTALL)
    assert "chapter 01-a, cell one, snippets/01-a.py:2: the output differs from its lock" in said
    assert "chapter 1 of 1: 01-a" in said


def test_downloads_follow_the_program_and_wait_while_it_fails(two, serve) -> None:
    contents = two.root / "docs/contents.toml"
    contents.write_text(contents.read_text(encoding="utf-8") + 'notebooks = ["01-a"]\n', encoding="utf-8")
    with serve() as server:
        assert "loss 0.5" in server.get("part-1/01-a.ipynb")
        with server.reload("01-a"):
            two.file("snippets/01-a.py", "# %% one\nprint('loss', 0.75)\n")
        assert "print('loss', 0.75)" in server.get("part-1/01-a.py")
        assert "<code>loss 0.75\n</code>" in server.page("01-a-notebook")
        with server.reload("01-a"):
            two.file("snippets/01-a.py", "# %% one\n1 / 0\n")
        assert "01-a.ipynb" not in server.page("01-a")
        assert "The program fails. Its chapter says where." in server.page("01-a-notebook")


def test_mistakes_end_nothing_and_are_gone_when_they_are_mended(two, serve) -> None:
    page = two.root / "docs/part-1/01-a.md"
    right = page.read_text(encoding="utf-8")
    with serve() as server:
        with server.reload("01-a"):
            two.file("snippets/01-a.py", "# %% one\n1 / 0\n")
        assert "an exception: ZeroDivisionError" in server.page("01-a")
        assert "chapter 01-a, cell one, snippets/01-a.py:2" in server.until("Reloading browsers")

        before = server.page("01-a")
        page.write_text(right.replace('"one"', '"noe"'), encoding="utf-8")
        assert "there is no cell noe in snippets/01-a.py" in server.until("An error happened during the rebuild")

        two.file("snippets/01-a.py", "# %% one\nprint('loss', 0.5)\n")
        page.write_text(right, encoding="utf-8")
        server.until("Reloading browsers")
        after = server.page("01-a")
    assert before != after
    assert "loss 0.5\n" in after
    assert 'role="alert"' not in after


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_ctrl_c_ends_the_server_and_all_that_it_started(two, serve, family, method: str) -> None:
    with serve(GROUNDUP_START=method) as server:
        started = family.of(server.process.pid)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(PATIENCE) == 0
    assert family.left(started) == []


def test_ctrl_c_while_a_chapter_runs_ends_it_too(two, serve, meeting, family) -> None:
    with serve() as server:
        two.file("snippets/01-a.py", f"# %% one\n{meeting.arrive}\nwhile True:\n    pass\n")
        meeting.wait()
        started = family.of(server.process.pid)
        server.process.send_signal(signal.SIGINT)
        server.process.wait(PATIENCE)
    assert meeting.gone()
    assert family.left(started) == []
