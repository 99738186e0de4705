"""The gate, with a drill that is written here and an engine that executes files on the spot."""

import json
from dataclasses import dataclass, field

import pytest

from groundup import catalogue
from groundup.drill.author import gate
from groundup.drill.verdict import CheckResult, Failure, Outcome, Verdict, marks_of, outcome_of, score_of

TOML = """
title = "Double"
summary = "Twice a number"
chapter = "01-what-is-a-model"
minutes = 5
difficulty = "easy"
topics = ["numbers"]
device = "cpu"
uses = "numpy"
imports = ["numpy"]
defines = ["double"]
capstone = "gpt"
seconds = 9

[marks]
correctness = "critical"
organisation = "medium"
"""
SOLUTION = '''
"""Twice."""


def double(x):
    """Twice x."""
    # your part
    if x < 0:
        raise ValueError("x is negative")
    return 2 * x
    # end of your part
'''
PROMPT = """
# Double

```python
>>> double(4)
8
```
"""
RIGHT = """def double(x):
    if x < 0:
        raise ValueError("no")
    return x + x
"""
UNTIDY = RIGHT.replace("    if", "    ''\n    if")
FILES = {
    "drill.toml": TOML,
    "solution.py": SOLUTION,
    "prompt.md": PROMPT,
    "hints.md": "## The idea\n\nAdd.\n\n## The shapes\n\nNone.\n\n## The steps\n\nOne.\n",
    "followups.md": "".join(f"## Why {i}?\n\n- Because.\n\n" for i in range(3)),
    **{f"wrong/w{i}.py": f"# wrong: adds {i} too much\ndef double(x):\n    return 2 * x + {i}\n" for i in range(1, 7)},
    **{f"right/r{i}.py": f"# right: in {i} steps\n{RIGHT}" for i in range(1, 5)},
}


def refuses(double):
    try:
        double(-1)
    except ValueError:
        return True
    return False


CHECKS = (
    ("t1", "correctness", "public", lambda double: double(3) == 6),
    ("t2", "correctness", "hidden", lambda double: double(0) == 0),
    ("t3", "organisation", "hidden", lambda double: double.__doc__ != "" and double(1) == 2),
    ("t4", "correctness", "hidden", refuses),
    ("t5", "correctness", "capstone", lambda double: double(100) == 200),
)


@dataclass
class OnTheSpot:
    """Executes a file and runs the checks on it, as the engine would."""

    checks: tuple = CHECKS
    calls: list = field(default_factory=list)
    devices: set = field(default_factory=set)

    def grade(self, drill, source, *, stages=("public", "hidden", "capstone"), seed=None, device="cpu", progress=None):
        self.calls.append((source.decode(), tuple(stages), seed, drill.seconds))
        self.devices.add(device)
        names = {"abs": abs}
        results, message = [], ""
        outcome = Outcome.VOID if b"void" in source else Outcome.TIMEOUT if b"while True" in source else None
        if outcome is None:
            try:
                exec(source, names)
            except SyntaxError:
                outcome = Outcome.ERROR
        for id_, mark, stage, holds in self.checks if outcome is None else ():
            if stage not in stages:
                continue
            try:
                passed, words = holds(names["double"]), "is wrong"
            except Exception as error:
                passed, words = False, f"raised {type(error).__name__}"
            failure = None if passed else Failure("wrong", words)
            results.append(CheckResult(id_, mark, f"{id_} holds", stage, passed, failure))
        marks = marks_of(results, drill.marks)
        outcome = outcome or outcome_of(results, marks, ())
        message = "" if results else "it did not work"
        return Verdict(drill.name, outcome, score_of(marks), marks, tuple(results), 0.0, seed, device, message)


@pytest.fixture
def drill_with(tmp_path):
    """A drill in which some files are others; None takes one away."""

    def write(**others):
        files = {**FILES, **{name.replace("__", "/").replace("_dot_", "."): text for name, text in others.items()}}
        for name, text in files.items():
            path = tmp_path / "double" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            if text is not None:
                path.write_text(text)
        return catalogue.read(tmp_path / "double")

    return write


def faults(drill, engine=None, **options):
    return gate.check(drill, engine or OnTheSpot(), **options).faults


def test_a_good_drill_passes(drill_with):
    found = gate.check(drill_with(), OnTheSpot())
    assert found.faults == ()
    assert found.passed
    assert (found.right, found.rights, found.wrong, found.wrongs) == (4, 4, 6, 6)
    assert found.mutants == found.rejected > 10


