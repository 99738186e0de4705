"""The engine with two small drills of its own: `double` uses every service of the judge, `scaled` needs PyTorch."""

import contextlib
import os
import signal
from pathlib import Path

import psutil
import pytest

from groundup import catalogue
from groundup.drill import scan
from groundup.drill.engine import Engine
from groundup.drill.verdict import Outcome

DRILLS = Path(__file__).parent / "drills"
DOUBLE = catalogue.read(DRILLS / "double")
FAST = ("public", "hidden")
RIGHT = DOUBLE.solution.encode()


@pytest.fixture(scope="module")
def engine():
    with Engine() as engine:
        yield engine


def with_double(body: str, before: str = "") -> bytes:
    """A file whose `double` is wrong in one way, and whose other parts are right."""
    lines = ["import numpy as np", before, "def double(x):", *(f"    {line}" for line in body.splitlines())]
    counter = DOUBLE.solution[DOUBLE.solution.index("class Counter") :]
    return "\n".join([*lines, "", counter]).encode()


SHARED = """
import numpy as np, pytest
from groundup.drill.checks import check, close, exactly

GRADES = []

@pytest.fixture
def factor():
    return {factor}

@check("correctness", "rows are multiplied")
def test_rows(solution, rng, factor):
    x = rng.normal(size=3)
    close(solution.double(x), factor * x, of="double(x)")

@check("organisation", "this is the suite's first grade")
def test_first():
    GRADES.append(1)
    exactly(len(GRADES), 1, of="GRADES")
"""

REFUSAL = 'if isinstance(x, str): raise ValueError("no text")\n'


def failure_of(verdict, name):
    return next(check.failure for check in verdict.checks if check.id.endswith(name))


def test_a_right_file_passes_every_stage(engine):
    verdict = engine.grade(DOUBLE, RIGHT, seed=3)

    assert (verdict.outcome, verdict.score, verdict.seed, verdict.device) == (Outcome.PASS, 1.0, 3, "cpu")
    assert [check.stage for check in verdict.checks] == ["public", *["hidden"] * 6, "capstone"]
    assert all(mark.full for mark in verdict.marks.values())


def test_only_the_stages_asked_for_are_run(engine):
    verdict = engine.grade(DOUBLE, RIGHT, stages=("public",))

    assert [check.id for check in verdict.checks] == ["public::test_array"]
    assert list(verdict.marks) == ["correctness"]


def test_the_same_seed_gives_the_same_inputs_and_no_seed_fresh_ones(engine):
    wrong = with_double(f"{REFUSAL}return 2 * x + (x.ndim == 2)")
    actual = [failure_of(engine.grade(DOUBLE, wrong, stages=FAST, seed=s), "random").actual for s in (1, 1, 2)]

    assert actual[0] == actual[1] != actual[2]
    assert engine.grade(DOUBLE, RIGHT, stages=FAST).seed != engine.grade(DOUBLE, RIGHT, stages=FAST).seed


@pytest.mark.parametrize(
    ("source", "outcome", "message"),
    [
        (b"def double(:\n", "error", "your file does not load: SyntaxError"),
        (b"1 / 0\n", "error", "your file does not load: ZeroDivisionError: division by zero"),
        (b"import numpy as np\ndef double(x): return 2 * x\n", "error", "your file does not define Counter"),
        (b"", "error", "your file does not define double and Counter"),
        (b"x = '\xff'\n", "error", "your file is not UTF-8 text"),
        (b"x = '\x00'\n", "error", "your file holds a NUL character"),
        (b"#" * (2**20 + 1), "error", "your file has 1,048,577 bytes; at most 1,048,576 are read"),
        (b"while True: pass\n", "timeout", "while your file was loaded: no answer after 1 seconds"),
        (with_double("while True: pass"), "timeout", "no answer after 1 seconds, the limit for one call"),
        (with_double("import numpy as np\nreturn np.zeros(10**12)"), "fail", ""),
    ],
    ids=["syntax", "raises", "lacks a name", "empty", "latin-1", "nul", "too long", "hangs", "call hangs", "memory"],
)
def test_outcomes_have_their_own_words(engine, source, outcome, message):
    verdict = engine.grade(DOUBLE, source, stages=FAST)

    assert verdict.outcome is Outcome(outcome)
    assert message in verdict.message
    assert verdict.score == 0


def test_a_hanging_call_names_the_line_and_ends_the_run(engine):
    verdict = engine.grade(DOUBLE, with_double("while True: pass"), stages=FAST)

    assert verdict.traceback == 'Stack (most recent call last):\n  File "solution.py", line 4 in double'
    assert [check.failure.kind for check in verdict.checks] == ["timeout", *["not-run"] * 6]


