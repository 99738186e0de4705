"""What a learner is told of a verdict.

While the clock runs: the public checks, and of the hidden ones how many passed. Afterwards, and in practice, each
failed check is explained: its promise in plain words, what was found, what was given, expected and actual, and the
learner's own traceback.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundup.catalogue import Drill
from groundup.drill import clock
from groundup.drill.screen import count, listed, one_line, plain
from groundup.drill.session import Session
from groundup.drill.verdict import CheckResult, Failure, Outcome, Verdict

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

_OUTPUT_LINES = 10
"""How much of what the learner's file printed is shown: its end."""

_UNWRITTEN = re.compile(r", line (\d+), in (.+)\n    raise NotImplementedError\nNotImplementedError\s*$")
"""The traceback of what the starter leaves to write."""

STYLES = {
    Outcome.PASS: "green",
    Outcome.PARTIAL: "yellow",
    Outcome.RULE: "yellow",
    Outcome.VOID: "yellow",
}
"""Colour of each outcome's word; the others are red."""


def sentence(drill: Drill, verdict: Verdict) -> str:
    """What the outcome means."""
    lost = [name for name, mark in verdict.marks.items() if not mark.full]
    match verdict.outcome:
        case Outcome.PASS:
            return "Every mark is full."
        case Outcome.PARTIAL:
            return f"The answers are right; {listed(lost)} {'is' if len(lost) == 1 else 'are'} not full yet."
        case Outcome.FAIL:
            return "Some answers are wrong, and without correctness there is no score."
        case Outcome.RULE:
            return "Your file uses what this drill is to be solved without, so it has no score; the marks are shown."
        case Outcome.ERROR:
            return "Your file could not be used as it is."
        case Outcome.TIMEOUT:
            return f"A call did not come back; each may take {drill.seconds:g} seconds."
        case Outcome.CRASH:
            return "Python itself ended while it ran your file."
        case Outcome.VOID:
            return "The grade failed twice through a fault of ours, not yours. Nothing was recorded."


def told(verdict: Verdict, open_book: bool) -> dict[str, Any]:
    """The verdict as JSON, without what the learner is not told yet."""
    data = verdict.to_json()
    if not open_book:
        data["checks"] = [each for each in data["checks"] if each["stage"] == "public"]
    data["public"] = _counts(verdict, hidden=False)
    data["hidden"] = _counts(verdict, hidden=True)
    return data


def _counts(verdict: Verdict, *, hidden: bool) -> dict[str, int]:
    passed, checks = verdict.counts(*(("hidden", "capstone") if hidden else ("public",)))
    return {"passed": passed, "checks": checks}


def headline(session: Session, more: str, now: clock.Stamp) -> RenderableType:
    """Drill and clock."""
    from rich.text import Text

    left = session.left(now)
    if session.ending is not None:
        time = session.ending.value
    elif left is None:
        time = "practice, no clock"
    elif left < 0:
        time = f"time is over since {clock.minutes(-left)}"
    else:
        time = f"{clock.minutes(left)} left"
    return Text.assemble((session.drill, "bold"), f"   {time}", (f"   {more}" if more else "", "dim"))


@dataclass(frozen=True)
class _Line:
    """A line of the feedback.

    Args:
        shown: The line.
        detail: What explains it, below it.
        spare: Whether it may be left out where there is no room.
    """

    shown: RenderableType
    detail: RenderableType | None = None
    spare: bool = False


class Feedback:
    """A verdict's checks, as far as they may be shown.

    Args:
        drill: What was graded.
        verdict: What came of it.
        open_book: Whether hidden checks are explained.
        room: Lines to fill at most, on a screen that ends: explanations that do not fit are left out, then failed
            hidden checks from the last one on.
        bare: Whether to give the counts alone.
    """

    def __init__(
        self, drill: Drill, verdict: Verdict, *, open_book: bool, room: int | None = None, bare: bool = False
    ) -> None:
        self.drill, self.verdict, self.open_book, self.room, self.bare = drill, verdict, open_book, room, bare

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        top, lines, output = list(self._top()), list(self._lines()), [] if self.bare else list(self._output())
        yield from top
        if self.room is None:
            for line in lines:
                yield line.shown
                if line.detail is not None:
                    yield line.detail
        else:
            height = _Height(console, options)
            yield from _fitted(lines, self.room - height(*top, *output), height)
        yield from output

    def within(self, room: int, console: Console, options: ConsoleOptions) -> Feedback:
        """The same in so many lines: with fewer explanations, or only with counts."""
        shorter = Feedback(self.drill, self.verdict, open_book=self.open_book, room=room)
        if _Height(console, options)(shorter) > room:
            return Feedback(self.drill, self.verdict, open_book=self.open_book, bare=True)
        return shorter

    def _top(self) -> Iterator[RenderableType]:
        """What ended the run, and forbidden calls."""
        from rich.padding import Padding
        from rich.text import Text

        verdict = self.verdict
        if verdict.rules:
            yield from self._rules()
        if verdict.outcome in (Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASH, Outcome.VOID):
            yield Text(f"{one_line(verdict.message) or verdict.outcome.value}", style="red")
            if verdict.traceback:
                yield Padding(_traceback(verdict.traceback), (0, 0, 0, 4))
            if verdict.checks:
                yield Text()

    def _lines(self) -> Iterator[_Line]:
        from rich.text import Text

        public = [check for check in self.verdict.checks if check.stage == "public"]
        hidden = [check for check in self.verdict.checks if check.stage != "public"]
        if public:
            yield _heading("public checks", public)
            yield from () if self.bare else self._checks(public)
        if hidden:
            if public and not self.bare:
                yield _Line(Text())
            told = self.open_book or all(check.passed for check in hidden)
            yield _heading("hidden checks", hidden, "" if told else "; they are explained when the drill is over")
            if self.open_book and not self.bare:
                yield from self._checks([check for check in hidden if not check.passed], spare=True)

    def _checks(self, checks: Sequence[CheckResult], *, spare: bool = False) -> Iterator[_Line]:
        from rich.padding import Padding

        shown = {(self.verdict.message, self.verdict.traceback)}
        for check in checks:
            sign, style = ("✓", "green") if check.passed else ("✗", "red")
            detail: RenderableType | None = None
            if check.failure:
                key = (check.failure.words, check.failure.traceback)
                detail = Padding(_failure(check.failure, again=key in shown), (0, 0, 0, 6))
                if check.failure.traceback:
                    shown.add(key)
            yield _Line(signed(sign, style, one_line(check.words)), detail, spare)

    def _rules(self) -> Iterator[RenderableType]:
        from rich.text import Text

        yield Text("not for this drill", style="bold")
        for broken in self.verdict.rules:
            line = f"line {broken.line}: " if broken.line else ""
            yield signed("•", "yellow", f"{line}{plain(broken.name)}. {plain(broken.sentence)}")
        yield Text()

    def _output(self) -> Iterator[RenderableType]:
        from rich.padding import Padding
        from rich.text import Text

        lines = plain(self.verdict.output.replace("\r\n", "\n")).rstrip("\n").splitlines()
        if not lines:
            return
        limit = _OUTPUT_LINES if self.room is None else 4
        more = len(lines) - limit
        yield Text()
        left_out = f"  the last {limit} of {count(len(lines), 'line')}" if more > 0 else ""
        yield Text.assemble(("printed by your file", "bold"), left_out)
        for line in lines[-limit:]:
            yield Padding(Text(line, no_wrap=True, overflow="ellipsis"), (0, 0, 0, 4))


