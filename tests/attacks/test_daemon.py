"""The daemon against forged messages, clients that leave, rivals, and a folder that is not the user's own."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from groundup import catalogue
from groundup.drill import runtime
from groundup.drill.client import Client

SOFTMAX = catalogue.find("softmax")
RIGHT = SOFTMAX.solution.encode()
# Takes long enough for its checks to be told while it runs.
LONG = b"import time\n" + RIGHT.replace(b"e = np.exp", b"time.sleep(0.05)\n    e = np.exp")
FAST = ("public", "hidden")
DRILL = {**dataclasses.asdict(SOFTMAX), "folder": str(SOFTMAX.folder)}
GOOD: dict[str, Any] = {
    "do": "grade",
    "drill": DRILL,
    "source": base64.b64encode(RIGHT).decode(),
    "stages": ["public"],
    "seed": 1,
    "device": "cpu",
}


@pytest.fixture(scope="module")
def client(module_at_home) -> Iterator[Client]:
    """A client whose daemon runs, with NumPy loaded; afterwards nothing of it is left."""
    client = Client()
    assert grade(client).outcome.value == "pass"
    yield client
    assert grade(client).outcome.value == "pass"
    daemon = psutil.Process(client.status()["pid"])
    processes = [daemon, *daemon.children(recursive=True)]
    client.stop()
    _, alive = psutil.wait_procs(processes, timeout=20)
    assert alive == []


@pytest.fixture
def unharmed(client) -> Iterator[None]:
    """Demands that the same daemon still grades after the test, on the same zygotes, and that nobody else hangs on."""
    before = client.status()
    yield
    assert grade(client).outcome.value == "pass"
    after = client.status()
    assert (after["pid"], after["zygotes"]) == (before["pid"], before["zygotes"])


def grade(client: Client, source: bytes = RIGHT, **how: Any) -> Any:
    return client.grade(SOFTMAX, source, stages=FAST, seed=1, **how)


def say(data: bytes, *, end: bool = True) -> list[bytes]:
    """What the daemon answers to bytes; all lines."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(60)
        sock.connect(str(runtime.socket_path()))
        try:
            sock.sendall(data)
            if end:
                sock.shutdown(socket.SHUT_WR)
            with sock.makefile("rb") as lines:
                return list(lines)
        except (BrokenPipeError, ConnectionResetError):
            return []  # it did not even read to the end


def line(**message: Any) -> bytes:
    return json.dumps(message).encode() + b"\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\0" * 100 + b"\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GUW1" + b"\0" * 12 + b"\n",
        b"[1, 2, 3]\n",
        b'"grade"\n',
        b"{}\n",
        b'{"do": "grade"\n',
        b'{"do": NaN}\n',
        b'{"do": "\xff"}\n',
        b"[" * 100_000 + b"\n",
        b'{"do": ' * 100_000 + b"\n",
        b'{"do": "grade", "seed": ' + b"9" * 100_000 + b"}\n",
        line(do="grade"),
        line(do="fly"),
        line(do=["grade"]),
        line(do={"grade": 1}),
        line(do="warm"),
        line(do="warm", flavours=5),
        line(do="warm", flavours=[["numpy"], None]),
        line(**{**GOOD, "drill": "softmax"}),
        line(**{**GOOD, "drill": {}}),
        line(**{**GOOD, "drill": {**DRILL, "folder": 5}}),
        line(**{**GOOD, "drill": {**DRILL, "folder": "/nowhere"}}),
        line(**{**GOOD, "drill": {**DRILL, "folder": "\0"}}),
        line(**{**GOOD, "drill": {**DRILL, "folder": "/etc"}}),
        line(**{**GOOD, "drill": {**DRILL, "seconds": "long"}}),
        line(**{**GOOD, "drill": {**DRILL, "uses": "cobol"}}),
        line(**{**GOOD, "source": 5}),
        line(**{**GOOD, "source": "not base64!"}),
        line(**{**GOOD, "source": None}),
        line(**{**GOOD, "stages": 5}),
        line(**{**GOOD, "stages": ["all of them"]}),
        line(**{**GOOD, "stages": []}),
        line(**{**GOOD, "seed": "now"}),
        line(**{**GOOD, "seed": -1}),
        line(**{**GOOD, "seed": 1.5}),
        line(**{**GOOD, "seed": [1]}),
        line(**{**GOOD, "device": 5}),
        line(**{**GOOD, "device": "cuda:99; rm"}),
        line(**{**GOOD, "verdict": {"outcome": "pass"}, "folder": "softmax"}),
        line(**GOOD)[:-1],
        line(**GOOD)[:50],
        b"x" * (runtime.MESSAGE_LIMIT + 100),
        line(**{**GOOD, "source": "A" * runtime.MESSAGE_LIMIT}),
    ],
    ids=[
        *("nothing", "empty", "zeros", "HTTP", "a frame", "a list", "a text", "empty object", "half an object", "NaN"),
        *(
            "no UTF-8",
            "deep list",
            "deep object",
            "long number",
            "no fields",
            "unknown",
            "do is a list",
            "do is an object",
        ),
        *("warm nothing", "warm a number", "warm a list", "drill is a name", "no facts", "folder is a number"),
        *("no folder", "folder is NUL", "folder is no drill", "seconds are a text", "unknown package"),
        *("source is a number", "source is no base64", "no source", "stages are a number"),
        *("unknown stage", "no stages", "seed is a text", "negative seed", "seed is a float", "seed is a list"),
        *("device is a number", "unknown device", "more fields", "no end", "half", "too long", "source too long"),
    ],
)
def test_forged_messages_get_an_answer_or_none_and_harm_nobody(client, unharmed, data):
    answers = [json.loads(each) for each in say(data)]

    verdicts = [each["verdict"] for each in answers if "verdict" in each]
    assert len(verdicts) <= 1
    assert all(verdict["score"] in (0.0, 1.0) for verdict in verdicts)
    assert len(answers) <= 1 or "check" in answers[0]


