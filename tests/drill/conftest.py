"""A learner with a home of their own, three small drills, a pretended grader, and the real command on a terminal."""

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import sqlite3
import struct
import subprocess
import sys
import termios
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result

from groundup.drill import clock, grader
from groundup.drill.cli import main
from groundup.drill.client import Client
from groundup.drill.clock import Stamp
from groundup.drill.verdict import STAGES, Broken, CheckResult, Failure, Outcome, Verdict, marks_of, score_of

PATIENCE = 60
"""Seconds after which something that was to happen did not. Nothing waits that long unless it fails."""

DRILL = Path(sys.executable).with_name("drill")

# Three drills

STARTER = '''\
"""The mean of each column."""

import numpy as np


def mean(x):
    """Means [d] of the columns of x [n, d]."""
    raise NotImplementedError
'''
RIGHT = STARTER.replace("    raise NotImplementedError", "    return np.asarray(x).sum(axis=0) / len(x)")
WRONG = STARTER.replace("    raise NotImplementedError", "    return np.asarray(x).sum(axis=0) / (len(x) - 1)")
SLOW = STARTER.replace(
    "    raise NotImplementedError",
    "    total = 0.0\n    for row in x:\n        total = total + row\n    return total / len(x)",
)

_SUITE = """\
from groundup.drill.checks import check, close, growth, untouched


@check("correctness", "random columns have their means")
def test_random(solution, rng):
    x = rng.normal(size=(5, 3))
    close(solution.mean(x), x.mean(axis=0), of="mean(x)", inputs={"x": x})


@check("vectorisation", "twice the rows take no more steps")
def test_rows(solution, rng):
    with solution.counting() as count:
        solution.mean(rng.normal(size=(50, 2)))
    with solution.counting() as doubled:
        solution.mean(rng.normal(size=(100, 2)))
    growth(count, doubled, of="mean")


@check("organisation", "what is given stays as it was")
def test_untouched(solution, rng):
    untouched(solution.mean, rng.normal(size=(4, 2)))


@check("correctness", "a model finds the mean of its losses", capstone=True)
def test_capstone(solution, rng):
    import torch

    losses = torch.tensor([[1.0], [3.0]], dtype=torch.float64)
    close(solution.mean(losses.numpy()), losses.mean(dim=0).numpy(), of="mean(losses)")
"""
_PUBLIC = """\
import numpy as np

from groundup.drill.checks import check, close


@check("correctness", "two rows have their mean")
def test_two(solution):
    x = np.array([[1.0, 2.0], [3.0, 6.0]])
    close(solution.mean(x), np.array([2.0, 4.0]), of="mean(x)", inputs={"x": x})
"""
_HINTS = """\
## The idea

Add the rows up, and divide by how many there are.

## The shapes

`x.sum(axis=0)` is `[d]`.

## The steps

1. Sum along the rows.
2. Divide by `len(x)`.
"""
_FOLLOW_UPS = """\
## What if there are no rows?

- The mean of nothing is not defined: raise.

## Why not add first and divide later in float16?

- The sum overflows at 65504.
"""


