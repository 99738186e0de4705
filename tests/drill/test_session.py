from dataclasses import replace
from pathlib import Path

import pytest

from groundup.drill.clock import Stamp
from groundup.drill.errors import ManySessions, NoSession
from groundup.drill.session import Ending, Mode, Session, choose

NOW = Stamp(10_000.0, 10_000.0, "a")


def session(number: int, drill: str, folder: Path, *, ago: float = 60.0, **settings) -> Session:
    started = Stamp(NOW.wall - ago, NOW.boot - ago, "a")
    plain = Session(number, drill, folder, Mode.TIMED, "cpu", 600.0, started)
    return replace(plain, **settings)


@pytest.fixture
def here(tmp_path):
    for name in ("mean", "spread", "elsewhere/mean", "elsewhere/spread"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def test_time_runs_out_at_the_deadline(here):
    running, over = session(1, "mean", here, ago=599.0), session(2, "mean", here, ago=601.0)

    assert (running.left(NOW), running.late(NOW), running.running(NOW)) == (1.0, False, True)
    assert (over.left(NOW), over.late(NOW), over.running(NOW)) == (-1.0, True, False)


def test_without_a_clock_it_is_never_late(here):
    practice = session(1, "mean", here, ago=9000.0, mode=Mode.PRACTICE, seconds=None)

    assert (practice.left(NOW), practice.late(NOW), practice.running(NOW)) == (None, False, True)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, False),
        ({"ago": 601.0}, True),
        ({"ending": Ending.PASSED}, True),
        ({"mode": Mode.PRACTICE, "seconds": None}, True),
        ({"mode": Mode.MOCK}, False),
    ],
    ids=["running", "over", "passed", "practice", "mock"],
)
def test_hidden_checks_are_explained_in_practice_and_at_the_end(here, settings, told):
    assert session(1, "mean", here, **settings).open_book(NOW) is told


def test_the_session_of_the_current_folder_is_meant_even_when_it_has_ended(here):
    mine = session(1, "mean", here / "mean", ending=Ending.PASSED)
    other = session(2, "spread", here / "spread")

    assert choose([mine, other], here / "mean", NOW) is mine
    assert choose([mine, other], here / "mean" / "notes", NOW) is mine


def test_of_several_in_one_folder_the_last_is_meant(here):
    old, new = session(1, "mean", here / "mean", ending=Ending.PASSED), session(2, "mean", here / "mean")

    assert choose([old, new], here / "mean", NOW) is new


def test_the_only_one_that_runs_is_meant_from_anywhere(here):
    late, running = session(1, "mean", here / "mean", ago=700.0), session(2, "spread", here / "spread")

    assert choose([late, running], Path("/"), NOW) is running


def test_the_only_one_that_has_not_ended_is_meant_when_none_runs(here):
    late = session(1, "mean", here / "mean", ago=700.0)
    ended = session(2, "spread", here / "spread", ending=Ending.GIVEN_UP)

    assert choose([late, ended], Path("/"), NOW) is late


def test_of_several_the_one_below_the_current_folder_is_meant(here):
    below, elsewhere = session(1, "mean", here / "mean"), session(2, "spread", here / "elsewhere/spread")

    assert choose([below, elsewhere], here, NOW) is below


def test_a_name_chooses_and_its_folder_here_comes_first(here):
    elsewhere, mine = session(1, "mean", here / "elsewhere/mean"), session(2, "mean", here / "mean")
    spread = session(3, "spread", here / "spread")

    assert choose([elsewhere, mine, spread], here, NOW, "mean") is mine
    assert choose([elsewhere, mine, spread], here, NOW, "spread") is spread


def test_a_name_finds_a_session_that_has_ended(here):
    ended = session(1, "mean", here / "gone", ending=Ending.PASSED)

    assert choose([ended], Path("/"), NOW, "mean") is ended


def test_several_are_listed(here):
    both = [session(1, "mean", here / "mean"), session(2, "spread", here / "spread")]

    with pytest.raises(ManySessions) as caught:
        choose(both, here, NOW)

    assert caught.value.format_message() == (
        "Several drills are open; go to the folder of one, or give its name:\n"
        f"  mean  {here / 'mean'}\n"
        f"  spread  {here / 'spread'}"
    )


@pytest.mark.parametrize("name", [None, "spread"])
def test_none_is_said(here, name):
    replaced = session(1, "spread", here / "spread", ending=Ending.REPLACED)
    gone = session(2, "mean", here / "gone", ago=700.0)

    with pytest.raises(NoSession):
        choose([replaced, gone], here, NOW, name)
