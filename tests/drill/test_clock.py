import pytest

from groundup.drill import clock
from groundup.drill.clock import Stamp

START = Stamp(wall=1000.0, boot=50.0, boot_id="a")


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (Stamp(1030.0, 80.0, "a"), 30.0),
        (Stamp(99999.0, 80.0, "a"), 30.0),
        (Stamp(5.0, 80.0, "a"), 30.0),
        (Stamp(1600.0, 3.0, "b"), 600.0),
        (Stamp(900.0, 3.0, "b"), 0.0),
        (Stamp(1000.0, 40.0, "a"), 0.0),
    ],
    ids=["plain", "wall clock forward", "wall clock back", "restarted", "restarted and set back", "never below 0"],
)
def test_elapsed_time_comes_from_the_boot_clock_within_one_run_of_the_machine(now, seconds):
    assert now.since(START) == seconds


def test_where_the_system_does_not_name_its_runs_the_wall_clock_counts():
    assert Stamp(1060.0, 51.0, "").since(Stamp(1000.0, 50.0, "")) == 60.0


@pytest.mark.parametrize(
    ("now", "agrees"),
    [(Stamp(1030.0, 80.5, "a"), True), (Stamp(1035.0, 80.0, "a"), False), (Stamp(9.0, 80.0, "b"), True)],
    ids=["plain", "set", "restarted"],
)
def test_a_wall_clock_that_was_set_is_noticed(now, agrees):
    assert now.agrees(START) is agrees


def test_this_moment_comes_after_the_last_and_in_the_same_run():
    first = clock.now()
    second = clock.now()

    assert second.boot >= first.boot
    assert second.boot_id == first.boot_id != ""


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00"), (59.9, "0:59"), (245, "4:05"), (3599, "59:59"), (3729, "1:02:09")]
)
def test_durations_read_as_on_a_clock(seconds, words):
    assert clock.minutes(seconds) == words