def write_drill(root: Path, name: str, **settings: object) -> Path:
    """A drill whose learner writes `mean`, under a name and with settings of its own."""
    folder = root / name
    folder.mkdir(parents=True)
    about = {
        "title": name.capitalize(),
        "summary": f"The {name} of each column",
        "chapter": "02-stats",
        "minutes": 20,
        "difficulty": "easy",
        "topics": ["averages"],
        "device": "any",
        "uses": "numpy",
        "imports": ["numpy"],
        "defines": ["mean"],
        "capstone": "gpt",
        "seconds": 2,
        **settings,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in about.items()]
    lines += ["[marks]", 'correctness = "critical"', 'vectorisation = "high"', 'organisation = "medium"']
    lines += ["[forbidden]", '"numpy.mean" = "Write the mean with a sum."']
    solution = RIGHT.replace("    return", "    # your part\n    return") + "    # end of your part\n"
    files = {
        "drill.toml": "\n".join(lines) + "\n",
        "prompt.md": f"# {name.capitalize()}\n\nWrite `mean(x)`.\n",
        "solution.py": solution,
        "suite.py": _SUITE,
        "public.py": _PUBLIC,
        "hints.md": _HINTS,
        "followups.md": _FOLLOW_UPS,
    }
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def drills(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("drills")
    write_drill(root, "mean")
    write_drill(root, "spread", difficulty="medium", minutes=30, topics=["spread", "averages"], device="cpu")
    write_drill(root, "median", difficulty="hard", minutes=40, topics=["robustness"], chapter="03-more")
    return root


# Verdicts

_CHECKS = (
    ("public::test_two", "correctness", "two rows have their mean", "public"),
    ("suite::test_random", "correctness", "random columns have their means", "hidden"),
    ("suite::test_rows", "vectorisation", "twice the rows take no more steps", "hidden"),
    ("suite::test_untouched", "organisation", "what is given stays as it was", "hidden"),
    ("suite::test_capstone", "correctness", "a model finds the mean of its losses", "capstone"),
)
_WEIGHTS = {"correctness": 5, "vectorisation": 3, "organisation": 2}
OFF = Failure("wrong", "mean(x) is off (2 of 2 values)", {"x": "float64 [2, 2]"}, expected="2", actual="4", where="[0]")
RAISED = Failure(
    "raised",
    "your code raised ZeroDivisionError: division by zero",
    {"x": "float64 [5, 3]"},
    traceback="""\
Traceback (most recent call last):
  File "solution.py", line 8, in mean
    return 1/0
           ~^~
ZeroDivisionError: division by zero
""",
)


def make_verdict(
    outcome: Outcome,
    *,
    drill: str = "mean",
    stages: Sequence[str] = STAGES,
    **settings: object,
) -> Verdict:
    """What a grade would come to."""
    failures = {
        Outcome.PASS: {},
        Outcome.RULE: {},
        Outcome.PARTIAL: {"suite::test_rows": Failure("wrong", "mean takes 2.0 times the Python steps")},
        Outcome.FAIL: {"public::test_two": OFF, "suite::test_random": RAISED, "suite::test_untouched": RAISED},
        Outcome.TIMEOUT: {"suite::test_random": Failure("timeout", "mean(x) did not come back within 2 s")},
        Outcome.CRASH: {"suite::test_random": Failure("crash", "Python ended during mean(x)")},
    }.get(outcome)
    checks = tuple(
        CheckResult(name, mark, words, stage, name not in failures, failures.get(name))
        for name, mark, words, stage in _CHECKS
        if failures is not None and stage in stages
    )
    message = {
        Outcome.ERROR: "your file does not define mean",
        Outcome.TIMEOUT: "mean(x) did not come back within 2 s",
        Outcome.CRASH: "Python ended during mean(x)",
        Outcome.VOID: "the judge ended without a word",
    }.get(outcome, "")
    marks = marks_of(checks, _WEIGHTS)
    scored = outcome in (Outcome.PASS, Outcome.PARTIAL)
    rules = (Broken(8, "numpy.mean", "Write the mean with a sum."),) if outcome is Outcome.RULE else ()
    verdict = Verdict(
        drill, outcome, score_of(marks) if scored else 0.0, marks, checks, 0.1, 4711, "cpu", message, rules=rules
    )
    return replace(verdict, **settings)


@dataclass
class Grader:
    """Grades as it is told to, and remembers what it was asked."""

    outcome: Outcome = Outcome.PASS
    settings: dict[str, object] | None = None

    def __post_init__(self) -> None:
        self.asked: list[dict[str, object]] = []
        self.warmed: list[str] = []
        self.before: Callable[[], object] = lambda: None

    # As a client and as an engine

    def grade(self, drill, source, *, stages=STAGES, seed=None, device="cpu", progress=None) -> Verdict:
        self.asked.append({"drill": drill.name, "source": source, "stages": stages, "seed": seed, "device": device})
        self.before()
        verdict = make_verdict(self.outcome, drill=drill.name, stages=stages, device=device, **(self.settings or {}))
        verdict = verdict if seed is None else replace(verdict, seed=seed)
        for check in verdict.checks if progress else ():
            progress(check)
        return verdict

    def warm(self, drill) -> None:
        self.warmed.append(drill.name)

    def status(self) -> dict[str, object] | None:
        return None

    def stop(self) -> bool:
        return False

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        pass


# The learner


class Learner:
    """Types commands in a folder of their own. For them, time passes when a test says so."""

    def __init__(self, here: Path, home: Path) -> None:
        self.here, self.home = here, home
        self.runner = CliRunner()
        self.now = Stamp(wall=1_740_996_000.0, boot=5000.0, boot_id="first")  # 3 March 2025, 10:00

    def __call__(self, *words: str, code: int | None = 0, columns: int = 80) -> Result:
        result = self.runner.invoke(main, list(words), env={"COLUMNS": str(columns)})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        if code is not None:
            assert result.exit_code == code, result.output
        return result

    def json(self, *words: str, code: int | None = 0):
        return json.loads(self(*words, "--json", code=code).stdout)

    def write(self, text: str, drill: str = "mean") -> Path:
        """Save a solution, now."""
        path = self.here / drill / "solution.py"
        path.write_text(text, encoding="utf-8")
        os.utime(path, (self.now.wall, self.now.wall))
        return path

    def wait(self, *, minutes: float = 0.0, days: float = 0.0) -> None:
        """Let time pass."""
        seconds = 60.0 * minutes + 86400.0 * days
        self.now = replace(self.now, wall=self.now.wall + seconds, boot=self.now.boot + seconds)

    # The history's file

    @property
    def database(self) -> Path:
        return self.home / "history.db"

    def rows(self, query: str, *values: object) -> list[tuple]:
        with contextlib.closing(sqlite3.connect(self.database)) as db, db:
            return db.execute(query, values).fetchall()

    def age(self, minutes: float) -> None:
        """Date all sessions back, for commands in other processes, whose time nobody can stop."""
        self.rows("UPDATE session SET wall = wall - ?, boot = boot - ?", 60.0 * minutes, 60.0 * minutes)


@pytest.fixture
def learner(tmp_path: Path, drills: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Learner:
    """In an empty folder, with an empty history; nothing is graded unless a test asks for `graded` or `daemon`."""
    if not {"graded", "daemon"} & set(request.fixturenames):
        for name in ("client", "engine"):
            monkeypatch.setattr(grader, name, lambda: pytest.fail("the test asks for no grader"))
    here, home = tmp_path / "here", tmp_path / "home"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("GROUNDUP_HOME", str(home))
    monkeypatch.setenv("GROUNDUP_DRILLS", str(drills))
    monkeypatch.setenv("TZ", "UTC")
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    time.tzset()
    learner = Learner(here, home)
    monkeypatch.setattr(clock, "now", lambda: learner.now)
    return learner


@pytest.fixture
def graded(monkeypatch: pytest.MonkeyPatch) -> Grader:
    """A pretended grader; by default everything passes."""
    pretended = Grader()
    monkeypatch.setattr(grader, "client", lambda: pretended)
    monkeypatch.setattr(grader, "engine", lambda: pretended)
    return pretended


@pytest.fixture
def verdict() -> Callable[..., Verdict]:
    return make_verdict


@pytest.fixture
def files() -> dict[str, str]:
    """What may be written for `mean`."""
    return {"starter": STARTER, "right": RIGHT, "wrong": WRONG, "slow": SLOW}


# The real command


@pytest.fixture
def daemon(learner: Learner, monkeypatch: pytest.MonkeyPatch) -> Iterator[Learner]:
    """The learner, whose daemon is ended afterwards."""
    monkeypatch.setenv("GROUNDUP_IDLE", "20")  # one that is still starting by then ends itself
    yield learner
    Client().stop()


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        select.select([], [], [], 0.02)


@pytest.fixture(name="until")
def _until() -> Callable[[Callable[[], object]], None]:
    """The same for tests, which cannot import it."""
    return until


_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>]|\x1b\][^\x07]*\x07")

