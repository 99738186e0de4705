"""Single keys, without Enter, from a terminal that is left as it was found.

Whatever ends the command - the key q, an exception, Ctrl-C, a signal, the terminal's own end - puts the terminal back.
Only SIGKILL cannot be caught; shells put the terminal back themselves when a command dies of a signal.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import signal
import sys
import termios
import threading
import tty
from types import FrameType, TracebackType
from typing import Any

Events = queue.SimpleQueue[Any]


class Key(str):
    """One key."""


REDRAW = Key("\x0c")  # Ctrl-L
"""What is put in, too, when the window has another size, or the command goes on after Ctrl-Z."""

QUIT = (b"q", b"Q", b"\x04")
"""Keys after which no more are read: q, and Ctrl-D."""

_ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Keyboard:
    """Puts keys into a queue while it is open.

    Args:
        events: Where to.
    """

    def __init__(self, events: Events) -> None:
        self._events = events
        self._fd = _standard_input()
        self._found: list[Any] | None = None
        self._handlers: dict[int, Any] = {}
        self._woken, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Keyboard:
        if self._fd is not None:
            if os.isatty(self._fd):
                self._found = termios.tcgetattr(self._fd)
                for number in _ENDS:
                    self._handlers[number] = signal.signal(number, _end)
                self._handlers[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, self._pause)
                self._handlers[signal.SIGWINCH] = signal.signal(signal.SIGWINCH, self._resized)
                tty.setcbreak(self._fd, termios.TCSANOW)
            self._thread.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._restore()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        os.write(self._wake, b"!")
        if self._thread.is_alive():
            self._thread.join()
        os.close(self._wake)
        os.close(self._woken)

    def _restore(self) -> None:
        if self._found is not None and self._fd is not None:
            with contextlib.suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(self._fd, termios.TCSANOW, self._found)

    def _pause(self, number: int, _: FrameType | None) -> None:
        """Ctrl-Z: give the terminal back, stop, and take it again when the command goes on."""
        self._restore()
        handler = signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, handler)
        if self._fd is not None:
            with contextlib.suppress(termios.error):
                tty.setcbreak(self._fd, termios.TCSANOW)
        self._events.put(REDRAW)

    def _resized(self, *_: object) -> None:
        self._events.put(REDRAW)

    def _read(self) -> None:
        assert self._fd is not None
        while True:
            ready, _, _ = select.select([self._fd, self._woken], [], [])
            if self._woken in ready:
                return
            typed = self._byte()
            if not typed:
                if self._found is not None:
                    self._events.put(Key("q"))  # the terminal is gone
                return
            if typed == b"\x1b":
                self._skip()
                continue
            self._events.put(Key(typed.decode("ascii", "replace")))
            if typed in QUIT:
                return  # what is typed from here on is for the shell

    def _skip(self) -> None:
        """Read the rest of an escape sequence: arrows and the like mean nothing here."""
        if not self._more():
            return  # the key Esc alone
        kind = self._byte()
        while kind in (b"[", b"O") and self._more():
            typed = self._byte()
            if not typed or (b"@" <= typed <= b"~"):
                return

    def _more(self) -> bool:
        assert self._fd is not None
        return bool(select.select([self._fd], [], [], 0.02)[0])

    def _byte(self) -> bytes:
        assert self._fd is not None
        try:
            return os.read(self._fd, 1)
        except OSError:
            return b""


def _standard_input() -> int | None:
    try:
        return sys.stdin.fileno()
    except (OSError, ValueError, AttributeError):
        return None


def _end(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)
