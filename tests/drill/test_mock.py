"""A mock interview: one clock, no word before the debrief, nothing by itself."""

import json

import pytest

from groundup.drill import grader
from groundup.drill.verdict import Outcome


@pytest.fixture
def interview(learner, graded, monkeypatch):
    """The first of two drills, in whose folder the learner is."""
    learner("mock", "spread", "mean")
    monkeypatch.chdir(learner.here / "mock-1" / "spread")
    return learner


def test_it_begins_with_one_drill_and_one_clock(learner, graded):
    folder = f"{learner.here}/mock-1/spread"

    assert learner("mock", "spread", "mean").stdout == (
        f"""\
Mock interview: drill 1 of 2, 50:00 left.

  question   {folder}/prompt.md
  your file  {folder}/solution.py

Next: cd {folder}
`drill check` tries your file, `drill submit` hands it in.
`drill mock --next` goes on to the next drill, whenever you want.
"""
    )
    assert [path.name for path in (learner.here / "mock-1").iterdir()] == ["spread"]
    assert graded.warmed == ["spread"]


def test_without_names_drills_are_drawn_what_is_due_first(learner, graded):
    graded.outcome = Outcome.FAIL
    learner("start", "median")
    learner("submit", code=1)
    learner("reset", "--end")
    learner.wait(days=2)

    learner("mock", "--count", "1")
    assert learner.json("mock")["begun"][0]["drill"] == "median"


def test_by_default_three_are_drawn(learner, graded):
    told = learner.json("mock")

    assert (told["drills"], told["left"]) == (3, 90 * 60.0)


def test_nothing_goes_on_by_itself(interview):
    interview("submit")

    told = interview.json("mock")
    assert [(part["drill"], part["attempts"]) for part in told["begun"]] == [("spread", 1)]


def test_results_are_kept_back(interview, graded):
    graded.outcome = Outcome.FAIL
    interview.wait(minutes=12)

    assert interview("submit", code=0).stdout == (
        "spread is handed in after 12:00.\n"
        "The debrief comes at the end. `drill mock --next` goes on; you may hand in again\n"
        "until then.\n"
    )
    assert set(interview.json("submit")) == {"drill", "recorded", "used", "reading", "hints", "late"}
    assert interview.json("status")["last"] is None
    for words in (("report",), ("list",), ("review",), ()):
        told = interview(*words).stdout
        assert "fail" not in told
        assert "again" not in told
    assert interview("report", "--export", "-").stdout.count('"attempts": []') == 1


def test_a_void_grade_is_said_all_the_same(interview, graded):
    graded.outcome = Outcome.VOID

    assert "Nothing was recorded." in interview("submit", code=8).stdout


def test_how_hard_a_drill_is_is_not_told(interview):
    levels = {row["name"]: row["difficulty"] for row in interview.json("list")}

    assert levels == {"mean": None, "median": "hard", "spread": None}
    assert "mean    averages    hidden           20  -\n" in interview("list").stdout


def test_going_on_lays_out_the_next_with_what_is_left(interview, monkeypatch):
    interview.wait(minutes=20)
    assert interview("mock", "--next").stdout.startswith(
        "Mock interview: drill 2 of 2, 30:00 left.\n\n  spread: not handed in\n\n"
    )
    assert interview.json("status", "mean")["left"] == 30 * 60

    assert interview("mock", "--next", code=2).stderr.startswith("That was the last drill. You may go back")


def test_one_may_go_back(interview, graded, monkeypatch):
    interview("submit")
    interview("mock", "--next")
    interview("submit")
    assert [part["attempts"] for part in interview.json("mock")["begun"]] == [2, 0]
    monkeypatch.chdir(interview.here / "mock-1" / "mean")
    interview("submit")
    assert [part["attempts"] for part in interview.json("mock")["begun"]] == [2, 1]


def test_while_it_goes_on_nothing_is_given_away(interview):
    assert interview("solution", code=2).stderr == (
        "The mock interview goes on. `drill mock --end` ends it, and then shows how it went.\n"
    )
    assert interview("solution", "--give-up", code=2).stderr.startswith("The mock interview goes on.")
    assert interview("mock", "--debrief", code=2).stderr.startswith("The mock interview goes on;")
    assert interview("reset", "--end", code=2).stderr.startswith("This drill is part of a mock interview")


DEBRIEF = """\
Debrief: 1 of 2 passed, score 0.50

spread   medium   fail   score 0.00
  handed in after 12:00, reading 5:00, 1 hint
  correctness lost, vectorisation full, organisation lost
  ✗ two rows have their mean
  ✗ random columns have their means
  ✗ what is given stays as it was
  → What if there are no rows?
  → Why not add first and divide later in float16?

mean   easy   pass   score 1.00
  handed in after 8:00, no hints
  correctness full, vectorisation full, organisation full
  → What if there are no rows?
  → Why not add first and divide later in float16?

In each folder, `drill check` explains what failed and `drill solution` shows
the reference.
"""


