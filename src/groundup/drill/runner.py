"""Executes the learner's file and answers the judge's questions about it.

Runs in a process of its own that the zygote forked and the sandbox confined. Nothing here is trusted by the judge: once
the learner's code has run, it may have changed anything in this process.

Its first frame is ``{"ready": true}``: what happens before it is no fault of the learner's. Then a request is a frame
``{"id", "op", "values", ...}``, and the answer ``{"id", "value"}`` or ``{"id", "raised"}``. Ops:

    load        values (source,); name, defines, imports, forbidden    names that the file should define and does not
    attribute   on, name; count                                        value or reference
    call        on, values (args, kwargs); count, watch, tape          value or reference; with tape (number, result)
    make        on, name, values (args, kwargs, args of the method)    reference to what was made, and used once
    repeat      on, times, values (args, kwargs)                       list of the values of so many calls
    plug        on, values (weight, bias, args, kwargs)                a module made round a linear layer; the layer;
                                                                       what `parameters` says of the module
    use         on, name, changed, values (parameters, args); tape     as for call: of the module, or a method of it
    parameters  on                                                     of a module: value, requires_grad, by name
    vjp         tape, values cotangents                                gradients of the tape's tensors
    changed                                                            names of watched arrays that were modified

An answer about an object of the learner's may bring along what the next questions are likely to be about: then it has
``along``, the object's number, and its value is a pair of the value and a dict of attributes (see `_Runner.along`).
"""

from __future__ import annotations

import builtins
import functools
import gc
import inspect
import io
import linecache
import os
import socket
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from groundup.drill import ENCODING, shims, wire
from groundup.drill import SOLUTION as FILE
from groundup.drill.plain import dict_of, mro_of

OUTPUT_LIMIT = 2**20
"""Bytes that a learner's file may print; what is beyond is dropped."""


_MOST_TOLD = 10_000
"""Characters of an exception's message, of its traceback, and of a class's name."""

_MOST_PARAMETERS = 20

_MOST_ALONG, _LONGEST_ALONG = 1 << 16, 1 << 10
"""Bytes of an array, and entries of a list, that come along with an answer."""

_MOST_ATTRIBUTES = 64
"""How many an object or its classes may have for any to come along."""

_OFTEN = 16
"""How often an opcode must be executed in a call to be reported by itself."""


def serve(sock: socket.socket) -> NoReturn:
    """Answer requests until the judge is gone, then end the process."""
    for name, fd in (("stdout", 1), ("stderr", 2)):
        output = _Output(fd)
        setattr(sys, name, output)
        setattr(sys, f"__{name}__", output)
    try:
        runner = _Runner(sock)
        wire.send(sock, {"ready": True})
        while True:
            runner.answer(*wire.receive(sock))
    except (EOFError, BrokenPipeError, ConnectionError):
        os._exit(0)
    finally:
        os._exit(70)


class _Output(io.TextIOBase):
    """Writes at once, and drops what is over the limit: too many prints are no error."""

    def __init__(self, fd: int) -> None:
        self._fd, self._left = fd, OUTPUT_LIMIT

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._fd

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def write(self, text: str) -> int:
        data = text.encode("utf-8", "replace")[: max(0, self._left)]
        self._left -= len(data)
        if data:
            try:
                os.write(self._fd, data)
            except OSError:
                self._left = 0
        return len(text)


