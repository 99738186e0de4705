"""When a drill should be solved again, by FSRS.

Each finished session is one review, rated by what was measured, not by what the learner thinks of it:

    again   not passed in time, or given up
    hard    passed late, with two hints or more, or without a clock; or answers right in time and another mark lost
    good    passed in time
    easy    passed in time at the first submission, without a hint, in at most half of it

Dates are computed from the sessions each time. FSRS's random spread of intervals is off: the same history gives the
same dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import click

from groundup.drill.clock import Stamp
from groundup.drill.screen import count, paint, say
from groundup.drill.session import Attempt, Ending, Mode, Session

if TYPE_CHECKING:
    from fsrs import Card

Rating = Literal["again", "hard", "good", "easy"]


@dataclass(frozen=True)
class Review:
    """What a session says of how well a drill is known.

    Args:
        wall: When that was settled, in seconds since 1970.
        rating: How well.
    """

    wall: float
    rating: Rating


@dataclass(frozen=True)
class Due:
    """When a drill should be solved again.

    Args:
        drill: Its name.
        when: From which moment on.
        last: The last review.
        reviews: How many there were.
        recall: Chance, from 0 to 1, that it would be passed now.
    """

    drill: str
    when: datetime
    last: Review
    reviews: int
    recall: float

    def overdue(self, wall: float) -> bool:
        """Whether that moment has come."""
        return self.when.timestamp() <= wall

    def to_json(self, wall: float) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "drill": self.drill,
            "due": self.when.isoformat(timespec="seconds"),
            "overdue": self.overdue(wall),
            "last": {"rating": self.last.rating, "when": datetime.fromtimestamp(self.last.wall, UTC).isoformat()},
            "reviews": self.reviews,
            "recall": round(self.recall, 3),
        }


def rate(session: Session, attempts: Sequence[Attempt], now: Stamp) -> Review | None:
    """The review that a session is; None while it goes on, and where nothing was tried.

    Args:
        session: Any.
        attempts: Its submissions, oldest first.
        now: This moment.
    """
    passed = next((attempt for attempt in attempts if attempt.passed), None)
    if passed is not None:
        return Review(passed.wall, _passed(session, attempts, passed))
    if session.running(now) or not session.tried(attempts):
        return None
    if session.mode is Mode.PRACTICE and session.ending is Ending.REPLACED:
        return None
    deadline = session.started.wall + (session.seconds or 0.0)
    wall = min(session.ended, deadline) if session.ended and session.seconds else session.ended or deadline
    right = any(attempt.outcome == "partial" and not attempt.late for attempt in attempts)
    return Review(wall, "hard" if right and session.mode is not Mode.PRACTICE else "again")


def _passed(session: Session, attempts: Sequence[Attempt], passed: Attempt) -> Rating:
    if passed.late or passed.hints >= 2 or session.seconds is None:
        return "hard"
    if passed is attempts[0] and not passed.hints and passed.used <= session.seconds / 2:
        return "easy"
    return "good"


def schedule(sessions: Iterable[Session], attempts: Sequence[Attempt], now: Stamp) -> list[Due]:
    """When each drill that was worked on should be solved again, the first due first."""
    from fsrs import Card, Scheduler
    from fsrs import Rating as Grade

    # A drill takes half an hour: there is no use in steps of minutes.
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    cards: dict[str, tuple[Card, list[Review]]] = {}
    by_session: dict[int, list[Attempt]] = {}
    for attempt in attempts:
        by_session.setdefault(attempt.session, []).append(attempt)
    rated = ((session.drill, rate(session, by_session.get(session.id, []), now)) for session in sessions)
    for drill, review in sorted(((d, r) for d, r in rated if r), key=lambda pair: pair[1].wall):
        card, reviews = cards.get(drill, (Card(card_id=0), []))
        when = datetime.fromtimestamp(review.wall, UTC)
        card, _ = scheduler.review_card(card, Grade[review.rating.capitalize()], when)
        cards[drill] = card, [*reviews, review]
    today = datetime.fromtimestamp(now.wall, UTC)
    found = [
        Due(drill, card.due, reviews[-1], len(reviews), scheduler.get_card_retrievability(card, today))
        for drill, (card, reviews) in cards.items()
    ]
    return sorted(found, key=lambda due: (due.when, due.drill))


def show(due: Sequence[Due], wall: float) -> None:
    """Write what is due and what will be to standard output."""
    if not due:
        say("Nothing to review yet: a drill comes back some days after you have worked on it.")
        return
    now = [each for each in due if each.overdue(wall)]
    later = [each for each in due if not each.overdue(wall)]
    wide = max(len(each.drill) for each in due)
    if now:
        click.echo(paint("Due now", "bold"))
    for each in now:
        click.echo(f"  {each.drill:{wide}}  last time {each.last.rating}, {_ago(wall - each.when.timestamp())}")
    if later:
        click.echo(paint("Later", "bold"))
    for each in later:
        click.echo(f"  {each.drill:{wide}}  last time {each.last.rating}, {_ahead(each.when.timestamp() - wall)}")
    click.echo()
    if now:
        click.echo(f"Next: `drill start {now[0].drill} --fresh`.")
    else:
        click.echo("Nothing is due today.")


def _ago(seconds: float) -> str:
    days = int(seconds // 86400)
    return f"due for {count(days, 'day')}" if days else "due since today"


def _ahead(seconds: float) -> str:
    days = max(1, round(seconds / 86400))
    return f"due in {count(days, 'day')}"
