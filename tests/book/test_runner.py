"""Programs run side by side, and however a build ends, nothing that it started outlives it."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from groundup.book.errors import BookError, Fault
from groundup.book.runner import Run, Runner

METHODS = pytest.mark.parametrize("method", ["fork", "spawn"])


@METHODS
def test_programs_yield_what_they_printed_and_what_they_took(project, method: str) -> None:
    for n in range(1, 5):
        project.program(f"0{n}-chapter", f"# %% one\nprint({n})\n")
    results = project.run(*[f"0{n}-chapter" for n in range(1, 5)], workers=3, method=method)
    assert {chapter: run.cells["one"].text for chapter, run in results.items()} == {
        f"0{n}-chapter": f"{n}\n" for n in range(1, 5)
    }
    assert all(run.seconds > 0 and run.megabytes > 0 for run in results.values())


def test_programs_run_at_the_same_time(project, meeting) -> None:
    for chapter in ("01-a", "02-b"):  # Each waits until the other has come too.
        project.program(chapter, f"# %% one\n{meeting.arrive}\nprint(here.recv(1))\n")
    with project.started("book", "run") as run:
        meeting.wait()
        meeting.wait()
        for connection in meeting.connections:
            connection.sendall(b"?")
        assert run.stdout.read().count("b'?'") == 2
    assert run.returncode == 0


def test_a_fault_of_one_program_leaves_the_others_alone(project) -> None:
    project.program("01-a", "# %% one\nimport os\nos._exit(3)\n")
    project.program("02-b", "# %% one\nprint(2)\n")
    results = project.run("01-a", "02-b", workers=1)
    assert isinstance(results["01-a"], Fault)
    assert isinstance(results["02-b"], Run)


def test_done_is_told_of_every_program(project) -> None:
    project.program("01-a", "# %% one\n1 / 0\n")
    project.program("02-b", "# %% one\nprint(2)\n")
    told = {}
    programs = [project.read(chapter) for chapter in ("01-a", "02-b")]
    with Runner(project.root, project.root / ".cache") as runner:
        for _ in runner.run(programs, lambda program, result: told.setdefault(program.chapter, type(result))):
            pass
    assert told == {"01-a": Fault, "02-b": Run}


@METHODS
def test_what_a_program_started_ends_with_it(project, meeting, method: str) -> None:
    project.program(
        "01-a",
        f"# %% one\nimport subprocess\nimport sys\nchild = {meeting.arrive + '; here.recv(1)'!r}\n"
        "subprocess.Popen([sys.executable, '-c', child])\n"
        f"{meeting.arrive}\nprint(here.recv(1))\n",
    )
    with project.started("book", "run", GROUNDUP_START=method) as run:
        meeting.wait()
        meeting.wait()
        for connection in meeting.connections:
            connection.settimeout(60)
        # Only the program hears the word and goes on to its end; its child would wait for ever.
        program = next(c for c in meeting.connections if c.getpeername()[1] in ports_of_workers(run.pid))
        program.sendall(b"?")
        assert "b'?'" in run.stdout.read()
    assert run.returncode == 0
    assert meeting.gone()


def ports_of_workers(pid: int) -> set[int]:
    """The ports from which processes that are running chapters are connected; their children run `python -c`."""
    workers = [process for process in psutil.Process(pid).children(recursive=True) if "-c" not in process.cmdline()]
    return {c.laddr.port for worker in workers for c in worker.net_connections("tcp")}


@METHODS
@pytest.mark.parametrize("command", [("mkdocs", "build"), ("book", "run")], ids=" ".join)
def test_ctrl_c_ends_the_build_and_all_that_it_started(project, meeting, family, method: str, command) -> None:
    for chapter in ("01-a", "02-b"):
        project.program(chapter, f"# %% one\n{meeting.arrive}\nwhile True:\n    pass\n")
    with project.started(*command, GROUNDUP_START=method) as build:
        meeting.wait()
        meeting.wait()
        started = family.of(build.pid)
        assert len(started) >= 2
        build.send_signal(signal.SIGINT)
        said, _ = build.communicate(timeout=60)
    assert build.returncode == 1, said
    assert "Traceback" not in said
    assert meeting.gone()
    assert family.left(started) == []


@METHODS
def test_a_killed_build_leaves_no_worker(project, meeting, family, method: str) -> None:
    for chapter in ("01-a", "02-b"):
        project.program(chapter, f"# %% one\n{meeting.arrive}\nwhile True:\n    pass\n")
    with project.started("mkdocs", "build", GROUNDUP_START=method) as build:
        meeting.wait()
        meeting.wait()
        started = family.of(build.pid)
        build.send_signal(signal.SIGKILL)
        build.communicate(timeout=60)
    assert build.returncode == -signal.SIGKILL
    assert meeting.gone()
    assert family.left(started) == []


def test_a_terminated_build_leaves_no_worker(project, meeting, family) -> None:
    project.program("01-a", f"# %% one\n{meeting.arrive}\nwhile True:\n    pass\n")
    with project.started("mkdocs", "build") as build:
        meeting.wait()
        started = family.of(build.pid)
        build.terminate()
        build.communicate(timeout=60)
    assert build.returncode != 0
    assert meeting.gone()
    assert family.left(started) == []


def test_leaving_a_runner_ends_its_processes(project, family) -> None:
    project.program("01-a", "# %% one\nprint(1)\n")
    before = set(family.of(os.getpid()))
    with Runner(project.root, project.root / ".cache", method="fork") as runner:
        assert [type(result) for _, result in runner.run([project.read("01-a")])] == [Run]
        started = set(family.of(os.getpid())) - before
        assert started
    assert family.left(list(started)) == []


def test_a_zygote_that_died_is_replaced(project, family) -> None:
    project.program("01-a", "# %% one\nprint(1)\n")
    before = set(family.of(os.getpid()))
    with Runner(project.root, project.root / ".cache", method="fork") as runner:
        list(runner.run([project.read("01-a")]))
        (zygote,) = set(family.of(os.getpid())) - before
        zygote.kill()
        psutil.wait_procs([zygote], timeout=15)
        assert [type(result) for _, result in runner.run([project.read("01-a")])] == [Run]


def test_a_zygote_that_dies_under_a_chapter_is_told(project, meeting) -> None:
    project.program("01-a", f"# %% one\ndef stay():\n    {meeting.arrive}\n    while True:\n        pass\nstay()\n")
    with project.started("mkdocs", "build") as build:
        meeting.wait()
        zygote = next(p for p in psutil.Process(build.pid).children() if "groundup.book.zygote" in p.cmdline())
        zygote.kill()
        said, _ = build.communicate(timeout=60)
    assert build.returncode == 1
    assert "chapter 01-a, cell one, snippets/01-a.py:6: the process that runs chapters was ended from outside" in said
    assert meeting.gone()


def test_programs_leave_no_folder_behind(project, monkeypatch, tmp_path) -> None:
    (tmp_path / "temporary").mkdir()
    project.program("01-a", "# %% one\nopen('left', 'w').close()\n")
    project.program("02-b", "# %% one\nimport os\nopen('left', 'w').close()\nos._exit(1)\n")
    project.book("run", TMPDIR=str(tmp_path / "temporary"))
    assert os.listdir(tmp_path / "temporary") == []


def test_another_way_to_start_is_refused(project) -> None:
    project.program("01-a", "# %% one\nprint(1)\n")
    ran = project.book("run", GROUNDUP_START="thread")
    assert ran.returncode == 1
    assert ran.stderr == "GROUNDUP_START is fork or spawn, got 'thread'\n"


def test_a_runner_that_was_stopped_runs_nothing(project) -> None:
    project.program("01-a", "# %% one\nprint(1)\n")
    runner = Runner(project.root, project.root / ".cache")
    runner.stop()
    ((_, result),) = runner.run([project.read("01-a")])
    assert isinstance(result, BookError)
    assert "stopped" in str(result)


# Where no process can be forked, and where there is no terminal, or one


def test_a_book_is_built_without_fork(project) -> None:
    project.program("01-a", "# %% one\nprint(0.5)\n")
    project.lock("01-a")
    built = project.build(GROUNDUP_START="spawn")
    assert built.returncode == 0, built.stderr
    assert "0.5\n</code>" in project.html("01-a")


def test_without_a_terminal_there_is_a_line_for_each_chapter_that_ran(project) -> None:
    project.program("01-a", "# %% one\nprint(1)\n")
    project.program("02-b", "# %% one\nprint(2)\n")
    project.lock("01-a", "02-b")
    said = project.build().stderr
    assert "chapter 1 of 2: 0" in said
    assert "chapter 2 of 2: 0" in said
    assert "\x1b" not in said
    assert "chapter 1 of" not in project.build().stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_on_a_terminal_there_is_a_bar(project) -> None:
    project.program("01-a", "# %% one\nprint(1)\n")
    project.lock("01-a")
    ours, theirs = os.openpty()
    command = project.command("mkdocs", "build", TERM="xterm-256color")
    with subprocess.Popen(**command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as build:
        os.close(theirs)
        said = read_all(ours)
    os.close(ours)
    assert build.returncode == 0, said
    assert "Chapters" in said
    assert "/1" in said
    assert "chapter 1 of 1" not in said


def read_all(terminal: int) -> str:
    data = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # Linux says so when nobody holds the other end any more.
            part = b""
        if not part:
            return data.decode()
        data += part
