"""Grades a learner's file: starts judge and runner, and makes a verdict of what they report.

with Engine() as engine:
    verdict = engine.grade(catalogue.find("kmeans"), Path("kmeans/solution.py").read_bytes())
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundup.catalogue import Drill
from groundup.drill.scratch import scratch
from groundup.drill.verdict import (
    STAGES,
    Broken,
    CheckResult,
    Failure,
    Outcome,
    Stage,
    Verdict,
    marks_of,
    outcome_of,
    score_of,
)

PUBLIC_SEED = 0
"""Of practice: the same inputs each time, so that a failure can be looked into."""

SOURCE_LIMIT = 2**20
"""Bytes that a learner's file may have."""

_WAIT = 240.0
"""Seconds until a judge must have answered, the loading of the libraries included; a judge ends itself before that."""

_KEPT = (
    "PATH",
    "HOME",
    "TMPDIR",
    "PYTHONPATH",
    "LD_LIBRARY_PATH",
    "VIRTUAL_ENV",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "CUDA_VISIBLE_DEVICES",
)
_SET = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONNOUSERSITE": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}

Progress = Callable[[CheckResult], None]


class EngineFault(Exception):
    """A process of ours ended or did not answer."""


def start_method() -> str:
    """``fork`` where forking a process with the libraries loaded is safe, else ``spawn``; GROUNDUP_START chooses."""
    chosen = os.environ.get("GROUNDUP_START", "")
    if chosen not in ("", "fork", "spawn"):
        raise ValueError(f"GROUNDUP_START is fork or spawn; got {chosen!r}")
    return chosen or ("fork" if sys.platform == "linux" else "spawn")