def test_a_dead_process_is_a_crash(engine):
    crash = "import ctypes\nctypes.string_at(0)"
    verdict = engine.grade(DOUBLE, with_double(crash), stages=FAST)

    # The import is refused where the rules are enforced; then the call raises, and nothing crashes.
    assert verdict.outcome in (Outcome.CRASH, Outcome.RULE)
    assert verdict.score == 0


def test_an_exception_is_shown_with_the_learners_own_lines(engine):
    verdict = engine.grade(DOUBLE, with_double("return x.nothing"), stages=FAST)
    failure = failure_of(verdict, "test_array")

    assert failure.kind == "raised"
    assert failure.words == "your code raised AttributeError: 'numpy.ndarray' object has no attribute 'nothing'"
    assert failure.traceback.startswith('Traceback (most recent call last):\n  File "solution.py", line 4, in double')
    assert "^^^^" in failure.traceback
    assert "runner.py" not in failure.traceback


@pytest.mark.parametrize(
    ("body", "check", "words"),
    [
        ("return 3 * x", "test_random", "double(x) is off (6 of 6 values)"),
        ("return (2 * x).tolist()", "test_array", "double(x) is a list, not an array"),
        ("return np.matrix(2 * x)", "test_array", "double(x) is an object of type matrix, not an array"),
        ("x *= 2\nreturn x", "test_untouched", "x was modified in place; work on a copy"),
        ("return np.array([2 * v for v in x])", "test_rows", "there is a loop over rows"),
        ("return 2 * x", "test_text", "ValueError is wanted, and a str came back"),
        ('raise TypeError("no")', "test_text", "TypeError was raised where ValueError is wanted: no"),
        ("raise ValueError", "test_text", "ValueError was raised without a message"),
    ],
)
def test_failed_checks_say_what_is_wrong(engine, body, check, words):
    verdict = engine.grade(DOUBLE, with_double(body), stages=FAST)

    assert words in failure_of(verdict, check).words


def test_a_class_that_only_calls_itself_value_error_is_none(engine):
    source = with_double(
        'if isinstance(x, str): raise ValueError("x")\nreturn 2 * x', "class ValueError(Exception): pass"
    )

    assert (
        "ValueError was raised where ValueError is wanted"
        in failure_of(engine.grade(DOUBLE, source, stages=FAST), "test_text").words
    )


def test_a_lost_mark_beside_correctness_is_partial_and_the_capstone_still_runs(engine):
    verdict = engine.grade(DOUBLE, with_double(f"{REFUSAL}x = np.asarray(x)\nx *= 2\nreturn x"))

    assert (verdict.outcome, verdict.score) == (Outcome.PARTIAL, 0.8)
    assert verdict.counts("capstone") == (1, 1)


def test_the_capstone_is_left_out_when_correctness_is_lost(engine):
    assert engine.grade(DOUBLE, with_double("return 3 * x")).counts("capstone") == (0, 0)


def test_a_forbidden_call_is_told_with_its_sentence_and_the_marks_are_shown(engine):
    verdict = engine.grade(DOUBLE, with_double(f"{REFUSAL}return np.add(x, x)"), stages=FAST)

    assert (verdict.outcome, verdict.score) == (Outcome.RULE, 0.0)
    assert [(rule.line, rule.name, rule.sentence) for rule in verdict.rules] == [
        (5, "numpy.add", "Write the addition with an operator.")
    ]
    assert verdict.marks["correctness"].full


@pytest.mark.parametrize("line", ["import scipy", "from sklearn import svm", "import os.path", "__import__('torch')"])
def test_a_forbidden_import_breaks_a_rule(engine, line):
    verdict = engine.grade(DOUBLE, f"{line}\n".encode() + RIGHT, stages=FAST)

    assert verdict.outcome is Outcome.RULE
    assert (verdict.rules[0].line, verdict.score) == (1, 0.0)


def test_an_import_that_only_the_runner_saw_is_told_with_its_reason(engine):
    verdict = engine.grade(DOUBLE, b"__import__('tor' + 'ch')\n" + RIGHT, stages=FAST)

    assert {rule.name: rule.sentence for rule in verdict.rules}["torch"] == scan.refusal("torch", ["numpy"], {})


