"""What a learner is told of a verdict by `drill check`."""

import pytest

from groundup.drill.verdict import Failure, Outcome

SENTENCES = {
    Outcome.PASS: "",
    Outcome.PARTIAL: """\
public checks  1 of 1 pass
  ✓ two rows have their mean

hidden checks  2 of 3 pass; they are explained when the drill is over
""",
    Outcome.FAIL: """\
public checks  0 of 1 pass
  ✗ two rows have their mean
      mean(x) is off (2 of 2 values)
      given x = float64 [2, 2]
      expected 2  yours 4 at [0]

hidden checks  1 of 3 pass; they are explained when the drill is over
""",
    Outcome.RULE: """\
not for this drill
  • line 8: numpy.mean. Write the mean with a sum.

public checks  1 of 1 pass
  ✓ two rows have their mean

hidden checks  3 of 3 pass
""",
    Outcome.ERROR: """\
your file does not define mean
""",
    Outcome.TIMEOUT: """\
mean(x) did not come back within 2 s

public checks  1 of 1 pass
  ✓ two rows have their mean

hidden checks  2 of 3 pass; they are explained when the drill is over
""",
    Outcome.CRASH: """\
Python ended during mean(x)

public checks  1 of 1 pass
  ✓ two rows have their mean

hidden checks  2 of 3 pass; they are explained when the drill is over
""",
    Outcome.VOID: """\
the judge ended without a word

The grade failed twice through a fault of ours, not yours. Nothing was recorded.
""",
}
SENTENCES[Outcome.PASS] = """\
public checks  1 of 1 pass
  ✓ two rows have their mean

hidden checks  3 of 3 pass

All checks pass. `drill submit` draws fresh inputs, and plugs your part into the
model.
"""


@pytest.mark.parametrize("outcome", list(Outcome), ids=lambda outcome: outcome.value)
def test_each_outcome_has_its_words_and_its_exit_code(learner, graded, outcome):
    learner("start", "mean")
    learner.wait(minutes=1.5)
    graded.outcome = outcome

    result = learner("check", code=outcome.exit_code)
    assert result.stdout == "mean   18:30 left\n\n" + SENTENCES[outcome]


def test_checks_are_the_public_and_hidden_ones_on_the_public_seed(learner, graded, files):
    learner("start", "mean")
    learner.write(files["wrong"])
    learner("check")

    assert graded.asked == [
        {
            "drill": "mean",
            "source": files["wrong"].encode(),
            "stages": ("public", "hidden"),
            "seed": 0,
            "device": "cpu",
        }
    ]


EXPLAINED = """\
public checks  0 of 1 pass
  ✗ two rows have their mean
      mean(x) is off (2 of 2 values)
      given x = float64 [2, 2]
      expected 2  yours 4 at [0]

hidden checks  1 of 3 pass
  ✗ random columns have their means
      your code raised ZeroDivisionError: division by zero
      given x = float64 [5, 3]
      Traceback (most recent call last):
        File "solution.py", line 8, in mean
          return 1/0
                 ~^~
      ZeroDivisionError: division by zero
  ✗ what is given stays as it was
      your code raised ZeroDivisionError: division by zero
      given x = float64 [5, 3]
      (traceback as above)
"""


def test_after_the_deadline_hidden_checks_are_explained(learner, graded):
    graded.outcome = Outcome.FAIL
    learner("start", "mean")
    learner.wait(minutes=20.5)

    assert learner("check", code=1).stdout == f"mean   time is over since 0:30\n\n{EXPLAINED}"


def test_in_practice_hidden_checks_are_explained_at_once(learner, graded):
    graded.outcome = Outcome.FAIL
    learner("start", "mean", "--practice")

    assert learner("check", code=1).stdout == f"mean   practice, no clock\n\n{EXPLAINED}"


def test_after_giving_up_hidden_checks_are_explained(learner, graded):
    graded.outcome = Outcome.FAIL
    learner("start", "mean")
    learner("solution", "--give-up")

    assert learner("check", code=1).stdout == f"mean   given up\n\n{EXPLAINED}"


def test_json_keeps_the_hidden_checks_back_too(learner, graded):
    graded.outcome = Outcome.FAIL
    learner("start", "mean")

    told = learner.json("check", code=1)
    assert [check["id"] for check in told["checks"]] == ["public::test_two"]
    assert (told["public"], told["hidden"]) == ({"passed": 0, "checks": 1}, {"passed": 1, "checks": 3})
    assert "random columns" not in str(told)

    learner.wait(minutes=21)
    told = learner.json("check", code=1)
    assert len(told["checks"]) == 4
    assert told["checks"][1]["failure"]["words"] == "your code raised ZeroDivisionError: division by zero"


def test_what_is_not_written_yet_is_one_line(learner, graded, verdict):
    trace = (
        'Traceback (most recent call last):\n  File "solution.py", line 8, in mean\n'
        "    raise NotImplementedError\nNotImplementedError\n"
    )
    failure = Failure("raised", "your code raised NotImplementedError", {"x": "float64 [2, 2]"}, traceback=trace)
    fail = verdict(Outcome.FAIL, stages=("public",))
    checks = (fail.checks[0].__class__("public::test_two", "correctness", "two rows", "public", False, failure),)
    graded.outcome, graded.settings = Outcome.FAIL, {"checks": checks}
    learner("start", "mean")

    assert learner("check", code=1).stdout == (
        "mean   20:00 left\n\npublic checks  0 of 1 pass\n  ✗ two rows\n      not written yet: line 8, in mean\n"
    )


def test_the_end_of_what_the_file_printed_is_shown_without_what_a_terminal_would_obey(learner, graded):
    lines = "".join(f"line {number}\n" for number in range(30))
    graded.settings = {"output": f"{lines}\x1b[2J\x1b]0;title\x07red: \x1b[31mred\x08\n\ttab\n"}
    learner("start", "mean")

    told = learner("check").stdout
    assert told.endswith(
        """
printed by your file  the last 10 of 32 lines
    line 22
    line 23
    line 24
    line 25
    line 26
    line 27
    line 28
    line 29
    red: red
        tab

All checks pass. `drill submit` draws fresh inputs, and plugs your part into the
model.
"""
    )


def test_messages_from_the_learners_code_cannot_write_to_the_terminal(learner, graded):
    graded.outcome = Outcome.ERROR
    graded.settings = {"message": "your file does not load: \x1b[2Jgone", "traceback": "  File \x1b]0;x\x07\n"}
    learner("start", "mean")

    assert "\x1b" not in learner("check", code=5).stdout


def test_a_file_that_does_not_load_is_shown_where(learner, graded):
    graded.outcome = Outcome.ERROR
    graded.settings = {
        "message": "your file does not load: SyntaxError: '[' was never closed (solution.py, line 2)",
        "traceback": "  File \"solution.py\", line 2\n    x = [\n        ^\nSyntaxError: '[' was never closed\n",
    }
    learner("start", "mean")

    assert learner("check", code=5).stdout == (
        "mean   20:00 left\n\n"
        "your file does not load: SyntaxError: '[' was never closed (solution.py, line 2)\n"
        '      File "solution.py", line 2\n'
        "        x = [\n"
        "            ^\n"
        "    SyntaxError: '[' was never closed\n"
    )


def test_long_lines_are_wrapped_at_the_width_of_the_terminal(learner, graded):
    graded.outcome = Outcome.FAIL
    learner("start", "mean", "--practice")

    told = learner("check", code=1, columns=48).stdout
    assert max(map(len, told.splitlines())) <= 48
    assert "      your code raised ZeroDivisionError:\n      division by zero\n" in told