class Base:
    """The two zygotes of a flavour.

    Args:
        flavour: numpy or torch.
    """

    def __init__(self, flavour: str) -> None:
        start = start_method()
        self._runners, runners = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._judges, judges = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fds = (runners.fileno(), judges.fileno())
        command = [sys.executable, "-P", "-m", "groundup.drill.zygote", flavour, start, *map(str, fds)]
        self._log = open(scratch("log"), "w+b")  # noqa: SIM115 - lives as long as the zygotes
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self.process = subprocess.Popen(
            command,
            pass_fds=fds,
            env={**kept, **_SET},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        runners.close()
        judges.close()

    def runner(self, *, cuda: bool) -> tuple[socket.socket, socket.socket]:
        """Order a runner; returns the other ends of its data and life."""
        (data, their_data), (life, their_life) = socket.socketpair(), socket.socketpair()
        _order(self._runners, {"cuda": cuda}, [their_data, their_life], [data, life])
        return data, life

    def judge(self, folder: str, data: socket.socket, life: socket.socket, *, early: bool) -> socket.socket:
        """Order a judge of a runner, which then belongs to it alone; returns the other end of its result.

        Args:
            folder: The drill's.
            data: To the runner.
            life: To the runner's zygote.
            early: Whether its job is still to come: it gets ready for it meanwhile.
        """
        result, their_result = socket.socketpair()
        _order(self._judges, {"folder": folder, "early": early}, [their_result, data, life], [result])
        return result

    def log(self) -> str:
        """The end of what the zygotes and judges printed, which is nothing unless something of ours failed."""
        try:
            size = os.fstat(self._log.fileno()).st_size
            return os.pread(self._log.fileno(), 2000, max(0, size - 2000)).decode("utf-8", "replace").strip()
        except ValueError:
            return ""  # it is closed: another grade found them dead first

    def close(self) -> None:
        """End the zygotes and all that they started."""
        for kept in (self._runners, self._judges, self._log):
            kept.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _pair(runners: Base, judges: Base, folder: str, *, cuda: bool = False, early: bool = False) -> socket.socket:
    """Order a runner and its judge; returns the socket that takes the judge's job, without which both end."""
    data, life = runners.runner(cuda=cuda)
    return judges.judge(folder, data, life, early=early)


def _order(
    orders: socket.socket, words: Mapping[str, Any], theirs: Sequence[socket.socket], ours: Sequence[socket.socket]
) -> None:
    """Give a zygote an order and the new process' ends of sockets; without a zygote, our ends are closed, too."""
    try:
        socket.send_fds(orders, [json.dumps(words).encode()], [sock.fileno() for sock in theirs])
    except OSError as error:
        for sock in ours:
            sock.close()
        raise EngineFault(f"a zygote is gone: {error}") from None
    finally:
        for sock in theirs:
            sock.close()


@dataclass
class _Report:
    """What judges said of one file."""

    checks: list[CheckResult] = field(default_factory=list)
    load: dict[str, str] | None = None
    rules: list[Broken] = field(default_factory=list)
    scanned: bool = False
    output: str = ""
    told: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing more can be asked of the file."""
        return self.load is not None or any(
            check.failure and check.failure.kind in ("timeout", "crash") for check in self.checks
        )

    @property
    def correct(self) -> bool:
        """Whether all checks of correctness passed so far."""
        return all(check.passed for check in self.checks if check.mark == "correctness")


class Engine:
    """Starts zygotes when they are first needed and keeps them; grades from several threads at once."""

    def __init__(self) -> None:
        self._bases: dict[str, Base] = {}
        self._waiting: dict[str, socket.socket] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            bases, self._bases = list(self._bases.values()), {}
            waiting, self._waiting = list(self._waiting.values()), {}
        for result in waiting:
            result.close()
        for base in bases:
            base.close()

    def processes(self) -> dict[str, int]:
        """Process numbers of the zygotes, by flavour."""
        return {flavour: base.process.pid for flavour, base in self._bases.items()}

    def warm(self, *flavours: str) -> None:
        """Start loading what flavours need; returns at once."""
        for flavour in flavours:
            self._base(flavour)

    def expect(self, drill: Drill) -> None:
        """Have a judge and a runner wait for a drill's next file: it is graded without their start.

        Nothing happens where they wait already.
        """
        folder, base = _folder(drill), self._base(drill.uses)
        with self._lock, contextlib.suppress(EngineFault):  # the grade will see to it
            if folder not in self._waiting:
                self._waiting[folder] = _pair(base, base, folder, early=True)

    def forget(self, drill: Drill) -> None:
        """End who waits for a drill's file, if anybody does."""
        if result := self._waited(drill):
            result.close()

    def _waited(self, drill: Drill) -> socket.socket | None:
        """The socket for the job of the judge that waits for a drill's file, and then no longer."""
        with self._lock:
            return self._waiting.pop(_folder(drill), None)

    def _base(self, flavour: str) -> Base:
        with self._lock:
            base = self._bases.get(flavour)
            if base is not None and base.process.poll() is not None:
                base.close()
                base = None
            if base is None:
                base = self._bases[flavour] = Base(flavour)
            return base

    def _discard(self, *bases: Base) -> None:
        """Begin again with new zygotes; grades that still run on the old ones are repeated, too."""
        with self._lock:
            self._bases = {flavour: base for flavour, base in self._bases.items() if base not in bases}
            waiting, self._waiting = list(self._waiting.values()), {}
        for result in waiting:
            result.close()
        for base in set(bases):
            base.close()

    def grade(
        self,
        drill: Drill,
        source: bytes,
        *,
        stages: Sequence[Stage] = STAGES,
        seed: int | None = None,
        device: str = "cpu",
        progress: Progress | None = None,
    ) -> Verdict:
        """Grade a file.

        Args:
            drill: What it should solve.
            source: Its bytes.
            stages: Which checks to run. The capstone's run only if no check of correctness failed before.
            seed: Of the inputs; by default fresh from the operating system.
            device: Of the capstone.
            progress: Called with checks while others still run; the last come with the verdict alone.

        Returns:
            The verdict; ``void`` when a process of ours failed twice.

        Raises:
            ValueError: There is no such stage.
        """
        if unknown := [stage for stage in stages if stage not in STAGES]:
            raise ValueError(f"a stage is one of {', '.join(STAGES)}; got {unknown[0]!r}")
        began = time.perf_counter()
        seed = int.from_bytes(os.urandom(6)) if seed is None else seed
        report, void = _Report(), ""
        if refused := _refused(source):
            report.load = {"kind": "error", "message": refused, "traceback": ""}
        else:
            for _ in range(2):
                try:
                    report, void = self._report(drill, source, stages, seed, device, progress), ""
                    break
                except EngineFault as fault:
                    void = str(fault)
        rules = () if void else tuple(report.rules)
        return _verdict(drill, report, rules, void, seed, device, time.perf_counter() - began)

    def _report(
        self,
        drill: Drill,
        source: bytes,
        stages: Sequence[Stage],
        seed: int,
        device: str,
        progress: Progress | None,
    ) -> _Report:
        report = _Report()
        fast: list[Stage] = [stage for stage in stages if stage != "capstone"]
        if "capstone" in stages:
            self.warm("torch")
        job = {
            "folder": _folder(drill),
            "seed": seed,
            "device": device,
            "seconds": drill.seconds,
            "source": base64.b64encode(source).decode(),
            "defines": drill.defines,
            "imports": drill.imports,
            "forbidden": dict(drill.forbidden),
        }
        if fast:
            self._stage(report, drill, drill.uses, {**job, "stages": fast}, progress)
        if "capstone" in stages and not report.ended and report.correct:
            if progress:
                for check in report.checks[report.told :]:
                    progress(check)
            self._stage(report, drill, "torch", {**job, "stages": ["capstone"]}, progress)
        return report

    def _stage(
        self, report: _Report, drill: Drill, judge: str, job: Mapping[str, Any], progress: Progress | None
    ) -> None:
        """Run one suite's stages in a fresh runner, and add what comes of them to the report."""
        runners, judges = bases = self._base(drill.uses), self._base(judge)
        cuda = drill.uses == "torch" and job["device"] != "cpu"
        waited = None if cuda or judges is not runners else self._waited(drill)
        try:
            with waited or _pair(runners, judges, job["folder"], cuda=cuda) as result:
                result.sendall(json.dumps({**job, "scan": not report.scanned}).encode() + b"\n")
                done = _done(result, report, progress)
        except (EngineFault, ConnectionError) as fault:
            told = "\n".join(filter(None, (str(fault), judges.log())))
            self._discard(*bases)
            raise EngineFault(told) from None
        report.checks += [_check(each) for each in done["checks"]]
        report.load = done["load"]
        known = {each.name for each in report.rules}
        report.rules += [Broken(**each) for each in done["rules"] if each["name"] not in known]
        report.scanned = True
        report.output = done["output"] or report.output


def _done(result: socket.socket, report: _Report, progress: Progress | None) -> dict[str, Any]:
    """A judge's last words; the checks before them go to ``progress``."""
    result.settimeout(_WAIT)
    with result.makefile("r", encoding="utf-8") as lines:
        try:
            for line in lines:
                event = json.loads(line)
                if progress and "checks" in event:
                    for each in event["checks"]:
                        progress(_check(each))
                    report.told += len(event["checks"])
                if "done" in event:
                    done: dict[str, Any] = event["done"]
                    if done["void"]:
                        raise EngineFault(done["void"])
                    return done
        except TimeoutError:
            raise EngineFault("the judge does not answer") from None
    raise EngineFault("the judge ended without a word")


def _folder(drill: Drill) -> str:
    return str(drill.folder.resolve())


def _check(data: Mapping[str, Any]) -> CheckResult:
    return CheckResult(**{**data, "failure": Failure(**data["failure"]) if data["failure"] else None})


def _refused(source: bytes) -> str:
    """Why a file is not even loaded, if it is not."""
    if len(source) > SOURCE_LIMIT:
        return f"your file has {len(source):,} bytes; at most {SOURCE_LIMIT:,} are read"
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"your file is not UTF-8 text ({error.reason} at byte {error.start})"
    return "your file holds a NUL character" if b"\x00" in source else ""


def _verdict(
    drill: Drill, report: _Report, rules: tuple[Broken, ...], void: str, seed: int, device: str, seconds: float
) -> Verdict:
    marks = marks_of(report.checks, drill.marks)
    message = trace = ""
    if void:
        outcome, message = Outcome.VOID, void
    elif report.load is not None:
        outcome = Outcome(report.load["kind"])
        if rules and report.load.get("raised") in ("ImportError", "ModuleNotFoundError"):
            outcome = Outcome.RULE  # the import was refused
        message, trace = report.load["message"], report.load["traceback"]
    else:
        outcome = outcome_of(report.checks, marks, rules)
        failure = next((c.failure for c in report.checks if c.failure and c.failure.kind == outcome.value), None)
        if failure:
            message, trace = failure.words, failure.traceback
    scored = outcome in (Outcome.PASS, Outcome.PARTIAL)
    return Verdict(
        drill.name,
        outcome,
        score_of(marks) if scored else 0.0,
        marks,
        tuple(report.checks),
        round(seconds, 3),
        seed,
        device,
        message,
        trace,
        rules,
        report.output,
    )