def test_a_byte_order_mark_is_no_error(engine):
    marked = b"\xef\xbb\xbf" + RIGHT
    broken = b"\xef\xbb\xbf" + with_double(f"{REFUSAL}return np.add(x, x)")
    raising = b"\xef\xbb\xbfraise ValueError('no')\n"

    assert engine.grade(DOUBLE, marked, stages=FAST).outcome is Outcome.PASS
    assert [(rule.line, rule.name) for rule in engine.grade(DOUBLE, broken, stages=FAST).rules] == [(5, "numpy.add")]
    assert "    raise ValueError('no')\n" in engine.grade(DOUBLE, raising, stages=FAST).traceback


RING = """
GONE = []
class Ring:
    def __init__(self):
        self.ring = self
    def __del__(self):
        GONE.append(self)
"""


def test_no_garbage_is_collected_while_steps_are_counted(engine):
    body = "before = len(GONE)\nfor _ in range(2000):\n    Ring()\nprint(np.size(x), len(GONE) > before)\nreturn 2 * x"
    verdict = engine.grade(DOUBLE, with_double(f"{REFUSAL}{body}", RING), stages=FAST)

    lines = verdict.output.splitlines()
    assert {"30 False", "60 False"} < set(lines)  # of the calls whose steps are counted
    assert "6 True" in lines


def test_what_the_file_prints_is_kept(engine):
    verdict = engine.grade(DOUBLE, b"print('loading')\n" + RIGHT, stages=FAST)

    assert verdict.outcome is Outcome.PASS
    assert verdict.output == "loading\n"


def test_gradients_pass_through_the_learners_code(engine):
    scaled = catalogue.read(DRILLS / "scaled")
    right = engine.grade(scaled, b"import torch\ndef scaled(x, w):\n    return x * w\n", stages=FAST)
    detached = engine.grade(scaled, b"import torch\ndef scaled(x, w):\n    return x * w.detach()\n", stages=FAST)
    upcast = engine.grade(scaled, b"import torch\ndef scaled(x, w):\n    return x.float() * w\n", stages=FAST)

    assert right.outcome is Outcome.PASS, [check.failure for check in right.checks]
    assert failure_of(detached, "test_gradients[4]") is not None
    assert failure_of(upcast, "test_bfloat16").words == "scaled(x, w) has dtype float32, not bfloat16"


def test_a_device_that_is_not_there_is_our_fault_and_scores_nothing(engine):
    verdict = engine.grade(DOUBLE, RIGHT, device="cuda")

    assert verdict.outcome is Outcome.VOID
    assert verdict.message.startswith("PyTorch finds no device cuda")


def test_a_broken_suite_is_our_fault(engine, tmp_path):
    for file in ("drill.toml", "public.py", "solution.py"):
        (tmp_path / file).write_bytes((DRILLS / "double" / file).read_bytes())
    (tmp_path / "suite.py").write_text("import nothing_of_that_name\n")
    verdict = engine.grade(catalogue.read(tmp_path), RIGHT, stages=FAST)

    assert verdict.outcome is Outcome.VOID
    assert "nothing_of_that_name" in verdict.message


def test_a_suite_is_read_anew_when_it_changes_and_grades_share_nothing_of_it(engine, tmp_path):
    for file in ("drill.toml", "public.py", "solution.py"):
        (tmp_path / file).write_bytes((DRILLS / "double" / file).read_bytes())
    drill = catalogue.read(tmp_path)
    actual = []
    for factor in (2, 2, 2, 3, 3, 3):  # first read by a judge, then by the zygote of judges
        (tmp_path / "suite.py").write_text(SHARED.format(factor=factor))
        for _ in range(2):
            verdict = engine.grade(drill, RIGHT, stages=FAST, seed=1)
            actual.append([check.passed for check in verdict.checks])

    assert actual == [[True, True, True]] * 6 + [[True, False, True]] * 6


def test_suites_of_two_drills_keep_their_fixtures_apart(engine, tmp_path):
    drills = []
    for factor in (2, 3):
        folder = tmp_path / str(factor)
        folder.mkdir()
        for file in ("drill.toml", "public.py", "solution.py"):
            (folder / file).write_bytes((DRILLS / "double" / file).read_bytes())
        (folder / "suite.py").write_text(SHARED.format(factor=factor))
        drills.append(catalogue.read(folder))
    verdicts = [engine.grade(drill, RIGHT, stages=FAST, seed=1) for drill in drills * 3]

    assert [verdict.checks[1].passed for verdict in verdicts] == [True, False] * 3


