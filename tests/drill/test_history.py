"""The history's file: what is kept, by several processes, through crashes, damage and versions."""

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from groundup.drill import clock, history
from groundup.drill.errors import BusyHistory, LockedAway, NewerHistory
from groundup.drill.history import History
from groundup.drill.session import Attempt, Ending, Mode
from groundup.drill.verdict import Outcome

pytestmark = pytest.mark.usefixtures("learner")


def silent(words: str) -> None:
    raise AssertionError(words)


@pytest.fixture
def kept():
    with History(silent) as open_history:
        yield open_history


def begin(kept, drill="mean", mode=Mode.TIMED, **settings):
    about = {"device": "cpu", "seconds": 600.0, "started": clock.now(), **settings}
    return kept.begin(drill, Path("/somewhere") / drill, mode, **about)


def attempt(session, **settings):
    plain = {"used": 20.0, "late": False, "hints": 1, "outcome": "fail", "score": 0.0, "marks": {"correctness": False}}
    return Attempt(session.id, 1000.0, **{**plain, "seed": 2**47, "device": "cpu", **settings})


def python(code: str) -> subprocess.Popen[str]:
    """Another process."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code], **pipes)


# What is kept


def test_a_session_comes_back_as_it_was(kept):
    began = begin(kept)

    with History(silent) as again:
        assert again.sessions() == [began]
    assert (began.drill, began.folder, began.mode, began.seconds) == ("mean", Path("/somewhere/mean"), Mode.TIMED, 600)
    assert (began.hints, began.reading, began.ending) == (0, None, None)


def test_an_attempt_comes_back_with_its_source_and_verdict(kept, verdict):
    session = begin(kept)
    said = verdict(Outcome.FAIL)

    kept.keep(attempt(session), b"x = 1\n", said, ends=False)

    (found,) = kept.attempts(session)
    assert found == attempt(session, id=found.id)
    assert kept.source(found) == b"x = 1\n"
    assert kept.verdict(found) == said


def test_a_pass_and_the_end_of_its_session_are_one_write(kept, verdict):
    session = begin(kept)

    ended = kept.keep(attempt(session, outcome="pass"), b"", verdict(Outcome.PASS), ends=True)

    assert (ended.ending, ended.ended) == (Ending.PASSED, 1000.0)


def test_the_first_ending_counts(kept):
    session = kept.end(begin(kept), Ending.GIVEN_UP, clock.now())

    assert kept.end(session, Ending.SHOWN, clock.now()) == session


def test_reading_ends_with_the_first_save_that_was_seen(kept):
    session = begin(kept)

    assert [kept.saw_save(session, seconds).reading for seconds in (90.0, 40.0, 60.0)] == [90.0, 40.0, 40.0]


def test_hints_are_counted_and_not_beyond_their_number(kept):
    session = begin(kept)

    assert [kept.take_hint(session, of=3).hints for _ in range(4)] == [1, 2, 3, 3]


def test_starting_a_drill_again_ends_its_older_sessions_and_no_others(kept):
    mean, spread = begin(kept), begin(kept, "spread")
    mock = kept.begin_mock(["mean"], Path("/m"), device="cpu", seconds=60.0, started=clock.now())
    part = begin(kept, mode=Mode.MOCK, mock=mock.id)

    new = begin(kept)

    endings = {session.id: session.ending for session in kept.sessions()}
    assert endings == {mean.id: Ending.REPLACED, spread.id: None, part.id: None, new.id: None}


def test_the_end_of_a_mock_interview_ends_its_sessions(kept):
    mock = kept.begin_mock(["mean", "spread"], Path("/m"), device="cpu", seconds=60.0, started=clock.now())
    part, alone = begin(kept, mode=Mode.MOCK, mock=mock.id), begin(kept, "spread")

    ended = kept.end_mock(mock, 5.0)

    assert (ended.drills, ended.ended) == (("mean", "spread"), 5.0)
    assert kept.session(part.id).ending is Ending.MOCK_OVER
    assert kept.session(alone.id).ending is None
    assert kept.sessions(mock=mock) == [kept.session(part.id)]


def test_nobody_else_can_read_it(kept, learner):
    assert stat.S_IMODE(learner.home.stat().st_mode) == 0o700
    assert stat.S_IMODE(learner.database.stat().st_mode) == 0o600


def test_it_lies_in_the_users_data_folder_unless_told_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("GROUNDUP_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)

    with History(silent) as kept:
        path = kept.path

    assert path.is_relative_to(tmp_path)
    assert (path.parent.name, path.name) == ("groundup", "history.db")


# Several processes

WRITER = """
import sys
from pathlib import Path
from groundup.drill import clock
from groundup.drill.history import History
from groundup.drill.session import Mode

print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    with History(print) as kept:
        session = kept.begin(f"drill-{number}", Path("/x"), Mode.TIMED, device="cpu", seconds=1.0, started=clock.now())
        kept.take_hint(session, 3)