def test_what_it_says_of_a_good_drill(drill_with):
    found = gate.check(drill_with(), OnTheSpot())
    assert found.lines() == [
        f"double: passed ({found.grades} grades, {found.seconds:.0f} s)",
        "  right    4 of 4 as they should be",
        "  wrong    6 of 6 rejected",
        f"  mutants  {found.mutants} of {found.mutants} rejected (100.0 %)",
    ]


def test_what_it_says_of_a_bad_one(drill_with):
    found = gate.check(drill_with(wrong__w1_dot_py=f"# wrong: not at all\n{RIGHT}"), OnTheSpot())
    assert found.lines()[0].startswith("double: 1 fault (")
    assert found.lines()[-1] == "  fault    wrong/w1.py is wrong and gets full marks."
    assert json.loads(json.dumps(found.to_json()))["passed"] is False


@pytest.mark.parametrize(
    ("others", "fault"),
    [
        ({"hints_dot_md": None}, "double/hints.md is missing."),
        (
            {"hints_dot_md": "## The idea\n\nAdd.\n"},
            "hints.md has the sections The idea; wanted are The idea, The shapes",
        ),
        (
            {"hints_dot_md": "## The idea\n\nAdd.\n\n## The shapes\n\n## The steps\n\nOne.\n"},
            "hints.md says nothing under The shapes.",
        ),
        ({"followups_dot_md": "## Why?\n\n- Because.\n"}, "followups.md asks 1 questions; 3 to 6 are wanted."),
        (
            {"followups_dot_md": "## A?\n\n- a\n\n## B?\n\nWell.\n\n## C?\n\n- c\n"},
            "followups.md lists no points of a good answer to “B?”.",
        ),
        ({"prompt_dot_md": None}, "double/prompt.md is missing."),
        ({"prompt_dot_md": "# Double\n\n```python\ndouble(4)\n```\n"}, "prompt.md holds no worked example"),
        ({"prompt_dot_md": PROMPT.replace("8", "9")}, "The prompt's worked example prints something else:"),
        (
            {"prompt_dot_md": PROMPT.replace("double(4)", "halve(4)")},
            "The prompt's worked example prints something else:",
        ),
        ({"drill_dot_toml": TOML.replace('["double"]', '["double", "halve"]')}, "solution.py does not define halve"),
        (
            {"solution_dot_py": SOLUTION.replace("2 * x", "3 * x")},
            "The reference does not pass: fail, t1 “t1 holds”: is wrong",
        ),
        ({"solution_dot_py": SOLUTION.replace("# your part", "# mine")}, "double/solution.py:11: '# your part' and"),
        (
            {"solution_dot_py": SOLUTION.replace("2 * x", "2 *")},
            "solution.py is not Python: invalid syntax (line 10).",
        ),
        (
            {
                "solution_dot_py": SOLUTION.replace("    # your part\n    if", "    if").replace(
                    "return 2", "# your part\n    return 2"
                )
            },
            "The starter passes the hidden check “t4 holds” (t4).",
        ),
        (
            {"drill_dot_toml": f'{TOML}convergence = "medium"\n'},
            "No check counts for convergence.",
        ),
        (
            {"drill_dot_toml": TOML.replace('organisation = "medium"', "")},
            "The check “t3 holds” counts for organisation, which drill.toml does not list.",
        ),
        ({"right__r1_dot_py": None}, "right/ holds 3 files; at least 4 are wanted."),
        ({"wrong__w1_dot_py": None}, "wrong/ holds 5 files; at least 6 are wanted."),
        (
            {"right__r1_dot_py": RIGHT},
            "right/r1.py must begin with a line that says in what way it is right: “# right: ...”.",
        ),
        (
            {"wrong__w1_dot_py": "# right: no\ndef double(x):\n    return x\n"},
            "wrong/w1.py must begin with a line that says what is wrong: “# wrong: ...”.",
        ),
        (
            {"right__r1_dot_py": "# right: no\ndef double(x):\n    return x\n"},
            "right/r1.py is right and does not pass: fail, t1 “t1 holds”: is wrong (and 3 more).",
        ),
        (
            {"right__r1_dot_py": f"# right: untidy\n{UNTIDY}"},
            "right/r1.py is right and does not pass: partial, t3 “t3 holds”: is wrong. Say “# right (partial): ...”",
        ),
        (
            {"right__r1_dot_py": f"# right (partial): tidy\n{RIGHT}"},
            "right/r1.py gets full marks; its first line says that it does not",
        ),
        (
            {"wrong__w1_dot_py": f"# wrong: only far away\n{RIGHT}"},
            "wrong/w1.py is wrong and gets full marks.",
        ),
        ({"wrong__w1_dot_py": "# wrong: void\n"}, "wrong/w1.py cannot be graded: void, it did not work."),
    ],
)
def test_says_what_is_not_as_it_should_be(drill_with, others, fault):
    drill = drill_with(**others)
    assert any(fault in each for each in faults(drill, mutants=False)), faults(drill, mutants=False)


