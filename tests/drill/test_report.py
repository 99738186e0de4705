"""How the learner has done, and all of it as a file."""

import json

import pytest

from groundup.drill.verdict import Outcome


@pytest.fixture
def practised(learner, graded, files):
    """A drill passed at the second submission with a hint, one failed late."""
    learner("start", "mean")
    learner.wait(minutes=2)
    learner.write(files["wrong"])
    graded.outcome = Outcome.FAIL
    learner("submit", code=1)
    learner("hint")
    learner.wait(minutes=6)
    graded.outcome = Outcome.PASS
    learner("submit")
    learner.wait(days=1)
    learner("start", "spread")
    learner.wait(minutes=31)
    graded.outcome = Outcome.PARTIAL
    learner("submit", "spread", code=3)
    return learner


def test_it_sums_by_drill_topic_and_mark(practised):
    assert practised("report").stdout == (
        """\
2 drills tried in 2 sessions, 1 passed; handed in 3 times after 39:00 of work; 1
hint.

drill   sessions  passed  handed in  hints  reading  best
mean           1       1          2      1     2:00  pass in 8:00
spread         1       0          1      0        -  partial, 0.70

topic     sessions  passed  hints  mean score
averages         2       1      1        0.85
spread           1       0      0        0.70

mark             full
correctness    2 of 3
vectorisation  2 of 3
organisation   2 of 3

handed in         drill   outcome  score   time
2025-03-04 10:39  spread  partial   0.70  31:00  late
2025-03-03 10:08  mean    pass      1.00   8:00
2025-03-03 10:02  mean    fail      0.00   2:00
"""
    )


def test_as_json(practised):
    told = practised.json("report")

    assert told["total"] == {
        "sessions": 2,
        "passed": 1,
        "attempts": 3,
        "late": 1,
        "hints": 1,
        "seconds": 2340.0,
        "reading": 120.0,
        "score": 0.85,
    }
    assert told["drills"]["mean"]["best"] == {"outcome": "pass", "score": 1.0, "used": 480.0, "late": False}
    assert list(told["topics"]) == ["averages", "spread"]
    assert told["marks"]["vectorisation"] == {"full": 2, "attempts": 3}


def test_everything_can_be_taken_along(practised, files):
    result = practised("report", "--export", "mine.json")

    assert result.stderr == "2 sessions and 3 submissions are in mine.json.\n"
    taken = json.loads((practised.here / "mine.json").read_text())
    assert (taken["format"], taken["exported"]) == (1, "2025-03-04T10:39:00+00:00")
    mean, spread = taken["sessions"]
    assert (mean["drill"], mean["ending"], mean["hints"], mean["reading"]) == ("mean", "passed", 1, 120.0)
    assert [attempt["outcome"] for attempt in mean["attempts"]] == ["fail", "pass"]
    assert mean["attempts"][0]["source"] == files["wrong"]
    assert (spread["attempts"][0]["late"], spread["attempts"][0]["seed"]) == (True, 4711)


def test_an_export_may_go_to_standard_output(practised):
    assert len(json.loads(practised("report", "--export", "-").stdout)["sessions"]) == 2


def test_a_file_that_cannot_be_written_is_said(practised):
    assert practised("report", "--export", "no/such/mine.json", code=2).stderr == (
        "no/such/mine.json cannot be written: no such file or directory.\n"
    )


def test_a_drill_that_is_gone_is_still_reported(practised, monkeypatch, tmp_path):
    (tmp_path / "none").mkdir()
    monkeypatch.setenv("GROUNDUP_DRILLS", str(tmp_path / "none"))

    told = practised.json("report")
    assert (list(told["drills"]), told["topics"]) == (["mean", "spread"], {})


def test_without_a_history_there_is_nothing_to_report(learner):
    assert learner("report").stdout == (
        "Nothing to report yet. `drill list` names the drills, `drill start NAME` opens\none.\n"
    )