"""


def test_two_processes_write_at_once_and_nothing_is_lost():
    writers = [python(WRITER), python(WRITER)]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate()[0] for writer in writers]

    assert said == ["", ""]
    assert [writer.returncode for writer in writers] == [0, 0]
    with History(silent) as kept:
        sessions = kept.sessions()
    assert len(sessions) == 50
    assert all(session.hints == 1 for session in sessions)


def test_many_processes_begin_the_same_file():
    writers = [python(WRITER) for _ in range(4)]
    for writer in writers:
        writer.stdout.readline()
    said = [writer.communicate("go\n")[0] for writer in writers]

    assert said == [""] * 4
    with History(silent) as kept:
        assert len(kept.sessions()) == 100


def test_one_that_does_not_let_go_is_spoken_of(kept, learner, monkeypatch):
    monkeypatch.setattr(history, "_BUSY_SECONDS", 0.01)
    with contextlib.closing(sqlite3.connect(learner.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BusyHistory), History(silent):
            pass
    with pytest.raises(BusyHistory), History(silent) as mine:  # noqa: PT012 - the second half is the one that fails
        other = sqlite3.connect(learner.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with contextlib.closing(other):
            begin(mine)


# Crashes

KILLED = """
import sys
from pathlib import Path
from groundup.drill import clock
from groundup.drill.history import History
from groundup.drill.session import Mode

kept = History(print)
kept._db.execute("PRAGMA cache_size = 1")
kept._db.execute("BEGIN IMMEDIATE")
kept._db.execute("UPDATE session SET hints = 3")
for number in range(2000):  # more than the cache holds, so that the file itself is being written to
    kept._db.execute("INSERT INTO session (drill, folder, mode, device, wall, boot, boot_id) VALUES"
                     " ('mean', ?, 'timed', 'cpu', 0, 0, '')", ("x" * 200,))
print("in the middle", flush=True)
sys.stdin.readline()
"""


def test_a_write_that_was_cut_off_has_not_happened(kept, learner):
    before = begin(kept)
    process = python(KILLED)
    assert process.stdout.readline() == "in the middle\n"
    size = learner.database.stat().st_size
    process.kill()
    process.communicate()

    assert size > 100_000
    assert learner.database.with_name("history.db-journal").stat().st_size > 0
    with History(silent) as again:
        assert again.sessions() == [before]


def test_an_exception_in_the_middle_of_a_write_takes_it_back(kept):
    session = begin(kept)

    with pytest.raises(KeyboardInterrupt), kept.writing():  # noqa: PT012 - what stands inside is the write
        kept._db.execute("UPDATE session SET hints = 3")
        raise KeyboardInterrupt

    assert kept.session(session.id).hints == 0


# Damage


def overwrite(path: Path) -> None:
    path.write_bytes(b"this is no database, " * 500)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def scribble(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize("damage", [overwrite, truncate, scribble])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(learner, damage):
    with History(silent) as kept:
        for number in range(40):
            begin(kept, f"drill-{number}")
    damage(learner.database)
    damaged = learner.database.read_bytes()
    said = []

    with History(said.append) as kept:
        assert kept.sessions() == []
        begin(kept)
    with History(silent) as kept:
        assert len(kept.sessions()) == 1

    (aside,) = learner.home.glob("history.damaged-*.db")
    assert aside.read_bytes() == damaged
    assert said == [
        f"The record of what you did was damaged: it is kept as {aside}, and a new one is begun.\n"
        "Your own files are as they were."
    ]


def test_two_damaged_files_of_one_second_are_both_kept(learner, monkeypatch):
    monkeypatch.setattr(history.time, "strftime", lambda _: "20250101-000000")
    for _ in range(2):
        with History(lambda words: None):
            pass
        overwrite(learner.database)
    with History(lambda words: None):
        pass

    names = sorted(path.name for path in learner.home.glob("history.damaged-*"))
    assert names == ["history.damaged-20250101-000000-1.db", "history.damaged-20250101-000000.db"]


def test_a_file_that_cannot_be_opened_is_no_damage(learner):
    learner.database.mkdir(parents=True)

    with pytest.raises(LockedAway, match="GROUNDUP_HOME names another folder"), History(silent):
        pass
    assert learner.database.is_dir()


def test_a_home_that_cannot_be_made_is_said(learner):
    learner.home.write_text("a file")

    with pytest.raises(LockedAway, match="file exists"), History(silent):
        pass


# Versions


def test_a_newer_layout_is_left_alone(learner, kept):
    begin(kept)
    newest = len(history.LAYOUTS)
    learner.rows(f"PRAGMA user_version = {newest + 1}")
    before = learner.database.read_bytes()

    with pytest.raises(NewerHistory) as caught, History(silent):
        pass

    assert caught.value.exit_code == 10
    assert caught.value.format_message() == (
        f"{learner.database} was written by a newer version of Ground Up"
        f" (layout {newest + 1}; this version knows {newest}).\n"
        "Update Ground Up, or set GROUNDUP_HOME to another folder to keep a second history there."
    )
    assert learner.database.read_bytes() == before


def test_an_older_layout_is_brought_up_to_date_and_keeps_what_it_holds(kept, learner, monkeypatch):
    session = begin(kept)
    step = ("ALTER TABLE session ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'", "UPDATE session SET mood = 'glad'")
    monkeypatch.setattr(history, "LAYOUTS", (*history.LAYOUTS, step))

    with History(silent) as newer:
        assert newer.sessions() == [session]

    assert learner.rows("SELECT mood FROM session") == [("glad",)]
    assert learner.rows("PRAGMA user_version") == [(len(history.LAYOUTS),)]


def test_a_step_that_fails_leaves_the_older_layout(kept, learner, monkeypatch):
    session = begin(kept)
    step = ("UPDATE session SET drill = 'lost'", "no statement")
    monkeypatch.setattr(history, "LAYOUTS", (*history.LAYOUTS, step))

    with pytest.raises(LockedAway), History(silent):
        pass

    monkeypatch.undo()
    assert learner.rows("SELECT drill FROM session") == [(session.drill,)]
    assert learner.rows("PRAGMA user_version") == [(len(history.LAYOUTS),)]
