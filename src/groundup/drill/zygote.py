"""Processes that import and never compute, so that each grade starts as a fork in milliseconds.

``python -m groundup.drill.zygote FLAVOUR START RUNNERS JUDGES`` loads NumPy (and PyTorch, for the flavour ``torch``),
forks once a zygote of judges, which adds pytest, and stays as the zygote of runners, which has neither pytest nor any
suite in its memory. Each takes orders from the sequential-packet socket whose descriptor it was given: one message,
with the new process' own sockets.

    runner      data (frames, to the judge), life (lines, to the judge)
    judge       result (lines, to the engine), data, life; the order names the drill's folder

The runners' zygote writes how a runner ended to its life socket, and ends it when that socket says so or closes. When
an order socket closes, the engine is gone: the zygote ends what it forked, and itself.

Where forking a process with these libraries is not safe (START is ``spawn``), a zygote loads nothing and starts a fresh
interpreter for each order.
"""

from __future__ import annotations

import codecs
import contextlib
import faulthandler
import importlib
import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from groundup.drill import ENCODING, sandbox
from groundup.drill.memory import settle
from groundup.drill.scratch import scratch

if TYPE_CHECKING:
    from groundup.drill import judge  # which the runners' zygote must not have

MEMORY = 2 * 2**30
"""Bytes that a learner's file may take beyond what the libraries take."""

CPU_SECONDS = 90
"""Processor time of one runner."""

_TAIL = 8192
"""Bytes of a learner's prints that are kept: the last."""

_DUMP_SECONDS = 0.3
"""How long a hanging runner has to say where it is."""

_LOADED = {
    "numpy": ("numpy", "numpy.random", "numpy.linalg", "numpy.fft", "numpy.lib.stride_tricks", "numpy.ma"),
    # The last one is what the first gradient loads, with sympy: half a second that each fork would pay. PyTorch's own
    # optimisers load more, and no drill needs one.
    "torch": ("torch", "torch.nn.functional", "torch.func", "torch.fx.experimental.symbolic_shapes"),
}
"""What runners of a flavour have loaded; ``torch`` also has what ``numpy`` has."""

_JUDGES = {
    "numpy": ("groundup.drill.checks",),
    "torch": (
        "groundup.drill.gradient",
        "groundup.drill.modules",
        *(f"groundup.capstones.{name}" for name in ("gpt", "lora", "agent", "cnn", "cnn_study", "diffusion")),
        "safetensors.torch",
    ),
}


@dataclass
class _Child:
    """A runner, seen from its zygote."""

    life: socket.socket
    output: int
    dump: int
    told: bool = False


