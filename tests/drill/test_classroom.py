"""`drill grade` and `drill author check`, for teachers and authors."""

import json

import pytest

from groundup.drill import grader
from groundup.drill.author import gate
from groundup.drill.verdict import Outcome


@pytest.fixture
def handed_in(learner, files):
    """Two files."""
    for name in ("anna.py", "ben.py"):
        (learner.here / name).write_text(files["right"])
    return learner


@pytest.fixture(autouse=True)
def sandbox(monkeypatch):
    """A complete one."""
    monkeypatch.setattr(grader, "sandbox_gaps", lambda: ())


def test_each_file_is_a_line(handed_in, graded):
    result = handed_in("grade", "mean", "anna.py", "ben.py", "--seed", "5")

    assert result.stdout == "anna.py  pass     1.00  5 of 5 checks\nben.py   pass     1.00  5 of 5 checks\n"
    assert result.stderr == "seed 5\n"


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (Outcome.PARTIAL, "ben.py  partial  0.70  4 of 5 checks\n"),
        (Outcome.FAIL, "ben.py  fail     0.00  2 of 5 checks\n"),
        (Outcome.RULE, "ben.py  rule     0.00  uses numpy.mean\n"),
        (Outcome.ERROR, "ben.py  error    0.00  your file does not define mean\n"),
        (Outcome.TIMEOUT, "ben.py  timeout  0.00  mean(x) did not come back within 2 s\n"),
        (Outcome.CRASH, "ben.py  crash    0.00  Python ended during mean(x)\n"),
        (Outcome.VOID, "ben.py  void     0.00  the judge ended without a word\n"),
    ],
)
def test_each_outcome_has_its_line_and_its_exit_code(handed_in, graded, outcome, line):
    graded.outcome = outcome

    assert handed_in("grade", "mean", "ben.py", code=outcome.exit_code).stdout == line


def test_as_json_one_object_a_line(handed_in, graded):
    graded.outcome = Outcome.FAIL
    lines = handed_in("grade", "mean", "anna.py", "ben.py", "--json", code=1).stdout.splitlines()

    anna, ben = map(json.loads, lines)
    assert (anna["file"], ben["file"]) == ("anna.py", "ben.py")
    assert {key: ben[key] for key in ("drill", "outcome", "score", "seconds", "device")} == {
        "drill": "mean",
        "outcome": "fail",
        "score": 0.0,
        "seconds": 0.1,
        "device": "cpu",
    }
    assert ben["marks"]["correctness"] == {"full": False, "passed": 1, "checks": 3, "weight": 5}
    assert ben["failed"][0] == {
        "mark": "correctness",
        "words": "two rows have their mean",
        "why": "mean(x) is off (2 of 2 values)",
    }
    assert anna["seed"] == ben["seed"]


def test_all_files_of_a_call_get_the_same_inputs_and_another_call_others(handed_in, graded):
    handed_in("grade", "mean", "anna.py", "ben.py")
    handed_in("grade", "mean", "anna.py", "ben.py")

    seeds = [asked["seed"] for asked in graded.asked]
    assert seeds[0] == seeds[1] != seeds[2] == seeds[3]
    assert graded.asked[0]["stages"] == ("public", "hidden", "capstone")


def test_the_worst_outcome_ends_the_command(handed_in, graded):
    order = iter([Outcome.FAIL, Outcome.PARTIAL])
    graded.before = lambda: setattr(graded, "outcome", next(order))

    handed_in("grade", "mean", "anna.py", "ben.py", code=1)


def test_it_leaves_no_trace(handed_in, graded):
    handed_in("grade", "mean", "anna.py")

    assert not handed_in.home.exists()


def test_files_of_others_are_not_run_in_a_weak_sandbox(handed_in, graded, monkeypatch):
    monkeypatch.setattr(grader, "sandbox_gaps", lambda: ("landlock", "seccomp"))

    assert handed_in("grade", "mean", "anna.py", code=9).stderr == (
        "The sandbox is not complete here: landlock and seccomp missing. Files of others are not run like this;\n"
        "`drill doctor` says why, and --allow-weak-sandbox runs them all the same.\n"
    )
    assert graded.asked == []
    handed_in("grade", "mean", "anna.py", "--allow-weak-sandbox")
    assert len(graded.asked) == 1


def test_cuda_is_refused_where_there_is_none(handed_in, graded, monkeypatch):
    monkeypatch.setattr(grader, "devices", lambda: ())

    assert "PyTorch finds no CUDA device" in handed_in("grade", "mean", "anna.py", "--device", "cuda", code=9).stderr
    monkeypatch.setattr(grader, "devices", lambda: ("a card",))
    handed_in("grade", "mean", "anna.py", "--device", "cuda")
    assert graded.asked[0]["device"] == "cuda"


def test_a_file_that_is_not_there_is_said_before_any_is_graded(handed_in, graded):
    assert "carla.py" in handed_in("grade", "mean", "anna.py", "carla.py", code=2).stderr
    assert graded.asked == []


# The author's gate


@pytest.fixture
def gates(monkeypatch, graded):
    """A pretended gate, in which `median` has a fault."""
    asked = []

    def check(drill, engine, *, mutants, repeat, device, progress):
        asked.append((drill.name, mutants, repeat, device))
        progress(1, 1, "solution.py")
        faults = ("wrong/off.py passes.",) if drill.name == "median" else ()
        return gate.Gate(drill.name, faults, 4, 4, 6, 6, 20, 19, 1, (), 31, 2.0)

    monkeypatch.setattr(gate, "check", check)
    return asked


def test_one_drill_goes_through_the_gate(learner, gates):
    assert learner("author", "check", "mean", "--repeat", "3", "--no-mutants").stdout.startswith("mean: passed")
    assert gates == [("mean", False, 3, "cpu")]


def test_all_drills_go_through_the_gate_and_a_fault_ends_it_with_1(learner, gates):
    told = learner("author", "check", code=1).stdout

    assert [name for name, *_ in gates] == ["mean", "median", "spread"]
    assert "  fault    wrong/off.py passes.\n" in told


def test_the_gate_on_a_card_leaves_out_what_is_for_the_cpu_only(learner, gates, monkeypatch):
    monkeypatch.setattr(grader, "devices", lambda: ())
    assert "PyTorch finds no CUDA device" in learner("author", "check", "--device", "cuda", code=9).stderr
    monkeypatch.setattr(grader, "devices", lambda: ("a card",))
    learner("author", "check", "--device", "cuda", code=1)

    assert [(name, device) for name, _, _, device in gates] == [("mean", "cuda"), ("median", "cuda")]


def test_the_gate_as_json(learner, gates):
    told = learner.json("author", "check", code=1)

    assert [(each["drill"], each["passed"]) for each in told] == [("mean", True), ("median", False), ("spread", True)]
