"""Runs one chapter in a process of its own, and reports.

The process starts as a fork of the zygote or as a fresh interpreter (``python -m groundup.book.worker FD``). It
reads one job from its channel, a socket, and writes one JSON object a line:

    {"event": "started", "pid": ...}
    {"event": "cell", "cell": ...}                     before a cell
    {"event": "line", "line": ...}                     before a statement
    {"event": "printed", "cell": ..., "text": ...}     after a cell
    {"event": "failed", "message": ..., ...}           instead of it
    {"event": "finished", ...}                         after the last cell

A death without ``finished`` is seen by whoever holds the other end, which knows the last cell and line from the
events before it.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import ctypes
import dataclasses
import faulthandler
import functools
import hashlib
import importlib
import importlib.metadata
import io
import json
import linecache
import os
import random
import re
import resource
import signal
import socket
import sys
import sysconfig
import time
import traceback
import types
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from groundup.book import figures

OUTPUT_LIMIT = 100_000
"""Characters that a cell may print."""
_DISK_LIMIT = 256 * 2**20
"""Bytes that a chapter may write to one file, its output included."""


_PR_SET_PDEATHSIG = 1


_INSTALLED = tuple(f"{place}/" for place in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()))
_SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/", "/System/", "/Library/")
"""Where files lie that belong to the machine, not to a chapter."""


class Channel:
    """Writes events to the process that asked for the run.

    Args:
        sock: A connected stream socket.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def send(self, event: str, **fields: Any) -> None:
        """Write one event."""
        self._sock.sendall(json.dumps({"event": event, **fields}).encode() + b"\n")


def read_job(sock: socket.socket) -> dict[str, Any]:
    """The first line on a channel: what to run."""
    data = b""
    while not data.endswith(b"\n"):
        part = sock.recv(1 << 16)
        if not part:
            raise SystemExit("the channel closed before a job came")
        data += part
    job: dict[str, Any] = json.loads(data)
    return job


def run(sock: socket.socket, job: dict[str, Any]) -> NoReturn:
    """Execute a job and end the process.

    Args:
        sock: The channel.
        job: ``path``, ``root``, ``cells`` (name, source, line, raises, question), ``timeout`` in seconds, ``memory`` in
            megabytes and ``directory``, an empty one of its own.
    """
    channel = Channel(sock)
    status = 1
    try:
        channel.send("started", pid=os.getpid())
        status = 0 if _Run(channel, job).chapter() else 1
    except BrokenPipeError:
        pass  # Nobody listens any more.
    except BaseException:
        channel.send("failed", line=None, message="the runner itself failed", detail=traceback.format_exc())
    finally:
        os._exit(status)


