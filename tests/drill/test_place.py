"""Where you are and what to do next; the list; status."""

import pytest

from groundup.drill.verdict import Outcome

pytestmark = pytest.mark.usefixtures("graded")

HELP = "`drill list` names all drills, `drill report` says how you have done.\n"


def test_at_first_the_easiest_drill_is_proposed(learner):
    assert learner().stdout == f"No drill is open.\n\nNext: `drill start mean`. The mean of each column.\n{HELP}"


def test_looking_makes_no_file(learner):
    for words in ((), ("list",), ("report",), ("review",)):
        learner(*words)

    assert not learner.home.exists()


def test_an_open_drill_is_told_with_its_clock(learner, files):
    learner("start", "mean")
    learner.wait(minutes=4)
    learner.write(files["wrong"])
    learner("hint")
    learner("check")

    assert learner().stdout == (
        f"""\
mean
  file       {learner.here}/mean/solution.py
  time       16:00 left of 20:00
  reading    4:00
  hints      1 of 3
  checked    1 time
  handed in  not yet

Next: `drill check` or `drill watch` tries your file, `drill submit` hands it
in, `drill hint` helps.

{HELP}"""
    )


def test_at_the_beginning_reading_is_proposed(learner):
    learner("start", "mean")

    assert learner("status").stdout.endswith(
        "Next: read prompt.md and write the file; `drill watch` checks it whenever you\nsave.\n"
    )


def test_after_the_deadline_both_ways_on_are_named(learner, graded):
    graded.outcome = Outcome.PARTIAL
    learner("start", "mean")
    learner("submit", code=3)
    learner.wait(minutes=21)

    assert learner("status").stdout == (
        f"""\
mean
  file       {learner.here}/mean/solution.py
  time       the time was over 1:00 ago
  hints      none taken
  checked    not yet
  handed in  1 time, last partial with 0.70

Next: `drill submit` still grades your file and marks it late; `drill solution`
shows the reference, and ends the drill.
"""
    )


def test_after_a_pass_the_solution_is_proposed_and_then_another_drill(learner):
    learner("start", "mean")
    learner.wait(minutes=9)
    learner("submit")

    assert learner("status").stdout == (
        f"""\
mean
  file       {learner.here}/mean/solution.py
  state      passed after 9:00
  hints      none taken
  checked    not yet
  handed in  1 time, last pass with 1.00

Next: `drill solution` shows the reference beside yours; `drill start mean`
begins anew.
"""
    )
    assert learner().stdout == f"No drill is open.\n\nNext: `drill start spread`. The spread of each column.\n{HELP}"


def test_what_is_due_comes_first(learner):
    learner("start", "spread")
    learner("solution", "--give-up")
    learner.wait(days=3)

    assert learner().stdout == (
        "No drill is open.\n\nDue for review: spread. `drill review` says more.\n"
        f"Next: `drill start spread`. The spread of each column.\n{HELP}"
    )


def test_when_all_are_passed_a_mock_interview_is_proposed(learner):
    for name in ("mean", "median", "spread"):
        learner("start", name)
        learner("submit", name)

    assert "You have passed every drill. `drill mock` puts several under one clock.\n" in learner().stdout


def test_a_drill_started_by_mistake_is_forgotten(learner):
    learner("start", "median")
    learner.wait(minutes=50)

    assert learner().stdout.startswith("No drill is open.\n\nNext: `drill start mean`")
    assert learner("report").stdout.startswith("Nothing to report yet.")
    assert learner("review").stdout.startswith("Nothing to review yet")


def test_the_drill_of_the_current_folder_is_told_first(learner, monkeypatch):
    learner("start", "mean")
    learner("start", "spread")
    monkeypatch.chdir(learner.here / "spread")

    told = learner().stdout
    assert told.startswith("spread\n")
    assert "\nmean\n" in told
    assert learner.json("status")["drill"] == "spread"