def test_a_killed_zygote_is_replaced_and_the_grade_repeated(engine):
    engine.grade(DOUBLE, RIGHT, stages=FAST)
    for pid in engine.processes().values():
        os.kill(pid, signal.SIGKILL)

    assert engine.grade(DOUBLE, RIGHT, stages=FAST).outcome is Outcome.PASS


def test_a_killed_judge_zygote_is_replaced_too(engine):
    engine.grade(DOUBLE, RIGHT, stages=FAST)
    for child in psutil.Process(engine.processes()["numpy"]).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # the last runner may be ending just now
            child.kill()

    assert engine.grade(DOUBLE, RIGHT, stages=FAST).outcome is Outcome.PASS


def children(engine) -> list[psutil.Process]:
    """All processes below the zygote of NumPy's runners; the zygote of judges is the first."""
    zygote = psutil.Process(engine.processes()["numpy"])
    return sorted(zygote.children(recursive=True), key=lambda process: process.create_time())


def test_a_file_that_is_expected_is_graded_by_those_who_wait(engine, until):
    engine.grade(DOUBLE, RIGHT, stages=FAST)
    until(lambda: len(children(engine)) == 1)
    engine.expect(DOUBLE)
    engine.expect(DOUBLE)  # once is enough
    until(lambda: len(children(engine)) == 3)
    waiting = children(engine)[1:]
    verdicts = [engine.grade(DOUBLE, source, stages=FAST) for source in (RIGHT, b"1 / 0\n")]
    until(lambda: len(children(engine)) == 1)

    assert [verdict.outcome.value for verdict in verdicts] == ["pass", "error"]
    assert not any(process.is_running() for process in waiting)


def test_nobody_waits_for_a_file_that_is_forgotten(engine, until):
    engine.grade(DOUBLE, RIGHT, stages=FAST)
    engine.expect(DOUBLE)
    until(lambda: len(children(engine)) == 3)
    engine.forget(DOUBLE)
    engine.forget(DOUBLE)  # nor does it matter
    until(lambda: len(children(engine)) == 1)

    assert engine.grade(DOUBLE, RIGHT, stages=FAST).outcome is Outcome.PASS


@pytest.mark.parametrize("who", [0, 1], ids=["one", "the other"])
def test_a_grade_whose_judge_or_runner_was_killed_while_it_waited_is_repeated(engine, who, until):
    engine.grade(DOUBLE, RIGHT, stages=FAST)
    until(lambda: len(children(engine)) == 1)
    engine.expect(DOUBLE)
    until(lambda: len(children(engine)) == 3)
    killed = children(engine)[1 + who]
    killed.kill()
    until(lambda: killed not in children(engine))  # its parent knows

    assert engine.grade(DOUBLE, RIGHT, stages=FAST).outcome is Outcome.PASS


SLOW = RIGHT.replace(b"def double(x):\n", b"def double(x):\n    sum(range(3_000_000))\n")


def test_progress_tells_of_checks_while_others_run(engine):
    told = []
    verdict = engine.grade(DOUBLE, SLOW, stages=FAST, progress=told.append)

    assert [check.id for check in told[:2]] == ["public::test_array", "suite::test_random"]
    assert tuple(told) == verdict.checks[: len(told)]


def test_progress_tells_of_all_quick_checks_before_the_capstone(engine):
    told = []
    verdict = engine.grade(DOUBLE, RIGHT, progress=told.append)
    quick = [check for check in verdict.checks if check.stage != "capstone"]

    assert len(quick) == 7
    assert told[:7] == quick


def test_closing_leaves_no_process():
    engine = Engine()
    engine.grade(DOUBLE, with_double("while True: pass"), stages=FAST)
    processes = [
        process
        for pid in engine.processes().values()
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))
    ]
    engine.close()
    _, alive = psutil.wait_procs(processes, timeout=10)

    assert len(processes) >= 2
    assert alive == []


def test_processes_may_be_spawned_instead_of_forked(monkeypatch):
    monkeypatch.setenv("GROUNDUP_START", "spawn")
    with Engine() as engine:
        right = engine.grade(DOUBLE, RIGHT, stages=FAST)
        wrong = engine.grade(DOUBLE, with_double("return 3 * x"), stages=FAST)

    assert right.outcome is Outcome.PASS, right.message
    assert wrong.outcome is Outcome.FAIL


def test_a_start_method_that_does_not_exist_is_refused(monkeypatch):
    monkeypatch.setenv("GROUNDUP_START", "clone")
    with Engine() as engine, pytest.raises(ValueError, match="GROUNDUP_START is fork or spawn"):
        engine.grade(DOUBLE, RIGHT, stages=FAST)
