"""The real command, as a learner types it, with the real grader."""

import json

import pytest

from groundup import catalogue

# Each of these asks the one inside it for its next value, until the C stack is used up.
CRASH = """\
def mean(x):
    values = iter(x)
    for _ in range(200_000):
        values = map(abs, values)
    return next(values)
"""


@pytest.fixture
def desk(daemon, command):
    """Commands in the folder of a drill that was started."""
    command("start", "mean")
    folder = daemon.here / "mean"

    def run(*words: str, code: int | None = 0, **settings):
        done = command(*words, cwd=folder, **settings)
        if code is not None:
            assert done.returncode == code, done.stdout + done.stderr
        return done

    run.folder = folder
    run.write = lambda text: (folder / "solution.py").write_text(text)
    run.json = lambda *words, **settings: json.loads(run(*words, "--json", **settings).stdout)
    return run


def test_a_whole_session(daemon, desk, files):
    assert "not written yet: line 8, in mean" in desk("check", code=1).stdout
    desk.write(files["wrong"])
    told = desk("check", code=1).stdout
    assert "      expected 4  yours 8 at [1]\n" in told
    assert "random columns" not in told
    assert "Add the rows up" in desk("hint").stdout
    told = desk("submit", code=1).stdout
    assert told.startswith("mean   fail   score 0.00\n")
    assert "random columns" not in told
    assert desk("solution", code=2).stdout == ""
    desk.write(files["right"])
    assert "All checks pass." in desk("check").stdout
    told = desk("submit").stdout
    assert told.startswith("mean   pass   score 1.00\nEvery mark is full.\n")
    assert "What if there are no rows?" in told
    assert "Your file is the reference, line for line." in desk("solution").stdout
    assert desk.json("report")["total"]["attempts"] == 2
    assert desk.json("review")[0]["last"]["rating"] == "good"
    assert "pass in " in desk("list").stdout


@pytest.mark.parametrize(
    ("outcome", "code", "text"),
    [
        ("pass", 0, "right"),
        ("partial", 3, "slow"),
        ("fail", 1, "wrong"),
        ("rule", 4, "import numpy as np\n\n\ndef mean(x):\n    return np.mean(x, axis=0)\n"),
        ("error", 5, "def mean(x:\n"),
        ("error", 5, "import numpy as np\n"),
        ("timeout", 6, "def mean(x):\n    while True:\n        pass\n"),
        ("crash", 7, CRASH),
    ],
    ids=["pass", "partial", "fail", "rule", "syntax error", "name missing", "timeout", "crash"],
)
def test_every_outcome_of_a_real_grade(daemon, desk, files, outcome, code, text):
    desk.write(files.get(text, text))
    told = desk("submit", code=code).stdout

    assert told.startswith(f"mean   {outcome}   score ")
    assert [row[0] for row in daemon.rows("SELECT outcome FROM attempt")] == [outcome]


def test_a_void_grade_is_said_and_not_recorded(daemon, desk, files, drills, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    folder = broken / "mean"
    folder.mkdir()
    for path in (drills / "mean").iterdir():
        (folder / path.name).write_text(path.read_text())
    (folder / "suite.py").write_text("import nothing_of_that_name\n")
    desk.write(files["right"])

    told = desk("submit", code=8, GROUNDUP_DRILLS=str(broken)).stdout
    assert told.startswith(
        "mean   void\nThe grade failed twice through a fault of ours, not yours. Nothing was recorded.\n"
    )
    assert daemon.rows("SELECT * FROM attempt") == []


def test_a_late_submission(daemon, desk, files):
    daemon.age(minutes=21.5)
    desk.write(files["wrong"])
    told = desk("submit", code=1).stdout

    assert "random columns have their means" in told
    assert "The time is over: the attempt is kept, and marked late.\n" in told
    assert daemon.rows("SELECT outcome, late FROM attempt") == [("fail", 1)]


def test_closing_the_terminal_does_not_stop_the_clock(daemon, terminal, command):
    shell = terminal(program="sh", words=("-i",), PS1="ready> ")
    shell.see("ready> ")
    shell.type("drill start mean\n")
    shell.see("20:00 on the clock")
    shell.close()
    shell.process.wait(timeout=60)
    daemon.age(minutes=7)

    told = json.loads(command("status", "--json").stdout)
    assert (told["drill"], told["running"]) == ("mean", True)
    assert 12 * 60 < told["left"] <= 13 * 60


@pytest.mark.parametrize("hours", [-48, 48])
def test_setting_the_clock_on_the_wall_changes_nothing(daemon, desk, hours):
    # To the command it is the same whether the clock was set or the date that was kept.
    daemon.rows("UPDATE session SET wall = wall - ?", hours * 3600)

    assert 19 * 60 < desk.json("status")["left"] <= 20 * 60


def test_after_a_restart_of_the_machine_the_clock_on_the_wall_counts(daemon, desk):
    daemon.rows("UPDATE session SET boot_id = 'another', boot = 5, wall = wall - 300")

    assert 14 * 60 < desk.json("status")["left"] <= 15 * 60


def test_two_terminals_work_at_once(daemon, terminal, desk, files):
    first, second = (terminal("watch", cwd=desk.folder) for _ in range(2))
    for watch in (first, second):
        watch.see("not written yet")
        watch.see("q quit")
        watch.forget()
    desk.write(files["wrong"])
    for watch in (first, second):
        watch.see("mean(x) is off")
        watch.see("q quit")
    first.type("h")
    first.see("1 of 3 hints taken")
    second.type("h")
    second.see("2 of 3 hints taken")

    assert daemon.rows("SELECT hints FROM session") == [(2,)]


def test_a_teacher_grades_files(daemon, command, files):
    for name in ("right", "wrong", "slow"):
        (daemon.here / f"{name}.py").write_text(files[name])

    done = command("grade", "mean", "right.py", "slow.py", "wrong.py", "--seed", "3", "--json")
    graded = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["outcome"] for each in graded] == ["pass", "partial", "fail"]
    assert [each["score"] for each in graded] == [1.0, 0.7, 0.0]
    assert {each["seed"] for each in graded} == {3}
    assert done.returncode == 1
    assert not daemon.database.exists()


def test_a_drill_of_the_book_from_start_to_solution(daemon, command, monkeypatch):
    monkeypatch.delenv("GROUNDUP_DRILLS")
    drill = catalogue.find("softmax")
    command("start", "softmax")
    path = daemon.here / "softmax" / "solution.py"
    assert path.read_text() == drill.starter
    assert command("check").returncode == 1
    path.write_text(
        (drill.folder / "wrong" / sorted(p.name for p in (drill.folder / "wrong").iterdir())[0]).read_text()
    )
    assert command("submit").returncode not in (0, 8)
    path.write_text(drill.solution)
    done = command("submit")
    assert done.stdout.startswith("softmax   pass   score 1.00\n")
    assert drill.follow_ups[0].question in done.stdout
    assert command("solution").stdout.startswith("Your file is the reference, line for line.\n")
