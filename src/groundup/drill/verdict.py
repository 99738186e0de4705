"""What a grade comes to: checks, marks, score, outcome.

A check passes or fails. A mark of the rubric is full when all its checks passed. The score is the share of the weights
whose marks are full; without correctness, or with a forbidden call, it is 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, Literal


class Outcome(Enum):
    """How a grade ends; each has its word and the command's exit code."""

    PASS = "pass"  # every mark that applies is full
    PARTIAL = "partial"  # correctness is full, another mark is not
    FAIL = "fail"  # correctness is not full
    RULE = "rule"  # a forbidden call
    ERROR = "error"  # the file does not load, or lacks a name
    TIMEOUT = "timeout"  # a call did not come back
    CRASH = "crash"  # the process that ran the file ended
    VOID = "void"  # our own fault; nothing is recorded

    @property
    def exit_code(self) -> int:
        """What `drill` exits with; 2 is click's, for a command that was not understood."""
        return _EXIT_CODES[self.value]


_EXIT_CODES = {"pass": 0, "fail": 1, "partial": 3, "rule": 4, "error": 5, "timeout": 6, "crash": 7, "void": 8}

Stage = Literal["public", "hidden", "capstone"]
STAGES: tuple[Stage, ...] = ("public", "hidden", "capstone")

FailureKind = Literal["wrong", "raised", "timeout", "crash", "not-run"]


@dataclass(frozen=True)
class Failure:
    """Why a check did not pass.

    Args:
        kind: ``wrong`` value, exception ``raised``, ``timeout``, ``crash``, or ``not-run``: an earlier check ended all.
        words: One line.
        inputs: What was given, by name, as shapes or short values.
        expected: Short, where a value was compared.
        actual: The same.
        where: Index of the largest error.
        traceback: The learner's own, where their code raised or hung.
    """

    kind: FailureKind
    words: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    expected: str = ""
    actual: str = ""
    where: str = ""
    traceback: str = ""


@dataclass(frozen=True)
class CheckResult:
    """One check of a suite: what it promises, which mark it counts for, and whether it passed."""

    id: str
    mark: str
    words: str
    stage: Stage
    passed: bool
    failure: Failure | None = None


@dataclass(frozen=True)
class Broken:
    """A forbidden call: where, what, and the sentence for the learner."""

    line: int | None
    name: str
    sentence: str


@dataclass(frozen=True)
class MarkResult:
    """One part of the rubric."""

    full: bool
    passed: int
    checks: int
    weight: int


@dataclass(frozen=True)
class Verdict:
    """What came of one grade.

    Args:
        drill: Its name.
        outcome: See `Outcome`.
        score: From 0 to 1.
        marks: Those that were checked, by name, in the order of the rubric.
        checks: In the order of the suites.
        seconds: Wall time of the grade.
        seed: From which inputs were drawn: the same seed gives the same inputs.
        device: Of the capstone stage.
        message: What ended the run, for ``error``, ``timeout``, ``crash`` and ``void``.
        traceback: The learner's own, with it.
        rules: Forbidden calls.
        output: What the file printed, its end.
    """

    drill: str
    outcome: Outcome
    score: float
    marks: Mapping[str, MarkResult]
    checks: tuple[CheckResult, ...]
    seconds: float
    seed: int
    device: str
    message: str = ""
    traceback: str = ""
    rules: tuple[Broken, ...] = ()
    output: str = ""

    def counts(self, *stages: Stage) -> tuple[int, int]:
        """How many checks of these stages passed, of how many."""
        chosen = [check.passed for check in self.checks if check.stage in stages]
        return sum(chosen), len(chosen)

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain JSON."""
        return {**asdict(self), "outcome": self.outcome.value, "exit_code": self.outcome.exit_code}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verdict:
        """The inverse of `to_json`."""
        checks = tuple(
            CheckResult(**{**each, "failure": Failure(**each["failure"]) if each["failure"] else None})
            for each in data["checks"]
        )
        return cls(
            **{
                **{key: value for key, value in data.items() if key != "exit_code"},
                "outcome": Outcome(data["outcome"]),
                "marks": {name: MarkResult(**each) for name, each in data["marks"].items()},
                "checks": checks,
                "rules": tuple(Broken(**each) for each in data["rules"]),
            }
        )


def marks_of(checks: Sequence[CheckResult], weights: Mapping[str, int]) -> dict[str, MarkResult]:
    """The marks that the checks which were run speak of."""
    marks = {}
    for name, weight in weights.items():
        passed = [check.passed for check in checks if check.mark == name]
        if passed:
            marks[name] = MarkResult(all(passed), sum(passed), len(passed), weight)
    return marks


def score_of(marks: Mapping[str, MarkResult]) -> float:
    """The share of the weights whose marks are full; 0 without correctness."""
    if not marks or ("correctness" in marks and not marks["correctness"].full):
        return 0.0
    total = sum(mark.weight for mark in marks.values())
    return round(sum(mark.weight for mark in marks.values() if mark.full) / total, 4)


def outcome_of(checks: Sequence[CheckResult], marks: Mapping[str, MarkResult], rules: Sequence[Broken]) -> Outcome:
    """The outcome of checks that were run to their end, or to the timeout or crash that one of them holds."""
    kinds = {check.failure.kind for check in checks if check.failure}
    if "timeout" in kinds:
        return Outcome.TIMEOUT
    if "crash" in kinds:
        return Outcome.CRASH
    if rules:
        return Outcome.RULE
    if not marks or ("correctness" in marks and not marks["correctness"].full):
        return Outcome.FAIL
    return Outcome.PASS if all(mark.full for mark in marks.values()) else Outcome.PARTIAL
