"""What happens to a grade when processes of the tool, or a runner, are killed from outside."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
from collections.abc import Iterator

import psutil
import pytest

from groundup import catalogue
from groundup.drill.engine import Engine

SOFTMAX = catalogue.find("softmax")
SHORT = dataclasses.replace(SOFTMAX, seconds=1.0)
RIGHT = SOFTMAX.solution.encode()
FAST = ("public", "hidden")
HANGS = b"while True:\n    pass\n"
# Takes long enough for its checks to be told while it runs: a judge keeps its first tenth of a second to itself.
LONG = b"import time\n" + RIGHT.replace(b"e = np.exp", b"time.sleep(0.05)\n    e = np.exp")


@pytest.fixture(scope="module")
def engine(module_at_home) -> Iterator[Engine]:
    """An engine of these tests' own, of which nothing is left afterwards."""
    with Engine() as engine:
        yield engine
        assert grade(engine).outcome.value == "pass"
        processes = family(engine)
    _, alive = psutil.wait_procs(processes, timeout=20)
    assert alive == []


def grade(engine, source=RIGHT, **how):
    return engine.grade(SHORT if source == HANGS else SOFTMAX, source, stages=FAST, seed=1, **how)


def family(engine) -> list[psutil.Process]:
    """The zygote of runners, and all below it: first the zygote of judges."""
    zygote = psutil.Process(engine.processes()["numpy"])
    return [zygote, *sorted(zygote.children(recursive=True), key=lambda process: process.create_time())]


class Killer:
    """Kills, at the first check that a grade tells of, what a function chooses among the engine's; ``times`` times."""

    def __init__(self, engine: Engine, choose, times: int = 1) -> None:
        self.engine, self.choose, self.left = engine, choose, times
        self.seen: set[int] = set()

    def __call__(self, check) -> None:
        family_now = family(self.engine)
        if self.left and family_now[0].pid not in self.seen:
            self.seen.add(family_now[0].pid)
            self.left -= 1
            for process in self.choose(family_now):
                os.kill(process.pid, signal.SIGKILL)


def zygote_of_runners(processes):
    return processes[:1]


def zygote_of_judges(processes):
    return processes[1:2]


def judge(processes):
    return processes[1].children()


def everything(processes):
    return reversed(processes)


@pytest.mark.parametrize("choose", [zygote_of_runners, zygote_of_judges, judge, everything])
def test_a_grade_whose_processes_die_is_repeated_on_new_ones(engine, choose):
    assert grade(engine).outcome.value == "pass"
    old = family(engine)
    verdict = grade(engine, LONG, progress=Killer(engine, choose))
    following = grade(engine)  # a judge outlives the zygote that forked it, whose death only the next order meets
    _, alive = psutil.wait_procs(old, timeout=20)

    assert following.outcome.value == "pass"
    assert (verdict.outcome.value, verdict.score) == ("pass", 1.0)
    assert alive == []


@pytest.mark.parametrize("choose", [zygote_of_runners, judge, everything])
def test_a_grade_whose_processes_die_twice_is_void_and_scores_nothing(engine, choose):
    verdict = grade(engine, LONG, progress=Killer(engine, choose, times=2))

    assert (verdict.outcome.value, verdict.score) == ("void", 0.0)
    assert verdict.message
    assert verdict.rules == ()


def test_a_runner_that_is_killed_from_outside_is_a_crash(engine):
    def runner(processes):
        return [each for each in processes[0].children() if each.pid != processes[1].pid]

    assert grade(engine).outcome.value == "pass"
    old = engine.processes()
    verdict = grade(engine, LONG, progress=Killer(engine, runner))

    assert verdict.outcome.value == "crash"
    assert "it was killed" in verdict.message
    assert engine.processes() == old


def test_files_that_hang_crash_and_flood_beside_a_right_one_do_not_touch_it(engine):
    sources = [HANGS, RIGHT, b"import enum\nenum.sys.modules['os']._exit(0)\n", RIGHT, b"print('x' * 10**7)\n" + RIGHT]
    verdicts: dict[int, str] = {}

    def one(number: int) -> None:
        verdicts[number] = grade(engine, sources[number]).outcome.value

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(sources))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert [verdicts[number] for number in range(len(sources))] == ["timeout", "pass", "crash", "pass", "pass"]


def test_an_engine_that_is_closed_during_a_grade_leaves_nothing(private_home):
    engine = Engine()
    started, outcomes = threading.Event(), []
    thread = threading.Thread(
        target=lambda: outcomes.append(grade(engine, LONG, progress=lambda check: started.set()).outcome.value)
    )
    thread.start()
    assert started.wait(60)
    processes = family(engine)
    engine.close()
    thread.join(60)
    engine.close()  # the grade was repeated with new zygotes
    _, alive = psutil.wait_procs(processes, timeout=20)

    assert alive == []
    assert outcomes in (["pass"], ["void"])


def test_runners_that_are_spawned_are_held_as_those_that_are_forked(private_home, monkeypatch):
    monkeypatch.setenv("GROUNDUP_START", "spawn")
    hang_up = b"import enum\nenum.sys.modules['os'].closerange(3, 64)\nwhile True:\n    pass\n"
    read = b"import enum\nprint(enum.sys.modules['builtins'].open('/etc/passwd').read())\n"
    with Engine() as engine:
        verdicts = [engine.grade(SHORT, source, stages=("public",), seed=1) for source in (RIGHT, HANGS, hang_up, read)]
        processes = family(engine)
    _, alive = psutil.wait_procs(processes, timeout=20)

    assert [verdict.outcome.value for verdict in verdicts] == ["pass", "timeout", "crash", "error"]
    assert "PermissionError" in verdicts[3].message
    assert alive == []