class _Runner:
    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.module = types.ModuleType("solution")
        self.objects: list[Any] = [self.module]
        self.numbers: dict[int, int] = {id(self.module): 0}
        self.watched: list[tuple[str, Any, tuple[Any, ...]]] = []
        self.tapes: list[tuple[list[Any], list[Any]]] = []
        self.rules: list[tuple[int | None, str]] = []
        self.functions: dict[int, Any] = {}
        self.codes: dict[int, types.CodeType] = {}
        self.places: dict[tuple[int, int], int] = {}
        self.methods: dict[tuple[int, str], types.MethodType] = {}
        self.parameters: dict[int, list[str]] = {}

    def answer(self, header: Mapping[str, Any], body: memoryview) -> None:
        reply: dict[str, Any] = {"id": header["id"]}
        buffers: Any = ()
        try:
            values = wire.unpack(header["values"], body, self.resolve)
            result = getattr(self, f"do_{header['op']}")(header, reply, *values)
            about = self.about(header, result)
            if attributes := self.along(about):
                reply["along"], result = self.numbers[id(about)], (result, attributes)
            reply["value"], buffers = wire.pack(result, self.refer)
        except BaseException as error:
            reply["raised"] = self.told(error)
            buffers = ()
        if self.rules:
            reply["rules"], self.rules = self.rules, []
        try:
            wire.send(self.sock, reply, buffers)
        except wire.TooLarge as error:
            reply.pop("value", None)
            wire.send(self.sock, {**reply, "raised": self.told(error)})

    # Operations

    def do_load(self, header: Mapping[str, Any], reply: dict[str, Any], source: bytes) -> list[str]:
        text = source.decode(ENCODING)
        linecache.cache[FILE] = (len(text), None, text.splitlines(keepends=True), FILE)
        self.module.__file__ = FILE
        for name in [name for name in sys.modules if name.partition(".")[0] == "groundup"]:
            del sys.modules[name]  # what counts and watches need not lie about
        sys.modules["solution"] = self.module
        code = compile(text, FILE, "exec", dont_inherit=True)
        shims.install(header["imports"], header["forbidden"], lambda name, line: self.rules.append((line, name)))
        exec(code, self.module.__dict__)
        return [name for name in header["defines"] if not hasattr(self.module, name)]

    def do_attribute(self, header: Mapping[str, Any], reply: dict[str, Any]) -> Any:
        read = functools.partial(getattr, self.objects[header["on"]], header["name"])
        return self.counted(read, (), {}, reply) if header["count"] else read()

    def do_call(
        self, header: Mapping[str, Any], reply: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        function = self.objects[header["on"]]
        if header["watch"]:
            self.watch(_parameters(function), args, kwargs)
        if header.get("tape"):
            return self.taped(function, args, kwargs)
        return self.counted(function, args, kwargs, reply) if header["count"] else function(*args, **kwargs)

    def counted(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], reply: dict[str, Any]) -> Any:
        """Call, and put into the reply how many opcodes that took."""
        counter = _Counter(self.codes)
        try:
            return counter.run(function, args, kwargs)
        finally:
            reply["opcodes"], reply["disturbed"] = sum(counter.counts.values()), counter.disturbed
            reply["places"] = [
                [self.places.setdefault(place, len(self.places)), times]
                for place, times in counter.counts.items()
                if times >= _OFTEN
            ]

    def do_make(
        self,
        header: Mapping[str, Any],
        reply: dict[str, Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        given: tuple[Any, ...],
    ) -> Any:
        made = self.objects[header["on"]](*args, **kwargs)
        getattr(made, header["name"])(*given)
        return made

    def do_repeat(
        self, header: Mapping[str, Any], reply: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> list[Any]:
        function = self.objects[header["on"]]
        return [function(*_copied(args), **_copied(kwargs)) for _ in range(header["times"])]

    def do_plug(
        self,
        header: Mapping[str, Any],
        reply: dict[str, Any],
        weight: Any,
        bias: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> tuple[Any, Any, Any]:
        base = sys.modules["torch"].nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None).to(weight)
        base.weight.data = weight
        if bias is not None:
            base.bias.data = bias
        made = self.objects[header["on"]](base, *args, **kwargs)
        return made, base, _parameters_of(made) if isinstance(made, sys.modules["torch"].nn.Module) else None

    def do_use(
        self, header: Mapping[str, Any], reply: dict[str, Any], parameters: Mapping[str, Any], args: tuple[Any, ...]
    ) -> Any:
        torch, module = sys.modules["torch"], self.objects[header["on"]]
        own = dict(module.named_parameters())
        with torch.no_grad():
            for name in header["changed"]:  # no others: what is written to loses its tapes
                own[name].copy_(parameters[name])
        if header["name"]:
            return getattr(module, header["name"])(*args)
        if header.get("tape"):
            return self.taped(module, args, {}, [own[name] for name, each in parameters.items() if each.requires_grad])
        with torch.no_grad():
            return module(*args)

    def do_parameters(self, header: Mapping[str, Any], reply: dict[str, Any]) -> dict[str, tuple[Any, bool]]:
        return _parameters_of(self.objects[header["on"]])

    def do_changed(self, header: Mapping[str, Any], reply: dict[str, Any]) -> list[str]:
        watched, self.watched = self.watched, []
        return [name for name, value, before in watched if _state(value) != before]

    def do_vjp(self, header: Mapping[str, Any], reply: dict[str, Any], *cotangents: Any) -> tuple[Any, ...]:
        torch = sys.modules["torch"]
        leaves, outputs = self.tapes[header["tape"]]
        pairs = [(y, dy) for y, dy in zip(outputs, cotangents, strict=True) if dy is not None and y.requires_grad]
        if not pairs:
            return (None,) * len(leaves)
        ys, dys = zip(*pairs, strict=True)
        grads: tuple[Any, ...] = torch.autograd.grad(ys, leaves, dys, retain_graph=True, allow_unused=True)
        return grads

    # What comes along

    def about(self, header: Mapping[str, Any], result: Any) -> Any:
        """The object that the next question may be about: what a call made, or else whose attribute or method it was.

        None beside a large result, with which nothing more should have to fit into the frame.
        """
        if header["op"] not in ("call", "make", "attribute") or header.get("tape"):
            return None
        if _is_own(result):
            self.refer(result)  # so that it has a number
            return result
        on = self.objects[header["on"]]
        on = on.__self__ if type(on) is types.MethodType else on
        return on if _is_small(result) and id(on) in self.numbers else None

    def along(self, value: Any) -> dict[str, Any]:
        """Attributes that reading would give as they are here, without any code of the learner's.

        They are small data in the object itself, and the methods of its classes.
        """
        if not _is_own(value):
            return {}
        known: dict[str, Any] = {}
        for base in reversed(mro_of(type(value))[:-1]):
            known.update(dict_of(base))
        held = object.__getattribute__(value, "__dict__") if "__dict__" in known else {}
        if len(held) > _MOST_ATTRIBUTES or len(known) > _MOST_ATTRIBUTES:
            return {}
        data = {name: each for name, each in held.items() if name not in known and _is_small(each)}
        methods = {
            name: self.method(value, name, each)
            for name, each in known.items()
            if type(each) is types.FunctionType and not name.startswith("_") and name not in held
        }
        return {**data, **methods}

    def method(self, value: Any, name: str, function: types.FunctionType) -> types.MethodType:
        """A bound method, the same one each time: what crosses is kept for good."""
        found = self.methods.get((id(value), name))
        if found is None or found.__func__ is not function:
            found = self.methods[id(value), name] = types.MethodType(function, value)
        return found

    # Helpers of the operations

    def watch(self, names: list[str], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        names += [f"argument {i}" for i in range(len(names) + 1, len(args) + 1)]
        for name, value in (*zip(names, args, strict=False), *kwargs.items()):
            for inner, each in (*_holders(value, name), *_arrays(value, name)):
                self.watched.append((inner, each, _state(each)))

    def taped(
        self, function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], leaves: Sequence[Any] = ()
    ) -> tuple[int, Any]:
        torch = sys.modules["torch"]
        given = [value for _, value in _arrays((args, kwargs), "") if getattr(value, "requires_grad", False)]
        with torch.enable_grad():
            result = function(*args, **kwargs)
        outputs = result if type(result) is tuple else (result,)
        self.tapes.append(([*leaves, *given], [each for each in outputs if type(each) is torch.Tensor]))
        detached = tuple(each.detach() if type(each) is torch.Tensor else each for each in outputs)
        return len(self.tapes) - 1, detached if type(result) is tuple else detached[0]

    def refer(self, value: Any) -> dict[str, Any]:
        """A number for what cannot cross, the same for the same object."""
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)
        if type(value) is types.MethodType:  # many objects have the same methods
            key = id(value.__func__)
            if key not in self.parameters:
                self.parameters[key] = _parameters(value)
            parameters = self.parameters[key]
        else:
            parameters = _parameters(value)
        return {"id": number, "type": _name(type(value))[:_MOST_TOLD], "parameters": parameters}

    def resolve(self, reference: Mapping[str, Any]) -> Any:
        if "id" in reference:
            return self.objects[reference["id"]]
        number = reference["function"]
        if number not in self.functions:

            def function(*args: Any, **kwargs: Any) -> Any:
                return self.call_back(number, args, kwargs)

            self.functions[number] = function
        return self.functions[number]

    def call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        tree, buffers = wire.pack((args, kwargs), self.refer)
        wire.send(self.sock, {"callback": number, "values": tree}, buffers)
        header, body = wire.receive(self.sock)
        if "raised" in header:
            name, message = header["raised"]
            kind = getattr(builtins, name, RuntimeError)
            raise kind(message)
        return wire.unpack(header["value"], body, self.resolve)

    def told(self, error: BaseException) -> dict[str, Any]:
        """An exception in words, from the learner's first line on."""
        kind = type(error)
        bases = [_name(base) for base in type.mro(kind) if getattr(builtins, _name(base), None) is base]
        try:
            message = str(error)[:_MOST_TOLD]
        except Exception:
            message = "(its message cannot be shown)"
        if isinstance(error, wire.TooLarge):
            return {"type": "TooLarge", "bases": bases, "message": f"the result cannot be sent: {message}"}
        try:
            trace = traceback.TracebackException.from_exception(error, limit=40)
            trace.stack = traceback.StackSummary.from_list(_own(trace.stack))
            text = "".join(trace.format(chain=False))[:_MOST_TOLD]
        except Exception:
            text = ""
        return {"type": _name(kind)[:_MOST_TOLD], "bases": bases, "message": message, "traceback": text}


def _is_own(value: Any) -> bool:
    """Whether this is an object of a class of the learner's that looks attributes up as Python does by itself."""
    bases = mro_of(type(value))[:-1]
    return bool(bases) and all(
        type(each := dict_of(base)) is types.MappingProxyType
        and each.get("__module__") == "solution"
        and "__getattribute__" not in each
        and type(each.get("__dict__", _DICT)) is types.GetSetDescriptorType
        for base in bases
    )


def _is_small(value: Any) -> bool:
    """Whether this is plain data that takes little time to send."""
    kind = type(value)
    if kind is list:
        return len(value) <= _LONGEST_ALONG and all(id(type(each)) in _NUMBERS for each in value)
    np = sys.modules.get("numpy")
    if np is not None and (kind is np.ndarray or kind is np.float64 or kind is np.int64):
        return bool(value.dtype.kind in "biuf" and value.nbytes <= _MOST_ALONG)
    return id(kind) in _NUMBERS


def _name(kind: type) -> str:
    """A class's name, past a metaclass that gives another one."""
    name: str = type.__dict__["__name__"].__get__(kind)
    return name


def _parameters(value: Any) -> list[str]:
    """Names of a function's parameters, for messages; of a class those of its construction."""
    if not callable(value):
        return []
    try:
        return list(inspect.signature(value).parameters)[:_MOST_PARAMETERS]
    except (TypeError, ValueError):
        return []


_DICT = type("_", (), {}).__dict__["__dict__"]
_NUMBERS = frozenset(map(id, (bool, int, float, type(None))))


def _own(frames: traceback.StackSummary) -> list[traceback.FrameSummary]:
    first = next((n for n, frame in enumerate(frames) if frame.filename == FILE), len(frames))
    return list(frames[first:])


def _parameters_of(module: Any) -> dict[str, tuple[Any, bool]]:
    """A module's parameters by name: their values, and whether they require gradients."""
    return {name: (p.detach(), p.requires_grad) for name, p in module.named_parameters()}


def _copied(value: Any) -> Any:
    """The same with copies of the arrays and tensors in it; what else there is stays itself."""
    if isinstance(value, list | tuple):
        return type(value)(_copied(each) for each in value)
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    if type(value).__name__ == "ndarray":
        return value.copy()
    if type(value).__name__ == "Tensor":
        return value.detach().clone().requires_grad_(value.requires_grad)
    return value


def _arrays(value: Any, name: str) -> list[tuple[str, Any]]:
    """Arrays and tensors in arguments, with the names that a learner knows them by."""
    if type(value).__name__ in ("ndarray", "Tensor"):
        return [(name, value)]
    if isinstance(value, list | tuple):
        return [pair for each in value for pair in _arrays(each, name)]
    if isinstance(value, dict):
        return [pair for key, each in value.items() for pair in _arrays(each, f"{name}[{key!r}]" if name else str(key))]
    return []


def _holders(value: Any, name: str) -> list[tuple[str, Any]]:
    """Lists and dicts in arguments, themselves among them: what they hold can be exchanged."""
    if not isinstance(value, list | tuple | dict):
        return []
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    inner = [pair for key, each in pairs for pair in _holders(each, f"{name}[{key!r}]")]
    return inner if isinstance(value, tuple) else [(name, value), *inner]


def _state(value: Any) -> tuple[Any, ...]:
    """What must stay as it is: the objects that a list or dict holds; an array's bytes, and how they are read."""
    if isinstance(value, list | tuple | dict):
        held = [each for item in value.items() for each in item] if isinstance(value, dict) else value
        return tuple(map(_Very, held))
    if type(value).__name__ == "Tensor":
        data = value.detach().cpu().reshape(-1).view(sys.modules["torch"].uint8).numpy()
        return str(value.dtype), tuple(value.shape), data.tobytes()
    return value.dtype.str, value.shape, value.tobytes()


class _Very:
    """Equals only what holds the very same object."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Very) and self.value is other.value


class _Counter:
    """Counts the opcodes that Python executes in a call, in every frame, and each place in the code by itself.

    Args:
        codes: Code objects by their identity. Those that are met are added and stay, so that a place means the same in
            every call.
    """

    def __init__(self, codes: dict[int, types.CodeType]) -> None:
        self.codes = codes
        self.counts: dict[tuple[int, int], int] = {}
        self.disturbed = False

    def run(self, function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Call, and count meanwhile."""
        count = self._monitor if sys.version_info >= (3, 12) else self._trace
        gc.disable()  # what is collected may be finalised by Python code, at a time of the collector's choice
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # one that is shown once would count in one call alone
                return count(functools.partial(function, *args, **kwargs))
        finally:
            gc.enable()

    def _trace(self, call: Callable[[], Any]) -> Any:
        """Count by a trace function, as Python 3.11 can."""
        counts, codes = self.counts, self.codes

        def trace(frame: types.FrameType, event: str, _: Any) -> Any:
            if event == "opcode":
                place = id(frame.f_code), frame.f_lasti
                counts[place] = counts.get(place, 0) + 1
            else:
                codes[id(frame.f_code)] = frame.f_code
                frame.f_trace_opcodes, frame.f_trace_lines = True, False
            return trace

        sys.settrace(trace)
        try:
            return call()
        finally:
            self.disturbed = sys.gettrace() is not trace
            sys.settrace(None)

    def _monitor(self, call: Callable[[], Any]) -> Any:
        """Count by sys.monitoring: from Python 3.12 on a trace function misses those of a function's first call."""
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]  # 3.11 has none
        tool, event = monitoring.PROFILER_ID, monitoring.events.INSTRUCTION
        counts, codes = self.counts, self.codes

        def instruction(code: types.CodeType, offset: int) -> None:
            place = id(code), offset
            codes[place[0]] = code
            counts[place] = counts.get(place, 0) + 1

        monitoring.use_tool_id(tool, "drill")
        monitoring.register_callback(tool, event, instruction)
        monitoring.set_events(tool, event)
        try:
            return call()
        finally:
            self.disturbed = monitoring.get_tool(tool) != "drill" or monitoring.get_events(tool) != event
            monitoring.set_events(tool, 0)
            self.disturbed |= monitoring.register_callback(tool, event, None) is not instruction
            monitoring.free_tool_id(tool)
