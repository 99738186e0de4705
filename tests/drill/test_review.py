"""When a drill comes back: ratings from what was measured, dates by FSRS."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundup.drill.clock import Stamp
from groundup.drill.review import Review, rate, schedule
from groundup.drill.session import Attempt, Ending, Mode, Session
from groundup.drill.verdict import Outcome

START = 1_740_996_000.0
NOW = Stamp(START + 86400, 100_000.0, "a")


def session(**settings) -> Session:
    plain = Session(1, "mean", Path("/x"), Mode.TIMED, "cpu", 1200.0, Stamp(START, 100_000.0 - 86400, "a"))
    return replace(plain, **settings)


def attempt(minutes: float, outcome: str = "pass", **settings) -> Attempt:
    used = 60.0 * minutes
    plain = Attempt(1, START + used, used, used > 1200, 0, outcome, 1.0, {}, 1, "cpu")
    return replace(plain, **settings)


PASSED = {"ending": Ending.PASSED}
PRACTICE = {"mode": Mode.PRACTICE, "seconds": None}


@pytest.mark.parametrize(
    ("settings", "attempts", "rating"),
    [
        (PASSED, [attempt(10)], "easy"),
        (PASSED, [attempt(10.1)], "good"),
        (PASSED, [attempt(5, "fail"), attempt(6)], "good"),
        (PASSED, [attempt(5, hints=1)], "good"),
        (PASSED, [attempt(5, hints=2)], "hard"),
        (PASSED, [attempt(21)], "hard"),
        ({**PASSED, **PRACTICE}, [attempt(1)], "hard"),
        ({}, [attempt(5, "partial")], "hard"),
        ({}, [attempt(21, "partial")], "again"),
        ({}, [attempt(5, "fail")], "again"),
        ({"reading": 30.0}, [], "again"),
        ({"ending": Ending.GIVEN_UP, "ended": START + 60}, [attempt(1, "fail")], "again"),
        ({"ending": Ending.GIVEN_UP, "ended": START + 60, **PRACTICE}, [], "again"),
        ({"ending": Ending.MOCK_OVER, "ended": START + 900, "mode": Mode.MOCK}, [attempt(3)], "easy"),
    ],
    ids=[
        "passed at once in half of the time",
        "passed at once",
        "passed at the second submission",
        "passed with a hint",
        "passed with two hints",
        "passed late",
        "passed without a clock",
        "right, another mark lost",
        "right too late, another mark lost",
        "wrong until the deadline",
        "never handed in",
        "given up",
        "given up without a clock",
        "passed in a mock interview",
    ],
)
def test_ratings_come_from_what_was_measured(settings, attempts, rating):
    assert rate(session(**settings), attempts, NOW).rating == rating


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"ending": Ending.LEFT, "ended": START + 5},
        {"reading": 10.0, "seconds": 999_999.0},
        {"reading": 10.0, **PRACTICE},
        {"reading": 10.0, "ending": Ending.REPLACED, "ended": START + 5, **PRACTICE},
    ],
    ids=["started by mistake", "left untouched", "still running", "practice goes on", "practice done with"],
)
def test_what_is_not_over_or_was_not_tried_is_no_review(settings):
    assert rate(session(**settings), [], NOW) is None


def test_a_review_is_dated_by_what_settled_it():
    assert rate(session(**PASSED), [attempt(5, "fail"), attempt(7)], NOW).wall == START + 420
    assert rate(session(reading=1.0), [], NOW).wall == START + 1200
    assert rate(session(ending=Ending.GIVEN_UP, ended=START + 60), [], NOW).wall == START + 60
    assert rate(session(ending=Ending.SHOWN, ended=START + 9999), [], NOW).wall == START + 1200


SOLVED = {"easy": (5.0, "pass"), "good": (15.0, "pass"), "hard": (15.0, "partial"), "again": (15.0, "fail")}


def dates(*ratings: str) -> list[int]:
    """Days from each review to the next, when each is done on the day it is due."""
    sessions, attempts, days, start = [], [], [], START
    for number, rating in enumerate(ratings, 1):
        minutes, outcome = SOLVED[rating]
        sessions.append(session(id=number, started=Stamp(start, 0.0, ""), reading=1.0))
        attempts.append(replace(attempt(minutes, outcome), session=number, wall=start + 60 * minutes))
        (due,) = schedule(sessions, attempts, Stamp(start + 3600, 0.0, ""))
        days.append(round((due.when.timestamp() - start) / 86400))
        start = due.when.timestamp()
    return days


def test_better_results_put_the_next_date_further_away():
    assert [dates(rating) for rating in ("again", "hard", "good", "easy")] == [[1], [1], [2], [8]]


def test_intervals_grow_with_each_success_and_shrink_with_a_failure():
    first, second, third = dates("good", "good", "good")
    assert first < second < third
    assert dates("good", "good", "again")[-1] < second


def test_the_same_history_gives_the_same_dates():
    assert len({tuple(dates("good", "good", "good")) for _ in range(20)}) == 1


def test_each_drill_has_its_own_date_and_the_first_due_comes_first():
    sessions = [session(id=1, drill="easy", **PASSED), session(id=2, drill="hard", reading=1.0)]
    found = schedule(sessions, [attempt(5)], NOW)

    assert [due.drill for due in found] == ["hard", "easy"]
    assert found[0].last == Review(START + 1200, "again")
    assert found[0].reviews == 1


# The command


@pytest.mark.usefixtures("graded")
def test_it_tells_what_is_due_and_what_will_be(learner, graded):
    graded.outcome = Outcome.FAIL
    learner("start", "spread")
    learner("submit", "spread", code=1)
    learner.wait(days=2)
    graded.outcome = Outcome.PASS
    learner("start", "mean")
    learner("submit", "mean")

    assert learner("review").stdout == (
        """\
Due now
  spread  last time again, due since today
Later
  mean    last time easy, due in 8 days

Next: `drill start spread --fresh`.
"""
    )
    learner.wait(days=3)
    assert "  spread  last time again, due for 3 days\n" in learner("review").stdout


@pytest.mark.usefixtures("graded")
def test_it_says_when_nothing_is_due(learner):
    learner("start", "mean")
    learner("submit")

    assert learner("review").stdout == "Later\n  mean  last time easy, due in 8 days\n\nNothing is due today.\n"


@pytest.mark.usefixtures("graded")
def test_as_json(learner):
    learner("start", "mean")
    learner("submit")

    (due,) = learner.json("review")
    assert datetime.fromisoformat(due.pop("due")) == datetime(2025, 3, 11, 10, 0, tzinfo=UTC)
    assert due == {
        "drill": "mean",
        "overdue": False,
        "last": {"rating": "easy", "when": "2025-03-03T10:00:00+00:00"},
        "reviews": 1,
        "recall": 1.0,
    }
