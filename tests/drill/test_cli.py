"""What all commands share: help, names, colours, width, JSON, speed of loading."""

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner

from groundup.drill import checkup, grader
from groundup.drill.cli import main
from groundup.drill.client import Client
from groundup.drill.verdict import Outcome

COMMANDS = sorted(main.commands)


def test_version_is_the_packages(learner):
    assert learner("--version").stdout == f"drill, version {version('groundup')}\n"


def test_help_names_every_command_and_every_exit_code(learner):
    told = learner("--help").stdout

    listed = [line.split()[0] for line in told.splitlines() if line.startswith("  ") and line[2:3].isalpha()]
    assert set(COMMANDS) <= set(listed)
    for outcome in Outcome:
        assert f"{outcome.exit_code}  {outcome.value}" in told
    assert max(map(len, told.splitlines())) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(learner, command):
    told = learner(command, "-h").stdout

    assert told.startswith(f"Usage: drill {command}")
    assert max(map(len, told.splitlines())) <= 80


def test_no_message_of_the_tool_shouts(learner):
    told = learner("--help").stdout + "".join(learner(command, "--help").stdout for command in COMMANDS)

    assert "!" not in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("stat",), "Error: No such command 'stat'. (Did you mean one of: 'start', 'status'?)"),
        (("sumbit",), "Error: No such command 'sumbit'. Did you mean 'submit'?"),
        (("mean",), "Error: mean is a drill, not a command. `drill start mean` starts it."),
        (("start", "mean", "--practise"), "Error: No such option '--practise'. Did you mean '--practice'?"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(learner, words, said):
    assert said in learner(*words, code=2).stderr


def test_ctrl_c_ends_a_command_without_a_traceback(learner, graded):
    def interrupt() -> None:
        raise KeyboardInterrupt

    learner("start", "mean")
    graded.before = interrupt

    result = learner("submit", code=130)
    assert (result.stdout, result.stderr) == ("", "")
    assert learner.rows("SELECT * FROM attempt") == []


# Colours and width


def test_piped_text_has_no_colours(command, learner):
    for words in (("list",), ("start", "mean"), ("status",), ("hint",), ()):
        told = command(*words, FORCE_COLOR="1").stdout
        assert "\x1b" not in told
        assert told


@pytest.mark.parametrize("columns", [50, 60, 80, 100])
def test_text_keeps_to_the_width_that_is_asked_for(learner, graded, columns):
    graded.outcome = Outcome.FAIL
    learner("start", "mean", "--practice")
    for words in (("check",), ("submit",), ("hint",), ("report",), ("review",), ("list",), ()):
        told = learner(*words, code=None, columns=columns).stdout
        long = [line for line in told.splitlines() if len(line) > columns and str(learner.here) not in line]
        assert long == [], words
        assert told == "".join(f"{line.rstrip()}\n" for line in told.splitlines())


def test_the_same_text_comes_twice(learner, graded):
    graded.outcome = Outcome.FAIL
    learner("start", "mean")

    assert learner("check", code=1).stdout == learner("check", code=1).stdout


def test_a_terminal_without_our_signs_gets_others(command):
    done = command("doctor", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "? " in done.stdout


def test_a_folder_that_is_gone_is_said(learner):
    learner.here.rmdir()

    assert learner("start", "mean", code=2).stderr == "The current folder is gone; go to another one.\n"


def test_a_daemon_that_cannot_start_is_our_fault_and_said(learner, monkeypatch):
    monkeypatch.setattr(grader, "client", Client)
    with tempfile.TemporaryDirectory() as home:  # a socket's path must be short
        monkeypatch.setenv("GROUNDUP_HOME", home)
        (Path(home) / "run").symlink_to(learner.here)
        learner("start", "mean")

        assert f"{home}/run is not a folder of yours" in learner("check", code=8).stdout.replace("\n", " ")
        assert learner("daemon", "stop").stdout == "No daemon runs.\n"


# What is loaded


LOADED = """
import sys
from groundup.drill.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sorted(sys.modules), file=sys.stderr)
"""
HEAVY = ("numpy", "torch", "pytest", "rich", "watchfiles", "fsrs", "asyncio")


def loaded(*words: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True, env={**os.environ}
    )
    return set(done.stderr.split())


def test_the_list_loads_nothing_that_takes_time(learner):
    assert not {*HEAVY, "groundup.drill.client", "groundup.drill.engine"} & loaded("list")


def test_the_start_loads_no_library_that_grading_needs(daemon):
    assert not set(HEAVY) & loaded("start", "mean")


def test_checking_loads_no_library_that_the_judge_has(daemon):
    loaded("start", "mean")

    assert not {"numpy", "torch", "pytest", "watchfiles", "fsrs"} & loaded("check")


# Completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_says_how(learner, shell):
    told = learner("completion", shell).stdout

    assert told.splitlines()[0].startswith("# Put this line into ~/.")
    assert f"_DRILL_COMPLETE={shell}_source drill" in told.splitlines()[1]


def complete(words: str) -> list[str]:
    env = {"_DRILL_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    told = CliRunner().invoke(main, env=env, prog_name="drill").stdout
    return [line.partition(",")[2] for line in told.splitlines()]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("drill st", ["start", "status"]),
        ("drill start m", ["mean", "median"]),
        ("drill author check s", ["spread"]),
        ("drill mock mean me", ["mean", "median"]),
        ("drill start mean --device c", ["cpu", "cuda"]),
    ],
)
def test_commands_drills_and_choices_are_completed(learner, words, found):
    assert complete(words) == found


# Doctor and daemon


@pytest.mark.parametrize(
    ("daemon", "words"),
    [
        (None, "does not run; the next check starts it"),
        (
            {"pid": 42, "zygotes": {"numpy": 1, "torch": 2}, "grades": 1, "idle": 65.0},
            "runs as process 42: numpy and torch loaded, 1 grade, idle for 1:05",
        ),
    ],
)
def test_the_daemon_is_described(daemon, words):
    assert checkup.daemon_words(daemon) == words


def test_the_doctor_tells_what_there_is(learner, graded):
    told = learner("doctor").stdout

    for words in ("python ", "torch", "cpu ", "daemon", str(learner.home), "Sandbox, which your file is run in:"):
        assert words in told
    assert json.loads(learner("doctor", "--json").stdout)["home"] == str(learner.home)


def test_the_doctor_says_when_a_layer_is_missing(learner, graded, monkeypatch):
    from groundup.drill import sandbox

    layers = (sandbox.Layer("landlock", False, "needs Linux 5.13"), sandbox.Layer("limits", True, "memory"))
    monkeypatch.setattr(sandbox, "layers", lambda: layers)

    told = learner("doctor").stdout
    assert "  ✗ needs Linux 5.13\n" in told
    assert told.endswith(
        "A layer is missing: your own files are graded, those of others only with\n--allow-weak-sandbox.\n"
    )
    assert grader.sandbox_gaps() == ("landlock",)


def test_the_daemon_can_be_asked_and_stopped(daemon):
    assert daemon("daemon", "status").stdout == "The daemon does not run; the next check starts it.\n"
    assert daemon("daemon", "stop").stdout == "No daemon runs.\n"
    daemon("start", "mean")
    daemon("check", code=1)

    assert daemon.json("daemon", "status")["grades"] == 1
    assert daemon("daemon", "status").stdout.startswith("The daemon runs as process ")
    assert daemon("daemon", "stop").stdout == "The daemon is stopped.\n"
