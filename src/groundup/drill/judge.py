"""Runs a hidden suite against a runner, and reports each check.

The judge never executes learner code: the suite's ``solution`` is a proxy. It runs pytest in its own process, with our
plugin passed as an object, reads one job from the result socket, a line of JSON, and writes

    {"checks": [{...}]}     from time to time: those that ended since
    {"done": {...}}         at the end: load, checks (all of them), rules, output, void

Pytest starts once, in the zygote: `start` calls back from where it would look for tests, and the judges forked there go
on with a suite each.
"""

from __future__ import annotations

import base64
import contextlib
import faulthandler
import importlib
import importlib.util
import json
import os
import signal
import socket
import sys
import time
import traceback
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import pytest
from _pytest.runner import runtestprotocol

from groundup.drill import ENCODING, scan, wire
from groundup.drill.checks import Check, Wrong, shown
from groundup.drill.names import Tangled, read
from groundup.drill.proxy import Ended, RemoteError, RunnerFault, Session, Solution, printable
from groundup.drill.verdict import Broken, CheckResult, Failure, Stage

SECONDS = 150
"""After which a judge ends itself; far beyond what the limits on the learner's code add up to."""

_MOST_SHOWN = 2000
"""Characters of a text in a report."""

_PAUSE = 0.1
"""Seconds in which results are gathered before they are told."""

_PLUGINS = ("mark", "main", "runner", "fixtures", "python", "assertion")
_UNUSED = (
    *("cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging"),
    *("monkeypatch", "nose", "pastebin", "pytester", "recwarn", "setuponly", "setupplan", "skipping", "stepwise"),
    *("subtests", "terminal", "terminalprogress", "threadexception", "tmpdir", "unittest", "unraisableexception"),
    "warnings",
)
"""Parts of pytest that a suite has no use for; each costs time in every grade."""


Stamp = tuple[int, int, int]
"""Time of change, size and inode of a file."""


# Options


def options() -> list[str]:
    """Pytest's command line."""
    off = [word for name in _UNUSED for word in ("-p", f"no:{name}")]
    here = os.path.dirname(__file__)
    return [*off, "--assert=plain", "--noconftest", "-c", os.devnull, f"--rootdir={here}", here]


def load() -> None:
    """Import all that pytest loads at its start."""
    for name in _PLUGINS:
        importlib.import_module(f"_pytest.{name}")


def start(work: Callable[[Plugin], None]) -> None:
    """Start pytest, and have the work done where it would look for tests.

    Raises:
        RuntimeError: The work or pytest failed.
    """
    sys.dont_write_bytecode = True
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    plugin = Plugin(work)
    status = pytest.main(options(), plugins=[plugin])
    if status != pytest.ExitCode.NO_TESTS_COLLECTED:
        raise RuntimeError(f"pytest ended with {status!r}")


def rehearse(plugin: Plugin) -> None:
    """Run a suite of one check: what Python and pytest do the first time only, forks need not do in each grade.

    Raises:
        RuntimeError: The check did not pass.
    """
    runner: Any = SimpleNamespace()
    plugin.begin({"seed": 0, "stages": ["hidden"]}, runner, lambda check: None)
    plugin.collect([Path(__file__).with_name("rehearsal.py")])
    plugin.run(runner)
    if plugin.faults or not plugin.results or not all(each.passed for each in plugin.results.values()):
        raise RuntimeError(f"the rehearsal of a suite failed: {plugin.faults}")


def practise(plugin: Plugin, folder: Path) -> None:
    """Before a job comes, do what a grade of this drill does: a fork pays for each page of memory that it changes.

    Only time is lost where that fails; the grade will say why.
    """
    with contextlib.suppress(Exception):
        rehearse(plugin)
        read((folder / "solution.py").read_text(encoding=ENCODING))


# Hooks


@dataclass(frozen=True)
class Test:
    """A test of a suite, and the check that it carries.

    Args:
        item: Pytest's.
        name: File, and function with its parameters; it does not depend on the folder.
        id: As the verdict has it.
        stage: That it belongs to.
        about: The check.
    """

    __test__ = False

    item: pytest.Item
    name: str
    id: str
    stage: Stage
    about: Check

    @classmethod
    def of(cls, item: pytest.Item) -> Test:
        """Read a test.

        Raises:
            UsageError: It carries no check.
        """
        about = getattr(getattr(item, "function", None), "__check__", None)
        if not isinstance(about, Check):
            raise pytest.UsageError(f"{item.name} of {item.path.name} carries no check(...)")
        stage: Stage = "capstone" if about.capstone else "hidden"
        inner = [node.name for node in item.listchain() if not isinstance(node, pytest.Session | pytest.File)]
        return cls(
            item,
            "::".join([item.path.name, *inner]),
            f"{item.path.stem}::{item.name}",
            "public" if item.path.name == "public.py" else stage,
            about,
        )