def test_a_right_file_may_lose_another_mark_when_it_says_so(drill_with):
    source = f"# right (partial): untidy\n{UNTIDY}"
    assert faults(drill_with(right__r1_dot_py=source), mutants=False) == ()


def test_missing_stages_are_named(drill_with):
    engine = OnTheSpot(checks=CHECKS[:4])
    assert "There is no capstone check." in faults(drill_with(), engine, mutants=False)


def test_time_outs_and_errors_reject(drill_with):
    others = {
        "wrong__w1_dot_py": "# wrong: hangs\nwhile True: pass\n",
        "wrong__w2_dot_py": "# wrong: no Python\ndef (\n",
    }
    assert faults(drill_with(**others), mutants=False) == ()


WEAK = tuple(each for each in CHECKS if each[0] not in ("t2", "t4"))


def test_lists_the_mutants_that_pass(drill_with):
    found = gate.check(drill_with(), OnTheSpot(WEAK))
    assert "double: if x < 0 -> if False" in {each.id for each in found.survivors}
    assert found.rejected + len(found.survivors) == found.mutants
    assert found.faults[-1].startswith(f"{len(found.survivors)} of {found.mutants} mutants pass; 95% must be rejected.")
    assert any(line == "  survives double: if x < 0 -> if False" for line in found.lines())


def test_waivers_count_for_what_they_name(drill_with):
    survivors = gate.check(drill_with(), OnTheSpot(WEAK)).survivors
    waived = "".join(f'"{each.id}" = "The same for what is checked."\n' for each in survivors)
    found = gate.check(drill_with(drill_dot_toml=f"{TOML}\n[waived]\n{waived}"), OnTheSpot(WEAK))
    assert found.faults == found.survivors == ()
    assert (found.rejected, found.waived) == (found.mutants, len(survivors))
    assert f", {len(survivors)} waived" in found.lines()[3]


@pytest.mark.parametrize(
    ("id_", "fault"),
    [
        ("double: nothing -> all", "drill.toml waives “double: nothing -> all”, and there is no such mutant."),
        ("double: 2 * x -> x", "drill.toml waives “double: 2 * x -> x”, which is rejected: take the waiver out."),
    ],
)
def test_waivers_without_need_are_faults(drill_with, id_, fault):
    assert faults(drill_with(drill_dot_toml=f'{TOML}\n[waived]\n"{id_}" = "Why not."\n')) == (fault,)


def test_mutants_have_little_time_and_meet_the_capstone_only_when_they_live(drill_with):
    engine = OnTheSpot()
    gate.check(drill_with(), engine)
    mutants = [call for call in engine.calls if call[3] == 2]
    assert {call[1] for call in mutants} == {("public", "hidden")}  # all are rejected there
    assert {call[3] for call in engine.calls} == {2, 9}
    weak = OnTheSpot(WEAK)
    gate.check(drill_with(), weak)
    assert ("capstone",) in {call[1] for call in weak.calls if call[3] == 2}


def test_grades_on_one_device(drill_with):
    engine = OnTheSpot()
    gate.check(drill_with(), engine)
    assert engine.devices == {"cpu"}
    engine.devices.clear()
    gate.check(drill_with(), engine, device="cuda")
    assert engine.devices == {"cuda"}


def test_repeats_with_other_seeds(drill_with):
    engine = OnTheSpot()
    gate.check(drill_with(), engine, mutants=False, repeat=3)
    assert [call[2] for call in engine.calls if "in 1 steps" in call[0]] == [0, 1, 2]


def test_verdicts_that_change_are_faults(drill_with):
    class Moody(OnTheSpot):
        def grade(self, drill, source, **options):
            wrong = source.replace(b"x + x", b"x + 1") if options["seed"] == 2 and b"in 1 steps" in source else source
            return super().grade(drill, wrong, **options)

    assert faults(drill_with(), Moody(), mutants=False, repeat=4) == (
        "right/r1.py does not come out the same each time: pass with seed 0, 1, 3; fail without correctness "
        "with seed 2.",
    )


def test_tells_how_far_it_is(drill_with):
    told = []
    gate.check(drill_with(), OnTheSpot(), repeat=2, progress=lambda done, of, what: told.append((done, of, what)))
    assert sorted(done for done, _, _ in told) == list(range(1, told[0][1] + 1))
    assert len({of for _, of, _ in told}) == 1
    assert {"solution.py", "the starter", "right/r1.py", "wrong/w6.py"} < {what for _, _, what in told}
