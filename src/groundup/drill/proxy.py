"""The learner's module as the suite sees it: every call crosses to the runner and back.

Remote      an object that lives in the runner: the module, a function, a class, an instance
Session     the connection, its limits, and what became of the runner

RemoteError     the learner's code raised
Ended           the runner is gone
├── Hung        a call did not come back, or too much time was used in all
└── Gone        the process ended, or sent what is no answer
RunnerFault     our own zygote died; the grade is void
"""

from __future__ import annotations

import contextlib
import json
import re
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from groundup.drill import SOLUTION, wire

Kind = TypeVar("Kind")

TOTAL_CALLS = 6.0
"""What a learner's code may take in one stage, all calls together, in units of what one call may take."""

_START_SECONDS = 60.0
"""How long a runner may take until it listens: where processes are not forked, it imports everything first."""

_EXIT_SECONDS = 2.0
"""How long a process may take from the end of its connection to its own."""

_MOST_RULES = 100
"""Uses of forbidden things that are kept; the scan finds the others."""

_MOST_TOLD = (("type", 80), ("message", 2000), ("traceback", 8000))
"""Characters of what is told of an exception."""

_LIFE_SECONDS = 10.0
"""How long the zygote may take to say how a runner ended; it is ours, and answers at once."""


class RemoteError(Exception):
    """The learner's code raised an exception.

    Args:
        type_name: Name of its class.
        bases: Names of the built-in classes that it is an instance of.
        message: Its text.
        traceback: Formatted, from the learner's first line on.
    """

    def __init__(self, type_name: str, bases: list[str], message: str, traceback: str) -> None:
        super().__init__(f"{type_name}: {message}")
        self.type_name, self.bases, self.message, self.traceback = type_name, bases, message, traceback


class Ended(Exception):  # the runner is gone, and with it whatever the suite still wanted
    """The runner is gone.

    Args:
        words: Why, in a sentence.
        traceback: Where the learner's code was.
    """

    kind: Literal["timeout", "crash"] = "crash"

    def __init__(self, words: str, traceback: str = "") -> None:
        super().__init__(words)
        self.words, self.traceback = words, traceback

    def again(self) -> Ended:
        """The same to be raised once more: one exception would grow by a traceback with each time."""
        return type(self)(self.words, self.traceback)


class Hung(Ended):
    """A call did not come back."""

    kind = "timeout"


class Gone(Ended):
    """The process ended by itself, or broke the protocol."""


class RunnerFault(Exception):
    """Something of ours failed; nothing can be said about the learner's code."""


@dataclass
class Counting:
    """How many opcodes calls executed.

    Args:
        opcodes: All of them.
        disturbed: Whether the count cannot be trusted.
        places: How often each place in the code was executed that was executed often.
    """

    opcodes: int = 0
    disturbed: bool = False
    places: dict[int, int] = field(default_factory=dict)


@dataclass
class Watching:
    """Which arrays that calls were given have changed since."""

    changed: list[str] = field(default_factory=list)


