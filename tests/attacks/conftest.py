"""The arena: one engine, what must stay as it is round it, and the cheats that are let loose in it."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import os
import re
import select
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import groundup
from groundup import catalogue
from groundup.drill import sandbox
from groundup.drill.engine import Engine
from groundup.drill.verdict import Outcome, Stage, Verdict

HERE = Path(__file__).parent
CHEATS = HERE / "cheats"
FAST: tuple[Stage, ...] = ("public", "hidden")

HEADER = re.compile(
    r"attack: (?P<tries>[^;]+); expect:(?P<expect>( (pass|partial|fail|rule|error|timeout|crash))+)"
    r"(; drill: (?P<drill>[a-z-]+))?(; (?P<place>then|first): (?P<other>right|wrong))?"
    r"(; stages: (?P<stages>all))?(; says: (?P<says>.+))?"
)

BREACH = "BREACH"
"""What a cheat prints when something let it through."""

WORDS = {
    Outcome.TIMEOUT: r"no answer after [\d.]+ seconds, the limit for (one call|all calls together)|processor time",
    Outcome.CRASH: r"the process that ran your file (died: |sent something that is no answer)|"
    r"your file (ended its process|closed its connection)",
    Outcome.ERROR: r"your file (does not (load|define)|has [\d,]+ bytes|is not UTF-8|holds a NUL)",
}
"""How the message of an outcome begins, after what says that the file was being loaded."""


@dataclass(frozen=True)
class Cheat:
    """A learner's file that means ill, or fails in an odd way.

    Its first lines say what it tries, and which outcomes are allowed. ``then: right`` (or ``wrong``) puts a solution
    of the drill after it, ``first: right`` before it; ``says`` is looked for in the verdict's words and prints;
    ``stages: all`` grades the capstone, too. ``@package@`` stands for the folder of this tool, which anybody can find.
    """

    path: Path
    tries: str
    expect: frozenset[Outcome]
    drill: str
    place: str
    other: str
    stages: tuple[Stage, ...]
    says: str

    @classmethod
    def read(cls, path: Path) -> Cheat:
        lines = itertools.takewhile(lambda line: line.startswith("# "), path.read_text(encoding="utf-8").splitlines())
        header = " ".join(line.removeprefix("# ") for line in lines if not line.startswith("# ruff:"))
        match = HEADER.fullmatch(header)
        if match is None:
            raise ValueError(f"{path.relative_to(HERE)} begins with no header: {header}")
        expect = frozenset(map(Outcome, match["expect"].split()))
        stages: tuple[Stage, ...] = ("public", "hidden", "capstone") if match["stages"] else FAST
        drill, place, other = match["drill"] or "softmax", match["place"] or "", match["other"] or ""
        return cls(path, match["tries"], expect, drill, place, other, stages, match["says"] or "")

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}-{self.path.stem}"

    def source(self, drill: catalogue.Drill) -> bytes:
        """The bytes that are graded."""
        own = self.path.read_text(encoding="utf-8")
        other = drill.solution
        if self.other == "wrong":
            other = (HERE / "answers" / f"{self.drill}.py").read_text(encoding="utf-8")
        parts = {"": [own], "then": [own, other], "first": [other, own]}[self.place]
        return "\n\n".join(parts).replace("@package@", groundup.__path__[0]).encode()


def find(name: str) -> catalogue.Drill:
    """A drill of the project's, or of this folder's."""
    own = HERE / "drills" / name
    return catalogue.read(own) if own.is_dir() else catalogue.find(name)


class Arena:
    """An engine among files and processes that must not change."""

    def __init__(self, engine: Engine, home: Path, temporary: Path) -> None:
        self.engine, self.home, self.temporary = engine, home, temporary
        self.done = 0
        self.settle()

    def right(self, name: str) -> None:
        """Demand that the engine lives, and still tells right from wrong."""
        drill = find(name)
        verdict = self.engine.grade(drill, drill.solution.encode(), stages=FAST, seed=1)
        assert (verdict.outcome, verdict.score) == (Outcome.PASS, 1.0), verdict

    def grade(self, source: bytes, drill: catalogue.Drill | None = None, stages: tuple[Stage, ...] = FAST) -> Verdict:
        """Grade a file, of softmax if nothing else is said, and look round afterwards."""
        verdict = self.engine.grade(drill or find("softmax"), source, stages=stages, seed=20)
        self.look_round()
        self.done += 1
        if self.done % 10 == 0:
            self.right("softmax")
        check_words(verdict)
        return verdict

    def attack(self, cheat: Cheat) -> None:
        """Grade a cheat, and hold the verdict to what its first line allows."""
        drill = find(cheat.drill)
        if Outcome.TIMEOUT in cheat.expect:
            # Where all calls together are to take too long, no single one may, on a busy machine either.
            drill = dataclasses.replace(drill, seconds=1.5 if "all calls" in cheat.says else 0.5)
        verdict = self.grade(cheat.source(drill), drill, cheat.stages)

        assert verdict.outcome in cheat.expect, verdict
        assert BREACH not in verdict.output + verdict.message + str(verdict.checks), verdict
        if cheat.path.parent.name == "counting":
            assert verdict.rules or not verdict.marks["vectorisation"].full, verdict
        if cheat.says:
            said = f"{verdict.output}\n{verdict.message}\n{verdict.checks}\n{verdict.rules}"
            assert re.search(cheat.says, said), verdict

    def settle(self) -> None:
        """Take what is there now for what must stay."""
        self.right("softmax")  # so that everything is loaded
        self.zygotes = self.engine.processes()
        self.processes = _processes(self.home)
        self.files = self.snapshot()

    def look_round(self) -> None:
        """Demand that no process is left, none of ours was started anew, and no file is other than before."""
        zygotes = self.engine.processes()
        replaced = {flavour: zygotes.get(flavour) for flavour in self.zygotes} != self.zygotes
        loaded = zygotes.keys() - self.zygotes.keys()  # another flavour, for a capstone
        left = [] if replaced or loaded else _outlive(_processes(self.home) - self.processes)
        files = self.snapshot()
        changed = {path for path in files.keys() | self.files.keys() if files.get(path) != self.files.get(path)}
        if replaced or loaded or left or changed:
            self.settle()  # the next attack is not to blame
        assert not replaced, "a zygote was replaced: the learner's file made a grade void"
        assert not left, f"processes are left: {left}"
        assert not changed, f"files are other than before: {sorted(changed)}"

    def snapshot(self) -> dict[Path, tuple[int, ...]]:
        """What lies in the places that a learner's file might reach, and when it was last touched in any way."""
        package = Path(groundup.__path__[0])
        found: dict[Path, tuple[int, ...]] = {}
        for root in (package, catalogue.root(), HERE, self.home, self.temporary):
            for path in (root, *root.rglob("*")):
                if "__pycache__" in path.parts:
                    continue  # other tests, which run beside these, may import what was not compiled yet
                about = path.lstat()
                found[path] = about.st_mode, about.st_uid, about.st_ino
                if not path.is_dir():  # what lies in a folder is listed itself
                    found[path] += about.st_size, about.st_ctime_ns
        for root in map(Path, ("/", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", os.getcwd(), package / "drill")):
            for path in root.glob("*breach*"):
                found[path] = ()
        for table in Path("/proc/sysvipc").glob("*"):
            found[table] = (len(table.read_text().splitlines()),)
        return found


def check_words(verdict: Verdict) -> None:
    """Demand that a verdict's parts belong together, and that it says why it is what it is."""
    kinds = [check.failure.kind for check in verdict.checks if check.failure]
    assert all((check.failure is None) == check.passed for check in verdict.checks)
    assert all(check.failure.words for check in verdict.checks if check.failure)
    assert (verdict.score == 1.0) == (verdict.outcome is Outcome.PASS)
    assert (verdict.score > 0) == (verdict.outcome in (Outcome.PASS, Outcome.PARTIAL))
    assert kinds.count("timeout") + kinds.count("crash") <= 1, kinds
    if verdict.outcome in WORDS:
        assert re.match(f"(while your file was loaded: )?({WORDS[verdict.outcome]})", verdict.message), verdict.message
    if verdict.outcome in (Outcome.TIMEOUT, Outcome.CRASH):
        assert verdict.message.startswith("while") == (not verdict.checks)
        assert verdict.outcome.value in kinds or not verdict.checks
    if verdict.outcome is Outcome.RULE:
        assert all(rule.sentence for rule in verdict.rules)
        assert verdict.rules
    if verdict.outcome is Outcome.FAIL:
        assert any(check.mark == "correctness" and not check.passed for check in verdict.checks)
    text = json.dumps(verdict.to_json(), ensure_ascii=False)
    assert len(text.encode("utf-8")) < 2**20, "a verdict of more than a megabyte"


def _processes(home: Path) -> set[int]:
    """Everything that was started below this engine, by the home folder that it was given."""
    mark = f"HOME={home}".encode()
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.add(int(folder.name))
        except OSError:
            continue  # it is gone, or nobody's
    return found


def _outlive(pids: set[int]) -> list[int]:
    """Those of some processes that do not end by themselves at once: a judge's last step may be its exit."""
    alive = []
    for pid in pids:
        try:
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            if not select.select([fd], [], [], 10)[0]:
                alive.append(pid)
        finally:
            os.close(fd)
    return alive


@contextlib.contextmanager
def moved(root: Path) -> Iterator[None]:
    """This process, and what it starts meanwhile, at home in another folder."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "TMPDIR", "GROUNDUP_HOME"):
            patch.setenv(name, str(root / name.lower()))
        patch.setattr(tempfile, "tempdir", None)
        yield


@pytest.fixture(scope="session")
def private_home() -> Iterator[Path]:
    """A home and a folder for temporary files that nobody else uses."""
    missing = [layer.name for layer in sandbox.layers() if not layer.there]
    if missing:
        pytest.skip(f"the attacks need every layer of the sandbox; missing: {', '.join(missing)}")
    root = Path(tempfile.mkdtemp(prefix="gu-", dir="/tmp"))  # short: a socket's path has a limit
    for name in ("home", "tmpdir", "groundup_home"):
        (root / name).mkdir()
    (root / "home" / "diary.txt").write_text("dear diary\n")
    yield root
    shutil.rmtree(root)


@pytest.fixture(autouse=True)
def _at_home(private_home: Path) -> Iterator[None]:
    with moved(private_home):
        yield


@pytest.fixture(scope="module")
def module_at_home(private_home: Path) -> Iterator[Path]:
    """The same for what a whole module shares."""
    with moved(private_home):
        yield private_home


@pytest.fixture(scope="session")
def arena(private_home: Path) -> Iterator[Arena]:
    """One engine for all attacks: what one of them breaks, the next ones show."""
    home, temporary = private_home / "home", private_home / "tmpdir"
    with Engine() as engine:
        with moved(private_home):
            arena = Arena(engine, home, temporary)
        yield arena
        with moved(private_home):
            arena.right("softmax")
            arena.look_round()
    assert not _outlive(_processes(home)), "the engine is closed, and processes of it are left"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a cheat."""
    if "cheat" in metafunc.fixturenames:
        cheats = [Cheat.read(path) for path in sorted(CHEATS.glob("*/*.py"))]
        metafunc.parametrize("cheat", cheats, ids=[cheat.name for cheat in cheats])