def test_a_hundred_clients_that_say_nothing_are_no_burden(client, unharmed):
    sockets = [socket.socket(socket.AF_UNIX) for _ in range(100)]
    try:
        for sock in sockets:
            sock.connect(str(runtime.socket_path()))
            sock.sendall(b'{"do": "gra')
        assert grade(client).outcome.value == "pass"
    finally:
        for sock in sockets:
            sock.close()


@pytest.mark.parametrize("source", [RIGHT, b"while True:\n    pass\n"], ids=["right", "hangs"])
def test_a_client_that_leaves_takes_nothing_along(client, unharmed, source):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(runtime.socket_path()))
        sock.sendall(line(**{**GOOD, "source": base64.b64encode(source).decode(), "stages": list(FAST)}))


def test_a_client_that_reads_nothing_holds_up_nobody(client, unharmed):
    wordy = RIGHT.replace(
        b"    return e /", b"    raise ValueError('x' * 2000 + str(np.random.rand()))\n    return e /"
    )
    with socket.socket(socket.AF_UNIX) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        sock.connect(str(runtime.socket_path()))
        sock.sendall(line(**{**GOOD, "source": base64.b64encode(wordy).decode(), "stages": list(FAST)}))
        assert grade(client).outcome.value == "pass"


def test_a_second_daemon_gives_way_to_the_first(client, unharmed):
    second = subprocess.run([sys.executable, "-m", "groundup.drill.daemon"], timeout=60, capture_output=True)

    assert (second.returncode, second.stdout, second.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    ("source", "outcome", "words"),
    [
        (b"import enum\nenum.sys.modules['os']._exit(0)\n", "crash", "exit status 0"),
        (
            b"import enum\nenum.sys.modules['os'].closerange(0, 64)\nwhile True:\n    pass\n",
            "crash",
            "closed its connection",
        ),
        (
            b"import enum\nenum.sys.modules['os'].kill(enum.sys.modules['os'].getppid(), 9)\n",
            "error",
            "PermissionError",
        ),
        (b"print('x' * 10**7)\n" + RIGHT, "pass", ""),
        (RIGHT + b"\nprint('\\x1b[2J\\ud800 pass')\n", "pass", ""),
        (b"from scipy.special import softmax, log_softmax\n", "rule", "scipy"),
        (b"def softmax(z, axis=-1):\n    return z\nlog_softmax = cross_entropy = softmax\n", "fail", ""),
    ],
    ids=["exit", "hang-up", "kill", "flood", "terminal", "import", "wrong"],
)
def test_cheats_come_to_the_same_through_the_daemon(client, unharmed, source, outcome, words):
    verdict = grade(client, source)

    assert verdict.outcome.value == outcome
    assert words in f"{verdict.message} {verdict.rules}"
    assert "\x1b" not in verdict.output


def test_a_daemon_that_is_killed_during_grades_leaves_no_process_and_both_grades_are_repeated(client):
    old = psutil.Process(client.status()["pid"])
    processes = [old, *old.children(recursive=True)]
    killed = threading.Event()
    verdicts = []

    def kill(check):
        if not killed.is_set():
            killed.set()
            old.kill()

    threads = [threading.Thread(target=lambda: verdicts.append(grade(Client(), LONG, progress=kill))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    _, alive = psutil.wait_procs(processes, timeout=20)

    assert [verdict.outcome.value for verdict in verdicts] == ["pass", "pass"]
    assert client.status()["pid"] != old.pid
    assert alive == []


@pytest.fixture
def lair(private_home, monkeypatch) -> Iterator[Path]:
    """A folder with a short name in which the runtime folder would be made: a socket's path has a limit."""
    folder = Path(tempfile.mkdtemp(dir=private_home))
    monkeypatch.setenv("GROUNDUP_HOME", str(folder))
    yield folder
    shutil.rmtree(folder)


def test_a_runtime_folder_that_is_a_link_is_refused(lair):
    (lair / "else").mkdir()
    (lair / "run").symlink_to(lair / "else")

    with pytest.raises(runtime.RuntimeFolderError, match="is not a folder of yours"):
        runtime.folder()
    assert list((lair / "else").iterdir()) == []


def test_a_runtime_folder_that_is_a_file_is_refused(lair):
    (lair / "run").write_text("mine")

    with pytest.raises((runtime.RuntimeFolderError, FileExistsError)):
        runtime.folder()
    assert (lair / "run").read_text() == "mine"


def test_a_runtime_folder_of_somebody_else_is_refused(lair, monkeypatch):
    (lair / "run").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)  # whose it is not

    with pytest.raises(runtime.RuntimeFolderError, match="is not a folder of yours"):
        runtime.folder()


def test_a_runtime_folder_that_others_may_enter_is_closed_to_them(lair):
    (lair / "run").mkdir()
    (lair / "run").chmod(0o777)

    assert runtime.folder().stat().st_mode & 0o777 == 0o700
