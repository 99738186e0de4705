"""What a drill must pass before learners see it.

The reference gets full marks, the starter passes nothing, every file in `right/` keeps its correctness, none in
`wrong/` passes, hints and follow-up questions are there, the prompt's worked example runs, and nearly all mutants of
the reference are rejected. `check` looks at one drill and says in sentences what is not so.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import textwrap
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from groundup.catalogue import CatalogueError, Drill
from groundup.drill.author import mutate
from groundup.drill.verdict import STAGES, CheckResult, Outcome, Stage, Verdict

RATE = 0.95
"""Share of the mutants that must be rejected, those waived left out."""

LEAST_WRONG, LEAST_RIGHT = 6, 4
HINTS = ("The idea", "The shapes", "The steps")
FOLLOW_UPS = range(3, 7)

_FAST: tuple[Stage, ...] = ("public", "hidden")
_CAPSTONE: tuple[Stage, ...] = ("capstone",)
_MUTANT_SECONDS = 2.0  # for one call; mutants may loop for ever
_EXAMPLE_SECONDS = 120
_FIRST_LINE = re.compile(r"# (?P<kind>right|wrong)(?P<partial> \(partial\))?: (?P<why>\S.*)")

Progress = Callable[[int, int, str], None]


class Grades(Protocol):
    """What the gate needs of the engine."""

    def grade(
        self,
        drill: Drill,
        source: bytes,
        *,
        stages: Sequence[Stage] = STAGES,
        seed: int | None = None,
        device: str = "cpu",
        progress: Callable[[CheckResult], None] | None = None,
    ) -> Verdict:
        """Grade a file."""


@dataclass(frozen=True)
class Survivor:
    """A mutant that passed."""

    id: str
    line: int
    what: str


@dataclass(frozen=True)
class Gate:
    """What the gate found.

    Args:
        drill: Its name.
        faults: What is not as it should be, a sentence each.
        right: How many files in `right/` did what they should.
        rights: How many there are.
        wrong: How many files in `wrong/` were rejected.
        wrongs: How many there are.
        mutants: How many there are, those waived left out; none where they were not asked for.
        rejected: How many of those were rejected.
        waived: How many are waived.
        survivors: Those that passed and are not waived.
        grades: How many grades it took.
        seconds: How long.
    """

    drill: str
    faults: tuple[str, ...]
    right: int
    rights: int
    wrong: int
    wrongs: int
    mutants: int
    rejected: int
    waived: int
    survivors: tuple[Survivor, ...]
    grades: int
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether there is no fault."""
        return not self.faults

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain JSON."""
        return {**asdict(self), "passed": self.passed}

    def lines(self) -> list[str]:
        """The same for people."""
        said = "passed" if self.passed else f"{len(self.faults)} fault{'s' * (len(self.faults) > 1)}"
        lines = [
            f"{self.drill}: {said} ({self.grades} grades, {self.seconds:.0f} s)",
            f"  right    {self.right} of {self.rights} as they should be",
            f"  wrong    {self.wrong} of {self.wrongs} rejected",
        ]
        if self.mutants:
            share = 100 * self.rejected / self.mutants
            waived = f", {self.waived} waived" if self.waived else ""
            lines.append(f"  mutants  {self.rejected} of {self.mutants} rejected ({share:.1f} %){waived}")
        lines += [f"  survives {each.id}\n           line {each.line}: {each.what}" for each in self.survivors]
        lines += [f"  fault    {each}" for each in self.faults]
        return "\n".join(lines).split("\n")


def check(
    drill: Drill,
    engine: Grades,
    *,
    mutants: bool = True,
    repeat: int = 1,
    device: str = "cpu",
    jobs: int = 2,
    progress: Progress = lambda done, of, what: None,
) -> Gate:
    """Put a drill through the gate.

    Args:
        drill: The drill.
        engine: Grades files, from several threads at once.
        mutants: Whether to grade mutants of the reference, which takes longest.
        repeat: How often to grade the reference and the files in `right/` and `wrong/`, each time with another seed;
            the verdicts must be the same.
        device: Where the capstones run, and parts that are PyTorch's.
        jobs: How many grades run at a time.
        progress: Called after each grade with how many are done, of how many, and what was graded.
    """
    began = time.monotonic()
    work = _Work(drill, engine, device, jobs, progress)
    faults = [*_papers(drill), *_example(drill)]
    try:
        files = [*_files(drill, "right"), *_files(drill, "wrong")]
        chosen = _mutants(drill) if mutants else []
        drill.starter  # noqa: B018 - raises where the markers do not pair up
    except CatalogueError as error:
        return Gate(drill.name, (*faults, _sentence(str(error))), 0, 0, 0, 0, 0, 0, 0, (), 0, time.monotonic() - began)
    work.total = (1 + len(files)) * repeat + 2 + len(chosen)

    reference = work.graded("solution.py", drill.solution.encode(), repeat)
    faults += _reference(drill, reference)
    if reference[0].outcome is not Outcome.PASS:
        work.total -= len(chosen)
        chosen = []  # they would tell nothing
    faults += _starter(work)
    kinds: dict[str, list[bool]] = {"right": [], "wrong": []}
    for file, verdicts in zip(files, work.all_graded(files, repeat), strict=True):
        found = list(_unlike(file.name, verdicts))
        found += _right(file, verdicts[0]) if file.kind == "right" else _wrong(file, verdicts[0])
        kinds[file.kind].append(not found)
        faults += found
    for kind, least in (("right", LEAST_RIGHT), ("wrong", LEAST_WRONG)):
        if len(kinds[kind]) < least:
            faults.append(f"{kind}/ holds {len(kinds[kind])} files; at least {least} are wanted.")

    survivors, waived, found = _survivors(work, chosen)
    faults += found if chosen else []
    graded = len(chosen) - waived
    return Gate(
        drill.name,
        tuple(faults),
        sum(kinds["right"]),
        len(kinds["right"]),
        sum(kinds["wrong"]),
        len(kinds["wrong"]),
        graded,
        graded - len(survivors),
        waived,
        tuple(Survivor(each.id, each.line, each.what) for each in survivors),
        work.grades,
        round(time.monotonic() - began, 1),
    )


class _Work:
    """Grades files, some at a time."""

    def __init__(self, drill: Drill, engine: Grades, device: str, jobs: int, progress: Progress) -> None:
        self.drill, self.engine, self.device, self.jobs, self.progress = drill, engine, device, jobs, progress
        self.total = 0
        self.grades = 0
        self._done = count(1)

    def grade(self, what: str, source: bytes, stages: Sequence[Stage], seed: int, seconds: float = 0) -> Verdict:
        drill = replace(self.drill, seconds=min(seconds, self.drill.seconds)) if seconds else self.drill
        self.grades += 1
        return self.engine.grade(drill, source, stages=stages, seed=seed, device=self.device)

    def tick(self, what: str) -> None:
        self.progress(next(self._done), self.total, what)

    def graded(self, what: str, source: bytes, repeat: int) -> list[Verdict]:
        """One verdict for each seed, over all stages."""

        def one(seed: int) -> Verdict:
            verdict = self.grade(what, source, STAGES, seed)
            self.tick(what)
            return verdict

        return self.map(one, range(repeat))

    def all_graded(self, files: Sequence[_File], repeat: int) -> list[list[Verdict]]:
        """The same for files."""

        def one(file: _File) -> list[Verdict]:
            verdicts = []
            for seed in range(repeat):
                verdicts.append(self.grade(file.name, file.source.encode(), STAGES, seed))
                self.tick(file.name)
            return verdicts

        return self.map(one, files)

    def map(self, function: Callable[[Any], Any], things: Iterable[Any]) -> list[Any]:
        with ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(function, things))


# Papers


def _papers(drill: Drill) -> list[str]:
    """Faults of what needs no grading."""
    faults = []
    for check in (_check_hints, _check_follow_ups, _check_defines):
        try:
            faults += check(drill)
        except CatalogueError as error:
            faults.append(_sentence(str(error)))
    return faults


def _check_hints(drill: Drill) -> list[str]:
    titles = tuple(hint.title for hint in drill.hints)
    if titles != HINTS:
        return [f"hints.md has the sections {_named(titles)}; wanted are {_named(HINTS)}."]
    return [f"hints.md says nothing under {hint.title}." for hint in drill.hints if not hint.text]


def _check_follow_ups(drill: Drill) -> list[str]:
    asked = drill.follow_ups
    faults = []
    if len(asked) not in FOLLOW_UPS:
        faults.append(f"followups.md asks {len(asked)} questions; {FOLLOW_UPS[0]} to {FOLLOW_UPS[-1]} are wanted.")
    pointless = [each.question for each in asked if not re.search(r"^[-*] +\S", each.points, re.MULTILINE)]
    return faults + [f"followups.md lists no points of a good answer to “{question}”." for question in pointless]


def _check_defines(drill: Drill) -> list[str]:
    faults = []
    for name, source in (("solution.py", drill.read("solution.py")), ("the starter", drill.starter)):
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            faults.append(f"{name} is not Python: {error.msg} (line {error.lineno}).")
            continue
        defined = {name for node in tree.body for name in _defined(node)}
        missing = [each for each in drill.defines if each not in defined]
        faults += [f"{name} does not define {each}, which drill.toml lists." for each in missing]
    return faults


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


_EXAMPLE = """
import doctest, json, sys
source, blocks = json.load(sys.stdin)
names = {"__name__": "solution"}
exec(compile(source, "solution.py", "exec"), names)
said = []
runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
for block in blocks:
    test = doctest.DocTestParser().get_doctest(block, names, "prompt.md", "prompt.md", 0)
    runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
