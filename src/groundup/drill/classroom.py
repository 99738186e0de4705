"""`drill grade`: files graded for teachers and for CI, without a session and without a trace in the history."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundup.catalogue import Drill
from groundup.drill import grader
from groundup.drill.errors import NoFile, WeakSandbox
from groundup.drill.screen import listed
from groundup.drill.verdict import Outcome, Verdict

_WORSE = (
    Outcome.PASS,
    Outcome.PARTIAL,
    Outcome.FAIL,
    Outcome.RULE,
    Outcome.ERROR,
    Outcome.TIMEOUT,
    Outcome.CRASH,
    Outcome.VOID,
)
"""From the best outcome to the worst."""


@dataclass(frozen=True)
class Graded:
    """What came of a file.

    Args:
        file: As it was named.
        verdict: Of it.
    """

    file: str
    verdict: Verdict

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, on one line of the output."""
        verdict = self.verdict
        data = verdict.to_json()
        return {
            "drill": verdict.drill,
            "file": self.file,
            "outcome": verdict.outcome.value,
            "score": verdict.score,
            "marks": data["marks"],
            "seconds": verdict.seconds,
            "seed": verdict.seed,
            "device": verdict.device,
            "message": verdict.message,
            "rules": data["rules"],
            "failed": [
                {"mark": check.mark, "words": check.words, "why": check.failure.words if check.failure else ""}
                for check in verdict.checks
                if not check.passed
            ],
        }

    def line(self, wide: int) -> str:
        """In a line, the file's name padded to a width."""
        verdict = self.verdict
        passed, of = verdict.counts("public", "hidden", "capstone")
        words = verdict.message.splitlines()[0] if verdict.message else f"{passed} of {of} checks"
        if verdict.rules:
            words = f"uses {listed(sorted({broken.name for broken in verdict.rules}))}"
        return f"{self.file:{wide}}  {verdict.outcome.value:7}  {verdict.score:.2f}  {words}"


def need_sandbox(*, weak: bool) -> None:
    """See that the files of others can be run.

    Args:
        weak: Whether that was waived.

    Raises:
        WeakSandbox: A layer is missing.
    """
    gaps = grader.sandbox_gaps()
    if gaps and not weak:
        raise WeakSandbox(
            f"The sandbox is not complete here: {listed(list(gaps))} missing. Files of others are not run like this;\n"
            "`drill doctor` says why, and --allow-weak-sandbox runs them all the same."
        )


def grade(drill: Drill, files: Sequence[str], *, seed: int | None, device: str) -> Iterator[Graded]:
    """Grade files one after the other, all on the same inputs.

    Raises:
        NoFile: One cannot be read; none has been graded then.
        NoTorch: It is not installed.
    """
    grader.need_torch()
    sources = [_read(file) for file in files]
    seed = secrets.randbits(48) if seed is None else seed
    with grader.engine() as engine:
        for file, source in zip(files, sources, strict=True):
            yield Graded(file, engine.grade(drill, source, seed=seed, device=device))


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise NoFile(f"{file} cannot be read: {(error.strerror or str(error)).lower()}.") from None


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """The worst of several."""
    return max(outcomes, key=_WORSE.index)
