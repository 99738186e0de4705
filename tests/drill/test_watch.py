"""`drill watch` and `drill timer` on a terminal, with the real grader."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from groundup.drill.client import Client

DRILL = Path(sys.executable).with_name("drill")

FOOTER = "h hint   s submit   q quit"


@pytest.fixture
def opened(daemon, command):
    """A drill, open."""
    command("start", "mean")
    return daemon


@pytest.fixture
def watching(opened, terminal):
    """`drill watch`, which has checked the starter."""
    watch = terminal("watch", cwd=opened.here / "mean")
    watch.see("not written yet: line 8, in mean")
    watch.see(FOOTER)
    watch.forget()
    return watch


def save(opened, text: str) -> None:
    (opened.here / "mean" / "solution.py").write_text(text)


def test_each_save_is_checked(opened, watching, files):
    save(opened, files["wrong"])
    watching.see("mean(x) is off (2 of 2 values)")
    watching.see("they are explained when the drill is over")
    watching.forget()
    save(opened, files["right"])
    watching.see("hidden checks  3 of 3 pass")

    assert opened.rows("SELECT checks FROM session")[0][0] >= 2


def test_an_editor_that_renames_a_new_file_into_place_is_noticed(opened, watching, files):
    part = opened.here / "mean" / "part"
    part.write_text(files["right"])
    part.replace(opened.here / "mean" / "solution.py")

    watching.see("hidden checks  3 of 3 pass")


def test_a_file_that_comes_back_is_checked(opened, watching, files):
    path = opened.here / "mean" / "solution.py"
    path.unlink()
    watching.see("is not there. `drill reset mean` writes the starter.")
    watching.forget()
    save(opened, files["right"])
    watching.see("hidden checks  3 of 3 pass")


def test_the_clock_goes_on(watching):
    watching.see(" left", times=3)


def test_h_takes_a_hint(opened, watching):
    watching.type("h")
    watching.see("Add the rows up, and divide by how many there are.")
    watching.see("1 of 3 hints taken")

    assert opened.rows("SELECT hints FROM session") == [(1,)]


def test_s_hands_in_and_after_a_failure_it_goes_on(opened, watching, files):
    save(opened, files["wrong"])
    watching.see("mean(x) is off")
    watching.forget()
    watching.type("s")
    watching.see("score 0.00")
    watching.see(FOOTER)
    watching.forget()
    save(opened, files["right"])
    watching.see("hidden checks  3 of 3 pass")

    assert opened.rows("SELECT outcome FROM attempt") == [("fail",)]


def test_a_pass_ends_it(opened, watching, files):
    save(opened, files["right"])
    watching.see("hidden checks  3 of 3 pass")
    watching.type("s")

    assert watching.end() == 0
    assert "mean   pass   score 1.00" in watching.text
    assert "An interviewer would go on:" in watching.text
    assert watching.is_restored()
    assert opened.rows("SELECT outcome FROM attempt") == [("pass",)]


def test_while_it_runs_the_next_judge_and_runner_wait(watching, until):
    zygote = psutil.Process(Client().status()["zygotes"]["numpy"])
    until(lambda: len(zygote.children(recursive=True)) == 3)  # beside the zygote of judges
    watching.type("q")
    until(lambda: len(zygote.children(recursive=True)) == 1)


def test_q_quits(watching):
    watching.type("q")

    assert watching.end() == 0
    assert watching.is_restored()


def test_arrows_mean_nothing_and_take_no_key_with_them(opened, watching):
    watching.type("\x1b[Ah")
    watching.see("1 of 3 hints taken")


def test_q_quits_while_a_call_does_not_come_back(opened, watching):
    save(opened, "def mean(x):\n    while True:\n        pass\n")
    watching.see("checking: ")
    watching.type("q")

    assert watching.end() == 0
    assert watching.is_restored()


@pytest.mark.parametrize(
    ("how", "code"),
    [("\x03", 0), ("\x04", 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)],
    ids=["ctrl-c", "ctrl-d", "term", "hup", "quit"],
)
def test_the_terminal_is_given_back_whatever_ends_it(watching, how, code):
    if isinstance(how, str):
        watching.type(how)
    else:
        watching.process.send_signal(how)

    assert watching.end() == code
    assert watching.is_restored()


def test_the_terminal_is_given_back_when_the_tool_fails(opened, watching):
    opened.rows("DROP TABLE attempt")
    watching.type("s")

    assert watching.end() == 10
    assert "no such table" in watching.text
    assert watching.is_restored()


def test_ctrl_z_gives_the_terminal_back_and_fg_takes_it_again(opened, terminal):
    shell = terminal(program="sh", words=("-i",), cwd=opened.here / "mean", PS1="ready> ")
    shell.see("ready> ")
    shell.type("drill watch\n")
    shell.see(FOOTER)
    shell.type("\x1a")
    shell.see("ready> ", times=2)
    assert shell.is_restored()
    shell.forget()
    shell.type("fg\n")
    shell.see(FOOTER)
    assert not shell.is_restored()
    shell.type("q")
    shell.see("ready> ")
    assert shell.is_restored()
    shell.type("exit 7\n")
    assert shell.end() == 7


def test_its_end_comes_with_that_of_its_window(watching):
    watching.close()

    watching.process.wait(timeout=60)


def test_a_smaller_window_gets_fewer_explanations_and_all_of_the_outcome(opened, terminal, files):
    save(opened, files["wrong"])
    small = terminal("watch", cwd=opened.here / "mean", lines=9)
    small.see("`drill check` explains it at length.")
    small.see(FOOTER)
    assert "mean(x) is off" not in small.text


def test_it_draws_no_colours_where_none_are_wanted(opened, terminal, files):
    save(opened, files["wrong"])
    plain = terminal("watch", cwd=opened.here / "mean", NO_COLOR="1")
    plain.see("mean(x) is off")
    plain.see(FOOTER)
    coloured = terminal("watch", cwd=opened.here / "mean")
    coloured.see("mean(x) is off")
    coloured.see(FOOTER)

    assert "\x1b[31m" not in plain.raw
    assert "\x1b[31m" in coloured.raw


def test_through_pipes_verdicts_follow_each_other_and_keys_work(opened, files):
    save(opened, files["wrong"])
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([DRILL, "watch"], cwd=opened.here / "mean", **pipes) as watch:
        first = [watch.stdout.readline() for _ in range(8)]
        save(opened, files["right"])
        second = [watch.stdout.readline() for _ in range(5)]
        rest, _ = watch.communicate("q")

    assert first[1:] == [
        "public checks  0 of 1 pass\n",
        "  ✗ two rows have their mean\n",
        "      mean(x) is off (2 of 2 values)\n",
        "      given x = float64 [2, 2]\n",
        "      expected 4  yours 8 at [1]\n",
        "\n",
        "hidden checks  2 of 3 pass; they are explained when the drill is over\n",
    ]
    assert second[0] == "\n"
    assert second[2:] == ["public checks  1 of 1 pass\n", "  ✓ two rows have their mean\n", "\n"]
    assert watch.returncode == 0
    assert "\x1b" not in "".join([*first, *second, rest])


# The timer


def test_the_timer_counts_down_and_q_quits(opened, terminal):
    timer = terminal("timer", cwd=opened.here / "mean")
    timer.see("not handed in, no hints", times=2)
    timer.type("q")

    assert timer.end() == 0
    assert timer.is_restored()
    assert "•" in timer.text


def test_the_timer_ends_with_the_drill(opened, terminal, command, files):
    timer = terminal("timer", cwd=opened.here / "mean")
    timer.see("not handed in")
    save(opened, files["right"])
    command("submit", cwd=opened.here / "mean")

    assert timer.end() == 0
    assert "passed, handed in 1 time" in timer.text


def test_the_timer_goes_on_after_the_deadline(opened, terminal):
    opened.age(minutes=21)
    timer = terminal("timer", cwd=opened.here / "mean")
    timer.see("time is over, not handed in", times=2)
    timer.type("\x03")

    assert timer.end() == 0


def test_through_a_pipe_the_timer_is_a_line(opened, command):
    opened.age(minutes=18)

    name, left = command("timer").stdout.split()
    assert name == "mean"
    assert left.startswith("1:")
