"""Runs programs, several at a time, each in a process of its own."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import psutil

from groundup.book.errors import BookError, Fault
from groundup.book.figures import Drawing
from groundup.book.program import Program

StartMethod = Literal["fork", "spawn"]

PRELOADED = ("numpy", "torch", "matplotlib", "pandas", "scipy", "sklearn")
"""What the zygote imports once, for the programs that import it."""

PINNED = {
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "MPLBACKEND": "svg",
    "COLUMNS": "80",
    "LINES": "24",
    "TERM": "dumb",
    "NO_COLOR": "1",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "PYTHONUTF8": "1",
    # One thread: sums keep their order.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    # AVX2 kernels everywhere: wider vectors add in another order.
    "OPENBLAS_CORETYPE": "Haswell",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "MKL_CBWR": "AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "DNNL_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
}
"""What the environment of every chapter says, whatever the author's says."""

_KEPT = ("PATH", "HOME", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Printed:
    """What one cell left.

    Args:
        text: Its standard output.
        error: Last line of the traceback, for a cell that must raise.
        figures: In the order of drawing.
    """

    text: str
    error: str = ""
    figures: tuple[Drawing, ...] = ()

    @property
    def shows(self) -> bool:
        """Whether a reader sees anything of it."""
        return bool(self.text or self.error or self.figures)


@dataclass(frozen=True)
class Run:
    """What a program left.

    Args:
        cells: By name, in order.
        seconds: Wall time of the program.
        busy: Its processor time, which other programs on the machine change little.
        day: When it ran, as in 2026-11-21, in UTC.
        megabytes: Peak of its memory.
        files: SHA-256 of the project's files that it read, by path relative to the project.
        packages: Versions of the distributions that it imported.
    """

    cells: dict[str, Printed]
    seconds: float
    busy: float
    day: str
    megabytes: int
    files: dict[str, str]
    packages: dict[str, str]

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of what the cells left."""
        cells = [[name, asdict(printed)] for name, printed in self.cells.items()]
        return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def start_method() -> StartMethod:
    """How a worker starts: forked from a zygote where forking a process with numpy and torch loaded is safe."""
    chosen = os.environ.get("GROUNDUP_START", "")
    if chosen not in ("", "fork", "spawn"):
        raise BookError(f"GROUNDUP_START is fork or spawn, got {chosen!r}")
    if chosen:
        return "fork" if chosen == "fork" else "spawn"
    return "fork" if sys.platform == "linux" and hasattr(os, "fork") else "spawn"


def environment(cache: Path) -> dict[str, str]:
    """The environment of every chapter: little of the author's, and the pins."""
    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    return {**kept, **PINNED, "MPLCONFIGDIR": str(cache / "matplotlib")}


class Runner:
    """A zygote, if this platform has one, and the workers that come from it.

    Use as a context manager: leaving it ends every process that it started.

    Args:
        root: The project's folder.
        cache: Where matplotlib keeps its font list.
        workers: How many chapters run at once.
        method: ``fork`` or ``spawn``; by default what is safe here.
    """

    def __init__(self, root: Path, cache: Path, *, workers: int = 2, method: StartMethod | None = None) -> None:
        self.root = root.resolve()
        self.cache = cache
        self.workers = workers
        self.method = method or start_method()
        self._lock = threading.Lock()
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._stopping = threading.Event()
        self._spawned: set[int] = set()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End every process."""
        self._stopping.set()
        with self._lock:
            self._end_zygote()
        for pid in list(self._spawned):
            _kill(pid)

    def preload(self, programs: Iterable[Program]) -> None:
        """Import ahead what these programs will need."""
        if self.method == "fork":
            self._ask(_preloads(programs), None)

    def run(
        self, programs: list[Program], done: Callable[[Program, Run | Fault], None] = lambda program, result: None
    ) -> Iterator[tuple[Program, Run | Fault]]:
        """Run programs in parallel; yields each with its result when it is there.

        Args:
            programs: Started in this order.
            done: Called in the worker's thread as soon as a program has ended.

        Raises:
            BookError: The runner itself failed.
        """
        todo: queue.SimpleQueue[Program] = queue.SimpleQueue()
        results: queue.SimpleQueue[tuple[Program, Run | Fault | BaseException]] = queue.SimpleQueue()

        def work() -> None:
            while True:
                try:
                    program = todo.get_nowait()
                except queue.Empty:
                    return
                result: Run | Fault | BaseException
                try:
                    result = self._result(program)
                    done(program, result)
                except BaseException as error:
                    result = error
                results.put((program, result))

        for program in programs:
            todo.put(program)
        # Daemons, so that Ctrl-C anywhere in the build does not wait for a chapter's end.
        for number in range(min(self.workers, len(programs))):
            threading.Thread(target=work, name=f"chapter-{number}", daemon=True).start()
        for _ in programs:
            program, result = results.get()
            if not isinstance(result, (Run, Fault)):
                raise result
            yield program, result

    def _result(self, program: Program) -> Run | Fault:
        if self.stopping:
            return Fault("the build was stopped", chapter=program.chapter)
        try:
            return self.one(program)
        except Fault as fault:
            return fault

    def one(self, program: Program) -> Run:
        """Run one program.

        Raises:
            Fault: The program failed, in its own words.
        """
        directory = Path(os.path.realpath(tempfile.mkdtemp(prefix="book-")))
        ours, theirs = socket.socketpair()
        job = {
            "path": str(program.path.resolve()),
            "root": str(self.root),
            "cells": [
                {
                    "name": cell.name,
                    "source": cell.source,
                    "line": cell.line,
                    "raises": cell.raises,
                    "question": cell.question,
                }
                for cell in program.cells
            ],
            "timeout": program.timeout,
            "memory": program.memory,
            "directory": str(directory),
            "preload": _preloads([program]),
        }
        worker: subprocess.Popen[bytes] | None = None
        try:
            with ours:
                with theirs:
                    if self.method == "fork":
                        self._ask(_preloads([program]), theirs)
                    else:
                        worker = self._popen("worker", theirs)
                        self._spawned.add(worker.pid)
                ours.sendall(json.dumps(job).encode() + b"\n")
                return _Conversation(self, program, directory, ours, worker).run()
        finally:
            if worker:
                _kill(worker.pid)
                worker.wait()
                self._spawned.discard(worker.pid)
            shutil.rmtree(directory, ignore_errors=True)

    @property
    def stopping(self) -> bool:
        """Whether the build is being abandoned."""
        return self._stopping.is_set()

    def _ask(self, preload: list[str], channel: socket.socket | None) -> None:
        message = json.dumps(preload).encode()
        with self._lock:
            for attempt in (1, 2):  # The zygote may have died since the last chapter; the next one gets a new one.
                if self._control is None:
                    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                    with theirs:
                        self._zygote = self._popen("zygote", theirs)
                    self._control = ours
                try:
                    socket.send_fds(self._control, [message], [channel.fileno()] if channel else [])
                    return
                except OSError as error:
                    self._end_zygote()
                    if attempt == 2:
                        raise BookError(f"the process that runs chapters cannot be started: {error}") from None

    def _popen(self, module: str, channel: socket.socket) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", "-m", f"groundup.book.{module}", str(channel.fileno())],
            pass_fds=[channel.fileno()],
            stdin=subprocess.DEVNULL,
            env=environment(self.cache),
            start_new_session=True,  # Ctrl-C goes to the build alone, which then ends the rest in order.
        )

    def _end_zygote(self) -> None:
        if self._control:
            self._control.close()  # It ends its workers, then itself.
        if self._zygote:
            try:
                self._zygote.wait(5)
            except subprocess.TimeoutExpired:
                self._zygote.kill()
                self._zygote.wait()
        self._control = self._zygote = None


@dataclass
class _Conversation:
    """Listens to one worker until it is gone."""

    runner: Runner
    program: Program
    directory: Path
    channel: socket.socket
    worker: subprocess.Popen[bytes] | None
    pid: int | None = None
    cell: str | None = None
    line: int | None = None
    question: str | None = None
    cells: dict[str, Printed] = field(default_factory=dict)
    finished: dict[str, Any] | None = None
    status: int | None = None
    too_big: bool = False
    late: bool = False

    def run(self) -> Run:
        started = time.monotonic()
        self.channel.settimeout(0.1)
        buffer = b""
        while True:
            try:
                data = self.channel.recv(1 << 18)
            except TimeoutError:
                self.look(time.monotonic() - started)
                continue
            except ConnectionResetError:
                data = b""
            if not data:
                break
            *lines, buffer = (buffer + data).split(b"\n")
            for line in lines:
                self.hear(json.loads(line))
        return self.verdict()

    def look(self, seconds: float) -> None:
        """See from outside what the worker cannot report: that it hangs beyond help, or grows beyond its cap."""
        if self.runner.stopping:
            self.kill()
        elif self.pid is None:
            self.late = seconds > 60 + self.program.timeout
        else:
            self.late = seconds > self.program.timeout + 10
            with contextlib.suppress(psutil.Error):
                memory = psutil.Process(self.pid).memory_info()
                resident = memory.rss - getattr(memory, "shared", 0)
                self.too_big = self.too_big or resident > (self.program.memory + 1024) * 2**20
        if self.late or self.too_big:
            self.kill()

    def kill(self) -> None:
        if pid := self.pid or (self.worker.pid if self.worker else None):
            _kill(pid)

    def hear(self, event: dict[str, Any]) -> None:
        match event.pop("event"):
            case "started":
                self.pid = event["pid"]
            case "cell":
                self.cell, self.line, self.question = event["cell"], event["line"], event["question"]
            case "line":
                self.line = event["line"]
            case "printed":
                drawings = tuple(Drawing(**drawing) for drawing in event["figures"])
                self.cells[event["cell"]] = Printed(event["text"], event["error"], drawings)
            case "finished":
                self.cell = self.line = None
                self.finished = event
            case "exited":
                self.status = event["status"]
            case "failed":
                raise self.fault(event["message"], event["line"] or self.line, event["detail"])

    def fault(self, message: str, line: int | None = None, detail: str = "") -> Fault:
        where = self.question or f"{self.program.path.parent.name}/{self.program.path.name}"
        return Fault(
            message, chapter=self.program.chapter, cell=self.cell, line=line or self.line, file=where, detail=detail
        )

    def verdict(self) -> Run:
        if self.runner.stopping and self.finished is None:
            raise self.fault("the build was stopped")
        if self.worker:
            self.status = self.worker.wait()
        if self.finished is not None:
            return Run(self.cells, **self.finished)
        line, dump = self.last_words()
        cap, limit = self.program.memory, self.program.timeout
        if self.too_big:
            raise self.fault(f"over the memory cap of {cap} MB; `# book: memory=...` declares more", line)
        if self.late or dump.startswith("Timeout"):
            raise self.fault(
                f"the chapter ran longer than {limit:g} seconds; `# book: timeout=...` declares more", line, dump
            )
        if self.status is None:
            raise self.fault("the process that runs chapters was ended from outside", line)
        if self.status < 0:
            known = {number.value: number.name for number in signal.Signals}
            name = known.get(-self.status, str(-self.status))
            raise self.fault(f"the program was ended by the signal {name}", line, dump)
        raise self.fault(f"the program ended itself (exit status {self.status}); a chapter runs to its end", line)

    def last_words(self) -> tuple[int | None, str]:
        """The innermost line of the program in the dump that the interpreter left, and the dump."""
        try:
            dump = (self.directory / "dump").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return self.line, ""
        path = str(self.program.path.resolve())
        own = next((entry for entry in dump.splitlines() if f'File "{path}", line ' in entry), None)
        line = int(own.split(", line ")[1].split(" ")[0]) if own else self.line
        # Of the frames only the program's own: the lines below them are the runner's.
        kept = [entry for entry in dump.splitlines() if "groundup/book/" not in entry or path in entry]
        shown = f"{self.program.path.parent.name}/{self.program.path.name}"
        return line, "\n".join(kept[:20]).replace(path, shown)


def _kill(pid: int) -> None:
    """End a worker with all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _preloads(programs: Iterable[Program]) -> list[str]:
    wanted = {name for program in programs for name in program.imports}
    return sorted(name for name in wanted if name.split(".")[0] in PRELOADED)
