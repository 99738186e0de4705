"""The reference: when it is shown, and how."""

import pytest

from groundup.drill.verdict import Outcome

DIFF = """\
--- yours
+++ reference
@@ -5,4 +5,4 @@

 def mean(x):
     \"\"\"Means [d] of the columns of x [n, d].\"\"\"
-    return np.asarray(x).sum(axis=0) / (len(x) - 1)
+    return np.asarray(x).sum(axis=0) / len(x)
"""
ASKED = """\

What if there are no rows?

 • The mean of nothing is not defined: raise.

Why not add first and divide later in float16?

 • The sum overflows at 65504.
"""


@pytest.fixture
def working(learner, graded, files):
    graded.outcome = Outcome.FAIL
    learner("start", "mean")
    learner.write(files["wrong"])
    return learner


def shown(result) -> str:
    return "".join(f"{line.rstrip()}\n" for line in result.stdout.splitlines())


def test_before_the_end_it_is_not_shown(working):
    working("submit", code=1)
    working.wait(minutes=5)

    assert working("solution", code=2).stderr == (
        "The solution of mean is shown after a pass, or when the time is over in 15:00.\n"
        "`drill solution --give-up` shows it now, and ends the drill as given up.\n"
    )
    assert working.json("status")["running"]


def test_giving_up_shows_it_and_ends_the_drill(working):
    assert shown(working("solution", "--give-up")) == DIFF + ASKED
    assert working.json("status")["ending"] == "given up"
    assert shown(working("solution")) == DIFF + ASKED


def test_after_a_pass_it_is_shown(working, graded, files):
    graded.outcome = Outcome.PASS
    working.write(files["right"])
    working("submit")

    assert shown(working("solution")) == f"Your file is the reference, line for line.\n{ASKED}"
    assert working.json("status")["ending"] == "passed"


def test_after_the_deadline_it_is_shown_and_ends_the_drill(working):
    working.wait(minutes=21)

    assert shown(working("solution")) == DIFF + ASKED
    assert working.json("status")["ending"] == "shown"


def test_practice_has_no_deadline_to_wait_for(learner, graded):
    learner("start", "mean", "--practice")

    assert learner("solution", code=2).stderr.startswith("The solution of mean is shown after a pass.\n")
    learner("solution", "--give-up")


def test_without_a_file_it_is_compared_with_the_starter(working):
    (working.here / "mean" / "solution.py").unlink()

    assert "-    raise NotImplementedError\n" in working("solution", "--give-up").stdout


def test_as_json(working, files):
    told = working.json("solution", "--give-up")

    assert told["drill"] == "mean"
    assert told["solution"] == files["right"]
    assert "+    return np.asarray(x).sum(axis=0) / len(x)" in told["diff"]
    assert told["follow_ups"][0] == {
        "question": "What if there are no rows?",
        "points": "- The mean of nothing is not defined: raise.",
    }
