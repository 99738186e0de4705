"""Runs a hidden suite against a runner, and reports each check.

The judge never executes learner code: the suite's ``solution`` is a proxy. It runs pytest in its own process, with our
plugin passed as an object, reads one job from the result socket, a line of JSON, and writes

    {"check": {...}}        after each check
    {"done": {...}}         at the end: load, checks, rules, output, void
"""

from __future__ import annotations

import base64
import contextlib
import faulthandler
import importlib
import json
import os
import socket
import sys
import traceback
import zlib
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import pytest

from groundup.drill import ENCODING, wire
from groundup.drill.checks import Check, Wrong, shown
from groundup.drill.proxy import Ended, RemoteError, RunnerFault, Session, Solution, printable
from groundup.drill.verdict import CheckResult, Failure, Stage

SECONDS = 150
"""After which a judge ends itself; far beyond what the limits on the learner's code add up to."""

_MOST_SHOWN = 2000
"""Characters of a text in a report."""

_PLUGINS = ("mark", "main", "runner", "fixtures", "python", "assertion")
_UNUSED = (
    *("cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging"),
    *("monkeypatch", "nose", "pastebin", "pytester", "recwarn", "setuponly", "setupplan", "skipping", "stepwise"),
    *("subtests", "terminal", "terminalprogress", "threadexception", "tmpdir", "unittest", "unraisableexception"),
    "warnings",
)
"""Parts of pytest that a suite has no use for; each costs time in every grade."""


# Options


def options(files: list[Path]) -> list[str]:
    """Pytest's command line."""
    off = [word for name in _UNUSED for word in ("-p", f"no:{name}")]
    return [
        *off,
        "--assert=plain",
        "--import-mode=importlib",
        "--noconftest",
        "-c",
        os.devnull,
        f"--rootdir={files[0].parent}",
        *map(str, files),
    ]


def load() -> None:
    """Import all that pytest would load in each grade."""
    for name in _PLUGINS:
        importlib.import_module(f"_pytest.{name}")


def rehearse() -> None:
    """Run a suite of one check: what Python and pytest do the first time only, forks need not do in each grade.

    Raises:
        RuntimeError: The check did not pass.
    """
    job = {"seed": 0, "stages": ["hidden"]}
    runner: Any = SimpleNamespace()
    plugin = Plugin(job, runner, runner, lambda event: None)
    status = _pytest([Path(__file__).with_name("rehearsal.py")], plugin)
    if status or plugin.faults or not all(each.passed for each in plugin.results.values()):
        raise RuntimeError(f"the rehearsal of a suite ended with {status}: {plugin.faults}")


# Hooks


class Plugin:
    """Chooses the checks of the stages that were asked for, gives them their fixtures, and keeps what became of them.

    Args:
        job: As the engine sent it.
        session: The runner.
        learner: The loaded module.
        tell: Called with each result.
    """

    def __init__(self, job: dict[str, Any], session: Session, learner: Solution, tell: Any) -> None:
        self.job, self.session, self.learner, self.tell = job, session, learner, tell
        self.expected: list[str] = []
        self.results: dict[str, CheckResult] = {}
        self.faults: list[str] = []

    def pytest_ignore_collect(self) -> bool:
        """Look at nothing but the files that were asked for; pytest would search what lies beside them."""
        return True

    @pytest.fixture
    def solution(self) -> Solution:
        """The learner's module."""
        self.session.last_inputs = {}
        return self.learner

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers of this check alone: they do not depend on which checks ran before."""
        return np.random.default_rng([self.job["seed"], zlib.crc32(request.node.nodeid.encode())])

    @pytest.fixture
    def source(self) -> str:
        """The learner's text."""
        return base64.b64decode(self.job["source"]).decode(ENCODING)

    @pytest.fixture
    def device(self) -> str:
        """Where the capstone runs."""
        return str(self.job["device"])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A suite that cannot be read is our fault."""
        if report.failed:
            self.faults.append(f"the suite cannot be read: {report.longreprtext[-2000:]}")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks of the stages."""
        items[:] = [item for item in items if self.stage(item) in self.job["stages"]]
        self.expected = [item.nodeid for item in items]
        for item in items:
            item.repr_failure = _unread  # type: ignore[method-assign]  # tells what nobody reads, and takes its time

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Keep what became of a check."""
        report = yield
        if call.when == "call":
            self.keep(item, call.excinfo.value if call.excinfo else None)
        elif call.excinfo:
            self.faults.append(f"{item.name}: {call.excinfo.exconly()}")
        return report

    def stage(self, item: pytest.Item) -> Stage:
        """The stage that a test belongs to."""
        if item.path.name == "public.py":
            return "public"
        return "capstone" if self.check(item).capstone else "hidden"

    def check(self, item: pytest.Item) -> Check:
        """What a test carries."""
        found = getattr(getattr(item, "function", None), "__check__", None)
        if not isinstance(found, Check):
            raise pytest.UsageError(f"{item.name} of {item.path.name} carries no check(...)")
        return found

    def keep(self, item: pytest.Item, error: BaseException | None) -> None:
        """Make a result of how a test ended."""
        failure = _readable(self.failure(error)) if error else None
        if isinstance(error, RunnerFault | ImportError | OSError | MemoryError):
            self.faults.append(f"{item.name}: {type(error).__name__}: {error}")
        about = self.check(item)
        result = CheckResult(
            f"{item.path.stem}::{item.name}", about.mark, about.words, self.stage(item), error is None, failure
        )
        self.results[item.nodeid] = result
        self.tell({"check": asdict(result)})

    def failure(self, error: BaseException) -> Failure:
        """Why a check failed, in the learner's terms."""
        given = {name: shown(value) for name, value in self.session.last_inputs.items()}
        for cause in _chain(error):
            if isinstance(cause, Ended):
                first = not any(r.failure and r.failure.kind == cause.kind for r in self.results.values())
                if not first:
                    return Failure("not-run", "not run: an earlier check ended the run")
                return Failure(cause.kind, cause.words, given, traceback=cause.traceback)
            if isinstance(cause, Wrong):
                inputs = given if cause.inputs is None else cause.inputs
                below = next((e.traceback for e in _chain(cause) if isinstance(e, RemoteError)), "")
                return Failure("wrong", cause.words, inputs, cause.expected, cause.actual, cause.where, below)
            if isinstance(cause, RemoteError):
                words = f"{cause.type_name}: {cause.message}" if cause.message else cause.type_name
                return Failure("raised", f"your code raised {words}", given, traceback=cause.traceback)
        words = f"what came back could not be used ({type(error).__name__}: {str(error)[:300]})"
        return Failure("wrong", words, given)


