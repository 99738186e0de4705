"""Handing in: what is graded, kept and said."""

from dataclasses import replace

import pytest

from groundup.drill import grader
from groundup.drill.verdict import Outcome

pytestmark = pytest.mark.usefixtures("graded")

MARKS_FULL = """\
mark            weight   checks
correctness          5   3 of 3   full
vectorisation        3   1 of 1   full
organisation         2   1 of 1   full
"""
PASSED = f"""\
mean   pass   score 1.00
Every mark is full.

{MARKS_FULL}
public checks  1 of 1 pass
  ✓ two rows have their mean

hidden checks  4 of 4 pass

time 12:30 of 20:00, reading 10:00; no hints; seed 4711

An interviewer would go on:
  What if there are no rows?
  Why not add first and divide later in float16?

`drill solution` shows the reference beside yours, and what good answers hold.
`drill` says what to do next.
"""
GOES_ON = """
time 12:30 of 20:00, reading 10:00; no hints; seed 4711

7:30 left: change the file and hand in again.
`drill hint` helps; `drill solution --give-up` ends mean.
"""
SAID = {
    Outcome.PARTIAL: f"""\
mean   partial   score 0.70
The answers are right; vectorisation is not full yet.

mark            weight   checks
correctness          5   3 of 3   full
vectorisation        3   0 of 1   lost
organisation         2   1 of 1   full

public checks  1 of 1 pass
  ✓ two rows have their mean

hidden checks  3 of 4 pass; they are explained when the drill is over
{GOES_ON}""",
    Outcome.FAIL: f"""\
mean   fail   score 0.00
Some answers are wrong, and without correctness there is no score.

mark            weight   checks
correctness          5   1 of 3   lost
vectorisation        3   1 of 1   full
organisation         2   0 of 1   lost

public checks  0 of 1 pass
  ✗ two rows have their mean
      mean(x) is off (2 of 2 values)
      given x = float64 [2, 2]
      expected 2  yours 4 at [0]

hidden checks  2 of 4 pass; they are explained when the drill is over
{GOES_ON}""",
    Outcome.RULE: f"""\
mean   rule   score 0.00
Your file uses what this drill is to be solved without, so it has no score; the
marks are shown.

{MARKS_FULL}
not for this drill
  • line 8: numpy.mean. Write the mean with a sum.

public checks  1 of 1 pass
  ✓ two rows have their mean

hidden checks  4 of 4 pass
{GOES_ON}""",
    Outcome.ERROR: f"""\
mean   error   score 0.00
Your file could not be used as it is.

your file does not define mean
{GOES_ON}""",
    Outcome.TIMEOUT: f"""\
mean   timeout   score 0.00
A call did not come back; each may take 2 seconds.

mark            weight   checks
correctness          5   2 of 3   lost
vectorisation        3   1 of 1   full
organisation         2   1 of 1   full

mean(x) did not come back within 2 s

public checks  1 of 1 pass
  ✓ two rows have their mean

hidden checks  3 of 4 pass; they are explained when the drill is over
{GOES_ON}""",
    Outcome.CRASH: f"""\
mean   crash   score 0.00
Python itself ended while it ran your file.

mark            weight   checks
correctness          5   2 of 3   lost
vectorisation        3   1 of 1   full
organisation         2   1 of 1   full

Python ended during mean(x)

public checks  1 of 1 pass
  ✓ two rows have their mean

hidden checks  3 of 4 pass; they are explained when the drill is over
{GOES_ON}""",
    Outcome.PASS: PASSED,
    Outcome.VOID: """\
mean   void
The grade failed twice through a fault of ours, not yours. Nothing was recorded.

the judge ended without a word
""",
}


@pytest.fixture
def working(learner, files):
    """Twelve and a half minutes after the start, the last save after ten."""
    learner("start", "mean")
    learner.wait(minutes=10)
    learner.write(files["wrong"])
    learner.wait(minutes=2.5)
    return learner


@pytest.mark.parametrize("outcome", list(Outcome), ids=lambda outcome: outcome.value)
def test_each_outcome_has_its_words_and_its_exit_code(working, graded, outcome):
    graded.outcome = outcome

    assert working("submit", code=outcome.exit_code).stdout == SAID[outcome]


@pytest.mark.parametrize("outcome", list(Outcome), ids=lambda outcome: outcome.value)
def test_each_outcome_but_void_is_kept(working, graded, files, outcome):
    graded.outcome = outcome
    working("submit", code=None)

    kept = working.rows("SELECT outcome, used, late, source FROM attempt")
    assert kept == ([] if outcome is Outcome.VOID else [(outcome.value, 750.0, 0, files["wrong"].encode())])


