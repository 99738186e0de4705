"""Scopes, what their names stand for, and what is written down on the way."""

from __future__ import annotations

import ast
import builtins
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from groundup.drill.names.syntax import bound_names, own_attributes, walk
from groundup.drill.names.values import (
    NOTHING,
    Code,
    Kind,
    Path,
    Rows,
    State,
    Value,
    is_wide,
    widened,
)

_STEPS = 100_000


MOST_ATOMS = 256


_LONGEST = 8  # dots in a path


_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Sight:
    """Something that a program does.

    Args:
        kind: ``import``; ``from`` (what such an import names); ``member`` (a path came out of an attribute, `getattr`
            or a namespace); ``name`` (a path came out of a name that nothing binds: builtins, star imports); ``use``
            (any other name that stands for a path); ``attribute`` (of something unknown); ``key`` (a text between
            square brackets); ``map`` (over rows); ``global``; ``write`` (to what the module holds); ``default`` (a
            change to a default argument).
        name: Path, attribute, or name of what is changed.
        line: Counted from 1.
        inside: Whether it is in a function.
        sheltered: Whether a ``with numpy.errstate()`` is round it, or a ``finally`` that calls the same thing.
    """

    kind: str
    name: str
    line: int
    inside: bool = False
    sheltered: bool = False


@dataclass(frozen=True)
class Reading:
    """All that was seen in a program, and the attributes that its own classes define."""

    sights: tuple[Sight, ...]
    own: frozenset[str]


class Tangled(Exception):
    """The program is too long or too tangled to be read."""


class Scope:
    """A module, class, function or comprehension, and what its names stand for."""

    def __init__(
        self,
        kind: str,
        parent: Scope | None,
        bound: set[str],
        outer: frozenset[str] = frozenset(),
        node: ast.AST | None = None,
        restores: bool = False,
    ) -> None:
        self.kind, self.parent, self.bound, self.outer, self.node = kind, parent, bound, outer, node
        self.restores = restores
        self.table: dict[str, Value] = {}  # everything a name was ever bound to
        self.env: dict[str, Value] = {}  # what it stands for here
        self.defined: set[str] = set()  # names of functions, classes and modules
        self.public = kind in ("module", "class")
        self.function: bool = kind == "function" or (parent is not None and parent.function)  # inside one