def _heading(name: str, checks: Sequence[CheckResult], more: str = "") -> _Line:
    from rich.text import Text

    passed = sum(check.passed for check in checks)
    return _Line(Text.assemble((name, "bold"), f"  {passed} of {len(checks)} pass{more}"))


class _Height:
    """Counts lines."""

    def __init__(self, console: Console, options: ConsoleOptions) -> None:
        self.console, self.options = console, options

    def __call__(self, *renderables: RenderableType) -> int:
        return sum(len(self.console.render_lines(each, self.options)) for each in renderables)


def _fitted(lines: Sequence[_Line], room: int, height: _Height) -> Iterator[RenderableType]:
    """The lines, with as many explanations as there is room for; the last line says what is missing.

    The first explanation goes before all but the first failed hidden checks: one thing at a time can be mended.
    """
    from rich.text import Text

    talls = [height(line.detail) if line.detail is not None else 0 for line in lines]
    first = next((number for number, line in enumerate(lines) if line.detail is not None), None)
    explained = {first} if first is not None and talls[first] <= room // 2 else set()
    kept = [(line, height(line.shown)) for line in lines]
    left = room - sum(tall for _, tall in kept) - sum(talls[number] for number in explained) - 1
    while left < 0 and kept and kept[-1][0].spare:
        left += kept.pop()[1]
    dropped = len(lines) - len(kept)
    for number, (line, _) in enumerate(kept):
        if line.detail is not None and number not in explained and not dropped and talls[number] <= left:
            explained.add(number)
            left -= talls[number]
    for number, (line, _) in enumerate(kept):
        yield line.shown
        if line.detail is not None and number in explained:
            yield line.detail
    unexplained = sum(line.detail is not None for line, _ in kept) - len(explained)
    if dropped:
        yield Text(f"  and {dropped} more; `drill check` shows and explains them all.", style="dim")
    elif unexplained:
        yield Text(f"`drill check` explains {'it' if unexplained == 1 else 'them'} at length.", style="dim")


def signed(sign: str, style: str, words: str) -> RenderableType:
    """A line with a sign before it, under which its other lines hang."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=3, justify="right")
    grid.add_column(overflow="fold")
    grid.add_row(Text(sign, style=style), Text(words))
    return grid


def _failure(failure: Failure, *, again: bool) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    unwritten = _UNWRITTEN.search(failure.traceback)
    if unwritten:
        return Text(f"not written yet: line {unwritten[1]}, in {plain(unwritten[2])}")
    lines: list[RenderableType] = [Text(one_line(failure.words))]
    if failure.inputs:
        given = ", ".join(f"{plain(name)} = {one_line(value)}" for name, value in failure.inputs.items())
        lines.append(Text.assemble(("given ", "dim"), given))
    if failure.expected or failure.actual:
        where = f" at {failure.where}" if failure.where else ""
        lines.append(
            Text.assemble(
                ("expected ", "dim"), one_line(failure.expected), ("  yours ", "dim"), one_line(failure.actual), where
            )
        )
    if failure.traceback and again:
        lines.append(Text("(traceback as above)", style="dim"))
    elif failure.traceback:
        lines.append(_traceback(failure.traceback))
    return Group(*lines)


def _traceback(text: str) -> RenderableType:
    """Lines of code are cut at the edge, so that the carets below them stay where they belong."""
    from rich.console import Group
    from rich.text import Text

    return Group(
        *(
            Text(line, style="dim", no_wrap=line.startswith(" "), overflow="ellipsis" if line[:1] == " " else "fold")
            for line in plain(text).rstrip("\n").splitlines()
        )
    )