class Remote:
    """An object in the runner. Equal and identical only to itself; attributes and calls cross over.

    Args:
        session: The connection.
        number: What the runner knows it by.
        type_name: Of its class.
        parameters: Names of its parameters, if it is a function.
    """

    __slots__ = ("_number", "_parameters", "_session", "_type_name")

    def __init__(self, session: Session, number: int, type_name: str, parameters: tuple[str, ...] = ()) -> None:
        self._session, self._number = session, number
        self._type_name, self._parameters = type_name, parameters

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # what Python and NumPy probe for is not the learner's to answer
        return self._session.attribute(self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it in the runner; see `Session.call`."""
        return self._session.call(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<{self._type_name} in the learner's code>"


class Solution(Remote):
    """The learner's module."""

    __slots__ = ("_known",)

    def __init__(self, session: Session) -> None:
        super().__init__(session, 0, "module")
        self._known: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = super().__getattr__(name)  # functions and classes: one question is enough
        return self._known[name]

    def counting(self) -> contextlib.AbstractContextManager[Counting]:
        """Count the opcodes of the calls inside the block, and of attributes that are computed when they are read."""
        return self._session.counting()

    def watching(self) -> contextlib.AbstractContextManager[Watching]:
        """Find out which arrays given to calls inside the block were modified, then or by a later call."""
        return self._session.watching()


def named(function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call by the names that the learner gave their parameters, as far as they are known."""
    parameters = function._parameters if isinstance(function, Remote) else ()
    names = [*parameters[: len(args)], *(f"argument {i}" for i in range(len(parameters) + 1, len(args) + 1))]
    return {**dict(zip(names, args, strict=True)), **kwargs}


def made(kind: Any, *args: Any, then: str, given: Mapping[str, Any], **kwargs: Any) -> Any:
    """Make an object of a class of the learner's, and call a method of it; returns the object.

    It is what two calls would do, in half the time. Not for tensors that require gradients.

    Args:
        kind: The class.
        *args: What it is made with.
        then: Name of the method.
        given: The method's arguments in their order, by the names that a message has for them.
        **kwargs: What it is made with by name.
    """
    return kind._session.make(kind, args, kwargs, then, given)


def repeated(function: Any, times: int, *args: Any, **kwargs: Any) -> list[Any]:
    """Call a function of the learner's so many times in one question; returns what it returned, in order.

    Each call gets a copy of the arrays among the arguments. A generator is one for all calls, so that they draw on.
    Not for calls that are to be counted or watched, nor for tensors that require gradients.
    """
    results: list[Any] = function._session.repeat(function, times, args, kwargs)
    return results


def watching(function: Any) -> contextlib.AbstractContextManager[Watching]:
    """Find out which arrays given to a remote function inside the block were modified."""
    if not isinstance(function, Remote):
        raise TypeError("only calls of the learner's functions can be watched")
    return function._session.watching()


class Session:
    """The judge's end of a runner.

    Args:
        data: Frames to and from the runner.
        life: Lines to and from the zygote that forked it.
        seconds: Limit for one call.
    """

    def __init__(self, data: socket.socket, life: socket.socket, seconds: float) -> None:
        self.data, self.life = data, life
        self.seconds, self.left = seconds, TOTAL_CALLS * seconds
        self.ended: Ended | None = None
        self.output = ""
        self.rules: list[tuple[int | None, str]] = []
        self.last_inputs: dict[str, Any] = {}
        self._replies = life.makefile("r", encoding="utf-8", errors="replace")
        self._said = 0
        self._remotes: dict[int, Remote] = {}
        self._callbacks: list[Callable[..., Any]] = []
        self._along: tuple[int, dict[str, Any]] = (0, {})
        self._counting: Counting | None = None
        self._watching = False

    # What a suite uses

    def load(self, source: bytes, *, meanwhile: Callable[[], None], **about: Any) -> Solution:
        """Execute the learner's file.

        Args:
            source: The file.
            meanwhile: What to do while it is executed.
            about: The rest of the request.

        Raises:
            RemoteError: It raised, or does not compile.
            Ended: It hung, or ended the process.
        """
        self._wait()
        missing = self.request("load", (source,), meanwhile=meanwhile, **about)
        if type(missing) is not list or not all(type(name) is str for name in missing):
            raise self._broke("an answer of another kind")
        self.missing: list[str] = missing
        return Solution(self)

    def _wait(self) -> None:
        """Until the runner is confined and listens; what goes wrong before that is ours."""
        try:
            wire.receive(self.data, deadline=time.monotonic() + _START_SECONDS)
        except (TimeoutError, EOFError, ConnectionError, wire.WireError) as error:
            words = self._last_words("end")
            raise RunnerFault(f"the runner did not start: {error}\n{self.output or words}") from None
        if select.select([self.life], [], [], 0)[0]:
            raise RunnerFault(f"the runner ended while it waited for a file: {self._last_words('')}")

    def call(self, target: Remote, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Call a remote object; with tensors that require gradients, the result carries them."""
        self.last_inputs = named(target, args, kwargs)
        torch = sys.modules.get("torch")
        if torch is not None and torch.is_grad_enabled():
            from groundup.drill import gradient

            if gradient.wanted(args, kwargs):
                return gradient.call(self, target._number, args, dict(kwargs))
        return self.request("call", (args, dict(kwargs)), on=target._number)

    def make(
        self, kind: Remote, args: tuple[Any, ...], kwargs: Mapping[str, Any], method: str, given: Mapping[str, Any]
    ) -> Any:
        """Make an object and call a method of it, in one question.

        Args:
            kind: A class of the learner's.
            args: For it.
            kwargs: For it, by name.
            method: Name of the method.
            given: The method's arguments, by the names that a message has for them.
        """
        self.last_inputs = {**named(kind, args, kwargs), **given}
        return self.request("make", (args, dict(kwargs), tuple(given.values())), on=kind._number, name=method)

    def repeat(self, target: Remote, times: int, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Any]:
        """Call a remote object so many times in one question; see `repeated`."""
        self.last_inputs = named(target, args, kwargs)
        results: list[Any] = self.request("repeat", (args, dict(kwargs)), on=target._number, times=times)
        if type(results) is not list or len(results) != times:
            raise self._broke("an answer of another kind")
        return results

    def attribute(self, target: Remote, name: str) -> Any:
        """An attribute of a remote object: what came along with the last answer is as it was then, or else asked for.

        It is handed out once, since a suite may write into an array.
        """
        number, known = self._along
        if number != target._number or name not in known or self.ended:
            return self.request("attribute", on=target._number, name=name)
        return known[name] if isinstance(known[name], Remote) else known.pop(name)

    @contextlib.contextmanager
    def counting(self) -> Iterator[Counting]:
        """Count the opcodes of the calls inside the block, and of attributes that are computed when they are read."""
        count = self._counting = Counting()
        try:
            yield count
        finally:
            self._counting = None

    @contextlib.contextmanager
    def watching(self) -> Iterator[Watching]:
        """Find out which arrays given inside the block were modified."""
        watch = Watching()
        self._watching = True
        try:
            yield watch
        finally:
            self._watching = False
        watch.changed = list(dict.fromkeys(map(str, self.request("changed"))))

    # Requests

    def request(self, op: str, values: Any = (), *, meanwhile: Callable[[], None] | None = None, **fields: Any) -> Any:
        """Ask the runner for something, answer its callbacks meanwhile, and return what comes back.

        Args:
            op: What for.
            values: To go with it.
            meanwhile: Work of the judge's own, which takes none of the runner's time.
            fields: Of the header.

        Raises:
            RemoteError: The learner's code raised.
            Ended: The runner is gone, now or earlier.
            RunnerFault: Something of ours failed.
        """
        if self.ended:
            raise self.ended.again()
        self._said += 1
        self._along = 0, {}
        tree, body = wire.pack(values, self._refer)
        flags = {"count": self._counting is not None, "watch": self._watching}
        header = {"id": self._said, "op": op, "values": tree, **flags, **fields}
        try:
            return self._reply(header, body, meanwhile)
        except TimeoutError:
            raise self._hung() from None
        except (EOFError, ConnectionError):
            raise self._gone() from None
        except wire.TooLarge:
            raise
        except wire.WireError as error:
            raise self._broke(str(error)) from None

    def _reply(self, question: Mapping[str, Any], buffers: Any, meanwhile: Callable[[], None] | None) -> Any:
        """Ask, and wait for the answer. What callbacks take counts only for all calls together: it is the suite's."""
        limit, until = self.seconds, time.monotonic() + self.left
        try:
            wire.send(self.data, question, buffers, deadline=min(time.monotonic() + limit, until))
            if meanwhile is not None:
                began = time.monotonic()
                meanwhile()
                until += time.monotonic() - began
            while True:
                began = time.monotonic()
                header, body = wire.receive(self.data, deadline=min(began + limit, until))
                limit -= time.monotonic() - began
                if "callback" in header:
                    self._answer(header, body, until)
                    continue
                if _checked(header.get("id"), int) != self._said:
                    raise wire.WireError("an answer to something that was not asked")
                self._note(header)
                if "raised" in header:
                    raise _error(header["raised"])
                value = wire.unpack(header.get("value"), body, self._resolve)
                return self._keep(header["along"], value) if "along" in header else value
        finally:
            self.left = max(0.0, until - time.monotonic())

    def _keep(self, number: Any, pair: Any) -> Any:
        """Keep the attributes that came along; returns the answer."""
        value, attributes = (*_checked(pair, tuple), None, None)[:2]
        if not all(type(name) is str for name in _checked(attributes, dict)):
            raise wire.WireError("an attribute without a name")
        self._along = _checked(number, int), attributes
        return value

    def _note(self, header: Mapping[str, Any]) -> None:
        if self._counting is not None and "opcodes" in header:
            self._counting.opcodes += _checked(header["opcodes"], int)
            self._counting.disturbed |= header.get("disturbed") is not False
            for pair in _checked(header.get("places", []), list):
                place, times = (_checked(each, int) for each in (*_checked(pair, list), 0, 0)[:2])
                self._counting.places[place] = self._counting.places.get(place, 0) + times
        for rule in _checked(header.get("rules", []), list)[: _MOST_RULES - len(self.rules)]:
            line, name = (*_checked(rule, list), None, None)[:2]
            self.rules.append((line if type(line) is int else None, printable(str(name)[:200])))

    def _answer(self, header: Mapping[str, Any], body: memoryview, deadline: float) -> None:
        """Call a function of the suite's for the learner."""
        number = _checked(header["callback"], int)
        if not 0 <= number < len(self._callbacks):
            raise wire.WireError("a callback that was never given")
        args, kwargs = (*_checked(wire.unpack(header.get("values"), body, self._resolve), tuple), (), {})[:2]
        answer: dict[str, Any]
        try:
            tree, buffers = wire.pack(self._callbacks[number](*args, **kwargs), self._refer)
            answer = {"value": tree}
        except (Ended, RunnerFault):
            raise
        except Exception as error:  # the learner's to handle, as the model's or the tool's own failure would be
            answer, buffers = _raised(error), []
        try:
            wire.send(self.data, answer, buffers, deadline=deadline)
        except wire.TooLarge as error:
            wire.send(self.data, _raised(error), deadline=deadline)

    def _refer(self, value: Any) -> dict[str, Any] | None:
        if isinstance(value, Remote):
            return {"id": value._number}
        if callable(value):
            if value not in self._callbacks:
                self._callbacks.append(value)
            return {"function": self._callbacks.index(value)}
        return None

    def _resolve(self, reference: Mapping[str, Any]) -> Remote:
        number = reference.get("id")
        if not isinstance(number, int) or isinstance(number, bool):
            raise wire.WireError("a reference without a number")
        if number not in self._remotes:
            parameters = reference.get("parameters")
            names = parameters if isinstance(parameters, list) else []
            kind = printable(str(reference.get("type", "object"))[:80])
            self._remotes[number] = Remote(self, number, kind, tuple(printable(str(name)[:40]) for name in names))
        return self._remotes[number]

    # The end of a runner

    def close(self) -> None:
        """End the runner and keep what it printed."""
        if not self.ended:
            self.ended = Gone("the suite is over")
            self._last_words("end")

    def _hung(self) -> Ended:
        words = self._last_words("dump")
        where = words.get("dump", "")
        over = "all calls together" if self.left <= 0 else "one call"
        limit = TOTAL_CALLS * self.seconds if self.left <= 0 else self.seconds
        self.ended = Hung(f"no answer after {limit:g} seconds, the limit for {over}", _own_lines(where))
        return self.ended

    def _gone(self) -> Ended:
        if not select.select([self.life], [], [], _EXIT_SECONDS)[0]:
            self._last_words("end")
            self.ended = Gone("your file closed its connection to the judge")
            return self.ended
        words = self._last_words("")
        status = int(words.get("status", 0))
        if status == -signal.SIGXCPU:
            self.ended = Hung("the processor time for one stage was used up", _own_lines(words.get("dump", "")))
        elif status < 0:
            self.ended = Gone(
                f"the process that ran your file died: {_signal_words(-status)}", _own_lines(words.get("dump", ""))
            )
        else:
            self.ended = Gone(f"your file ended its process, with exit status {status}")
        return self.ended

    def _broke(self, why: str) -> Ended:
        self._last_words("end")
        self.ended = Gone(f"the process that ran your file sent something that is no answer ({why})")
        return self.ended

    def _last_words(self, message: str) -> dict[str, Any]:
        """Have the zygote end the runner, and read how it ended."""
        self.life.settimeout(_LIFE_SECONDS)
        try:
            if message:
                self.life.sendall(f"{message}\n".encode())
            for line in self._replies:
                words: dict[str, Any] = json.loads(line)
                if "status" in words:
                    self.output = printable(str(words.get("output", "")))
                    return words
        except (OSError, ValueError) as error:
            raise RunnerFault(f"the runner's zygote does not answer: {error}") from None
        raise RunnerFault("the runner's zygote died")


def printable(text: str) -> str:
    """A text of the learner's in which nothing moves a cursor, hides, or cannot be encoded."""
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode("ascii") for c in text)


def _checked(value: Any, kind: type[Kind]) -> Kind:
    """What a runner sent, if it is of the kind that an honest one sends."""
    if type(value) is not kind:
        raise wire.WireError(f"{type(value).__name__} in the place of {kind.__name__}")
    return value


def _raised(error: Exception) -> dict[str, Any]:
    """A suite's exception, as a callback's answer."""
    return {"raised": [type(error).__name__, str(error)[:2000]]}


def _error(raised: Any) -> RemoteError:
    told = _checked(raised, dict)
    bases = [str(base) for base in _checked(told.get("bases", []), list)]
    kind, message, trace = (str(told.get(name, ""))[:most] for name, most in _MOST_TOLD)
    return RemoteError(printable(kind) or "Exception", bases, printable(message), printable(trace))


def _own_lines(dump: str) -> str:
    """The learner's own frames of a stack dump, outermost first as in a traceback."""
    frames = re.findall(rf'File "{re.escape(SOLUTION)}", line \d+ in \S+', dump)
    return (
        "\n".join(["Stack (most recent call last):", *(f"  {frame}" for frame in reversed(frames))]) if frames else ""
    )


def _signal_words(number: int) -> str:
    known: dict[int, str] = {
        signal.SIGSEGV: "a segmentation fault",
        signal.SIGKILL: "it was killed, for want of memory or by itself",
        signal.SIGABRT: "it aborted",
        signal.SIGBUS: "a bus error",
        signal.SIGFPE: "a floating-point trap",
        signal.SIGSYS: "a forbidden system call",
        signal.SIGXFSZ: "it wrote too much",
    }
    try:
        return known.get(number) or signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
