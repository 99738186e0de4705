"""The plan of four weeks: what it asks for, what is done of it, and its first day."""

import contextlib
import shutil
from pathlib import Path

import pytest

from groundup.drill.verdict import Outcome

PLAN = """\
[[weeks]]
title = "Middles"
reads = "chapter 2"
goals = "say both aloud"
drills = ["mean", "median"]
mocks = []

[[weeks]]
title = "Widths"
reads = "chapter 3"
goals = "two designs"
drills = ["spread"]
mocks = [45]
"""


@pytest.fixture
def planned(learner, drills, graded, tmp_path, monkeypatch):
    """A learner whose drills have a plan of two weeks; returns a function that writes another one."""
    folder = tmp_path / "drills"
    shutil.copytree(drills, folder)
    monkeypatch.setenv("GROUNDUP_DRILLS", str(folder))
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    learner.plan_file = folder / "plan.toml"
    return learner


def passed(learner, name):
    learner("start", name)
    learner("submit", name)


def rehearsed(learner, minutes):
    file = Path(learner.json("mock", "spread", "--minutes", str(minutes))["begun"][0]["file"])
    with contextlib.chdir(file.parent):
        learner("submit")
    learner.wait(minutes=minutes + 1)
    learner("mock")


def test_it_says_each_week_and_what_comes_next(planned):
    assert planned("plan").stdout == (
        """\
A plan of 2 weeks

Week 1: Middles
  Read chapter 2. Say both aloud.
    mean            20 min  -
    median          40 min  -

Week 2: Widths
  Read chapter 3. Two designs.
    spread          30 min  -
    mock interview  45 min  -

Next: `drill start mean`.
`drill plan --begin` makes today the first day, and `drill plan --begin
2027-01-04` that one.
"""
    )
    assert not planned.database.exists()


def test_what_was_passed_is_ticked_and_the_next_thing_follows(planned, graded):
    passed(planned, "mean")
    graded.outcome = Outcome.FAIL
    planned("start", "median")
    planned("submit", "median", code=1)

    told = planned("plan").stdout
    assert "  ✓ mean            20 min  pass in 0:00\n" in told
    assert "    median          40 min  fail, " in told
    assert "Next: `drill start median`." in told


def test_after_the_drills_come_the_mock_interviews_and_then_nothing(planned):
    for name in ("mean", "median", "spread"):
        passed(planned, name)
    assert planned.json("plan")["next"] == "drill mock --minutes 45"

    rehearsed(planned, 30)
    assert planned.json("plan")["next"] == "drill mock --minutes 45"
    rehearsed(planned, 45)

    told = planned.json("plan")
    assert (told["next"], [week["done"] for week in told["weeks"]]) == (None, [True, True])
    assert told["weeks"][1]["mocks"] == [{"minutes": 45, "done": "2025-03-03"}]
    assert "All of it is done." in planned("plan").stdout


def test_each_mock_interview_counts_once(planned):
    planned.plan_file.write_text(PLAN.replace("[45]", "[45, 45]"), encoding="utf-8")
    rehearsed(planned, 45)

    assert [mock["done"] for mock in planned.json("plan")["weeks"][1]["mocks"]] == ["2025-03-03", None]


def test_a_mock_interview_in_which_nothing_was_handed_in_is_not_done(planned):
    planned("mock", "spread", "--minutes", "45")
    planned("mock", "--end")

    assert planned.json("plan")["weeks"][1]["mocks"] == [{"minutes": 45, "done": None}]


def test_a_mock_interview_that_goes_on_is_not_done(planned):
    planned("mock", "spread", "--minutes", "45")
    planned("submit", "spread")

    assert planned.json("plan")["weeks"][1]["mocks"] == [{"minutes": 45, "done": None}]


def test_the_first_day_dates_the_weeks_and_says_what_was_left_behind(planned):
    passed(planned, "mean")
    told = planned("plan", "--begin").stdout
    assert told.startswith("Week 1 of 2, day 1\n\nWeek 1, from 3 March: Middles\n")
    assert "Week 2, from 10 March: Widths\n" in told
    assert "Open from earlier weeks" not in told
    assert "--begin" not in told

    planned.wait(days=8)
    told = planned("plan").stdout
    assert told.startswith("Week 2 of 2, day 2\n")
    assert "Open from earlier weeks: median.\nNext: `drill start median`.\n" in told


@pytest.mark.parametrize(
    ("day", "said", "week"),
    [
        ("2025-03-10", "A plan of 2 weeks, which begins on 10 March", 0),
        ("2025-02-24", "Week 2 of 2, day 1", 2),
        ("2025-02-17", "The plan of 2 weeks is over since 3 March", 3),
    ],
)
def test_any_day_can_be_the_first(planned, day, said, week):
    assert planned("plan", "--begin", day).stdout.startswith(f"{said}\n")
    told = planned.json("plan")
    assert (told["began"], told["week"]) == (day, week)


def test_the_first_day_can_be_changed_and_forgotten(planned):
    planned("plan", "--begin", "2025-02-17")
    planned("plan", "--begin", "2025-02-24")
    assert planned.json("plan")["began"] == "2025-02-24"

    assert planned("plan", "--forget").stdout.startswith("A plan of 2 weeks\n")


def test_a_plan_that_was_begun_decides_what_comes_next(planned):
    planned.plan_file.write_text(PLAN.replace('["mean", "median"]', '["median", "mean"]'), encoding="utf-8")
    assert planned.json()["next"] == "mean"  # the easiest
    planned("plan", "--begin")
    assert planned.json()["next"] == "median"
    assert "Next: `drill start median`." in planned().stdout


def test_what_is_no_day_is_said(planned):
    assert "--begin takes a day such as 2025-03-03, not 'monday'" in planned("plan", "--begin", "monday", code=2).stderr
    assert "opposites" in planned("plan", "--begin", "--forget", code=2).stderr


def test_drills_without_a_plan(learner, graded):
    assert "has no plan (plan.toml)" in learner("plan", code=2).stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"median"]', '"mode"]', "week 1 names mode, and there is no such drill"),
        ('["spread"]', '["mean"]', "mean stands in week 1 and in week 2"),
        ('goals = "two designs"\n', "", "week 2 must have the keys title, reads, goals, drills, mocks"),
        ('title = "Middles"', "title = 1", "title of week 1 must be a text"),
        ("[45]", "[0]", "mocks of week 2 must be a list of minutes"),
        ("[45]", "[true]", "mocks of week 2 must be a list of minutes"),
        ('drills = ["spread"]', 'drills = "spread"', "drills of week 2 must be a list of names"),
        ("[[weeks]]", "[[months]]", "plan.toml holds [[weeks]] and nothing else"),
        ("[[weeks]]", "[[weeks", "plan.toml cannot be read"),
    ],
)
def test_a_plan_that_is_not_as_it_should_be_is_said(planned, old, new, said):
    planned.plan_file.write_text(PLAN.replace(old, new), encoding="utf-8")

    assert said in planned("plan", code=9).stderr.replace("\n", " ")