# Makes the pseudo-terminal the controlling one of its session, as a terminal's is, and becomes the command.
_ON_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """A command on a terminal of its own."""

    def __init__(
        self,
        words: Sequence[str],
        *,
        cwd: Path,
        program: str = str(DRILL),
        columns: int = 80,
        lines: int = 24,
        **environment: str,
    ) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.slave = slave
        self.modes = termios.tcgetattr(slave)
        settings = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        self.process = psutil.Popen(
            [sys.executable, "-c", _ON_TERMINAL, program, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env={**settings, "PATH": f"{DRILL.parent}:{os.environ['PATH']}", "TERM": "xterm-256color", **environment},
            start_new_session=True,
        )
        self.raw = ""

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for fd in (self.master, self.slave):
            with contextlib.suppress(OSError):
                os.close(fd)

    @property
    def text(self) -> str:
        """What was written, without colours and cursor movements."""
        return _ESCAPES.sub("", self.raw).replace("\r", "")

    def read(self, seconds: float = 0.02) -> None:
        """Take in what has been written."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if ready:
            with contextlib.suppress(OSError):
                self.raw += os.read(self.master, 65536).decode("utf-8", "replace")

    def see(self, words: str, times: int = 1) -> None:
        """Wait until words were written so often."""

        def seen() -> bool:
            self.read()
            return self.text.count(words) >= times

        end = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < end, f"{words!r} was not written:\n{self.text}"
            assert self.process.poll() is None or self._drained(), f"{words!r} was not written:\n{self.text}"

    def _drained(self) -> bool:
        """Whether more was written before the command ended."""
        before = len(self.raw)
        self.read(0.1)
        return len(self.raw) > before

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def forget(self) -> None:
        """Begin to look anew."""
        self.read()
        self.raw = ""

    def end(self) -> int:
        """Wait for the end; returns the exit code."""

        def ended() -> bool:
            self.read()
            return self.process.poll() is not None

        until(ended)
        while self._drained():
            pass
        return self.process.returncode

    def close(self) -> None:
        """As when its window is closed."""
        os.close(self.slave)
        os.close(self.master)

    def is_restored(self) -> bool:
        """Whether it echoes and waits for Enter, as before."""
        return termios.tcgetattr(self.slave) == self.modes


@pytest.fixture
def terminal(daemon: Learner) -> Iterator[Callable[..., Terminal]]:
    """Starts the real command on a terminal."""
    with contextlib.ExitStack() as stack:

        def start(*typed: str, cwd: Path | None = None, words: Sequence[str] = (), **settings) -> Terminal:
            return stack.enter_context(Terminal(typed or words, cwd=cwd or daemon.here, **settings))

        yield start


@pytest.fixture
def command(daemon: Learner) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the real command through pipes."""

    def run(
        *words: str, cwd: Path | None = None, keys: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(DRILL), *words],
            cwd=cwd or daemon.here,
            env={**os.environ, "COLUMNS": "80", **environment},
            input=keys,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return run


@pytest.fixture
def text() -> Callable[[str], str]:
    """A literal block, without its indentation."""
    return lambda block: textwrap.dedent(block).lstrip("\n")
