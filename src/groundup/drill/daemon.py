"""The process that keeps the zygotes warm between commands: a thin server round the engine.

``python -m groundup.drill.daemon [FLAVOUR]`` listens on the user's private socket, loads a flavour's libraries at once
if one is named, and ends itself after half an hour without work.
A request is one line of JSON, and so is each answer; who has had a file graded may stay for the next:

    {"do": "grade", "drill", "source", "stages", "seed", "device"}      {"check"}..., {"verdict"}
    {"do": "warm", "flavours"}                                          {"ok": true}
    {"do": "status"}                                                    {"pid", "zygotes", "idle", "grades"}
    {"do": "stop"}                                                      {"ok": true}

Only one daemon serves a socket: it holds a lock on a file beside it.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from groundup.catalogue import Drill
from groundup.drill import runtime
from groundup.drill.engine import Engine
from groundup.drill.memory import settle
from groundup.drill.verdict import CheckResult

IDLE_SECONDS = 1800.0
"""Without a request for so long, the daemon ends."""

_STAYS = 0.2
"""Seconds after a verdict at which a client that is still there may be expected to ask again."""

_EXPECTS = 300.0
"""Seconds for which it is expected to."""

_FLAVOURS = ("numpy", "torch")


class Daemon:
    """Serves one socket.

    Args:
        path: Of the socket.
        idle: Seconds without work after which it ends.
    """

    def __init__(self, path: Path, idle: float = IDLE_SECONDS) -> None:
        self.path, self.idle = path, idle
        self.engine = Engine()
        self.last = time.monotonic()
        self.working = 0
        self.grades = 0
        self.inode = 0
        self.lock = threading.Lock()
        self.stopped = threading.Event()

    def serve(self, flavours: Sequence[str] = ()) -> None:
        """Answer until idle or told to stop. Returns at once if another daemon holds the socket.

        Args:
            flavours: Whose libraries to load at once.
        """
        with contextlib.ExitStack() as stack:
            held = stack.enter_context(open(self.path.with_suffix(".lock"), "w"))
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return
            self.path.unlink(missing_ok=True)
            server = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            server.bind(str(self.path))
            self.path.chmod(0o600)
            server.listen(16)
            self.inode = self.path.stat().st_ino
            stack.callback(self.engine.close)
            stack.callback(self.tidy)
            self.engine.warm(*flavours)
            settle()
            server.settimeout(min(1.0, self.idle / 4))
            while not self.over():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                connection.settimeout(None)
                threading.Thread(target=self.converse, args=(connection,), daemon=True).start()

    def tidy(self) -> None:
        """Take the socket's file away, unless it is another's by now."""
        if self.reachable():
            self.path.unlink(missing_ok=True)

    def over(self) -> bool:
        """Whether to end: told to, without work for long, or without a socket by which anybody could ask."""
        with self.lock:
            idle = time.monotonic() - self.last > self.idle or not self.reachable()
            return self.stopped.is_set() or (not self.working and idle)

    def reachable(self) -> bool:
        """Whether the socket's file is still there, and this daemon's."""
        try:
            return self.path.stat().st_ino == self.inode
        except OSError:
            return False

    def converse(self, connection: socket.socket) -> None:
        """Answer requests until the client leaves; while one stays that had a file graded, the next is expected."""
        drill: Drill | None = None
        try:
            with connection, connection.makefile("rb") as lines:
                while _is_ours(connection):
                    if drill:
                        self.attend(connection, drill)
                    line = lines.readline(runtime.MESSAGE_LIMIT)
                    if not line.endswith(b"\n"):
                        return
                    with self.at_work():
                        graded = self.answer(connection, line)
                    if graded is None:
                        return
                    drill = graded
        except OSError:
            pass  # the client is gone
        finally:
            if drill:
                self.engine.forget(drill)

    def attend(self, connection: socket.socket, drill: Drill) -> None:
        """Expect another file of a client that stays, but not for ever: who waits takes memory."""
        if not select.select([connection], [], [], _STAYS)[0]:
            self.engine.expect(drill)
            if not select.select([connection], [], [], _EXPECTS)[0]:
                self.engine.forget(drill)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Not idle."""
        with self.lock:
            self.working += 1
        try:
            yield
        finally:
            with self.lock:
                self.working -= 1
                self.last = time.monotonic()

    def answer(self, connection: socket.socket, line: bytes) -> Drill | None:
        """Do what a request asks; returns the drill, if a file was graded."""

        def say(**message: Any) -> None:
            connection.sendall(runtime.encode(message))

        try:
            request = runtime.decode(line)
            match request.get("do"):
                case "grade":
                    return self.grade(request, say)
                case "warm":
                    self.engine.warm(*(name for name in request["flavours"] if name in _FLAVOURS))
                    say(ok=True)
                case "status":
                    idle = round(time.monotonic() - self.last, 1)
                    say(pid=os.getpid(), zygotes=self.engine.processes(), idle=idle, grades=self.grades)
                case "stop":
                    self.stopped.set()
                    say(ok=True)
                case other:
                    say(fault=f"the daemon cannot {other!r}")
        except (KeyError, TypeError, ValueError) as error:
            say(fault=f"{type(error).__name__}: {error}")
        return None

    def grade(self, request: dict[str, Any], say: Any) -> Drill:
        """Grade a file and send each check as it comes; returns its drill."""
        self.grades += 1

        def progress(check: CheckResult) -> None:
            with contextlib.suppress(OSError):  # a client that left must not look like a judge that died
                say(check=asdict(check))

        drill = _drill(request["drill"])
        verdict = self.engine.grade(
            drill,
            base64.b64decode(request["source"]),
            stages=request["stages"],
            seed=request["seed"],
            device=request["device"],
            progress=progress,
        )
        say(verdict=verdict.to_json())
        return drill


def _drill(facts: dict[str, Any]) -> Drill:
    """A drill by what its client has read of it.

    Raises:
        ValueError: It is none that can be graded.
        TypeError, KeyError: A fact is missing, unknown or of another kind.
    """
    drill = Drill(**{**facts, "folder": Path(facts["folder"]), "seconds": float(facts["seconds"])})
    if not (drill.folder / "suite.py").is_file():
        raise ValueError(f"no drill lies in {drill.folder}")
    if drill.uses not in _FLAVOURS:
        raise ValueError(f"a drill is written with {' or '.join(_FLAVOURS)}, not {drill.uses!r}")
    return drill


def _is_ours(connection: socket.socket) -> bool:
    """Whether the other end belongs to this user; the folder's mode says so already, and this costs nothing."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return bool(uid == os.getuid())


def main() -> None:
    """Serve the user's socket."""
    os.umask(0o077)
    os.setsid()  # closing the terminal that started it must not end it
    os.chdir("/")
    daemon = Daemon(runtime.socket_path(), float(os.environ.get("GROUNDUP_IDLE", IDLE_SECONDS)))
    signal.signal(signal.SIGTERM, lambda *_: daemon.stopped.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    daemon.serve(sys.argv[1:])


if __name__ == "__main__":
    main()
