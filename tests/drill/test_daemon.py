"""The daemon as commands meet it: it starts by itself, is shared and private, is replaced, and ends when idle."""

import base64
import json
import os
import signal
import socket
import stat
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from groundup import catalogue
from groundup.drill import runtime
from groundup.drill.client import Client
from groundup.drill.daemon import Daemon
from groundup.drill.verdict import Outcome

DOUBLE = catalogue.read(Path(__file__).parent / "drills" / "double")
FAST = ("public", "hidden")
RIGHT = DOUBLE.solution.encode()
SLOW = RIGHT.replace(b"def double(x):\n", b"def double(x):\n    sum(range(3_000_000))\n")  # checks are told meanwhile
HANGS = b"while True: pass\n"


@pytest.fixture
def client(tmp_path, monkeypatch):
    """A client of a user who has no daemon yet; one that it starts ends with the test."""
    monkeypatch.setenv("GROUNDUP_HOME", str(tmp_path))
    client = Client()
    yield client
    status = client.status()
    client.stop()
    if status:
        with_suppressed_wait(status["pid"])


def with_suppressed_wait(pid: int) -> None:
    """Wait until a process is gone."""
    try:
        psutil.Process(pid).wait(timeout=20)
    except psutil.NoSuchProcess:
        return


def asked(**request: object) -> list[dict[str, object]]:
    """What the daemon answers to one request, written by hand."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(30)
        sock.connect(str(runtime.socket_path()))
        sock.sendall(json.dumps(request).encode() + b"\n")
        with sock.makefile("rb") as lines:
            return [json.loads(line) for line in lines]


def test_it_starts_with_the_first_grade_and_stays(client):
    assert client.status() is None
    first = client.grade(DOUBLE, RIGHT, stages=FAST)
    pid = client.status()["pid"]
    second = client.grade(DOUBLE, RIGHT, stages=FAST)

    assert (first.outcome, second.outcome) == (Outcome.PASS, Outcome.PASS)
    assert client.status()["pid"] == pid
    assert client.status()["grades"] == 2
    assert list(client.status()["zygotes"]) == ["numpy"]


def test_warming_starts_it_and_loads_what_a_drill_needs(client):
    client.warm(DOUBLE)
    client.grade(DOUBLE, RIGHT, stages=("public",))

    assert asked(do="warm", flavours=["torch", "cobol"]) == [{"ok": True}]
    assert sorted(client.status()["zygotes"]) == ["numpy", "torch"]


def test_progress_and_seed_cross_over(client):
    told = []
    verdict = client.grade(DOUBLE, SLOW, stages=FAST, seed=5, progress=told.append)

    assert verdict.seed == 5
    assert told
    assert tuple(told) == verdict.checks[: len(told)]


def test_its_files_are_the_users_alone(client):
    client.grade(DOUBLE, RIGHT, stages=("public",))
    folder = runtime.folder()

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {
        file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in folder.iterdir() if file.suffix != ".lock"
    } == {
        "daemon.log": "0o600",
        runtime.socket_path().name: "0o600",
    }


def test_several_terminals_use_it_at_once(client):
    verdicts = []
    threads = [
        threading.Thread(target=lambda source=source: verdicts.append(Client().grade(DOUBLE, source, stages=FAST)))
        for source in (RIGHT, HANGS, RIGHT, b"1 / 0\n")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(verdict.outcome.value for verdict in verdicts) == ["error", "pass", "pass", "timeout"]
    assert client.status()["grades"] == 4


def test_the_next_file_of_a_client_that_stays_is_expected(client, until):
    client.grade(DOUBLE, RIGHT, stages=FAST)
    zygote = psutil.Process(client.status()["zygotes"]["numpy"])
    until(lambda: len(zygote.children(recursive=True)) == 1)  # the zygote of judges
    judges = zygote.children()
    with Client(stays=True) as staying:
        first = staying.grade(DOUBLE, RIGHT, stages=FAST)
        until(lambda: len(zygote.children(recursive=True)) == 3)
        waiting = [process for process in zygote.children(recursive=True) if process not in judges]
        second = staying.grade(DOUBLE, RIGHT, stages=FAST)
        _, alive = psutil.wait_procs(waiting, timeout=20)
        until(lambda: len(zygote.children(recursive=True)) == 3)
    until(lambda: len(zygote.children(recursive=True)) == 1)

    assert (first.outcome, second.outcome) == (Outcome.PASS, Outcome.PASS)
    assert alive == []  # the second file was theirs
    assert client.status()["grades"] == 3


def test_a_file_is_expected_of_who_is_silent_and_not_for_ever(monkeypatch, tmp_path):
    served, asked = Daemon(tmp_path / "socket"), []
    monkeypatch.setattr("groundup.drill.daemon._STAYS", 0.0)
    monkeypatch.setattr("groundup.drill.daemon._EXPECTS", 0.0)
    monkeypatch.setattr(served.engine, "expect", lambda drill: asked.append("expect"))
    monkeypatch.setattr(served.engine, "forget", lambda drill: asked.append("forget"))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        served.attend(theirs, DOUBLE)
        silent, asked[:] = list(asked), []
        ours.sendall(b"{")
        served.attend(theirs, DOUBLE)

    assert silent == ["expect", "forget"]
    assert asked == []


def test_a_client_that_stays_outlives_the_daemon(client):
    with Client(stays=True) as staying:
        staying.grade(DOUBLE, RIGHT, stages=("public",))
        old = client.status()["pid"]
        os.kill(old, signal.SIGKILL)
        again = staying.grade(DOUBLE, RIGHT, stages=("public",))

    assert again.outcome is Outcome.PASS
    assert client.status()["pid"] != old


def test_one_that_was_killed_is_started_again(client):
    client.grade(DOUBLE, RIGHT, stages=("public",))
    old = client.status()["pid"]
    zygotes = [psutil.Process(pid) for pid in client.status()["zygotes"].values()]
    os.kill(old, signal.SIGKILL)
    _, alive = psutil.wait_procs(zygotes, timeout=20)

    assert client.grade(DOUBLE, RIGHT, stages=("public",)).outcome is Outcome.PASS
    assert client.status()["pid"] != old
    assert alive == []  # the zygotes do not outlive it


def test_one_that_dies_during_a_grade_is_started_again_and_the_grade_repeated(client):
    client.grade(DOUBLE, RIGHT, stages=("public",))
    pids = []

    def kill_once(check):
        if not pids:
            pids.append(client.status()["pid"])
            os.kill(pids[0], signal.SIGKILL)

    verdict = client.grade(DOUBLE, SLOW, stages=FAST, progress=kill_once)

    assert verdict.outcome is Outcome.PASS
    assert client.status()["pid"] != pids[0]


def test_a_client_that_leaves_disturbs_nobody(client):
    client.grade(DOUBLE, RIGHT, stages=("public",))
    zygotes = client.status()["zygotes"]
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(runtime.socket_path()))
        source = base64.b64encode(RIGHT).decode()
        drill = {**asdict(DOUBLE), "folder": str(DOUBLE.folder)}
        request = {"do": "grade", "drill": drill, "source": source, "seed": 1, "device": "cpu"}
        sock.sendall(json.dumps({**request, "stages": FAST}).encode() + b"\n")

    assert client.grade(DOUBLE, RIGHT, stages=FAST).outcome is Outcome.PASS
    assert client.status()["zygotes"] == zygotes


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"do": "dance"}, "the daemon cannot 'dance'"),
        ({}, "the daemon cannot None"),
        ({"do": "grade"}, "KeyError: 'drill'"),
        ({"do": "grade", "drill": {**asdict(DOUBLE), "folder": "/nowhere"}}, "ValueError: no drill lies in /nowhere"),
    ],
)
def test_what_it_does_not_understand_it_says(client, request_, said):
    client.grade(DOUBLE, RIGHT, stages=("public",))
    (answer,) = asked(**request_)

    assert said in answer["fault"]
    assert client.status() is not None


def test_noise_on_the_socket_is_survived(client):
    client.grade(DOUBLE, RIGHT, stages=("public",))
    for noise in (b"\x00\xff\n", b"[]\n", b"{" * 100 + b"\n", b"no end of line"):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(runtime.socket_path()))
            sock.sendall(noise)

    assert client.grade(DOUBLE, RIGHT, stages=("public",)).outcome is Outcome.PASS


def test_a_second_daemon_leaves_the_socket_to_the_first(client):
    client.grade(DOUBLE, RIGHT, stages=("public",))
    Daemon(runtime.socket_path()).serve()  # returns at once

    assert client.grade(DOUBLE, RIGHT, stages=("public",)).outcome is Outcome.PASS


def test_without_work_it_ends(client):
    Daemon(runtime.socket_path(), idle=0.01).serve()

    assert not runtime.socket_path().exists()
    assert client.status() is None


def test_a_daemon_that_cannot_start_is_our_fault(client, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    verdict = client.grade(DOUBLE, RIGHT, stages=("public",))

    assert verdict.outcome is Outcome.VOID
    assert "the daemon does not answer: it ended at once" in verdict.message


@pytest.fixture
def short():
    """A folder whose path is short enough for a socket, however deep pytest's own lie."""
    with tempfile.TemporaryDirectory(prefix="gu-", dir="/tmp") as folder:
        yield Path(folder)


def test_a_folder_that_is_a_link_is_refused(monkeypatch, short):
    monkeypatch.setenv("GROUNDUP_HOME", str(short))
    (short / "elsewhere").mkdir()
    (short / "run").symlink_to(short / "elsewhere")

    with pytest.raises(runtime.RuntimeFolderError, match="is not a folder of yours"):
        runtime.folder()


def test_a_long_path_finds_a_shorter_one(monkeypatch, short):
    monkeypatch.setenv("GROUNDUP_HOME", str(short / ("long" * 30)))
    monkeypatch.setenv("TMPDIR", str(short))

    assert len(os.fsencode(runtime.folder())) < 90