def _unread(*_: Any, **__: Any) -> str:
    return ""


def _readable(failure: Failure) -> Failure:
    """The same, in which whatever the learner's code returned as a text can be shown."""

    def short(text: str) -> str:
        return printable(text[:_MOST_SHOWN])

    inputs = {short(name): short(value) for name, value in failure.inputs.items()}
    words, expected, actual = map(short, (failure.words, failure.expected, failure.actual))
    return replace(failure, words=words, inputs=inputs, expected=expected, actual=actual)


def _chain(error: BaseException) -> list[BaseException]:
    """An exception and what it was raised from or while handling."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found


# One grade


def run(result: socket.socket, data: socket.socket, life: socket.socket) -> NoReturn:
    """Carry out the job on the result socket, and end the process."""
    status = 1
    try:
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        with result.makefile("r", encoding="utf-8") as lines:
            job = json.loads(lines.readline())

        def tell(event: dict[str, Any]) -> None:
            result.sendall(json.dumps(event).encode() + b"\n")

        tell({"done": _grade(job, Session(data, life, job["seconds"]), tell)})
        status = 0
    except (BrokenPipeError, ConnectionError):
        pass  # the engine is gone
    except BaseException:
        with contextlib.suppress(OSError):
            void = f"the judge failed: {traceback.format_exc()[-2000:]}"
            result.sendall(json.dumps({"done": {"void": void}}).encode() + b"\n")
    finally:
        os._exit(status)


def _grade(job: dict[str, Any], session: Session, tell: Any) -> dict[str, Any]:
    if missing := _prepare(job["device"]):
        return {"void": missing}
    about = {key: job[key] for key in ("defines", "imports", "forbidden")}
    load: dict[str, str] | None = None
    plugin = None
    try:
        learner = session.load(base64.b64decode(job["source"]), **about)
        if session.missing:
            names = " and ".join(str(name)[:80] for name in session.missing)
            load = {"kind": "error", "message": f"your file does not define {names}", "traceback": ""}
        else:
            plugin = Plugin(job, session, learner, tell)
            _run_pytest(job, plugin)
            load = _unnoticed(session, plugin)
    except RemoteError as error:
        message = f"your file does not load: {error.type_name}: {error.message}"
        load = {"kind": "error", "raised": error.type_name, "message": message, "traceback": error.traceback}
    except Ended as ended:
        load = {
            "kind": ended.kind,
            "message": f"while your file was loaded: {ended.words}",
            "traceback": ended.traceback,
        }
    except (RunnerFault, wire.WireError) as fault:
        return {"void": str(fault)}
    try:
        session.close()
    except RunnerFault as fault:
        return {"void": str(fault)}
    done: dict[str, Any] = {"load": load, "checks": [], "rules": session.rules, "output": session.output, "void": ""}
    if plugin is not None:
        done["checks"] = [asdict(plugin.results[name]) for name in plugin.expected if name in plugin.results]
        lost = [name for name in plugin.expected if name not in plugin.results]
        if lost:
            plugin.faults.append(f"no result for {', '.join(lost)}")
        if not plugin.expected:
            plugin.faults.append(f"the suite has no checks for {', '.join(job['stages'])}")
        done["void"] = "\n".join(plugin.faults)
    return done


def _unnoticed(session: Session, plugin: Plugin) -> dict[str, str] | None:
    """The end of a runner that no check failed of: a model may take it for an exception of its part's, and go on."""
    ended = session.ended
    if ended is None or any(r.failure and r.failure.kind == ended.kind for r in plugin.results.values()):
        return None
    return {"kind": ended.kind, "message": ended.words, "traceback": ended.traceback}


def _prepare(device: str) -> str:
    """Set up the device; returns why that is not possible, if it is not."""
    torch = sys.modules.get("torch")
    if torch is not None and device.startswith("cuda"):
        if not torch.cuda.is_available():
            return f"PyTorch finds no device {device}"
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
    return ""


def _pytest(files: list[Path], plugin: Plugin) -> int:
    sys.dont_write_bytecode = True
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    return int(pytest.main(options(files), plugins=[plugin]))


def _run_pytest(job: dict[str, Any], plugin: Plugin) -> None:
    folder = Path(job["folder"])
    files = [folder / "public.py"] if "public" in job["stages"] else []
    files += [folder / "suite.py"] if {"hidden", "capstone"} & set(job["stages"]) else []
    os.chdir(folder)
    status = _pytest(files, plugin)
    if status not in (0, 1, 5):
        plugin.faults.append(f"pytest ended with {status!r}")