print(json.dumps([runner.tries, runner.failures, "".join(said)]))
"""


def _example(drill: Drill) -> list[str]:
    """Faults of the prompt's worked example, which is run with the reference's names."""
    try:
        prompt, source = drill.prompt, drill.solution
    except CatalogueError as error:
        return [_sentence(str(error))]
    fenced = re.findall(r"^```python[^\n]*\n(.*?)^```", prompt, flags=re.MULTILINE | re.DOTALL)
    blocks = [textwrap.dedent(block) for block in fenced if re.search(r"^\s*>>> ", block, re.MULTILINE)]
    if not blocks:
        return ["prompt.md holds no worked example: a ```python block with >>> lines and what they print."]
    command = [sys.executable, "-P", "-c", _EXAMPLE]
    words = json.dumps([source, blocks])
    try:
        done = subprocess.run(command, input=words, capture_output=True, text=True, timeout=_EXAMPLE_SECONDS)
    except subprocess.TimeoutExpired:
        return [f"The prompt's worked example runs for more than {_EXAMPLE_SECONDS} s."]
    if done.returncode:
        return [f"The prompt's worked example does not run:\n{_end(done.stderr)}"]
    tries, failures, said = json.loads(done.stdout.splitlines()[-1])
    if not tries:
        return ["The prompt's worked example executes nothing."]
    return [f"The prompt's worked example prints something else:\n{_end(said)}"] if failures else []


# Files


@dataclass(frozen=True)
class _File:
    """A file in `right/` or `wrong/`."""

    name: str
    kind: str
    source: str

    @property
    def partial(self) -> bool:
        """Whether it says that it loses another mark than correctness."""
        found = _FIRST_LINE.match(self.source)
        return found is not None and bool(found["partial"])


def _files(drill: Drill, kind: str) -> list[_File]:
    paths: list[Path] = sorted((drill.folder / kind).glob("*.py"))
    return [_File(f"{kind}/{path.name}", kind, path.read_text(encoding="utf-8")) for path in paths]


def _first_line(file: _File) -> list[str]:
    found = _FIRST_LINE.match(file.source)
    if found is None or found["kind"] != file.kind or (found["partial"] and file.kind == "wrong"):
        why = "what is wrong" if file.kind == "wrong" else "in what way it is right"
        return [f"{file.name} must begin with a line that says {why}: “# {file.kind}: ...”."]
    return []


def _reference(drill: Drill, verdicts: Sequence[Verdict]) -> list[str]:
    faults = list(_unlike("solution.py", verdicts))
    verdict = verdicts[0]
    if verdict.outcome is not Outcome.PASS:
        faults.append(f"The reference does not pass: {_said(verdict)}")
    if verdict.outcome in (Outcome.PASS, Outcome.PARTIAL, Outcome.FAIL, Outcome.RULE):
        ids: dict[str, int] = defaultdict(int)
        for each in verdict.checks:
            ids[each.id] += 1
            if each.mark not in drill.marks:
                faults.append(f"The check “{each.words}” counts for {each.mark}, which drill.toml does not list.")
        faults += [f"Two checks have the id {id_}." for id_, times in ids.items() if times > 1]
        stages = {each.stage for each in verdict.checks}
        faults += [f"There is no {stage} check." for stage in STAGES if stage not in stages]
        marks = {each.mark for each in verdict.checks}
        faults += [f"No check counts for {mark}." for mark in drill.marks if mark not in marks]
    return faults


def _starter(work: _Work) -> list[str]:
    """Faults of what the learner begins with: it must pass no check, not even one of the last stage."""
    source = work.drill.starter.encode()

    def one(stages: tuple[Stage, ...]) -> Verdict:
        verdict = work.grade("the starter", source, stages, 0)
        work.tick("the starter")
        return verdict

    faults = []
    for verdict in work.map(one, (_FAST, _CAPSTONE)):
        if verdict.outcome in (Outcome.VOID, Outcome.ERROR):
            faults.append(f"The starter cannot be graded: {_said(verdict)}")
        passed = [each for each in verdict.checks if each.passed]
        faults += [f"The starter passes the {each.stage} check “{each.words}” ({each.id})." for each in passed]
    return faults


def _unlike(name: str, verdicts: Sequence[Verdict]) -> Iterable[str]:
    """A fault where repeated grades did not come out alike."""
    alike: dict[str, list[int]] = defaultdict(list)
    for verdict in verdicts:
        alike[_summary(verdict)].append(verdict.seed)
    if len(alike) > 1:
        told = "; ".join(f"{summary} with seed {_some(seeds)}" for summary, seeds in alike.items())
        yield f"{name} does not come out the same each time: {told}."


def _right(file: _File, verdict: Verdict) -> list[str]:
    faults = _first_line(file)
    wanted = Outcome.PARTIAL if file.partial else Outcome.PASS
    if verdict.outcome is wanted:
        return faults
    if verdict.outcome is Outcome.PASS:
        return [*faults, f"{file.name} gets full marks; its first line says that it does not: drop “(partial)”."]
    hint = " Say “# right (partial): ...” if that is as it should be." if verdict.outcome is Outcome.PARTIAL else ""
    return [*faults, f"{file.name} is right and does not pass: {_said(verdict)}{hint}"]


def _wrong(file: _File, verdict: Verdict) -> list[str]:
    faults = _first_line(file)
    if verdict.outcome is Outcome.PASS:
        faults.append(f"{file.name} is wrong and gets full marks.")
    elif verdict.outcome is Outcome.VOID:
        faults.append(f"{file.name} cannot be graded: {_said(verdict)}")
    return faults


# Mutants


def _mutants(drill: Drill) -> list[mutate.Mutant]:
    try:
        return mutate.mutants(drill.read("solution.py"))
    except SyntaxError:
        return []  # said already


def _survivors(work: _Work, chosen: Sequence[mutate.Mutant]) -> tuple[list[mutate.Mutant], int, list[str]]:
    """Mutants that pass and are not waived, how many are waived, and the faults in that."""

    def survives(mutant: mutate.Mutant) -> bool | str:
        for stages in (_FAST, _CAPSTONE):
            verdict = work.grade(mutant.id, mutant.source.encode(), stages, 0, _MUTANT_SECONDS)
            if verdict.outcome is not Outcome.PASS:
                break
        work.tick(mutant.id)
        return _said(verdict) if verdict.outcome is Outcome.VOID else verdict.outcome is Outcome.PASS

    results = dict(zip([each.id for each in chosen], work.map(survives, chosen), strict=True))
    faults = [f"The mutant “{id_}” cannot be graded: {said}" for id_, said in results.items() if said not in (0, 1)]
    waivers = work.drill.waived
    for id_ in waivers:
        if id_ not in results:
            faults.append(f"drill.toml waives “{id_}”, and there is no such mutant.")
        elif results[id_] is False:
            faults.append(f"drill.toml waives “{id_}”, which is rejected: take the waiver out.")
    survivors = [each for each in chosen if results[each.id] is True and each.id not in waivers]
    waived = sum(each.id in waivers for each in chosen)
    graded = len(chosen) - waived
    if graded and (graded - len(survivors)) / graded < RATE:
        faults.append(
            f"{len(survivors)} of {graded} mutants pass; {RATE:.0%} must be rejected. Add checks, or waive in "
            "drill.toml, by id and with a reason, those that compute the same."
        )
    return survivors, waived, faults


# Words


def _said(verdict: Verdict) -> str:
    """What came of a grade, in one line."""
    failed = [each for each in verdict.checks if not each.passed]
    if verdict.outcome in (Outcome.FAIL, Outcome.PARTIAL) and failed:
        first = failed[0]
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        words = f": {first.failure.words}" if first.failure else ""
        return _sentence(f"{verdict.outcome.value}, {first.id} “{first.words}”{words}{more}")
    if verdict.outcome is Outcome.RULE:
        return _sentence(f"rule, {', '.join(f'{each.name} in line {each.line}' for each in verdict.rules)}")
    return _sentence(f"{verdict.outcome.value}, {verdict.message}" if verdict.message else verdict.outcome.value)


def _summary(verdict: Verdict) -> str:
    lost = [name for name, mark in verdict.marks.items() if not mark.full]
    return f"{verdict.outcome.value}{' without ' + ', '.join(lost) if lost else ''}"


def _some(seeds: Sequence[int]) -> str:
    shown = ", ".join(map(str, seeds[:3]))
    return f"{shown} and {len(seeds) - 3} more" if len(seeds) > 3 else shown


def _named(titles: Sequence[str]) -> str:
    return ", ".join(titles) or "none"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _end(text: str, lines: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])