def load(flavour: str) -> None:
    """Import a flavour's libraries, as far as they are installed; one thread each."""
    with _without("_hashlib"):  # NumPy's `secrets` would load OpenSSL, for hashes that Python has itself
        importlib.import_module("secrets")
    for name in (*_LOADED["numpy"], *(_LOADED["torch"] if flavour == "torch" else ())):
        with contextlib.suppress(ModuleNotFoundError):  # the suite's own import will say so
            importlib.import_module(name)
    codecs.lookup(ENCODING)  # Python imports each encoding when it is first used
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """Let imports of a module fail in the block, if it is not there yet."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # by which Python knows that it shall not be found
    try:
        yield
    finally:
        del sys.modules[name]


def packages(flavour: str) -> tuple[str, ...]:
    """The packages that a runner of a flavour may read."""
    return ("numpy", "torch") if flavour == "torch" else ("numpy",)


def load_judge(flavour: str) -> None:
    """Import what judges need beside it."""
    from groundup.drill import judge

    judge.load()
    for name in (*_JUDGES["numpy"], *(_JUDGES["torch"] if flavour == "torch" else ())):
        importlib.import_module(name)


class Zygote:
    """Carries out orders until the engine is gone.

    Args:
        flavour: numpy or torch.
        orders: A sequential-packet socket.
        role: Which processes it makes.
        forks: Whether by forking itself.
        plugin: The judges' pytest, where it forks them.
    """

    def __init__(
        self, flavour: str, orders: socket.socket, role: str, forks: bool, plugin: judge.Plugin | None = None
    ) -> None:
        self.flavour, self.orders, self.role, self.forks, self.plugin = flavour, orders, role, forks, plugin
        self.pid = os.getpid()
        self.children: dict[int, _Child] = {}
        self.started: dict[int, subprocess.Popen[bytes]] = {}
        self.prepared: dict[bool, sandbox.Prepared] = {}
        self.reading: dict[int, dict[Path, judge.Stamp]] = {}

    def serve(self) -> None:
        """Wait for orders, deaths, and judges that end their runner."""
        woken, self.wake = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(self.wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.woken = woken
        if self.role == "runner" and self.forks:
            self.prepared[False] = sandbox.prepare(packages(self.flavour))
        settle()
        try:
            while True:
                lives = {child.life.fileno(): pid for pid, child in self.children.items()}
                ready, _, _ = select.select([self.orders.fileno(), woken, *lives], [], [])
                if woken in ready:
                    with contextlib.suppress(BlockingIOError):
                        os.read(woken, 4096)
                    self.reap()
                for fd in ready:
                    if fd in lives and lives[fd] in self.children:
                        self.hear(lives[fd])
                if self.orders.fileno() in ready:
                    data, fds, _, _ = socket.recv_fds(self.orders, 4096, 3)
                    if not data:
                        return
                    self.order(json.loads(data), fds)
        finally:
            for pid in self.children:
                _kill(pid)

    def order(self, order: dict[str, Any], fds: list[int]) -> None:
        """Start one process."""
        cuda = bool(order.get("cuda"))
        if self.role == "judge":
            stamps = self.stamps(order["folder"])
            ahead = order["folder"] if order["early"] else ""
            pid = self.start(lambda: _judge(self.plugin, fds, ahead), fds, cuda)
            if stamps:
                self.reading[pid] = stamps
            for fd in fds:
                os.close(fd)
            return
        data, life = fds
        output, dump = scratch("output"), scratch("dump")
        child = _Child(socket.socket(fileno=life), output, dump)
        pid = self.start(lambda: self.runner(child, data, cuda), [data, output, dump], cuda)
        os.close(data)
        self.children[pid] = child

    def stamps(self, folder: str) -> dict[Path, judge.Stamp]:
        """The suites to learn once a judge has read them without harm.

        None of PyTorch's: a suite may compute as it is read, and this process must not.
        """
        if self.plugin is None or self.flavour != "numpy":
            return {}
        from groundup.drill.judge import stamp_of, suites_of

        try:
            found = {path: stamp_of(path) for path in suites_of(folder)}
        except OSError:  # the judge will say so
            return {}
        known = {path: stamp for path, (stamp, _) in self.plugin.learnt.items()}
        return {} if found == known or found in self.reading.values() else found

    def start(self, work: Callable[[], None], fds: list[int], cuda: bool) -> int:
        """Start a process that does its work and ends; returns its number."""
        if not self.forks:
            arguments = [sys.executable, "-P", "-m", "groundup.drill.zygote", "--one", self.role, self.flavour]
            process = subprocess.Popen([*arguments, str(int(cuda)), *map(str, fds)], pass_fds=fds)
            self.started[process.pid] = process
            return process.pid
        pid = os.fork()
        if pid:
            return pid
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for fd in (self.woken, self.wake, *(c for other in self.children.values() for c in _fds(other))):
                os.close(fd)
            self.orders.close()
            work()
        except BaseException:
            traceback.print_exc()  # into the runner's output, or the engine's log
        finally:
            os._exit(70)

    def runner(self, child: _Child, data: int, cuda: bool) -> None:
        """Become a runner."""
        child.life.close()  # over which it could tell its judge that it ended in another way
        if cuda not in self.prepared:
            self.prepared[cuda] = sandbox.prepare(packages(self.flavour), cuda=cuda)
        run_runner(self.flavour, self.prepared[cuda], data, child.output, child.dump, cuda, self.pid)

    def hear(self, pid: int) -> None:
        """End a runner whose judge says so, or is gone."""
        child = self.children[pid]
        try:
            word = child.life.recv(64)
        except OSError:
            word = b""
        if word.startswith(b"dump"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGUSR1)
            until = time.monotonic() + _DUMP_SECONDS
            while os.fstat(child.dump).st_size == 0 and time.monotonic() < until:
                select.select([], [], [], 0.005)
        _kill(pid)
        if not word:
            child.life.close()
            self.bury(pid)
        elif word.startswith(b"end"):
            self.tell(child, None)  # the judge has what it wants: it need not wait until all memory is freed

    def reap(self) -> None:
        """Say how processes ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if (process := self.started.pop(pid, None)) is not None:
                process.returncode = status  # it is reaped; Popen shall not look for it
            if (stamps := self.reading.pop(pid, None)) and status == 0 and self.plugin is not None:
                self.plugin.learn(stamps)
                settle()
            if pid in self.children:
                _kill(pid)  # what it left in its group
                self.tell(self.children[pid], os.waitstatus_to_exitcode(status))
                self.bury(pid)

    def tell(self, child: _Child, status: int | None) -> None:
        """Send a runner's last words to its judge, once; without a status if it is still ending."""
        if child.told:
            return
        child.told = True
        words = {"status": status, "dump": _text(child.dump), "output": _text(child.output)}
        with contextlib.suppress(OSError):
            child.life.sendall(json.dumps(words).encode() + b"\n")

    def bury(self, pid: int) -> None:
        """Forget a runner."""
        child = self.children.pop(pid)
        child.life.close()
        os.close(child.output)
        os.close(child.dump)


