"""`drill watch`: the checks run again whenever the file is saved; h, s and q do the rest."""

from __future__ import annotations

import contextlib
import functools
import os
import queue
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from groundup.catalogue import Drill
from groundup.drill import clock, grader, hints
from groundup.drill.desk import Desk
from groundup.drill.errors import DrillError
from groundup.drill.feedback import Feedback, headline
from groundup.drill.history import History
from groundup.drill.keyboard import Events, Keyboard
from groundup.drill.screen import console, paint, show
from groundup.drill.session import Mode, Session
from groundup.drill.submission import Handin, Result, notice_save
from groundup.drill.verdict import CheckResult, Outcome, Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

_DEBOUNCE, _STEP = 20, 2
"""Milliseconds: how long saves are gathered at most, and after how much quiet they are told."""

_PATIENCE = 0.4
"""Seconds after which a check that goes on is spoken of."""


class Saved:
    """The file may have changed."""


@dataclass(frozen=True)
class Graded:
    """A grade came back, or failed."""

    verdict: Verdict | None
    fault: BaseException | None
    handin: Handin | None


@dataclass
class Work:
    """A grade that goes on."""

    began: float
    handin: Handin | None
    done: int = 0


class Saves:
    """Tells when a file is written, renamed into place, or touched.

    Args:
        file: Which.
        events: Where to.
    """

    def __init__(self, file: Path, events: Events) -> None:
        self._file, self._events = file, events
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Saves:
        self._thread.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._stop.set()

    def _look(self) -> None:
        from watchfiles import watch

        name = self._file.name
        with contextlib.suppress(OSError):  # the folder is gone; the clock's tick looks, too
            for _ in watch(
                self._file.parent,
                watch_filter=lambda _, path: os.path.basename(path) == name,
                debounce=_DEBOUNCE,
                step=_STEP,
                rust_timeout=500,
                stop_event=self._stop,
                raise_interrupt=False,
                recursive=False,
            ):
                self._events.put(Saved())


