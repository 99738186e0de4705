"""Handing in: grading on fresh inputs with the capstone, keeping the attempt, and saying what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundup.catalogue import Drill
from groundup.drill import clock, grader
from groundup.drill.desk import Desk
from groundup.drill.errors import Ended
from groundup.drill.feedback import STYLES, Feedback, sentence, told
from groundup.drill.history import History
from groundup.drill.screen import count
from groundup.drill.session import Attempt, Ending, Mode, Session
from groundup.drill.verdict import Outcome, Verdict

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

    from groundup.drill.engine import Progress


@dataclass(frozen=True)
class Submission:
    """What came of handing in.

    Args:
        drill: What was solved.
        session: As it is afterwards.
        attempt: What is kept; None for a void grade, of which nothing is.
        verdict: Of the grade.
        now: When the command was given: grading does not use up the learner's time.
    """

    drill: Drill
    session: Session
    attempt: Attempt | None
    verdict: Verdict
    now: clock.Stamp

    @property
    def secret(self) -> bool:
        """Whether the result is kept back for the debrief of a mock interview."""
        return self.session.mode is Mode.MOCK and self.session.running(self.now)

    @property
    def exit_code(self) -> int:
        """Of the command."""
        return 0 if self.secret and self.attempt else self.verdict.outcome.exit_code

    def to_json(self) -> dict[str, Any]:
        """What the learner is told, as plain JSON."""
        about = {
            "drill": self.drill.name,
            "recorded": self.attempt is not None,
            "used": round(self.session.used(self.now), 1),
            "reading": self.session.reading,
            "hints": self.session.hints,
            "late": self.session.late(self.now),
        }
        if self.secret:
            return about
        return {**told(self.verdict, self.session.open_book(self.now)), **about}


@dataclass(frozen=True)
class Handin:
    """What is about to be graded.

    Args:
        drill: What is solved.
        session: In which.
        source: The learner's file.
        now: When the command was given.
    """

    drill: Drill
    session: Session
    source: bytes
    now: clock.Stamp

    @classmethod
    def prepare(cls, history: History, session: Session, drill: Drill) -> Handin:
        """Take what is in the learner's file.

        Raises:
            Ended: The session takes no more submissions.
            NoFile: There is nothing to hand in.
        """
        now = clock.now()
        refuse_ended(session)
        desk = Desk(drill, session.folder)
        source = desk.read()
        return cls(drill, notice_save(history, session, desk, now), source, now)

    def grade(self, progress: Progress | None = None) -> Verdict:
        """Have it graded; touches nothing else, so that a thread may do it."""
        return grader.submit(self.drill, self.source, device=self.session.device, progress=progress)

    def finish(self, history: History, verdict: Verdict) -> Submission:
        """Keep the attempt, unless the grade is void."""
        session = self.session
        if verdict.outcome is Outcome.VOID:
            return Submission(self.drill, session, None, verdict, self.now)
        attempt = Attempt(
            session.id,
            self.now.wall,
            session.used(self.now),
            session.late(self.now),
            session.hints,
            verdict.outcome.value,
            verdict.score,
            {name: mark.full for name, mark in verdict.marks.items()},
            verdict.seed,
            verdict.device,
        )
        ends = attempt.passed and session.mode is not Mode.MOCK
        session = history.keep(attempt, self.source, verdict, ends=ends)
        return Submission(self.drill, session, attempt, verdict, self.now)


def notice_save(history: History, session: Session, desk: Desk, now: clock.Stamp) -> Session:
    """Note when the file first differed from the starter: reading ends there."""
    if session.ending is not None:
        return session
    saved = desk.saved(session.started, now)
    if saved is None or (session.reading is not None and session.reading <= saved):
        return session
    return history.saw_save(session, saved)


def refuse_ended(session: Session) -> None:
    """See that a session takes submissions.

    Raises:
        Ended: It does not.
    """
    why = {
        Ending.PASSED: "is passed",
        Ending.GIVEN_UP: "was given up",
        Ending.SHOWN: "is over: its solution was shown",
        Ending.LEFT: "was left",
        Ending.REPLACED: "was started again",
        Ending.MOCK_OVER: "was part of a mock interview that is over",
    }
    if session.ending is not None:
        raise Ended(
            f"{session.drill} {why[session.ending]}. `drill check` still works here; "
            f"`drill start {session.drill}` begins anew."
        )


class Result:
    """A submission on the screen: outcome, marks, score, time, and what next.

    Args:
        submission: See there.
        room: Lines to fill at most, on a screen that ends.
    """

    def __init__(self, submission: Submission, room: int | None = None) -> None:
        self.submission, self.room = submission, room

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich.text import Text

        done = self.submission
        verdict, session, now = done.verdict, done.session, done.now
        if done.secret and done.attempt:
            yield Text(f"{done.drill.name} is handed in after {clock.minutes(session.used(now))}.")
            yield Text("The debrief comes at the end. `drill mock --next` goes on; you may hand in again until then.")
            return
        style = STYLES.get(verdict.outcome, "red")
        score = "" if verdict.outcome is Outcome.VOID else f"   score {verdict.score:.2f}"
        yield Text.assemble((done.drill.name, "bold"), "   ", (verdict.outcome.value, f"bold {style}"), score)
        yield Text(sentence(done.drill, verdict))
        yield Text()
        if verdict.marks:
            yield marks_table(verdict)
            yield Text()
        rest = [] if done.attempt is None else [Text(), self._facts(), Text(), *self._next()]
        feedback = Feedback(done.drill, verdict, open_book=session.open_book(now))
        if self.room is not None:
            fixed = 4 + len(verdict.marks) + sum(len(console.render_lines(each, options)) for each in rest)
            feedback = feedback.within(self.room - fixed, console, options)
        yield feedback
        yield from rest

    def _facts(self) -> RenderableType:
        from rich.text import Text

        session, now, verdict = self.submission.session, self.submission.now, self.submission.verdict
        used = clock.minutes(session.used(now))
        of = f" of {clock.minutes(session.seconds)}" if session.seconds else ", no clock"
        reading = f", reading {clock.minutes(session.reading)}" if session.reading is not None else ""
        late = f", late by {clock.minutes(-(session.left(now) or 0.0))}" if session.late(now) else ""
        hints = count(session.hints, "hint") if session.hints else "no hints"
        return Text(f"time {used}{of}{reading}{late}; {hints}; seed {verdict.seed}")

    def _next(self) -> Iterator[RenderableType]:
        from rich.text import Text

        done = self.submission
        session, verdict = done.session, done.verdict
        name = done.drill.name
        left = session.left(done.now)
        if verdict.outcome is Outcome.PASS:
            if done.drill.follow_ups:
                yield Text("An interviewer would go on:", style="bold")
                for each in done.drill.follow_ups:
                    yield Text(f"  {each.question}")
                yield Text()
            yield Text("`drill solution` shows the reference beside yours, and what good answers hold.")
            yield Text("`drill` says what to do next.")
        elif session.mode is Mode.PRACTICE:
            yield Text("Change the file and hand in again; `drill hint` helps, `drill solution --give-up` ends it.")
        elif session.late(done.now):
            yield Text("The time is over: the attempt is kept, and marked late.")
            yield Text("`drill solution` shows the reference; you may go on and hand in again before you look.")
        else:
            yield Text(f"{clock.minutes(left or 0.0)} left: change the file and hand in again.")
            yield Text(f"`drill hint` helps; `drill solution --give-up` ends {name}.")


def marks_table(verdict: Verdict) -> RenderableType:
    """The rubric, a line for each mark."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading, justify in (("mark", "left"), ("weight", "right"), ("checks", "right"), ("", "left")):
        table.add_column(heading, justify=justify, header_style="dim")  # type: ignore[arg-type]  # a literal
    for name, mark in verdict.marks.items():
        state = Text("full", style="green") if mark.full else Text("lost", style="red")
        table.add_row(name, str(mark.weight), f"{mark.passed} of {mark.checks}", state)
    return table