@pytest.fixture
def held(interview, graded, files):
    """One drill failed, one passed, and time left."""
    interview.wait(minutes=5)
    interview.write(files["wrong"], "mock-1/spread")
    interview("hint")
    interview.wait(minutes=7)
    graded.outcome = Outcome.FAIL
    interview("submit")
    interview("mock", "--next")
    interview.wait(minutes=8)
    graded.outcome = Outcome.PASS
    interview("submit", "mean", code=None)
    return interview


@pytest.fixture
def both(held, monkeypatch):
    monkeypatch.chdir(held.here / "mock-1" / "mean")
    held("submit")
    return held


def test_the_debrief_comes_at_the_end(both):
    assert both("mock", "--end").stdout == DEBRIEF
    assert both("mock", "--debrief").stdout == DEBRIEF


def test_when_the_time_is_over_the_debrief_is_there(both):
    both.wait(minutes=31)

    assert both("mock", "--next", code=2).stderr == "The time is over. `drill mock` says how it went.\n"
    assert both("mock").stdout == DEBRIEF
    assert both.rows("SELECT ending FROM session") == [("mock over",), ("mock over",)]


def test_afterwards_all_is_explained_shown_and_counted(both, graded, monkeypatch):
    both("mock", "--end")
    monkeypatch.chdir(both.here / "mock-1" / "spread")
    graded.outcome = Outcome.FAIL

    assert "  ✗ random columns have their means\n" in both("check", code=1).stdout
    assert both("solution").stdout.startswith("--- yours\n+++ reference\n")
    assert both("submit", code=2).stderr.startswith("spread was part of a mock interview that is over.")
    assert both("list").stdout.splitlines()[1].endswith("  pass in 8:00")
    assert [row["last"]["rating"] for row in both.json("review")] == ["again", "easy"]


def test_the_debrief_as_json(both):
    told = both.json("mock", "--end")

    assert told["score"] == 0.5
    assert [(part["drill"], part["difficulty"], part["outcome"]) for part in told["drills"]] == [
        ("spread", "medium", "fail"),
        ("mean", "easy", "pass"),
    ]


def test_a_drill_that_was_not_reached_is_in_the_debrief(interview):
    told = interview("mock", "--end").stdout

    assert told.startswith("Debrief: 0 of 2 passed, score 0.00\n")
    assert "\nspread   medium   not handed in\n" in told
    assert "\nmean   easy   not begun\n" in told


def test_another_begins_in_a_folder_of_its_own(interview, monkeypatch):
    interview("mock", "--end")
    monkeypatch.chdir(interview.here)
    interview("mock", "median")

    assert (interview.here / "mock-2" / "median" / "solution.py").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mean",), "A mock interview goes on. `drill mock` says where you are, `drill mock --end` ends it."),
        (("--next", "--end"), "--next stands alone."),
        (("--end", "--minutes", "3"), "--end stands alone."),
    ],
)
def test_what_does_not_fit_is_refused(interview, words, said):
    assert said in interview("mock", *words, code=2).stderr


@pytest.mark.parametrize("word", ["--next", "--end", "--debrief"])
def test_without_one_there_is_nothing_to_go_on_with(learner, word):
    assert learner("mock", word, code=2).stderr == "No mock interview goes on. `drill mock` begins one.\n"


def test_a_drill_comes_once(learner):
    assert learner("mock", "mean", "mean", code=2).stderr == "Each drill can come once; a name is there twice.\n"


def test_the_device_is_asked_for_where_a_drill_uses_it(learner, graded, monkeypatch):
    monkeypatch.setattr(grader, "devices", lambda: ("a card",))
    learner("mock", "mean", "spread", "--device", "cuda")
    learner("mock", "--next")

    assert learner.rows("SELECT drill, device FROM session") == [("mean", "cuda"), ("spread", "cpu")]


@pytest.mark.parametrize(
    ("minutes", "names"),
    [
        (20, ["mean"]),
        (45, ["median"]),
        (50, ["mean", "spread"]),
        (60, ["mean", "median"]),
        (90, ["mean", "median", "spread"]),
    ],
)
def test_minutes_alone_draw_as_many_drills_as_fit(learner, graded, minutes, names):
    told = learner.json("mock", "--minutes", str(minutes))

    assert (told["drills"], told["left"]) == (len(names), 60.0 * minutes)
    assert sorted(json.loads(learner.rows("SELECT drills FROM mock")[0][0])) == names


def test_where_no_drill_fits_the_shortest_is_drawn(learner, graded):
    learner("mock", "--minutes", "5")

    assert json.loads(learner.rows("SELECT drills FROM mock")[0][0]) == ["mean"]


def test_a_number_goes_before_what_fits(learner, graded):
    assert learner.json("mock", "--minutes", "45", "--count", "3")["drills"] == 3
