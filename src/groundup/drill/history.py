"""What the learner has done, in one SQLite file.

The file keeps SQLite's rollback journal, not a write-ahead log: home folders lie on network file systems, too, where a
log's shared memory does not work, and writes are few. A process that is killed in the middle of a write leaves a
journal, and the next one rolls it back. Writers wait for each other. Review dates are not kept: they follow from the
sessions (`groundup.drill.review`), so that the two can never disagree.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

from groundup.drill.clock import Stamp
from groundup.drill.errors import BusyHistory, LockedAway, NewerHistory
from groundup.drill.home import home, make_home
from groundup.drill.session import Attempt, Ending, Mode, Session
from groundup.drill.verdict import Verdict

LAYOUTS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE mock (
            id INTEGER PRIMARY KEY,
            wall REAL NOT NULL,             -- when it began: seconds since 1970,
            boot REAL NOT NULL,             -- seconds since the machine was started,
            boot_id TEXT NOT NULL,          -- and which run of the machine that was
            seconds REAL NOT NULL,          -- on its clock
            drills TEXT NOT NULL,           -- JSON list of names, in order
            device TEXT NOT NULL,
            folder TEXT NOT NULL,           -- where the drills' folders lie
            ended REAL                      -- seconds since 1970
        )
        """,
        """
        CREATE TABLE session (
            id INTEGER PRIMARY KEY,
            drill TEXT NOT NULL,
            folder TEXT NOT NULL,
            mode TEXT NOT NULL,
            device TEXT NOT NULL,
            seconds REAL,                   -- on the clock; NULL in practice
            wall REAL NOT NULL,
            boot REAL NOT NULL,
            boot_id TEXT NOT NULL,
            reading REAL,                   -- seconds until the first save that differed from the starter
            hints INTEGER NOT NULL DEFAULT 0,
            checks INTEGER NOT NULL DEFAULT 0,
            ending TEXT,
            ended REAL,
            mock INTEGER REFERENCES mock (id)
        )
        """,
        "CREATE INDEX session_by_drill ON session (drill)",
        """
        CREATE TABLE attempt (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL REFERENCES session (id),
            wall REAL NOT NULL,
            used REAL NOT NULL,             -- seconds since the session began
            late INTEGER NOT NULL,
            hints INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            score REAL NOT NULL,
            marks TEXT NOT NULL,            -- JSON: whether each mark is full
            seed TEXT NOT NULL,
            device TEXT NOT NULL,
            source BLOB NOT NULL,           -- what was handed in
            verdict TEXT NOT NULL           -- JSON: everything that was said of it
        )
        """,
        "CREATE INDEX attempt_by_session ON attempt (session)",
    ),
    (
        """
        CREATE TABLE plan (
            first_day TEXT NOT NULL         -- of the plan of four weeks, as in 2026-11-30; at most one row
        )
        """,
    ),
)
"""What turns each layout of the file into the next; the file's ``user_version`` says how many it has had."""

_BUSY_SECONDS = 10.0
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Mock:
    """Several drills under one clock.

    Args:
        id: Number in the history.
        started: When.
        seconds: On the clock.
        drills: Names, in order.
        device: Of the capstones.
        folder: Where the drills' folders lie.
        ended: When it was ended before its time, in seconds since 1970.
    """

    id: int
    started: Stamp
    seconds: float
    drills: tuple[str, ...]
    device: str
    folder: Path
    ended: float | None = None

    def left(self, now: Stamp) -> float:
        """Seconds until its deadline, below 0 after it."""
        return self.seconds - now.since(self.started)

    def running(self, now: Stamp) -> bool:
        """Whether it goes on."""
        return self.ended is None and self.left(now) >= 0