def test_several_open_drills_are_told_apart_by_name(learner):
    learner("start", "mean")
    learner("start", "spread")

    assert learner("status", code=2).stderr == (
        "Several drills are open; go to the folder of one, or give its name:\n"
        f"  mean  {learner.here}/mean\n  spread  {learner.here}/spread\n"
    )
    assert learner.json("status", "spread")["drill"] == "spread"


@pytest.mark.parametrize("command", ["check", "submit", "hint", "status", "solution", "reset", "timer", "watch"])
def test_without_a_drill_each_command_says_how_to_open_one(learner, command):
    assert learner(command, code=2).stderr == (
        "No drill is open. `drill start NAME` opens one, and `drill list` names them all.\n"
    )
    assert learner(command, "mean", code=2).stderr == "mean is not open. `drill start mean` opens it.\n"


def test_status_as_json(learner):
    learner("start", "mean", "--minutes", "10")
    learner.wait(minutes=1)

    assert learner.json("status") == {
        "drill": "mean",
        "file": f"{learner.here}/mean/solution.py",
        "mode": "timed",
        "device": "cpu",
        "running": True,
        "ending": None,
        "used": 60.0,
        "left": 540.0,
        "late": False,
        "reading": None,
        "hints": 0,
        "hints_there_are": 3,
        "checks": 0,
        "attempts": 0,
        "last": None,
    }


def test_where_you_are_as_json(learner):
    assert learner.json() == {"open": [], "due": [], "next": "mean"}
    learner("start", "mean")
    assert [session["drill"] for session in learner.json()["open"]] == ["mean"]


# The list


def test_the_list_has_a_line_for_each_drill(learner):
    assert learner("list").stdout == (
        """\
drill   topic       difficulty  minutes  your best
mean    averages    easy             20  -
median  robustness  hard             40  -
spread  spread      medium           30  -
"""
    )


@pytest.mark.parametrize(
    ("outcome", "words"),
    [(Outcome.PASS, "pass in 3:20"), (Outcome.PARTIAL, "partial, 0.70"), (Outcome.FAIL, "fail, 0.00")],
)
def test_your_best_is_told(learner, graded, outcome, words):
    graded.outcome = outcome
    learner("start", "mean")
    learner.wait(minutes=10 / 3)
    learner("submit", code=None)

    assert learner("list").stdout.splitlines()[1] == f"mean    averages    easy             20  {words}"


def test_a_pass_in_time_is_better_than_a_later_quicker_one_without_a_clock(learner):
    learner("start", "mean", "--practice")
    learner("submit")
    assert learner("list").stdout.splitlines()[1].endswith("  pass, no clock")
    learner("start", "mean")
    learner.wait(minutes=5)
    learner("submit")
    learner("start", "mean", "--practice")
    learner("submit")
    assert learner("list").stdout.splitlines()[1].endswith("  pass in 5:00")


def test_the_list_of_a_topic(learner):
    assert [row["name"] for row in learner.json("list", "--topic", "Average")] == ["mean", "spread"]
    assert learner("list", "--topic", "graphs", code=2).stderr == (
        "No drill has the topic “graphs”. There are: averages, robustness, spread.\n"
    )


def test_the_list_as_json(learner):
    learner("start", "mean")
    learner.wait(minutes=2)
    learner("submit")

    assert learner.json("list")[0] == {
        "name": "mean",
        "title": "Mean",
        "summary": "The mean of each column",
        "topics": ["averages"],
        "chapter": "02-stats",
        "difficulty": "easy",
        "minutes": 20,
        "uses": "numpy",
        "device": "any",
        "best": {"outcome": "pass", "score": 1.0, "used": 120.0, "late": False, "mode": "timed"},
    }


def test_a_narrow_list_shortens_topics(learner):
    lines = learner("list", columns=45).stdout.splitlines()

    assert max(map(len, lines)) <= 45
    assert lines[2].startswith("median  robu…  hard")