class Plugin:
    """Chooses the checks of the stages that were asked for, gives them their fixtures, and keeps what became of them.

    Args:
        work: Called where pytest would look for tests.
    """

    job: dict[str, Any]
    session: Session
    learner: Solution
    test: Test
    tell: Callable[[CheckResult], None]

    def __init__(self, work: Callable[[Plugin], None]) -> None:
        self.work = work
        self.learnt: dict[Path, tuple[Stamp, list[Test]]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """Work; afterwards pytest has nothing left to do."""
        self.root = session
        self.work(self)
        return True

    def begin(self, job: dict[str, Any], session: Session, tell: Callable[[CheckResult], None]) -> None:
        """Take a job.

        Args:
            job: As the engine sent it.
            session: The runner.
            tell: Called with each result.
        """
        self.job, self.session, self.tell = job, session, tell
        self.tests: dict[pytest.Item, Test] = {}
        self.results: dict[str, CheckResult] = {}
        self.faults: list[str] = []

    def learn(self, stamps: Mapping[Path, Stamp]) -> None:
        """In the zygote, read the suites of a drill that a judge has read to the end, for the judges to come.

        Args:
            stamps: Of the files before that judge began; what has changed since nobody has read.
        """
        self.learnt, self.faults = {}, []  # one drill's are enough: it is graded again and again
        for path, stamp in stamps.items():
            with contextlib.suppress(Exception):
                os.chdir(path.parent)
                tests = self.read(path)
                if not self.faults and stamp == stamp_of(path):
                    self.learnt[path] = stamp, tests
        os.chdir("/")

    def read(self, path: Path) -> list[Test]:
        """All tests of a suite."""
        stamp = stamp_of(path)
        known, tests = self.learnt.get(path, (None, []))
        if known == stamp:
            return tests
        # The name sets a file's fixtures apart from those of others, and from its own of before.
        module = pytest.Module.from_parent(self.root, path=path, name=f"{path} {stamp}")
        module.obj = _imported(path)
        return [Test.of(item) for item in self.root.genitems(module)]

    def collect(self, files: list[Path]) -> None:
        """Keep the checks of the stages."""
        for path in files:
            try:
                self.tests |= {test.item: test for test in self.read(path) if test.stage in self.job["stages"]}
            except Exception:
                self.faults.append(f"the suite cannot be read: {traceback.format_exc()[-2000:]}")
                return

    def run(self, learner: Solution) -> None:
        """Run the checks that were collected."""
        self.learner = learner
        hook = self.root.config.hook
        self.root.gethookproxy = lambda fspath: hook  # type: ignore[method-assign]  # else each hook looks for a conftest
        items = list(self.tests)
        for item, following in zip(items, [*items[1:], None], strict=True):
            self.test = self.tests[item]
            runtestprotocol(item, log=False, nextitem=following)

    @pytest.fixture
    def solution(self) -> Solution:
        """The learner's module."""
        self.session.last_inputs = {}
        return self.learner

    @pytest.fixture
    def rng(self) -> np.random.Generator:
        """Random numbers of this check alone: they do not depend on which checks ran before."""
        return np.random.default_rng([self.job["seed"], zlib.crc32(self.test.name.encode())])

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

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Keep what became of a check; pytest's own report would say in many words what nobody reads."""
        error = call.excinfo.value if call.excinfo else None
        if call.when == "call":
            self.keep(self.tests[item], error)
        elif error:
            self.faults.append(f"{item.name}: {type(error).__name__}: {error}")
        return SimpleNamespace(passed=error is None)

    def keep(self, test: Test, error: BaseException | None) -> None:
        """Make a result of how a test ended."""
        failure = _readable(self.failure(error)) if error else None
        if isinstance(error, RunnerFault | ImportError | OSError | MemoryError):
            self.faults.append(f"{test.item.name}: {type(error).__name__}: {error}")
        result = CheckResult(test.id, test.about.mark, test.about.words, test.stage, error is None, failure)
        self.results[test.name] = result
        self.tell(result)

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


def stamp_of(path: Path) -> Stamp:
    """What changes when a file is written."""
    about = path.stat()
    return about.st_mtime_ns, about.st_size, about.st_ino


def _imported(path: Path) -> ModuleType:
    """A suite's module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None  # it ends in .py
    assert spec.loader is not None
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _fields(result: CheckResult) -> dict[str, Any]:
    """What `asdict` gives, which copies each text on its own."""
    return {**vars(result), "failure": vars(result.failure) if result.failure else None}


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


def run(plugin: Plugin, result: socket.socket, data: socket.socket, life: socket.socket) -> NoReturn:
    """Carry out the job on the result socket, and end the process; without a job, at once."""
    status = 1
    try:
        with result.makefile("r", encoding="utf-8") as lines:
            line = lines.readline()
        if not line:
            raise ConnectionError
        faulthandler.register(signal.SIGALRM, chain=True)  # says where it was, and ends; a timer's thread takes longer
        signal.alarm(SECONDS)
        job = json.loads(line)
        plugin.begin(job, Session(data, life, job["seconds"]), _Teller(result))
        done = _grade(plugin)
        result.sendall(json.dumps({"done": done}).encode() + b"\n")
        status = 0
    except (BrokenPipeError, ConnectionError):
        pass  # the engine is gone
    except BaseException:
        with contextlib.suppress(OSError):
            void = f"the judge failed: {traceback.format_exc()[-2000:]}"
            result.sendall(json.dumps({"done": {"void": void}}).encode() + b"\n")
    finally:
        os._exit(status)


class _Teller:
    """Tells the engine of checks, some at a time: each time wakes two processes, which a short grade can do without."""

    def __init__(self, result: socket.socket) -> None:
        self.result, self.last = result, time.monotonic()
        self.waiting: list[CheckResult] = []

    def __call__(self, check: CheckResult) -> None:
        self.waiting.append(check)
        if time.monotonic() - self.last > _PAUSE:
            self.result.sendall(json.dumps({"checks": list(map(_fields, self.waiting))}).encode() + b"\n")
            self.waiting, self.last = [], time.monotonic()


def _grade(plugin: Plugin) -> dict[str, Any]:
    job, session = plugin.job, plugin.session
    if missing := _prepare(job["device"]):
        return {"void": missing}
    about = {key: job[key] for key in ("defines", "imports", "forbidden")}
    source = base64.b64decode(job["source"])

    def meanwhile() -> None:
        plugin.collect(_files(job))
        with contextlib.suppress(Tangled):
            read(source.decode(ENCODING))  # which is kept: the suite and the rules ask for it

    load: dict[str, str] | None = None
    ran = False
    try:
        learner = session.load(source, meanwhile=meanwhile, **about)
        if session.missing:
            names = " and ".join(str(name)[:80] for name in session.missing)
            load = {"kind": "error", "message": f"your file does not define {names}", "traceback": ""}
        else:
            ran = True
            plugin.run(learner)
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
    rules = [vars(each) for each in _rules(job, source.decode(ENCODING), session.rules)]
    done: dict[str, Any] = {"load": load, "checks": [], "rules": rules, "output": session.output, "void": ""}
    if ran:
        expected = [test.name for test in plugin.tests.values()]
        done["checks"] = [_fields(plugin.results[name]) for name in expected if name in plugin.results]
        if lost := [name for name in expected if name not in plugin.results]:
            plugin.faults.append(f"no result for {', '.join(lost)}")
        if not expected:
            plugin.faults.append(f"the suite has no checks for {', '.join(job['stages'])}")
        done["void"] = "\n".join(plugin.faults)
    return done


def _rules(job: dict[str, Any], source: str, seen: list[tuple[int | None, str]]) -> list[Broken]:
    """Forbidden calls, as the scan found them and as the runner saw them; what the runner saw, once."""
    found = scan.broken(source, job["imports"], job["forbidden"]) if job["scan"] else []
    known = {each.name for each in found}
    for line, name in seen:
        if name not in known:
            known.add(name)
            keys = [key for key in job["forbidden"] if name == key or name.startswith(f"{key}.")]
            sentence = job["forbidden"][keys[0]] if keys else scan.refusal(name, job["imports"], job["forbidden"])
            found.append(Broken(line, name, sentence or "This drill is solved without it."))
    return found


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


def _files(job: dict[str, Any]) -> list[Path]:
    """The suites of the stages, whose folder becomes the current one."""
    public, suite = suites_of(job["folder"])
    os.chdir(public.parent)
    return [
        *([public] if "public" in job["stages"] else []),
        *([suite] if {"hidden", "capstone"} & set(job["stages"]) else []),
    ]


def suites_of(folder: str) -> tuple[Path, Path]:
    """A drill's two suites: the shown one, and the hidden one."""
    return Path(folder, "public.py"), Path(folder, "suite.py")
