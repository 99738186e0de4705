import json

import pytest

from groundup.drill.verdict import (
    Broken,
    CheckResult,
    Failure,
    Outcome,
    Verdict,
    marks_of,
    outcome_of,
    score_of,
)

WEIGHTS = {"correctness": 5, "vectorisation": 3, "organisation": 2}


def result(mark: str, kind: str = "") -> CheckResult:
    failure = Failure(kind, "words") if kind else None  # type: ignore[arg-type]
    return CheckResult(f"suite::{mark}{kind}", mark, "holds", "hidden", not kind, failure)


RULE = (Broken(3, "scipy", "Write it yourself."),)


@pytest.mark.parametrize(
    ("checks", "rules", "outcome", "score"),
    [
        ([("correctness", ""), ("vectorisation", ""), ("organisation", "")], (), "pass", 1.0),
        ([("correctness", ""), ("vectorisation", "wrong")], (), "partial", 0.625),
        ([("correctness", ""), ("vectorisation", "wrong"), ("organisation", "")], (), "partial", 0.7),
        ([("correctness", ""), ("correctness", "wrong"), ("vectorisation", "")], (), "fail", 0.0),
        ([("correctness", "raised")], (), "fail", 0.0),
        ([("correctness", "")], RULE, "rule", 1.0),
        ([("correctness", "wrong")], RULE, "rule", 0.0),
        ([("correctness", "timeout"), ("vectorisation", "not-run")], RULE, "timeout", 0.0),
        ([("vectorisation", "timeout"), ("correctness", "")], (), "timeout", 0.625),
        ([("correctness", "crash"), ("vectorisation", "not-run")], (), "crash", 0.0),
        ([], (), "fail", 0.0),
    ],
)
def test_marks_become_an_outcome_and_a_score(checks, rules, outcome, score):
    results = [result(mark, kind) for mark, kind in checks]
    marks = marks_of(results, WEIGHTS)

    assert outcome_of(results, marks, rules) is Outcome(outcome)
    assert score_of(marks) == score


def test_a_mark_counts_its_checks():
    marks = marks_of([result("correctness"), result("correctness", "wrong"), result("organisation")], WEIGHTS)

    assert list(marks) == ["correctness", "organisation"]
    assert (marks["correctness"].passed, marks["correctness"].checks, marks["correctness"].full) == (1, 2, False)


def test_each_outcome_has_an_exit_code_of_its_own_and_none_is_clicks():
    codes = [outcome.exit_code for outcome in Outcome]

    assert len(set(codes)) == len(codes)
    assert 2 not in codes
    assert Outcome.PASS.exit_code == 0


def test_a_verdict_survives_json():
    checks = (result("correctness"), result("vectorisation", "wrong"))
    verdict = Verdict(
        "kmeans", Outcome.PARTIAL, 0.625, marks_of(checks, WEIGHTS), checks, 0.2, 7, "cpu", rules=RULE, output="hello"
    )

    data = json.loads(json.dumps(verdict.to_json()))

    assert Verdict.from_json(data) == verdict
    assert (data["outcome"], data["exit_code"]) == ("partial", 3)
    assert verdict.counts("hidden") == (1, 2)
    assert verdict.counts("public") == (0, 0)
