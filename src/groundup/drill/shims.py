"""What the learner's file meets in the runner where a drill forbids something: a second net behind `scan`.

Imports that the drill does not allow raise `ImportError` with the reason. Forbidden functions compute as ever and
report who called them. Both look at the caller: what NumPy, PyTorch and the standard library do among themselves is not
the learner's doing. The learner's code shares this process and could undo all of it, so nothing here decides a mark.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import FrameType, ModuleType
from typing import Any, NamedTuple

from groundup.drill.scan import refusal, spellings

MODULE = "solution"
"""The learner's module."""

Report = Callable[[str, int | None], None]


def install(imports: Collection[str], forbidden: Mapping[str, str], report: Report) -> None:
    """Watch over what the learner's module imports and calls from here on.

    Args:
        imports: Packages that the drill allows.
        forbidden: Sentence by dotted name.
        report: Called with the name and the learner's line, once for each pair of them.
    """
    seen: set[tuple[str, int | None]] = set()

    def once(name: str, line: int | None) -> None:
        if (name, line) not in seen:
            seen.add((name, line))
            report(name, line)

    _guard_imports(imports, forbidden, once)
    for name in forbidden:
        module = sys.modules.get(name)
        for place in [_Place(None, "", module)] if module is not None else _places(name):
            _watch(name, place, once)


def _learner(frame: FrameType | None) -> bool:
    """Whether a frame belongs to the learner's file, or to a text that it executes."""
    return frame is not None and (
        frame.f_globals.get("__name__") in (MODULE, None) or frame.f_code.co_filename == f"{MODULE}.py"
    )


# Imports