class _Run:
    def __init__(self, channel: Channel, job: dict[str, Any]) -> None:
        self.channel = channel
        self.job = job
        self.path = Path(job["path"])
        self.root = Path(job["root"])
        self.directory = Path(job["directory"])
        self.file = str(self.path)
        self.running = self.file
        self.opened: set[str] = set()
        self.imported: set[str] = set()
        self.present = set(sys.modules)
        self.warning: dict[str, Any] | None = None
        self.flags = 0

    def chapter(self) -> bool:
        started, busy = time.perf_counter(), time.process_time()
        self.stand_alone()
        namespace = self.become_main()
        for cell in self.job["cells"]:
            self.channel.send("cell", cell=cell["name"], line=cell["line"], question=cell["question"])
            self.running = cell["question"] or self.file
            if not self.cell(cell, dict(namespace) if cell["question"] else namespace):
                return False
        if left := self.figures_left():
            self.channel.send("failed", line=None, message=left, detail="")
            return False
        faulthandler.cancel_dump_traceback_later()
        self.channel.send(
            "finished",
            seconds=round(time.perf_counter() - started, 3),
            busy=round(time.process_time() - busy, 3),
            day=time.strftime("%Y-%m-%d", time.gmtime()),
            megabytes=_peak_megabytes(),
            files=self.files(),
            packages=self.packages(),
        )
        return True

    # Before the first cell

    def stand_alone(self) -> None:
        """Own output, own directory, own limits, own seeds."""
        os.mkdir(self.directory / "run")
        os.chdir(self.directory / "run")
        self.out, self.err = self.stream("out"), self.stream("err")
        dump = self.stream("dump")  # Stays: the build reads where the program stood when it died.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(self.out, 1)
        os.dup2(self.err, 2)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - lives as long as the process
        sys.stdout, sys.stderr = _unbuffered(1), _unbuffered(2)
        sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
        _unbuffer_c_output()
        faulthandler.enable(dump)
        faulthandler.dump_traceback_later(self.job["timeout"], exit=True, file=dump)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_DISK_LIMIT, _DISK_LIMIT))
        _cap_memory(self.job["memory"])
        # A fork inherits its parent's generators; a program that forgets to seed must not seem to repeat.
        random.seed()
        if "numpy.random" in sys.modules:  # which NumPy loads when it is first named; that would look like an import
            sys.modules["numpy.random"].seed()
        if "torch" in sys.modules:
            sys.modules["torch"].seed()
            sys.modules["torch"].set_num_threads(1)
        if "matplotlib" in sys.modules:
            figures.use_house_style()

    def stream(self, name: str) -> int:
        """A new file beside the program's directory."""
        return os.open(self.directory / name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)

    def become_main(self) -> dict[str, Any]:
        main = types.ModuleType("__main__")
        main.__file__ = self.file
        main.__doc__ = ast.get_docstring(ast.parse(self.path.read_bytes()), clean=False)
        sys.modules["__main__"] = main
        sys.argv = [self.file]
        sys.path[0:0] = [str(self.path.parent)]
        warnings.resetwarnings()  # The interpreter's own filters, as a script has them.
        for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.filterwarnings("ignore", category=category)
        warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")
        warnings.showwarning = self.note_warning  # type: ignore[assignment] # it takes what it needs of the arguments
        plain_import = builtins.__import__

        def noting_import(name: str, *args: Any, **kwargs: Any) -> types.ModuleType:
            if not (args[3] if len(args) > 3 else kwargs.get("level", 0)):
                self.imported.add(name.split(".")[0])
            return plain_import(name, *args, **kwargs)

        builtins.__import__ = noting_import
        sys.addaudithook(self.note_file)
        return main.__dict__

    def note_warning(self, message: Any, category: Any, filename: str, lineno: int, *_: Any) -> None:
        """Remember the first warning, and the line of the program that led to it."""
        if self.warning is None:
            lines = [frame.lineno for frame in traceback.extract_stack() if frame.filename == self.running]
            self.warning = {"text": f"{category.__name__}: {message}", "line": lines[-1] if lines else lineno}

    def note_file(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(args[0], str):
            self.opened.add(os.path.abspath(args[0]))

    # One cell

    def cell(self, cell: dict[str, Any], namespace: dict[str, Any]) -> bool:
        figures.drawn = []
        out, err = os.fstat(self.out).st_size, os.fstat(self.err).st_size
        raised: BaseException | None = None
        try:
            for statement in self.statements(cell):
                self.channel.send("line", line=statement.lineno)
                self.execute(statement, namespace)
        except BaseException as error:
            raised = error
            _lift_memory()  # Reporting takes some too.
        _flush()
        printed, complaint = self.read(self.out, out), self.read(self.err, err)
        failure = self.failure(cell, raised, printed, complaint)
        if failure:
            self.channel.send("failed", **failure)
            return False
        error_line = "".join(traceback.format_exception_only(raised)).strip() if raised else ""
        drawings = [dataclasses.asdict(drawing) for drawing in figures.drawn]
        self.channel.send("printed", cell=cell["name"], text=printed, error=error_line, figures=drawings)
        return True

    def statements(self, cell: dict[str, Any]) -> list[ast.stmt]:
        text = "\n" * (cell["line"] - 1) + cell["source"]
        tree: ast.Module = ast.parse(text, self.running)
        return tree.body

    def execute(self, statement: ast.stmt, namespace: dict[str, Any]) -> None:
        code = compile(ast.Module([statement], []), self.running, "exec", flags=self.flags, dont_inherit=True)
        self.flags |= code.co_flags & _FUTURE
        exec(code, namespace)

    def read(self, fd: int, start: int) -> str:
        size = os.fstat(fd).st_size - start
        data = os.pread(fd, min(size, 4 * OUTPUT_LIMIT + 4), start)
        text = data.decode("utf-8", "replace")
        return text if size <= len(data) else text + "…"

    def failure(
        self, cell: dict[str, Any], raised: BaseException | None, printed: str, complaint: str
    ) -> dict[str, Any] | None:
        """Why the cell ends the build, if it does."""
        if raised is not None:
            expected = cell["raises"]
            names = [cls.__name__ for cls in type(raised).__mro__[:-2]]
            if not expected or isinstance(raised, SystemExit) or expected not in names:
                return self.exception(raised, expected)
        elif cell["raises"]:
            return {
                "line": cell["line"],
                "message": f"the cell must raise {cell['raises']} and raised nothing",
                "detail": "",
            }
        if self.warning:
            return {"line": self.warning["line"], "message": f"a warning: {self.warning['text']}", "detail": ""}
        if complaint.strip():
            return {
                "line": None,
                "message": "the cell wrote to standard error, where no reader sees it; print it, or keep it quiet",
                "detail": complaint,
            }
        if cell["question"] and figures.drawn:
            return {"line": None, "message": "the code of a question draws a figure; it only prints", "detail": ""}
        if len(printed) > OUTPUT_LIMIT:
            message = f"the cell printed more than {OUTPUT_LIMIT:,} characters; print less"
            return {"line": None, "message": message, "detail": printed[:500] + "\n…"}
        if "\x00" in printed or "\ufffd" in printed:
            return {"line": None, "message": "the cell printed bytes that are not UTF-8 text", "detail": ""}
        return None

    def exception(self, raised: BaseException, expected: str | None) -> dict[str, Any]:
        own = [frame for frame in traceback.extract_tb(raised.__traceback__) if frame.filename == self.running]
        line = own[-1].lineno if own else None
        name = type(raised).__name__
        if isinstance(raised, SystemExit):
            message = (
                f"the cell called sys.exit({raised.code if raised.code is not None else ''}); a chapter runs to its end"
            )
            return {"line": line, "message": message, "detail": ""}
        if _is_memory(raised):
            return {"line": line, "message": f"over the memory cap of {self.job['memory']} MB ({name})", "detail": ""}
        message = f"{name}, and the cell must raise {expected}" if expected else f"an exception: {name}: {raised}"
        return {"line": line, "message": message, "detail": self.trace(raised)}

    def trace(self, raised: BaseException) -> str:
        """The traceback from the program's first line on, without this file's frames."""
        lines = [line + "\n" for line in self.path.read_text(encoding="utf-8").splitlines()]
        linecache.cache[self.file] = (sum(map(len, lines)), None, lines, self.file)
        trace = traceback.TracebackException.from_exception(raised)
        own = next((n for n, frame in enumerate(trace.stack) if frame.filename == self.running), None)
        if own is not None:
            del trace.stack[:own]
        shown = str(self.path.relative_to(self.root)) if self.path.is_relative_to(self.root) else self.path.name
        return "".join(trace.format()).replace(self.file, shown)

    def figures_left(self) -> str:
        pyplot = sys.modules.get("matplotlib.pyplot")
        left = pyplot.get_fignums() if pyplot else ()
        return f"{len(left)} figure(s) were drawn and not handed to figure(fig, alt=..., caption=...)" if left else ""

    # After the last cell

    def files(self) -> dict[str, str]:
        """Digests of the project's modules that were imported and of the data files that were opened."""
        modules = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        paths = {Path(os.path.abspath(file)) for file in [*modules, *self.opened] if file}
        return {
            (str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)): digest(path)
            for path in sorted(paths)
            if path != self.path and path.suffix != ".pyc" and self.is_input(path) and path.is_file()
        }

    def is_ours(self, module: str) -> bool:
        """Whether a module is one of the project's, whose source counts instead of a version."""
        file = getattr(sys.modules[module], "__file__", None)
        return file is not None and Path(file).is_relative_to(self.root) and self.is_input(Path(file))

    def is_input(self, path: Path) -> bool:
        if str(path).startswith((*_INSTALLED, f"{self.directory}/")):
            return False
        if path.is_relative_to(self.root):
            return path.relative_to(self.root).parts[0] not in (".cache", "site", ".git")
        return not str(path).startswith(_SYSTEM) and "matplotlib" not in path.parts  # its font cache

    def packages(self) -> dict[str, str]:
        """Versions of the distributions that the chapter imported, and of those that they stand on."""
        arrived = {name.split(".")[0] for name in sys.modules.keys() - self.present}
        modules = (self.imported | arrived) & sys.modules.keys() - sys.stdlib_module_names - {"groundup"}
        names = distributions(module for module in modules if not self.is_ours(module))
        return {name: importlib.metadata.version(name) for name in sorted(names)}


