"""Grades through the daemon, which it starts when none is there."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from groundup.catalogue import Drill
from groundup.drill import runtime
from groundup.drill.verdict import STAGES, CheckResult, Failure, Outcome, Stage, Verdict

_START_SECONDS = 20.0
"""How long a new daemon may take until it answers."""

_ANSWER_SECONDS = 600.0
"""How long a grade may take: two tries of two stages, at most."""


class NoDaemon(Exception):
    """The daemon did not start."""


class Client:
    """Talks to the daemon of this user and this version.

    Args:
        stays: Whether to keep the connection between grades, so that the daemon expects the next file.
    """

    def __init__(self, *, stays: bool = False) -> None:
        self._stays = stays
        self._kept: socket.socket | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        if self._kept is not None:
            self._kept.close()

    def grade(
        self,
        drill: Drill,
        source: bytes,
        *,
        stages: Sequence[Stage] = STAGES,
        seed: int | None = None,
        device: str = "cpu",
        progress: Any = None,
    ) -> Verdict:
        """Grade a file, as `Engine.grade` does; a daemon that dies meanwhile is started again once."""
        seed = secrets.randbits(48) if seed is None else seed
        request: dict[str, Any] = {
            "do": "grade",
            "drill": {**asdict(drill), "folder": str(drill.folder.resolve())},
            "source": base64.b64encode(source).decode(),
            "stages": list(stages),
            "seed": seed,
            "device": device,
        }
        why, tries, until = "", 2, time.monotonic() + _START_SECONDS
        while tries:
            heard = False
            try:
                for answer in self._ask(request):
                    heard = True
                    if "verdict" in answer:
                        return Verdict.from_json(answer["verdict"])
                    if "fault" in answer:
                        why = str(answer["fault"])
                        break
                    if progress and "check" in answer:
                        progress(_check(answer["check"]))
                else:
                    why = "the daemon ended during the grade"
            except ConnectionError as error:
                why = f"the daemon does not answer: {error}"
            except (OSError, ValueError, NoDaemon) as error:
                why, heard = f"the daemon does not answer: {error}", True
            if heard or time.monotonic() > until:
                tries -= 1
            else:
                time.sleep(0.02)  # one that is being killed takes connections until it is gone
        return Verdict(drill.name, Outcome.VOID, 0.0, {}, (), 0.0, seed, device, message=why)

    def warm(self, drill: Drill) -> None:
        """Have the daemon load what grading a drill needs; waits for nothing but the daemon's start, if that."""
        with contextlib.suppress(OSError):
            connection = _connect()
            if connection is None:
                _start(warm=drill.uses)
                return
            with connection:
                connection.sendall(runtime.encode({"do": "warm", "flavours": [drill.uses]}))

    def status(self) -> dict[str, Any] | None:
        """What the daemon says of itself, or None when there is none."""
        return self._tell({"do": "status"})

    def stop(self) -> bool:
        """End the daemon; returns whether there was one."""
        return self._tell({"do": "stop"}) is not None

    def _tell(self, request: dict[str, Any]) -> dict[str, Any] | None:
        with contextlib.suppress(OSError, ValueError):
            connection = _connect()
            if connection is None:
                return None
            with connection, connection.makefile("rb") as lines:
                connection.settimeout(10)
                connection.sendall(runtime.encode(request))
                line = lines.readline()
                return runtime.decode(line) if line else None
        return None

    def _ask(self, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        connection, self._kept = self._kept or _connect() or _wait_for(_start()), None
        try:
            with connection.makefile("rb") as lines:
                connection.settimeout(_ANSWER_SECONDS)
                connection.sendall(runtime.encode(request))
                for line in lines:
                    answer = runtime.decode(line)
                    if self._stays and "verdict" in answer:
                        self._kept = connection
                    yield answer
        finally:
            if connection is not self._kept:
                connection.close()


def _check(data: dict[str, Any]) -> CheckResult:
    return CheckResult(**{**data, "failure": Failure(**data["failure"]) if data["failure"] else None})


def _connect() -> socket.socket | None:
    """A connection to the daemon, if one listens."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(runtime.socket_path()))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except BaseException:
        connection.close()
        raise
    return connection


def _start(warm: str = "") -> int:
    """Start a daemon that outlives this command; of several, one wins. Returns its process number."""
    log = os.open(runtime.folder() / "daemon.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        return os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-m", "groundup.drill.daemon", *([warm] if warm else [])],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
            ],
        )
    finally:
        os.close(log)


def _wait_for(pid: int) -> socket.socket:
    """A connection to the daemon that was just started, or to the one that was quicker."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        connection = _connect()
        if connection is not None:
            return connection
        ended, status = os.waitpid(pid, os.WNOHANG) if pid else (0, 0)
        if ended and status:
            log = (runtime.folder() / "daemon.log").read_text(encoding="utf-8", errors="replace")
            raise NoDaemon(f"it ended at once: {log[-500:]}")
        pid = 0 if ended else pid
        time.sleep(0.01)
    raise NoDaemon(f"it did not answer within {_START_SECONDS:g} seconds")