def test_it_is_graded_on_fresh_inputs_with_the_capstone(working, graded):
    working("submit")

    (asked,) = graded.asked
    assert (asked["stages"], asked["seed"]) == (("public", "hidden", "capstone"), None)


def test_grading_does_not_use_up_the_learners_time(working, graded):
    working.wait(minutes=7.4)
    graded.before = lambda: working.wait(minutes=5)

    assert ", late by" not in working("submit").stdout
    assert working.rows("SELECT used, late FROM attempt") == [(19.9 * 60, 0)]


def test_a_pass_ends_the_drill(working):
    working("submit")

    assert working("submit", code=2).stderr == (
        "mean is passed. `drill check` still works here; `drill start mean` begins anew.\n"
    )
    assert working.rows("SELECT ending FROM session") == [("passed",)]


def test_after_anything_else_it_goes_on(working, graded):
    for outcome in (Outcome.FAIL, Outcome.ERROR, Outcome.PARTIAL, Outcome.PASS):
        graded.outcome = outcome
        working("submit", code=outcome.exit_code)

    assert [row[0] for row in working.rows("SELECT outcome FROM attempt")] == ["fail", "error", "partial", "pass"]


def test_late_work_is_graded_kept_explained_and_marked_late(working, graded):
    working.wait(minutes=10)
    graded.outcome = Outcome.FAIL
    said = working("submit", code=1).stdout

    assert "  ✗ random columns have their means\n" in said
    assert said.endswith(
        """
time 22:30 of 20:00, reading 10:00, late by 2:30; no hints; seed 4711

The time is over: the attempt is kept, and marked late.
`drill solution` shows the reference; you may go on and hand in again before you
look.
"""
    )
    assert working.rows("SELECT late FROM attempt") == [(1,)]


def test_a_late_pass_is_a_pass(working):
    working.wait(minutes=10)
    working("submit")

    assert working.rows("SELECT outcome, late FROM attempt") == [("pass", 1)]
    assert working("list").stdout.splitlines()[1].endswith("pass, late")


def test_after_the_solution_was_seen_nothing_is_taken(working):
    working.wait(minutes=10)
    working("solution")

    assert working("submit", code=2).stderr == (
        "mean is over: its solution was shown. `drill check` still works here; `drill start mean` begins anew.\n"
    )
    assert working.rows("SELECT * FROM attempt") == []


def test_without_pytorch_it_is_said_how_to_get_it_and_checking_goes_on(working, graded, monkeypatch):
    monkeypatch.setattr(grader.importlib.util, "find_spec", lambda name: None)

    assert working("submit", code=9).stderr == (
        "PyTorch is not installed, and your part is plugged into a model that needs it.\n"
        "pip install 'groundup[capstones]' installs it; `drill check` works without it for NumPy drills.\n"
    )
    assert graded.asked == []
    working("check")


def test_as_json(working, graded):
    graded.outcome = Outcome.FAIL
    told = working.json("submit", code=1)

    about = {key: told[key] for key in ("drill", "outcome", "score", "seed", "used", "reading", "hints", "late")}
    assert about == {
        "drill": "mean",
        "outcome": "fail",
        "score": 0.0,
        "seed": 4711,
        "used": 750.0,
        "reading": 600.0,
        "hints": 0,
        "late": False,
    }
    assert told["recorded"] is True
    assert [check["stage"] for check in told["checks"]] == ["public"]


# The clock


def test_setting_the_clock_on_the_wall_changes_nothing(working):
    for hours in (5, -30):
        working.now = replace(working.now, wall=working.now.wall + 3600 * hours)
        assert working.json("status")["left"] == 450.0
    assert ", late by" not in working("submit").stdout


def test_after_a_restart_of_the_machine_the_clock_on_the_wall_counts(working):
    working.now = replace(working.now, wall=working.now.wall + 120, boot=30.0, boot_id="second")

    assert working.json("status")["left"] == 450.0 - 120


def test_reading_ends_with_the_first_save_that_is_seen(learner, files):
    learner("start", "mean")
    learner.wait(minutes=1)
    learner("check")
    assert learner.json("status")["reading"] is None
    learner.wait(minutes=2)
    learner.write(files["wrong"])
    learner.wait(minutes=1)
    learner("check")
    learner.wait(minutes=4)
    learner.write(files["right"])

    assert learner.json("submit")["reading"] == 180.0


def test_a_save_is_not_dated_by_a_clock_that_was_set(learner, files):
    learner("start", "mean")
    learner.wait(minutes=4)
    learner.write(files["wrong"])
    learner.now = replace(learner.now, wall=learner.now.wall + 86400)

    assert learner.json("submit")["reading"] == 240.0