def _guard_imports(imports: Collection[str], forbidden: Mapping[str, str], report: Report) -> None:
    plain_import, plain_import_module = builtins.__import__, importlib.import_module

    def refuse(name: str, frame: FrameType) -> None:
        if (sentence := refusal(name, imports, forbidden)) is not None:
            report(name, frame.f_lineno)
            raise ImportError(sentence, name=name)

    def guarded(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        frame = sys._getframe(1)
        if _learner(frame):
            refuse("." * level + name, frame)
            for member in fromlist or ():
                path = f"{name}.{member}"
                if isinstance(sys.modules.get(path), ModuleType):
                    refuse(path, frame)
        return plain_import(name, globals, locals, fromlist, level)

    def guarded_import_module(name: str, package: str | None = None) -> ModuleType:
        frame = sys._getframe(1)
        if _learner(frame):
            refuse(name, frame)
        return plain_import_module(name, package)

    builtins.__import__ = guarded
    importlib.import_module = guarded_import_module


# Functions


class _Place(NamedTuple):
    """Where a forbidden thing stands."""

    owner: Any
    attribute: str
    value: Any


# In a forked process each module that is looked into costs page faults: all of torch's would take 8 ms.
_ROOMS = {
    "numpy": (
        *(
            "",
            "_core",
            "_core.umath",
            "_core._multiarray_umath",
            "_core.multiarray",
            "_core.numeric",
            "_core.fromnumeric",
        ),
        *("linalg", "linalg._linalg", "fft", "ma.core", "lib._function_base_impl", "lib._nanfunctions_impl"),
    ),
    "torch": (
        *(
            "",
            "functional",
            "nn",
            "nn.functional",
            "nn.modules",
            "special",
            "linalg",
            "fft",
            "autograd",
            "func",
            "_refs",
        ),
        *("autograd.functional", "_functorch.eager_transforms", "_functorch.apis", "_VF", "_C._nn", "_C._special"),
    ),
}
_CLASSES = {"torch": ("_C._VariableFunctions", "ops.aten", "Tensor")}


def _places(name: str) -> list[_Place]:
    """Where a forbidden thing is found: in what holds it by its name, and in the rooms where it stands again."""
    root, _, member = name.partition(".")
    if not root:  # a method's name
        return _held(_resolve(sys.modules.get("torch"), "Tensor"), {member}, None)
    package = sys.modules.get(root)
    path, _, last = member.rpartition(".")
    if isinstance(_resolve(package, path), _ufunc()):  # its methods cannot be replaced, so it is replaced itself
        member = path
        path, _, last = member.rpartition(".")
    value = _resolve(package, member)
    if value is None or not member:
        return []
    alike = None if root == "torch" else value
    loaded = [sys.modules.get(f"{root}.{each}".rstrip(".")) for each in _ROOMS.get(root, ())]
    others = [_resolve(package, each) for each in (path, *_CLASSES.get(root, ()))]
    rooms = {id(room): room for room in loaded + others}.values()
    return [place for room in rooms for place in _held(room, spellings(root, last), alike)]


def _held(owner: Any, names: Iterable[str], value: Any) -> list[_Place]:
    """What stands under these names in a module or class; only the value where one is given."""
    pairs = [(each, getattr(owner, each, None)) for each in names]
    return [_Place(owner, each, found) for each, found in pairs if callable(found) and value in (None, found)]


def _resolve(value: Any, path: str) -> Any:
    for part in filter(None, path.split(".")):
        value = getattr(value, part, None)
    return value


def _ufunc() -> Any:
    return getattr(sys.modules.get("numpy"), "ufunc", ())


def _watch(name: str, place: _Place, report: Report) -> None:
    """Have a forbidden thing report when the learner's code uses it."""

    def told() -> None:
        frame = sys._getframe(2)
        if _learner(frame):
            report(name, frame.f_lineno)

    value: Any = place.value
    if isinstance(value, ModuleType):
        _watch_module(name, value, report)
        return
    if isinstance(value, type):
        place, value = _Place(value, "__init__", None), _making(value, told)
    elif isinstance(value, _ufunc()) and name.rpartition(".")[2] != value.__name__:
        value = _stand_in(value, lambda: None, told, spellings("numpy", name.rpartition(".")[2]))
    elif hasattr(value, "__name__") and not isinstance(value, _ufunc()) and place.owner is not _aten():
        value = _function(value, told)
    else:
        value = _stand_in(value, told, told, None)
    # What C holds and does not let go stays: the scan sees it.
    with contextlib.suppress(AttributeError, TypeError):
        setattr(place.owner, place.attribute, value)


def _aten() -> Any:
    return _resolve(sys.modules.get("torch"), "ops.aten")


def _function(value: Any, told: Callable[[], None]) -> Any:
    def function(*args: Any, **kwargs: Any) -> Any:
        told()
        return value(*args, **kwargs)

    for attribute in ("__name__", "__qualname__", "__module__", "__doc__"):
        with contextlib.suppress(AttributeError, TypeError):
            setattr(function, attribute, getattr(value, attribute))
    return function


def _making(value: Any, told: Callable[[], None]) -> Any:
    """What a forbidden class does with a new object from now on; the class itself stays, for others build on it."""
    plain = value.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        told()
        plain(self, *args, **kwargs)

    return __init__


def _stand_in(
    value: Any, called: Callable[[], None], taken: Callable[[], None], methods: Collection[str] | None
) -> Any:
    """An object like the one given, which reports calls, and attributes: those named, or all."""

    class StandIn:
        @property  # type: ignore[misc]  # read-only, for isinstance
        def __class__(self) -> Any:
            return type(value)

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            called()
            return value(*args, **kwargs)

        def __getattr__(self, attribute: str) -> Any:
            if (methods is None or attribute in methods) and not attribute.startswith("__"):
                taken()
            return getattr(value, attribute)

        def __repr__(self) -> str:
            return repr(value)

    return StandIn()


def _watch_module(name: str, value: ModuleType, report: Report) -> None:
    """Have a module report when the learner's code takes something out of it."""

    class Watched(type(value)):  # type: ignore[misc]  # whatever kind of module it is
        def __getattribute__(self, attribute: str) -> Any:
            frame = sys._getframe(1)
            if _learner(frame) and not attribute.startswith("__"):
                report(f"{name}.{attribute}", frame.f_lineno)
            return super().__getattribute__(attribute)

    value.__class__ = Watched