class Watch:
    """The loop.

    Args:
        history: Open.
        session: Which is worked on.
        drill: Its drill.
    """

    def __init__(self, history: History, session: Session, drill: Drill) -> None:
        self.history, self.session, self.drill = history, session, drill
        self.desk = Desk(drill, session.folder)
        self.events: Events = queue.SimpleQueue()
        self.console = console()
        self.live = self.console.is_terminal
        self.body: Callable[[int | None], RenderableType] | None = None
        self.head = ""
        self.work: Work | None = None
        self.again = False
        self.seen: tuple[int, int, int] | None = None
        self.exit_code: int | None = None

    def run(self) -> int:
        """Until q, or a pass; returns the exit code."""
        with (
            Keyboard(self.events),
            Saves(self.desk.file, self.events),
            self._tidy(),
            grader.client(stays=True) as self.client,
        ):
            self._check()
            while self.exit_code is None:
                try:
                    self._handle(self.events.get(timeout=self._until_tick()))
                except queue.Empty:
                    self._tick()
        return self.exit_code

    @contextlib.contextmanager
    def _tidy(self) -> Iterator[None]:
        try:
            yield
        finally:
            if self.live:
                with contextlib.suppress(OSError):
                    sys.stdout.write("\r\x1b[K")
                    sys.stdout.flush()

    def _until_tick(self) -> float:
        """Seconds until the clock shows another second."""
        return 1.0 - clock.now().since(self.session.started) % 1.0

    # Events

    def _handle(self, event: object) -> None:
        match event:
            case Saved():
                self._check()
            case Graded():
                self._graded(event)
            case CheckResult() if self.work:
                self.work.done += 1
                self._footer()
            case "h":
                self._hint()
            case "s":
                self._submit()
            case "q" | "Q" | "\x04":  # see keyboard.QUIT
                self.exit_code = 0
            case "\x0c" | "\r" | "\n" if self.live:
                self._draw()

    def _tick(self) -> None:
        """Once a second: the clock, and a look at the file, should the system not have told of a save."""
        self.session = self.history.session(self.session.id)
        if self.seen is not None and self._look() not in (None, self.seen):
            self._check()
        self._footer()

    def _look(self) -> tuple[int, int, int] | None:
        try:
            about = self.desk.file.stat()
        except OSError:
            return None
        return about.st_mtime_ns, about.st_size, about.st_ino

    # Grades

    def _check(self) -> None:
        if self.work is not None:
            self.again = True
            return
        self.seen = self._look()
        try:
            source = self.desk.read()
        except DrillError as error:
            self._say(error.format_message())
            return
        check = functools.partial(grader.check, self.drill, source, progress=self.events.put, through=self.client)
        self._start(check, None)

    def _submit(self) -> None:
        if self.work is not None:
            return
        try:
            handin = Handin.prepare(self.history, self.session, self.drill)
        except DrillError as error:
            self._say(error.format_message())
            return
        self._start(lambda: handin.grade(self.events.put), handin)

    def _start(self, grade: Callable[[], Verdict], handin: Handin | None) -> None:
        """Grade in a thread, so that keys and clock go on."""
        self.work = Work(time.monotonic(), handin)

        def work() -> None:
            try:
                self.events.put(Graded(grade(), None, handin))
            except BaseException as fault:  # told by the main thread
                self.events.put(Graded(None, fault, handin))

        threading.Thread(target=work, daemon=True).start()
        if handin is not None:
            self._footer()

    def _graded(self, graded: Graded) -> None:
        self.work = None
        if graded.fault is not None:
            raise graded.fault
        assert graded.verdict is not None
        if graded.handin is not None:
            self._submitted(graded.handin, graded.verdict)
        else:
            self._checked(graded.verdict)
        if self.again and self.exit_code is None:
            self.again = False
            self._check()

    def _checked(self, verdict: Verdict) -> None:
        now = clock.now()
        open_book = self.session.open_book(now)
        self.head = time.strftime("%H:%M:%S")
        self._show(lambda room: Feedback(self.drill, verdict, open_book=open_book, room=room))
        if verdict.outcome is not Outcome.VOID and self.session.ending is None:
            self.session = notice_save(self.history, self.session, self.desk, now)
            self.session = self.history.count_check(self.session)

    def _submitted(self, handin: Handin, verdict: Verdict) -> None:
        done = handin.finish(self.history, verdict)
        self.session = done.session
        self.head = "handed in"
        if self.session.ending is not None:
            self.exit_code = done.exit_code
            self._show(lambda _: Result(done))
        else:
            self._show(lambda room: Result(done, room))

    # The screen

    def _hint(self) -> None:
        self.session, shown = hints.take(self.history, self.session, self.drill)
        self.head = f"{self.session.hints} of {len(self.drill.hints)} hints taken"
        self._show(lambda _: hints.Page(shown))

    def _say(self, text: str) -> None:
        from rich.text import Text

        self.head = time.strftime("%H:%M:%S")
        self._show(lambda _: Text(text))

    def _show(self, body: Callable[[int | None], RenderableType]) -> None:
        self.body = body
        self._draw()

    def _draw(self) -> None:
        if self.body is None:
            return
        if not self.live:
            show(headline(self.session, self.head, clock.now()), self.body(None), "")
            sys.stdout.flush()
            return
        height = shutil.get_terminal_size((80, 24)).lines
        fresh = console()  # the window may have changed its width
        with fresh.capture() as capture:
            fresh.print(headline(self.session, self.head, clock.now()))
            fresh.print()
            fresh.print(self.body(height - 5))
        sys.stdout.write(f"\x1b[H\x1b[2J{capture.get()}\n")
        self._footer()

    def _footer(self) -> None:
        if not self.live or self.exit_code is not None:
            return
        columns = shutil.get_terminal_size((80, 24)).columns
        left = self._clock_words()
        keys = "h hint   s submit   q quit"
        if self.work and (self.work.handin or time.monotonic() - self.work.began > _PATIENCE):
            doing = "handing in" if self.work.handin else "checking"
            keys = f"{doing}: {self.work.done} done   q quit"
        line = f"{keys}   {left}"[: columns - 1]
        sys.stdout.write(f"\r\x1b[K{paint(line, 'dim')}")
        sys.stdout.flush()

    def _clock_words(self) -> str:
        left = self.session.left(clock.now())
        if self.session.ending is not None:
            return self.session.ending.value
        if left is None:
            return "practice, no clock"
        if left < 0:
            return f"time is over since {clock.minutes(-left)}"
        mock = " of the mock interview" if self.session.mode is Mode.MOCK else ""
        return f"{clock.minutes(left)} left{mock}"