class Tracker(ABC):
    """Keeps scopes and tables, and looks names up; what statements and expressions do to them is added below."""

    def __init__(self, tree: ast.Module) -> None:
        nodes = walk(tree)
        self.tree = tree
        self.module = Scope("module", None, bound_names(tree.body)[0])
        self.scope = self.module
        self.scopes: dict[ast.AST, Scope] = {}
        self.atoms: dict[ast.AST, Code | Kind] = {}
        self.params: dict[tuple[ast.AST, str], Value] = {}
        self.returns: dict[ast.AST, Value] = {}
        self.fields: dict[str, Value] = {}  # by attribute, whatever the object
        self.patched: dict[str, Value] = {}  # what was assigned to a member of a module
        self.stars: list[str] = []
        self.own = frozenset(own_attributes(nodes))
        self.sights: dict[tuple[str, str, int, bool, bool], None] = {}  # fields of a `Sight`
        self.bound: dict[int, set[str]] = {}  # names that the statements of a loop bind
        self.stored: dict[ast.AST, set[str]] = {}  # names that functions bind, where one declares some global
        self.wide: set[tuple[int, Any]] = set()  # places that hold too many constants to follow each
        self.loose = {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
        self.tries = any(isinstance(node, ast.Try) for node in nodes)
        self.asked: set[tuple[int, Any]] = set()  # places that were looked into in this pass
        self.changed = self.rough = False  # changed: something was learnt too late for who had asked
        self.steps = 0
        self.sheltered = 0
        self.demo = not any(
            isinstance(node, ast.Name) and node.id == "__name__" and not isinstance(node.ctx, ast.Load)
            for node in nodes
        )

    @abstractmethod
    def value(self, node: ast.expr) -> Value:
        """What an expression may stand for."""

    @abstractmethod
    def assign(self, target: ast.expr, value: Value) -> None:
        """Give a value to a target."""

    @abstractmethod
    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        """Read a function of the program."""

    def step(self, work: int = 1) -> None:
        """Count steps of work.

        Raises:
            Tangled: There were too many.
        """
        self.steps += work
        if self.steps > _STEPS:
            raise Tangled

    def saw(self, kind: str, name: str, node: ast.AST) -> None:
        """Write down a sight."""
        line = getattr(node, "lineno", 1)
        self.sights[kind, name, line, self.scope.function, self.sheltered > 0] = None

    def grow(self, table: dict[Any, Value], key: Any, value: Value) -> None:
        """Add to what a place may hold."""
        old = table.get(key, NOTHING)
        place = (id(table), key)
        if value <= old:
            return
        new = widened(old | value) if place in self.wide else old | value
        if new == old:
            return
        if self.rough or is_wide(new):
            self.wide.add(place)
            new = widened(new)
        if len(new) > MOST_ATOMS:
            raise Tangled
        table[key] = new
        self.changed |= place in self.asked

    def held(self, table: dict[Any, Value], key: Any) -> Value:
        """What a place may hold, as far as is known."""
        self.asked.add((id(table), key))
        return table.get(key, NOTHING)

    def code(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Code:
        """The atom of a function, the same each time."""
        atom = self.atoms.setdefault(node, Code(node))
        assert isinstance(atom, Code)
        return atom

    def paths(self, value: Value) -> list[str]:
        """The paths among the things that a value may be."""
        return sorted([atom.name for atom in value if isinstance(atom, Path)]) if value else []

    def found(self, paths: Iterable[str], node: ast.AST, kind: str = "member") -> Value:
        """Paths that an expression gives, written down."""
        kept = {path for path in paths if path.count(".") < _LONGEST}
        for path in kept:
            self.saw(kind, path, node)
        return frozenset(Path(path) for path in kept)

    def bind(self, name: str, value: Value) -> None:
        """Have a name stand for a value from here on."""
        scope = self.scope
        while scope.kind == "comprehension" and name not in scope.bound and scope.parent is not None:
            scope = scope.parent
        if name in scope.outer:
            holder = self.holder(name, scope)
            self.grow(holder.table, name, value)
            return
        scope.env[name] = value
        self.grow(scope.table, name, value)

    def holder(self, name: str, scope: Scope) -> Scope:
        """Where a name that is declared global or nonlocal lives."""
        parent = scope.parent
        while parent is not None and parent.kind != "module":
            if parent.kind == "function" and name in parent.bound and name not in parent.outer:
                return parent
            parent = parent.parent
        self.module.bound.add(name)
        return self.module

    def look_up(self, name: str, node: ast.AST) -> Value:
        """What a name stands for here."""
        scope: Scope | None = self.scope
        direct = True  # still where the code runs, so that order counts
        while scope is not None:
            if scope.kind == "module":
                return self.of_module(name, node, direct)
            if name in scope.outer:
                holder = self.holder(name, scope)
                return self.of_module(name, node, False) if holder is self.module else self.held(holder.table, name)
            if scope.kind == "class":
                if direct and name in scope.env:
                    return scope.env[name]
            elif name in scope.bound:
                everything = self.held(scope.table, name)
                return scope.env.get(name, NOTHING) if direct and name not in self.loose else everything
            direct = direct and scope.kind == "comprehension"
            scope = scope.parent
        return NOTHING

    def of_module(self, name: str, node: ast.AST, direct: bool) -> Value:
        """What a name of the module stands for."""
        module = self.module
        if direct and name not in self.loose:
            value = module.env.get(name)
        else:
            held = self.held(module.table, name)  # before anything binds it, too
            value = held if name in module.bound else None
            if value is not None and self.scope.function:
                value |= {State(name, name in module.defined)}
        return self.unbound(name, node) if value is None else value

    def unbound(self, name: str, node: ast.AST | None) -> Value:
        """What a name stands for that nothing binds: a member of a star import, or a builtin."""
        paths = [f"{module}.{name}" for module in self.stars]
        if name in _BUILTINS or name.startswith("__"):
            paths.append(f"builtins.{name}")
        return self.found(paths, node, "name") if node is not None else frozenset(map(Path, paths))

    def join(self, *envs: dict[str, Value]) -> dict[str, Value]:
        """What names stand for after one of several ways was taken."""
        names = {name for env in envs for name in env}
        self.step(len(names) // 4)
        missing = self.unbound if self.scope.kind == "module" else lambda name, node: NOTHING
        return {
            name: NOTHING.union(*(env[name] if name in env else missing(name, None) for env in envs)) for name in names
        }

    def gives(self, value: Value) -> None:
        """A value leaves the function in which we are."""
        scope: Scope | None = self.scope
        while scope is not None and scope.kind == "comprehension":
            scope = scope.parent
        if scope is not None and scope.node is not None:
            self.grow(self.returns, scope.node, frozenset(atom for atom in value if not isinstance(atom, State | Rows)))

    def writes(self, base: Value, node: ast.AST, *, item: bool) -> None:
        """An attribute or an item of something is changed."""
        for atom in base:
            if (
                isinstance(atom, State)
                and self.scope.function
                and (atom.name.endswith("=") or not (item and atom.defined))
            ):
                kind = "default" if atom.name.endswith("=") else "write"
                self.saw(kind, atom.name.rstrip("="), node)

    def store(self, base: Value, name: str, value: Value) -> None:
        """Keep what is assigned to an attribute."""
        paths = self.paths(base)
        for path in paths:
            self.grow(self.patched, f"{path}.{name}", value)
        kept = frozenset(atom for atom in value if not isinstance(atom, State))
        if not paths and kept:
            self.grow(self.fields, name, kept)