def run_runner(
    flavour: str, prepared: sandbox.Prepared, data: int, output: int, dump: int, cuda: bool, parent: int
) -> None:
    """Confine this process, which ends with its parent, and let it serve a judge."""
    from groundup.drill import runner

    os.setsid()
    os.chdir("/")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    faulthandler.enable(dump, all_threads=False)
    faulthandler.register(signal.SIGUSR1, dump, all_threads=False)
    sock = socket.socket(fileno=data)
    os.environ.clear()
    threads = flavour == "torch"  # autograd has one for each device
    sandbox.confine(prepared, memory=MEMORY, cpu=CPU_SECONDS, threads=threads, cuda=cuda, parent=parent)
    if cuda:
        import torch

        torch.zeros(1, device="cuda")  # before the runner is ready: that a driver does not start is our fault
    runner.serve(sock)


def _judge(plugin: judge.Plugin | None, fds: list[int], ahead: str = "") -> NoReturn:
    from groundup.drill import judge

    assert plugin is not None  # without one, judges are not forked
    if ahead:
        judge.practise(plugin, Path(ahead))
    judge.run(plugin, *(socket.socket(fileno=os.dup(fd)) for fd in fds))


def _serve_judges(flavour: str, orders: socket.socket) -> None:
    """Be the judges' zygote, with pytest started."""
    from groundup.drill import judge

    def serve(plugin: judge.Plugin) -> None:
        judge.rehearse(plugin)
        Zygote(flavour, orders, "judge", True, plugin).serve()

    judge.start(serve)


def _fds(child: _Child) -> tuple[int, ...]:
    return child.life.fileno(), child.output, child.dump


def _kill(pid: int) -> None:
    """End a runner and its group; before it has a group of its own, itself."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _text(fd: int) -> str:
    size = os.fstat(fd).st_size
    data = os.pread(fd, _TAIL, max(0, size - _TAIL))
    text = data.decode("utf-8", "replace")
    return text if size <= _TAIL else f"…{text}"


def main(argv: list[str]) -> None:
    """Serve; see the module's docstring."""
    if argv[0] == "--one":
        _, role, flavour, cuda, *numbers = argv
        fds = [int(number) for number in numbers]
        load(flavour)
        if role == "judge":
            load_judge(flavour)
            from groundup.drill import judge

            judge.start(lambda plugin: _judge(plugin, fds))
        prepared = sandbox.prepare(packages(flavour), cuda=cuda == "1")
        data, output, dump = fds
        run_runner(flavour, prepared, data, output, dump, cuda == "1", os.getppid())
        return
    flavour, start, runners, judges = argv
    forks = start == "fork"
    runner_orders, judge_orders = socket.socket(fileno=int(runners)), socket.socket(fileno=int(judges))
    if forks:
        load(flavour)
        importlib.import_module("groundup.drill.runner")
    settle()
    if os.fork() == 0:
        runner_orders.close()
        if forks:
            load_judge(flavour)
            _serve_judges(flavour, judge_orders)
        else:
            Zygote(flavour, judge_orders, "judge", forks).serve()
        os._exit(0)
    judge_orders.close()
    Zygote(flavour, runner_orders, "runner", forks).serve()


if __name__ == "__main__":
    sys.stdin = io.StringIO()
    main(sys.argv[1:])
