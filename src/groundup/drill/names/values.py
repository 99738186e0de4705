"""What a name may stand for, as far as reading tells: sets of atoms."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Path:
    """A module or something in it; the part ``*`` is a member whose name is known at run time only."""

    name: str


@dataclass(frozen=True, slots=True)
class Const:
    """A text, bytes or a whole number."""

    value: str | bytes | int


@dataclass(frozen=True, slots=True)
class Items:
    """A list or tuple that is written out."""

    parts: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A dict that is written out."""

    entries: tuple[tuple[Any, Value], ...]


@dataclass(frozen=True, slots=True)
class Space:
    """The namespace of a module: ``vars(numpy)``."""

    path: str


@dataclass(frozen=True, slots=True)
class Names:
    """The program's own namespace: ``globals()``."""


@dataclass(frozen=True, eq=False)
class Code:
    """A function of the program. One for each `def` or `lambda`."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, eq=False)
class Kind:
    """A class of the program."""

    node: ast.ClassDef


@dataclass(frozen=True, slots=True)
class Partial:
    """A call of which some arguments are there: ``functools.partial``."""

    function: Value
    args: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Getter:
    """``operator.attrgetter``, ``methodcaller`` (attributes) or ``itemgetter`` (keys)."""

    names: tuple[str, ...]
    keys: bool


@dataclass(frozen=True, slots=True)
class State:
    """An object that the module holds: what functions should not change. ``defined``: a function or class."""

    name: str
    defined: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """An argument with one entry a row, as its name says."""


Atom = Path | Const | Items | Table | Space | Names | Code | Kind | Partial | Getter | State | Rows
Value = frozenset[Atom]

NOTHING: Value = frozenset()


def consts_in(value: Value) -> list[Any]:
    """The constants that a value may be, in a fixed order."""
    return sorted([atom.value for atom in value if isinstance(atom, Const)], key=repr) if value else []


def texts_in(value: Value) -> list[str]:
    """The texts among them."""
    return [each for each in consts_in(value) if isinstance(each, str)]


def only_const(value: Value) -> Any:
    """The constant that a value is, if there is one alone."""
    consts = consts_in(value)
    return consts[0] if len(consts) == 1 else None


def letters_of(text: str) -> tuple[Value, ...]:
    """What a loop over a text gives, in order."""
    return tuple(frozenset({Const(letter)}) for letter in text[:64])


def depth_of(value: Value) -> int:
    """How deep lists are nested in a value."""
    depth = 0
    for atom in value:
        inner: Iterable[Value] = ()
        if isinstance(atom, Items):
            inner = atom.parts
        elif isinstance(atom, Table):
            inner = [each for _, each in atom.entries]
        elif isinstance(atom, Partial):
            inner = (atom.function, *atom.args)
        depth = max(depth, *(1 + depth_of(each) for each in inner), 0)
    return depth


def listed(parts: list[Value]) -> Value:
    """A written-out list; a long or deep one becomes flat, so that reading ends."""
    if any(depth_of(part) > 3 for part in parts):
        return NOTHING.union(*parts)
    if len(parts) > 64:
        parts = [NOTHING.union(*parts)]
    if not any(parts):
        return NOTHING
    return frozenset({Items(tuple(parts))})


_MOST = {int: 4, str: 8, bytes: 4, Items: 4, Table: 4, Partial: 4}


def is_wide(value: Value) -> bool:
    """Whether a value may be so many constants or lists that each is not worth following."""
    kinds = [type(atom.value if isinstance(atom, Const) else atom) for atom in value]
    return any(kinds.count(kind) > most for kind, most in _MOST.items())


def widened(value: Value) -> Value:
    """The value without its constants, and all lists as one: what keeps growing in a loop ends here."""
    kinds = (Const, Items, Table, Partial)
    plain = frozenset(atom for atom in value if not isinstance(atom, kinds))
    nested = flattened(frozenset(atom for atom in value if isinstance(atom, kinds)))
    return plain | {Items((nested,)), Table(((None, nested),))} if nested else plain


def flattened(value: Value) -> Value:
    """What is in it, at any depth, without the lists round it and without constants."""
    flat: set[Atom] = set()
    waiting = [value]
    while waiting:
        for atom in waiting.pop():
            if isinstance(atom, Items):
                waiting += atom.parts
            elif isinstance(atom, Table):
                waiting += [each for _, each in atom.entries]
            elif isinstance(atom, Partial):
                waiting += [atom.function, *atom.args]
            elif not isinstance(atom, Const):
                flat.add(atom)
    return frozenset(flat)