class History:
    """The open file.

    Args:
        tell: Called with a sentence when a damaged file was set aside.

    Raises:
        NewerHistory: A newer version wrote the file.
        BusyHistory: Another process does not let go of it.
        LockedAway: It cannot be read or written.
    """

    def __init__(self, tell: Tell) -> None:
        self.path = make_home() / "history.db"
        self._db = _open(self.path, tell)

    def __enter__(self) -> History:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._db.close()
        if isinstance(error, sqlite3.Error):
            raise _sentence(self.path, error) from None

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Everything inside is kept, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # Sessions

    def sessions(self, drill: str | None = None, mock: Mock | None = None) -> list[Session]:
        """All, or those of a drill or of a mock interview, oldest first."""
        rows = self._db.execute(
            "SELECT * FROM session WHERE (?1 IS NULL OR drill = ?1) AND (?2 IS NULL OR mock = ?2) ORDER BY id",
            (drill, mock.id if mock else None),
        )
        return [_session(row) for row in rows]

    def session(self, number: int) -> Session:
        """The one of that number."""
        return _session(self._db.execute("SELECT * FROM session WHERE id = ?", (number,)).fetchone())

    def begin(
        self,
        drill: str,
        folder: Path,
        mode: Mode,
        *,
        device: str,
        seconds: float | None,
        started: Stamp,
        mock: int | None = None,
    ) -> Session:
        """Start a session; an older one of that drill outside mock interviews that has not ended is replaced."""
        with self.writing():
            if mode is not Mode.MOCK:
                self._db.execute(
                    "UPDATE session SET ending = ?, ended = ? WHERE drill = ? AND ending IS NULL AND mock IS NULL",
                    (Ending.REPLACED.value, started.wall, drill),
                )
            cursor = self._db.execute(
                "INSERT INTO session (drill, folder, mode, device, seconds, wall, boot, boot_id, mock)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(drill, str(folder), mode.value, device, seconds),
                    *(started.wall, started.boot, started.boot_id, mock),
                ),
            )
        assert cursor.lastrowid is not None
        return self.session(cursor.lastrowid)

    def saw_save(self, session: Session, reading: float) -> Session:
        """The learner's file differs from the starter since so many seconds after the beginning, or earlier."""
        with self.writing():
            self._db.execute(
                "UPDATE session SET reading = min(coalesce(reading, ?), ?) WHERE id = ?", (reading, reading, session.id)
            )
        return self.session(session.id)

    def count_check(self, session: Session) -> Session:
        """The checks were run."""
        with self.writing():
            self._db.execute("UPDATE session SET checks = checks + 1 WHERE id = ?", (session.id,))
        return self.session(session.id)

    def take_hint(self, session: Session, of: int) -> Session:
        """The learner takes the next of so many hints."""
        with self.writing():
            self._db.execute("UPDATE session SET hints = min(hints + 1, ?) WHERE id = ?", (of, session.id))
        return self.session(session.id)

    def end(self, session: Session, ending: Ending, when: Stamp) -> Session:
        """The session is over; the first ending counts."""
        with self.writing():
            self._end(session.id, ending, when.wall)
        return self.session(session.id)

    def _end(self, session: int, ending: Ending, wall: float) -> None:
        self._db.execute(
            "UPDATE session SET ending = ?, ended = ? WHERE id = ? AND ending IS NULL", (ending.value, wall, session)
        )

    # Attempts

    def attempts(self, session: Session | None = None) -> list[Attempt]:
        """All, or those of a session, oldest first."""
        where, values = ("WHERE session = ?", (session.id,)) if session else ("", ())
        columns = "id, session, wall, used, late, hints, outcome, score, marks, seed, device"
        return [_attempt(row) for row in self._db.execute(f"SELECT {columns} FROM attempt {where} ORDER BY id", values)]

    def source(self, attempt: Attempt) -> bytes:
        """What was handed in."""
        found: bytes = self._db.execute("SELECT source FROM attempt WHERE id = ?", (attempt.id,)).fetchone()[0]
        return found

    def verdict(self, attempt: Attempt) -> Verdict:
        """What was said of it."""
        text = self._db.execute("SELECT verdict FROM attempt WHERE id = ?", (attempt.id,)).fetchone()[0]
        return Verdict.from_json(json.loads(text))

    def keep(self, attempt: Attempt, source: bytes, verdict: Verdict, *, ends: bool) -> Session:
        """Keep a submission, and end its session if it ends it."""
        with self.writing():
            self._db.execute(
                "INSERT INTO attempt (session, wall, used, late, hints, outcome, score, marks, seed, device, source,"
                " verdict) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(attempt.session, attempt.wall, attempt.used, attempt.late, attempt.hints, attempt.outcome),
                    *(attempt.score, json.dumps(attempt.marks), str(attempt.seed), attempt.device, source),
                    json.dumps(verdict.to_json()),
                ),
            )
            if ends:
                self._end(attempt.session, Ending.PASSED, attempt.wall)
        return self.session(attempt.session)

    # Mock interviews

    def mocks(self) -> list[Mock]:
        """All, oldest first."""
        return [_mock(row) for row in self._db.execute("SELECT * FROM mock ORDER BY id")]

    def begin_mock(self, drills: Sequence[str], folder: Path, *, device: str, seconds: float, started: Stamp) -> Mock:
        """Start a mock interview."""
        with self.writing():
            cursor = self._db.execute(
                "INSERT INTO mock (wall, boot, boot_id, seconds, drills, device, folder) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(started.wall, started.boot, started.boot_id, seconds),
                    *(json.dumps(list(drills)), device, str(folder)),
                ),
            )
        return _mock(self._db.execute("SELECT * FROM mock WHERE id = ?", (cursor.lastrowid,)).fetchone())

    def end_mock(self, mock: Mock, when: float) -> Mock:
        """A mock interview is over, with the sessions in it; the first ending counts."""
        with self.writing():
            self._db.execute("UPDATE mock SET ended = ? WHERE id = ? AND ended IS NULL", (when, mock.id))
            self._db.execute(
                "UPDATE session SET ending = ?, ended = ? WHERE mock = ? AND ending IS NULL",
                (Ending.MOCK_OVER.value, when, mock.id),
            )
        return _mock(self._db.execute("SELECT * FROM mock WHERE id = ?", (mock.id,)).fetchone())

    # The plan

    def plan(self) -> date | None:
        """Its first day, if it was begun."""
        row = self._db.execute("SELECT first_day FROM plan").fetchone()
        return date.fromisoformat(row["first_day"]) if row else None

    def begin_plan(self, first_day: date | None) -> None:
        """Begin it on a day, or put it away."""
        with self.writing():
            self._db.execute("DELETE FROM plan")
            if first_day is not None:
                self._db.execute("INSERT INTO plan (first_day) VALUES (?)", (first_day.isoformat(),))