def distributions(modules: Iterable[str]) -> set[str]:
    """The distributions that top-level modules come from, and all that those need."""
    names: set[str] = set()
    todo = {name for module in modules for name in owners(module)}
    while todo:
        names |= todo
        todo = {needed for name in todo for needed in _requirements(name)} - names
    return names


def owners(module: str) -> list[str]:
    """Which distributions a top-level module comes from."""
    return [module] if _is_installed(module) else _all_owners().get(module, [])


@functools.cache
def _all_owners() -> Mapping[str, list[str]]:
    """The same of every module; takes a quarter of a second, which few chapters need."""
    return importlib.metadata.packages_distributions()


def _is_installed(distribution: str) -> bool:
    return any(importlib.metadata.distributions(name=distribution))


@functools.cache
def _requirements(distribution: str) -> set[str]:
    """The installed distributions that one needs; NumPy's version matters to a chapter that imports pandas."""
    needed = [line for line in importlib.metadata.requires(distribution) or () if "extra ==" not in line]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", line, maxsplit=1)[0]).lower() for line in needed}
    return set(filter(_is_installed, names))


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


_FUTURE = 0
for _name in __import__("__future__").all_feature_names:
    _FUTURE |= getattr(__import__("__future__"), _name).compiler_flag


def _unbuffered(fd: int) -> io.TextIOWrapper:
    """A text stream that keeps nothing back, as under ``python -u``, so that it stays in order with C code's output."""
    return io.TextIOWrapper(io.FileIO(fd, "w", closefd=False), encoding="utf-8", write_through=True)


def _unbuffer_c_output() -> None:
    """Let what C code prints arrive in order with what Python prints."""
    libc = ctypes.CDLL(None)
    try:
        stream = ctypes.c_void_p.in_dll(libc, "__stdoutp" if sys.platform == "darwin" else "stdout")
        libc.setvbuf(stream, None, 2, 0)  # _IONBF
    except ValueError:
        pass  # No such symbol in this C library: C output then arrives at the end of its cell.


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(ValueError):  # The program closed it.
            stream.flush()
    ctypes.CDLL(None).fflush(None)


def _cap_memory(megabytes: int) -> None:
    """Let allocations beyond what the process already has fail."""
    if sys.platform != "linux":
        return  # The kernel does not count; the build looks at the process from outside.
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    used = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData:")), 0)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (used * 1024 + megabytes * 2**20, hard))


def _lift_memory() -> None:
    if sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def _is_memory(raised: BaseException) -> bool:
    words = str(raised)
    torch_says = "not enough memory" in words or "can't allocate memory" in words
    return isinstance(raised, MemoryError) or (isinstance(raised, RuntimeError) and torch_says)


def _peak_megabytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))


def main() -> NoReturn:
    """Serve the channel whose descriptor is the first argument."""
    die_with_parent()
    sock = socket.socket(fileno=int(sys.argv[1]))
    sock.set_inheritable(False)
    job = read_job(sock)
    preload(job["preload"])
    run(sock, job)


def die_with_parent() -> None:
    """Leave no worker behind when the process that started it is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


_BEHIND = {
    "matplotlib": ("matplotlib.pyplot", "matplotlib.backends.backend_svg", "matplotlib.tri"),
    "torch": ("torch._dynamo",),  # with sympy: the first optimiser would load it
}
"""What a package loads when it is first used."""


def preload(names: list[str]) -> None:
    """Import modules, as far as they are there."""
    for name in names:
        if name not in sys.modules:
            with contextlib.suppress(ImportError):  # The program's own import will say so, with its line.
                importlib.import_module(name)


def prepare(names: list[str]) -> None:
    """Have ready in a process what its forks would each have to load: modules, and what stands behind them."""
    packages = sorted({name.split(".")[0] for name in names})
    preload([*names, *(module for package in packages for module in _BEHIND.get(package, ()))])
    distributions(packages)


if __name__ == "__main__":
    main()