def empty() -> bool:
    """Whether there is no file yet: then nothing has to be opened to know what it holds."""
    return not (home() / "history.db").exists()


# Rows


def _session(row: sqlite3.Row) -> Session:
    return Session(
        row["id"],
        row["drill"],
        Path(row["folder"]),
        Mode(row["mode"]),
        row["device"],
        row["seconds"],
        Stamp(row["wall"], row["boot"], row["boot_id"]),
        row["reading"],
        row["hints"],
        row["checks"],
        Ending(row["ending"]) if row["ending"] else None,
        row["ended"],
        row["mock"],
    )


def _attempt(row: sqlite3.Row) -> Attempt:
    return Attempt(
        row["session"],
        row["wall"],
        row["used"],
        bool(row["late"]),
        row["hints"],
        row["outcome"],
        row["score"],
        json.loads(row["marks"]),
        int(row["seed"]),
        row["device"],
        row["id"],
    )


def _mock(row: sqlite3.Row) -> Mock:
    return Mock(
        row["id"],
        Stamp(row["wall"], row["boot"], row["boot_id"]),
        row["seconds"],
        tuple(json.loads(row["drills"])),
        row["device"],
        Path(row["folder"]),
        row["ended"],
    )


# The file


def _open(path: Path, tell: Tell) -> sqlite3.Connection:
    """A connection to a whole file of the layout that this version knows."""
    try:
        try:
            return _connect(path)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
        with _alone(path):
            try:
                return _connect(path)  # another process may have dealt with it meanwhile
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
            aside = _set_aside(path)
            tell(
                f"The record of what you did was damaged: it is kept as {aside}, and a new one is begun.\n"
                "Your own files are as they were."
            )
            return _connect(path)
    except (sqlite3.Error, OSError) as error:
        raise _sentence(path, error) from None


def _connect(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # for nobody else to read; SQLite would ask the umask
    db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise _damage(found)
        _lay_out(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _lay_out(db: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the layout that this version knows."""
    if _layout(db) == len(LAYOUTS):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        found = _layout(db)  # again: another process may have come first
        if found > len(LAYOUTS):
            raise NewerHistory(path, found, len(LAYOUTS))
        for step in LAYOUTS[found:]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(LAYOUTS)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _layout(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _damage(found: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(found)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return (_code(error) & 0xFF) in _DAMAGE


def _code(error: BaseException) -> int:
    code: Any = getattr(error, "sqlite_errorcode", 0)
    return int(code)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one process at a time is here."""
    with open(path.with_suffix(".lock"), "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _set_aside(path: Path) -> Path:
    """Rename a damaged file and its journal, which would be rolled back into the next file; the journal goes first."""
    name = f"{path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
    number = 0
    aside = path.with_name(f"{name}{path.suffix}")
    while aside.exists():
        number += 1
        aside = path.with_name(f"{name}-{number}{path.suffix}")
    for ending in ("-journal", ""):
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{aside}{ending}")
    return aside


def _sentence(path: Path, error: sqlite3.Error | OSError) -> BusyHistory | LockedAway:
    if isinstance(error, OSError):
        return LockedAway(path, (error.strerror or str(error)).lower())
    if (_code(error) & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyHistory(path)
    return LockedAway(path, str(error))
