"""What the names of a program may stand for, found by reading it: nothing is run.

The reader follows modules and their members, as dotted paths such as ``numpy.logaddexp``, through everything that passes a
value on in Python: aliases, unpacking, default arguments, calls and returns, attributes, containers, ``getattr`` with names
that can be computed here. In straight-line code a name stands for what it was bound to last; in loops, and seen from
inside functions, for everything it was ever bound to. It writes down what it sees; `scan` decides what that means.
"""

from __future__ import annotations

import ast
import builtins
import operator
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

# What a name may stand for: a set of these.


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

# What the reader writes down.


@dataclass(frozen=True)
class Sight:
    """Something that a program does.

    Args:
        kind: ``import``; ``from`` (what such an import names); ``member`` (a path came out of an attribute, `getattr`, a
            namespace); ``name`` (a path came out of
            a name that no import names: builtins, star imports); ``use`` (any other name that stands for a path);
            ``attribute`` (of something unknown); ``key`` (a text between square brackets); ``map`` (over rows);
            ``global``, ``write`` (to what the module holds); ``default`` (a change to a default argument).
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


_LOCK = threading.Lock()
_STEPS = 100_000
_PASSES = 20
_EXACT = 5  # passes in which single constants and lists are followed
_ATOMS = 256
_LONGEST = 8  # dots in a path
_TEXT = 80

ROW_NAMES = frozenset(
    "x X y Y z Z data rows logits targets scores labels points samples y_true y_pred y_score X_train y_train X_test".split()
)
"""Parameters of public functions that have one entry a row by the drills' contracts."""

_ROW_METHODS = frozenset({"tolist", "ravel", "flatten", "copy", "astype", "reshape", "squeeze", "view"})
_ROW_FUNCTIONS = frozenset({"list", "tuple", "iter", "enumerate", "zip", "reversed", "sorted"})
_MUTATING = frozenset(
    "append extend insert update add setdefault pop popitem popleft appendleft clear remove discard sort reverse fill "
    "subtract difference_update intersection_update symmetric_difference_update __setitem__ __setattr__".split()
)
_FOLDED = frozenset(
    "join format replace lower upper strip lstrip rstrip title capitalize casefold swapcase removeprefix removesuffix "
    "decode encode split".split()
)
_BUILTINS = frozenset(dir(builtins))
_OPENING = frozenset({"builtins.getattr", "builtins.vars", "builtins.type", "builtins.object", "builtins.__import__"})


def parse(source: str) -> ast.Module | None:
    """The tree of a program, or nothing where Python could not load it."""
    try:
        # Warnings about the learner's text are the runner's to show. The filters are the process's own, hence the lock.
        with _LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


@lru_cache(maxsize=8)
def read(source: str) -> Reading:
    """Read a program; one that has a syntax error shows nothing.

    Raises:
        Tangled: It nests too deep, or holds too many values to follow.
    """
    tree = parse(source)
    if tree is None:
        return Reading((), frozenset())
    try:
        return _Reader(tree).read()
    except RecursionError:
        raise Tangled from None


class _Scope:
    """A module, class, function or comprehension, and what its names stand for."""

    def __init__(
        self,
        kind: str,
        parent: _Scope | None,
        bound: set[str],
        outer: frozenset[str] = frozenset(),
        node: ast.AST | None = None,
    ) -> None:
        self.kind, self.parent, self.bound, self.outer, self.node = kind, parent, bound, outer, node
        self.table: dict[str, Value] = {}  # everything a name was ever bound to
        self.env: dict[str, Value] = {}  # what it stands for here
        self.defined: set[str] = set()  # names of functions, classes and modules
        self.public = kind in ("module", "class")

    @property
    def function(self) -> bool:
        """Whether it is inside a function."""
        return self.kind == "function" or (self.parent is not None and self.parent.function)


class _Reader:
    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.module = _Scope("module", None, _bound(tree.body)[0])
        self.scope = self.module
        self.scopes: dict[ast.AST, _Scope] = {}
        self.atoms: dict[ast.AST, Code | Kind] = {}
        self.params: dict[tuple[ast.AST, str], Value] = {}
        self.returns: dict[ast.AST, Value] = {}
        self.fields: dict[str, Value] = {}  # by attribute, whatever the object
        self.patched: dict[str, Value] = {}  # what was assigned to a member of a module
        self.stars: list[str] = []
        self.own = frozenset(_attributes(tree))
        self.sights: dict[Sight, None] = {}
        self.wide: set[tuple[int, Any]] = set()  # places that hold too many constants to follow each
        self.loose = {
            name for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names
        }
        self.changed = self.rough = False
        self.steps = 0
        self.sheltered = 0
        self.demo = not any(
            isinstance(node, ast.Name) and node.id == "__name__" and not isinstance(node.ctx, ast.Load)
            for node in ast.walk(tree)
        )

    def read(self) -> Reading:
        for number in range(_PASSES):
            self.rough = number >= _EXACT
            self.changed = False
            self.module.env = {}
            self.stars = []
            self.block(self.tree.body)
            for name, value in self.module.env.items():
                self.grow(self.module.table, name, value)
            if not self.changed:
                return Reading(tuple(sorted(self.sights, key=lambda sight: sight.line)), self.own)
        raise Tangled

    # Bookkeeping

    def step(self) -> None:
        self.steps += 1
        if self.steps > _STEPS:
            raise Tangled

    def saw(self, kind: str, name: str, node: ast.AST) -> None:
        line = getattr(node, "lineno", 1)
        self.sights[Sight(kind, name, line, self.scope.function, self.sheltered > 0)] = None

    def grow(self, table: dict[Any, Value], key: Any, value: Value) -> None:
        old = table.get(key, NOTHING)
        place = (id(table), key)
        if value <= old:
            return
        new = _widened(old | value) if place in self.wide else old | value
        if new == old:
            return
        if self.rough or _is_wide(new):
            self.wide.add(place)
            new = _widened(new)
        if len(new) > _ATOMS:
            raise Tangled
        table[key] = new
        self.changed = True

    def code(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Code:
        atom = self.atoms.setdefault(node, Code(node))
        assert isinstance(atom, Code)
        return atom

    def paths(self, value: Value) -> list[str]:
        return sorted(atom.name for atom in value if isinstance(atom, Path))

    def found(self, paths: Iterable[str], node: ast.AST, kind: str = "member") -> Value:
        """Paths that an expression gives, written down."""
        kept = {path for path in paths if path.count(".") < _LONGEST}
        for path in kept:
            self.saw(kind, path, node)
        return frozenset(Path(path) for path in kept)

    # Names

    def bind(self, name: str, value: Value) -> None:
        scope = self.scope
        while scope.kind == "comprehension" and name not in scope.bound and scope.parent is not None:
            scope = scope.parent
        if name in scope.outer:
            holder = self.holder(name, scope)
            self.grow(holder.table, name, value)
            return
        scope.env[name] = value
        self.grow(scope.table, name, value)

    def holder(self, name: str, scope: _Scope) -> _Scope:
        """Where a name that is declared global or nonlocal lives."""
        parent = scope.parent
        while parent is not None and parent.kind != "module":
            if parent.kind == "function" and name in parent.bound and name not in parent.outer:
                return parent
            parent = parent.parent
        self.module.bound.add(name)
        return self.module

    def look_up(self, name: str, node: ast.AST) -> Value:
        scope: _Scope | None = self.scope
        direct = True  # still where the code runs, so that order counts
        while scope is not None:
            if scope.kind == "module":
                return self.of_module(name, node, direct)
            if name in scope.outer:
                holder = self.holder(name, scope)
                return self.of_module(name, node, False) if holder is self.module else holder.table.get(name, NOTHING)
            if scope.kind == "class":
                if direct and name in scope.env:
                    return scope.env[name]
            elif name in scope.bound:
                everything = scope.table.get(name, NOTHING)
                return scope.env.get(name, NOTHING) if direct and name not in self.loose else everything
            direct = direct and scope.kind == "comprehension"
            scope = scope.parent
        return NOTHING

    def of_module(self, name: str, node: ast.AST, direct: bool) -> Value:
        module = self.module
        if direct and name not in self.loose:
            value = module.env.get(name)
        else:
            value = module.table.get(name, NOTHING) if name in module.bound else None
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
        names = {name for env in envs for name in env}
        missing = self.unbound if self.scope.kind == "module" else lambda name, node: NOTHING
        return {
            name: NOTHING.union(*(env[name] if name in env else missing(name, None) for env in envs)) for name in names
        }

    # Statements

    def block(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self.step()
            handler: Callable[[Any], None] | None = getattr(self, f"do_{type(statement).__name__}", None)
            if handler is not None:
                handler(statement)
            else:
                for child in ast.iter_child_nodes(statement):
                    if isinstance(child, ast.expr):
                        self.value(child)

    def branches(self, *bodies: Sequence[ast.stmt], start: dict[str, Value] | None = None) -> None:
        start = self.scope.env if start is None else start
        ends = []
        for body in bodies:
            self.scope.env = dict(start)
            self.block(body)
            ends.append(self.scope.env)
        self.scope.env = self.join(*ends)

    def loosened(self, *bodies: Sequence[ast.stmt]) -> dict[str, Value]:
        """What names stand for in the middle of these statements, whatever was executed of them."""
        env = dict(self.scope.env)
        for name in {name for body in bodies for name in _bound(body)[0]}:
            value = self.scope.table.get(name, NOTHING)
            env[name] = value | (env[name] if name in env else NOTHING)
            if name not in self.scope.env and self.scope.kind == "module":
                env[name] |= self.unbound(name, None)
        return env

    def do_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.saw("import", alias.name, node)
            root = alias.name.partition(".")[0]
            name = alias.asname or root
            self.scope.defined.add(name)
            self.bind(name, frozenset({Path(alias.name if alias.asname else root)}))

    def do_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        self.saw("import", module, node)
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module)
                continue
            name = alias.asname or alias.name
            self.scope.defined.add(name)
            self.bind(name, self.found([f"{module}.{alias.name}"], node, "from"))

    def do_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        value: Value = frozenset({self.code(node)})
        self.function(node)
        for decorator in reversed(node.decorator_list):
            value |= self.call(self.value(decorator), (value,), {}, decorator)
        self.scope.defined.add(node.name)
        self.bind(node.name, value)
        if self.scope.kind == "class":
            self.grow(self.fields, node.name, value)

    do_AsyncFunctionDef = do_FunctionDef

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        every = [*positional, *arguments.kwonlyargs]
        for argument in [*every, *filter(None, (arguments.vararg, arguments.kwarg))]:
            if argument.annotation is not None:
                self.value(argument.annotation)
        if not isinstance(node, ast.Lambda) and node.returns is not None:
            self.value(node.returns)
        pairs = list(zip(reversed(positional), reversed(arguments.defaults), strict=False))
        pairs += [
            (arg, default) for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default
        ]
        kept = set()
        for argument, default in pairs:
            self.grow(self.params, (node, argument.arg), self.value(default))
            if isinstance(default, ast.List | ast.Dict | ast.Set):
                kept.add(argument.arg)
        if node not in self.scopes:
            body = [ast.Expr(node.body)] if isinstance(node, ast.Lambda) else node.body
            bound, outer = _bound(body)
            names = {argument.arg for argument in every} | {
                arg.arg for arg in (arguments.vararg, arguments.kwarg) if arg
            }
            self.scopes[node] = _Scope("function", self.scope, bound | names, frozenset(outer), node)
        outside, self.scope = self.scope, self.scopes[node]
        sheltered, self.sheltered = self.sheltered, int(_restores(node))
        public = outside.public and not getattr(node, "name", "_").startswith("_")
        self.scope.env = {}
        for argument in every:
            value = self.params.get((node, argument.arg), NOTHING)
            if public and argument.arg in ROW_NAMES:
                value |= {Rows()}
            if argument.arg in kept:
                value |= {State(f"{argument.arg}=", True)}
            self.bind(argument.arg, value)
        for extra in filter(None, (arguments.vararg, arguments.kwarg)):
            self.bind(extra.arg, self.params.get((node, extra.arg), NOTHING))
        if isinstance(node, ast.Lambda):
            self.grow(self.returns, node, self.value(node.body))
        else:
            self.block(node.body)
        self.scope, self.sheltered = outside, sheltered

    def do_ClassDef(self, node: ast.ClassDef) -> None:
        for expression in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            self.value(expression)
        if node not in self.scopes:
            self.scopes[node] = _Scope("class", self.scope, _bound(node.body)[0])
            self.scopes[node].public = self.scope.public
        outside, self.scope = self.scope, self.scopes[node]
        self.scope.env = {}
        self.block(node.body)
        for name, value in self.scope.env.items():
            self.grow(self.fields, name, value)
        self.scope = outside
        self.scope.defined.add(node.name)
        atom = self.atoms.setdefault(node, Kind(node))
        self.bind(node.name, frozenset({atom}))

    def do_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.gives(self.value(node.value))

    def gives(self, value: Value) -> None:
        """A value leaves the function in which we are."""
        scope: _Scope | None = self.scope
        while scope is not None and scope.kind == "comprehension":
            scope = scope.parent
        if scope is not None and scope.node is not None:
            self.grow(self.returns, scope.node, frozenset(atom for atom in value if not isinstance(atom, State | Rows)))

    def do_Assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)

    def do_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.value(node.annotation)
        if node.value is not None:
            self.assign(node.target, self.value(node.value))
        elif not isinstance(node.target, ast.Name):
            self.value(node.target)

    def do_AugAssign(self, node: ast.AugAssign) -> None:
        added = self.value(node.value)
        if isinstance(node.target, ast.Name):
            old = self.look_up(node.target.id, node.target)
            lists = frozenset(atom for atom in old | added if isinstance(atom, Items))
            grown = _items([self.elements(lists)]) if lists else self.combined(node.op, old, added)
            self.assign(node.target, grown | frozenset(atom for atom in old if not isinstance(atom, Const | Items)))
        else:
            self.assign(node.target, added)

    def do_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript | ast.Attribute):
                self.assign(target, NOTHING)

    def do_Global(self, node: ast.Global) -> None:
        for name in node.names:
            if self.scope.kind == "function" and self.scope.node is not None and name in _stored(self.scope.node):
                self.saw("global", name, node)

    def do_If(self, node: ast.If) -> None:
        if self.demo and self.scope is self.module and _is_demo(node.test):
            self.block(node.orelse)  # the rest runs only where the file is a program
            return
        self.value(node.test)
        self.branches(node.body, node.orelse)

    def do_While(self, node: ast.While) -> None:
        before = dict(self.scope.env)
        self.scope.env = self.loosened(node.body)
        self.value(node.test)
        self.block(node.body)
        self.scope.env = self.join(before, self.scope.env)
        self.block(node.orelse)

    def do_For(self, node: ast.For | ast.AsyncFor) -> None:
        entries = self.elements(self.value(node.iter))
        before = dict(self.scope.env)
        self.scope.env = self.loosened(node.body)
        self.assign(node.target, entries)
        self.block(node.body)
        self.scope.env = self.join(before, self.scope.env)
        self.block(node.orelse)

    do_AsyncFor = do_For

    def do_With(self, node: ast.With | ast.AsyncWith) -> None:
        sheltered = 0
        for item in node.items:
            value = self.value(item.context_expr)
            sheltered += _is_errstate(item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value)
        self.sheltered += sheltered
        self.block(node.body)
        self.sheltered -= sheltered

    do_AsyncWith = do_With

    def do_Try(self, node: ast.Try) -> None:
        start = dict(self.scope.env)
        self.block(node.body)
        after = self.scope.env
        self.scope.env = start
        middle = self.join(after, self.loosened(node.body))
        ends = []
        self.scope.env = after
        self.block(node.orelse)
        ends.append(self.scope.env)
        for handler in node.handlers:
            self.scope.env = dict(middle)
            if handler.type is not None:
                self.value(handler.type)
            if handler.name:
                self.bind(handler.name, NOTHING)
            self.block(handler.body)
            ends.append(self.scope.env)
        self.scope.env = self.join(*ends)
        self.block(node.finalbody)

    do_TryStar = do_Try

    def do_Match(self, node: ast.Match) -> None:
        subject = self.value(node.subject)
        start = dict(self.scope.env)
        ends = [start]
        for case in node.cases:
            self.scope.env = dict(start)
            self.pattern(case.pattern, subject)
            if case.guard is not None:
                self.value(case.guard)
            self.block(case.body)
            ends.append(self.scope.env)
        self.scope.env = self.join(*ends)

    def pattern(self, node: ast.pattern, subject: Value) -> None:
        if isinstance(node, ast.MatchClass):
            self.value(node.cls)
            for name, inner in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
                self.pattern(inner, self.attribute(subject, name, node))
            for inner in node.patterns:
                self.pattern(inner, subject)
        elif isinstance(node, ast.MatchAs | ast.MatchStar):
            if isinstance(node, ast.MatchAs) and node.pattern is not None:
                self.pattern(node.pattern, subject)
            if node.name:
                self.bind(node.name, subject)
        elif isinstance(node, ast.MatchValue):
            self.value(node.value)
        else:
            entries = self.elements(subject)
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.pattern):
                    self.pattern(part, subject if isinstance(node, ast.MatchOr) else entries)

    # Targets

    def assign(self, target: ast.expr, value: Value) -> None:
        self.step()
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value)
        elif isinstance(target, ast.Tuple | ast.List):
            self.unpack(target.elts, value)
        elif isinstance(target, ast.Attribute):
            base = self.value(target.value)
            self.writes(base, target, item=False)
            if not self.paths(base):
                self.saw("attribute", target.attr, target)
            self.store(base, target.attr, value)
        elif isinstance(target, ast.Subscript):
            base = self.value(target.value)
            key = self.value(target.slice)
            self.writes(base, target, item=True)
            for path in [atom.path for atom in base if isinstance(atom, Space)]:
                for text in _texts(key):
                    self.store(frozenset({Path(path)}), text, value)
            entries: Value = frozenset({Items((value,))}) if self.worth(value) else NOTHING
            if entries and isinstance(target.value, ast.Name):  # table["f"] = numpy.logaddexp
                self.bind(target.value.id, base | entries)
            elif entries and isinstance(target.value, ast.Attribute):
                self.grow(self.fields, target.value.attr, entries)

    def worth(self, value: Value) -> bool:
        """Whether a value is worth following into a container."""
        return any(isinstance(atom, Path | Space | Code | Partial) for atom in value)

    def store(self, base: Value, name: str, value: Value) -> None:
        paths = self.paths(base)
        for path in paths:
            self.grow(self.patched, f"{path}.{name}", value)
        kept = frozenset(atom for atom in value if not isinstance(atom, State))
        if not paths and kept:
            self.grow(self.fields, name, kept)

    def unpack(self, targets: Sequence[ast.expr], value: Value) -> None:
        fits = [atom for atom in value if isinstance(atom, Items)]
        rest = self.elements(value - frozenset(fits))
        star = next((i for i, each in enumerate(targets) if isinstance(each, ast.Starred)), None)
        parts: list[Value] = [rest] * len(targets)
        for atom in fits:
            if star is None and len(atom.parts) == len(targets):
                spread: list[Value] = list(atom.parts)
            elif star is not None and len(atom.parts) >= len(targets) - 1:
                after = len(targets) - star - 1
                middle = atom.parts[star : len(atom.parts) - after]
                spread = [*atom.parts[:star], frozenset({Items(middle)}), *atom.parts[len(atom.parts) - after :]]
            else:
                spread = [NOTHING.union(*atom.parts)] * len(targets)
            parts = [old | new for old, new in zip(parts, spread, strict=True)]
        for target, part in zip(targets, parts, strict=True):
            self.assign(target, part)

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

    # Expressions

    def value(self, node: ast.expr) -> Value:
        self.step()
        handler: Callable[[Any], Value] | None = getattr(self, f"of_{type(node).__name__}", None)
        if handler is not None:
            value = handler(node)
            if len(value) > _ATOMS:
                raise Tangled
            return value
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return NOTHING

    def of_Constant(self, node: ast.Constant) -> Value:
        value = node.value
        if isinstance(value, str | bytes) and len(value) <= _TEXT:
            return frozenset({Const(value)})
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31:
            return frozenset({Const(value)})
        return NOTHING

    def of_Name(self, node: ast.Name) -> Value:
        value = self.look_up(node.id, node)
        for path in self.paths(value):
            self.saw("name" if path == f"builtins.{node.id}" else "use", path, node)
        return value

    def of_NamedExpr(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self.assign(node.target, value)
        return value

    def of_Starred(self, node: ast.Starred) -> Value:
        return self.value(node.value)

    def of_Await(self, node: ast.Await) -> Value:
        return self.value(node.value)

    def of_Yield(self, node: ast.Yield) -> Value:
        if node.value is not None:
            self.gives(frozenset({Items((self.value(node.value),))}))
        return NOTHING

    def of_YieldFrom(self, node: ast.YieldFrom) -> Value:
        value = self.value(node.value)
        self.gives(value)
        return value

    def of_IfExp(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        return self.value(node.body) | self.value(node.orelse)

    def of_BoolOp(self, node: ast.BoolOp) -> Value:
        return NOTHING.union(*(self.value(each) for each in node.values))

    def of_Compare(self, node: ast.Compare) -> Value:
        values = [self.value(each) for each in (node.left, *node.comparators)]
        return frozenset(atom for value in values for atom in value if isinstance(atom, Rows))

    def of_UnaryOp(self, node: ast.UnaryOp) -> Value:
        value = self.value(node.operand)
        if isinstance(node.op, ast.USub):
            return frozenset(
                Const(-atom.value) if isinstance(atom, Const) and isinstance(atom.value, int) else atom
                for atom in value
                if isinstance(atom, Const | Rows)
            )
        return value & {Rows()}

    def of_BinOp(self, node: ast.BinOp) -> Value:
        return self.combined(node.op, self.value(node.left), self.value(node.right))

    def combined(self, op: ast.operator, left: Value, right: Value) -> Value:
        result: set[Atom] = set((left | right) & {Rows()})
        lists = [[atom for atom in value if isinstance(atom, Items)] for value in (left, right)]
        if isinstance(op, ast.Add) and len(lists[0]) == len(left) == len(lists[1]) == len(right) == 1:
            return _items([*lists[0][0].parts, *lists[1][0].parts])
        if isinstance(op, ast.Add | ast.Mult) and any(lists):
            result |= _items([self.elements(frozenset(lists[0] + lists[1]))])
        if isinstance(op, ast.BitOr):
            result |= {atom for atom in left | right if isinstance(atom, Table)}
        for a, b in _pairs(left, right):
            if isinstance(op, ast.Mod) and isinstance(a.value, str):
                result |= _folded(operator.mod, a.value, b.value)
            else:
                result |= _folded(_OPERATORS.get(type(op)), a.value, b.value)
        if isinstance(op, ast.Mod):
            for text, atom in product(_texts(left), lists[1]):
                result |= _folded(operator.mod, text, tuple(_one(part) for part in atom.parts))
        return frozenset(result)

    def of_JoinedStr(self, node: ast.JoinedStr) -> Value:
        parts = [self.value(each) for each in node.values]
        texts = [[str(text) for text in _consts(part)] for part in parts]
        return frozenset(Const(text) for text in _joined(texts))

    def of_FormattedValue(self, node: ast.FormattedValue) -> Value:
        if node.format_spec is not None:
            self.value(node.format_spec)
            self.value(node.value)
            return NOTHING
        return self.value(node.value)

    def of_Tuple(self, node: ast.Tuple | ast.List) -> Value:
        parts: list[Value] = []
        for each in node.elts:
            value = self.value(each)
            if isinstance(each, ast.Starred):
                spread = [atom.parts for atom in value if isinstance(atom, Items)]
                parts += spread[0] if len(spread) == 1 and len(value) == 1 else [self.elements(value)]
            else:
                parts.append(value)
        return _items(parts)

    of_List = of_Tuple

    def of_Set(self, node: ast.Set) -> Value:
        return _items([self.value(each) for each in node.elts])

    def of_Dict(self, node: ast.Dict) -> Value:
        entries: list[tuple[Any, Value]] = []
        others: Value = NOTHING
        for key, each in zip(node.keys, node.values, strict=True):
            value = self.value(each)
            if key is None:
                others |= value
                continue
            names = _consts(self.value(key))
            entries.append((names[0] if len(names) == 1 else None, value))
        if len(entries) > 64 or any(_depth(value) > 4 for _, value in entries):
            return others
        return others | {Table(tuple(entries))}

    def of_Lambda(self, node: ast.Lambda) -> Value:
        self.function(node)
        return frozenset({self.code(node)})

    def of_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
        first = self.value(node.generators[0].iter)
        scope = self.scopes.get(node)
        if scope is None:
            targets = {name for each in node.generators for name in _target_names(each.target)}
            scope = self.scopes[node] = _Scope("comprehension", self.scope, targets)
        outside, self.scope = self.scope, scope
        scope.env = {}
        alone = len(node.generators) == 1 and not node.generators[0].ifs and not isinstance(node, ast.DictComp)
        lists = [atom.parts for atom in first if isinstance(atom, Items)]
        try:
            if alone and len(lists) == 1 and len(first) == 1 and len(lists[0]) <= 32:
                parts = []
                for part in lists[0]:
                    self.assign(node.generators[0].target, part)
                    parts.append(self.value(node.elt))  # type: ignore[union-attr]  # a DictComp is not alone
                return _items(parts)
            for number, each in enumerate(node.generators):
                self.assign(each.target, self.elements(first if number == 0 else self.value(each.iter)))
                for condition in each.ifs:
                    self.value(condition)
            if isinstance(node, ast.DictComp):
                self.value(node.key)
                return frozenset({Table(((None, self.value(node.value)),))})
            return _items([self.value(node.elt)])
        finally:
            self.scope = outside

    of_SetComp = of_GeneratorExp = of_DictComp = of_ListComp

    def of_Attribute(self, node: ast.Attribute) -> Value:
        return self.attribute(self.value(node.value), node.attr, node)

    def attribute(self, base: Value, name: str, node: ast.AST) -> Value:
        result: set[Atom] = set()
        paths = [path for path in self.paths(base) if not path.startswith("builtins.") or path.count(".") > 1]
        plain = [path for path in self.paths(base) if path not in paths and name.startswith("__")]
        if name == "__dict__":
            result |= {Space(path) for path in paths}
        elif name == "__class__":
            result |= self.kind_of(paths)
        else:
            result |= self.found([f"{path}.{name}" for path in paths + plain], node)
            for path in paths:
                result |= self.patched.get(f"{path}.{name}", NOTHING)
        if not paths:
            self.saw("attribute", name, node)
            result |= self.fields.get(name, NOTHING)
        result |= {atom for atom in base if isinstance(atom, State) and not atom.defined}
        return frozenset(result)

    def kind_of(self, paths: Iterable[str]) -> Value:
        return frozenset(Path("numpy.ufunc") for path in paths if path.startswith("numpy."))

    def of_Subscript(self, node: ast.Subscript) -> Value:
        base, key = self.value(node.value), self.value(node.slice)
        for text in _texts(key):
            self.saw("key", text, node)
        if isinstance(node.slice, ast.Slice):
            return self.sliced(base, node.slice)
        result = self.item(base, key, node)
        first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        if Rows() in base and isinstance(first, ast.Slice):
            result |= {Rows()}
        return result

    def sliced(self, base: Value, node: ast.Slice) -> Value:
        result: set[Atom] = set(base & {Rows()}) | {atom for atom in base if isinstance(atom, State)}
        bounds = [None if each is None else _one(self.value(each)) for each in (node.lower, node.upper, node.step)]
        for atom in base:
            if isinstance(atom, Const) and isinstance(atom.value, str | bytes) and bounds[2] != 0:
                if all(each is None or isinstance(each, int) for each in bounds):
                    result.add(Const(atom.value[slice(*bounds)]))
            elif isinstance(atom, Items):
                result.add(Items((NOTHING.union(*atom.parts),)))
        return frozenset(result)

    def item(self, base: Value, key: Value, node: ast.AST) -> Value:
        result: set[Atom] = {atom for atom in base if isinstance(atom, State)}
        keys = _consts(key)
        for atom in base:
            if isinstance(atom, Items):
                places = [each for each in keys if isinstance(each, int) and -len(atom.parts) <= each < len(atom.parts)]
                known = len(places) == len(keys) > 0
                result |= NOTHING.union(*([atom.parts[each] for each in places] if known else atom.parts))
            elif isinstance(atom, Table):
                named = [value for name, value in atom.entries if not keys or name is None or name in keys]
                result |= NOTHING.union(*named)
            elif isinstance(atom, Space):
                result |= self.found([f"{atom.path}.{text}" for text in _texts(key) or ["*"]], node)
            elif isinstance(atom, Names):
                for text in _texts(key):
                    result |= self.of_module(text, node, False)
            elif isinstance(atom, Path) and atom.name.endswith("sys.modules"):
                result |= self.found(_texts(key), node, "import")
        return frozenset(result)

    def elements(self, value: Value) -> Value:
        """What a loop over something gives."""
        result: set[Atom] = set()
        for atom in value:
            if isinstance(atom, Items):
                result |= NOTHING.union(*atom.parts)
            elif isinstance(atom, Table):
                result |= {Const(name) for name, _ in atom.entries if isinstance(name, str | int)}
            elif isinstance(atom, State) and not atom.defined:
                result.add(atom)
        return frozenset(result)

    # Calls

    def of_Call(self, node: ast.Call) -> Value:
        args = tuple(
            self.elements(v) if isinstance(a, ast.Starred) else v for a, v in ((a, self.value(a)) for a in node.args)
        )
        keywords = {each.arg or "**": self.value(each.value) for each in node.keywords}
        if isinstance(node.func, ast.Attribute):
            base = self.value(node.func.value)
            self.changes(base, node)
            special = self.method(base, node.func.attr, args, node)
            if special is not None:
                return special
            function = self.attribute(base, node.func.attr, node.func)
            if not any(isinstance(atom, Kind) for atom in base):
                function = frozenset(
                    Partial(frozenset({atom}), (base - {Rows()},))
                    if isinstance(atom, Code) and _takes_self(atom.node)
                    else atom
                    for atom in function
                )
        else:
            function = self.value(node.func)
        for keyword in ("out",):
            self.writes(keywords.get(keyword, NOTHING), node, item=True)
        return self.call(function, args, keywords, node)

    def changes(self, base: Value, node: ast.Call) -> None:
        assert isinstance(node.func, ast.Attribute)
        if node.func.attr in _MUTATING:
            self.writes(base, node, item=True)

    def method(self, base: Value, name: str, args: tuple[Value, ...], node: ast.AST) -> Value | None:
        """Methods of what is known here; nothing for others."""
        if name in _ROW_METHODS and Rows() in base:
            return frozenset({Rows()})
        if name in _FOLDED and any(isinstance(atom, Const) for atom in base):
            return _method(base, name, args)
        result: set[Atom] = set()
        spaces = [atom for atom in base if isinstance(atom, Space | Names | Table)]
        if not spaces:
            return None
        for atom in spaces:
            if name in ("get", "__getitem__", "pop", "setdefault"):
                result |= self.item(frozenset({atom}), args[0] if args else NOTHING, node) | NOTHING.union(*args[1:])
            elif name in ("values", "items"):
                every = self.item(frozenset({atom}), NOTHING, node)
                result |= _items([every if name == "values" else _items([NOTHING, every])])
        return frozenset(result) if result else None

    def call(self, function: Value, args: tuple[Value, ...], keywords: dict[str, Value], node: ast.AST) -> Value:
        self.step()
        result: set[Atom] = set()
        known = False
        for atom in function:
            if isinstance(atom, Partial):
                result |= self.call(atom.function, atom.args + args, keywords, node)
            elif isinstance(atom, Code):
                self.give(atom.node, args, keywords)
                result |= self.returns.get(atom.node, NOTHING)
            elif isinstance(atom, Kind):
                result |= self.make(atom.node, args, keywords)
            elif isinstance(atom, Getter):
                result |= self.get(atom, args, node)
            elif isinstance(atom, Path):
                special = self.special(atom.name, args, keywords, node)
                if special is None and atom.name.partition(".")[0] in ("numpy", "torch"):
                    special = args[0] & {Rows()} if args and _keeps_rows(atom.name) else NOTHING
                    self.hand_over(args, keywords)
                result |= self.passed(args, keywords) if special is None else special
            else:
                continue
            known = True
        if not known:
            result |= self.passed(args, keywords)
            called = self.fields.get("__call__", NOTHING)
            for atom in called:
                if isinstance(atom, Code):
                    self.give(atom.node, (NOTHING, *args), keywords)
                    result |= self.returns.get(atom.node, NOTHING)
        return frozenset(result)

    def passed(self, args: tuple[Value, ...], keywords: dict[str, Value]) -> Value:
        """What may come out of a function that is not known: the functions and modules that went in."""
        self.hand_over(args, keywords)
        flat = self.flat((*args, *keywords.values()))
        return frozenset(atom for atom in flat if isinstance(atom, Space | Code) or _travels(atom))

    def hand_over(self, args: tuple[Value, ...], keywords: dict[str, Value]) -> None:
        """A function that is not known may call the functions it is given, with whatever else it is given."""
        flat = self.flat((*args, *keywords.values()))
        codes = [atom for atom in flat if isinstance(atom, Code)]
        if codes:
            others = frozenset(atom for atom in flat if isinstance(atom, Space | Const) or _travels(atom))
            for code in codes:
                for argument in [*code.node.args.posonlyargs, *code.node.args.args]:
                    self.grow(self.params, (code.node, argument.arg), others)

    def flat(self, values: Iterable[Value], depth: int = 5) -> Value:
        result: set[Atom] = set()
        for value in values:
            for atom in value:
                result.add(atom)
                if depth and isinstance(atom, Items):
                    result |= self.flat(atom.parts, depth - 1)
                elif depth and isinstance(atom, Table):
                    result |= self.flat((each for _, each in atom.entries), depth - 1)
                elif depth and isinstance(atom, Partial):
                    result |= self.flat((atom.function, *atom.args), depth - 1)
        return frozenset(result)

    def give(self, node: Any, args: Sequence[Value], keywords: dict[str, Value]) -> None:
        """Bind arguments to the parameters of a function of the program."""
        arguments: ast.arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        for argument, value in zip(positional, args, strict=False):
            self.grow(self.params, (node, argument.arg), value)
        if arguments.vararg and len(args) > len(positional):
            extra = tuple(args[len(positional) :])
            self.grow(self.params, (node, arguments.vararg.arg), _items(list(extra)))
        names = {argument.arg for argument in [*positional, *arguments.kwonlyargs]}
        for name, value in keywords.items():
            if name in names:
                self.grow(self.params, (node, name), value)
            elif name == "**":
                for atom in value:
                    for key, each in atom.entries if isinstance(atom, Table) else ():
                        for one in [key] if key in names else names if key is None else ():
                            self.grow(self.params, (node, one), each)
            elif arguments.kwarg:
                self.grow(self.params, (node, arguments.kwarg.arg), frozenset({Table(((name, value),))}))

    def make(self, node: ast.ClassDef, args: tuple[Value, ...], keywords: dict[str, Value]) -> Value:
        """An object of a class of the program: its `__init__`, or the fields of a dataclass."""
        made = [
            each for each in node.body if isinstance(each, ast.FunctionDef) and each.name in ("__init__", "__new__")
        ]
        for each in made:
            self.give(each, (NOTHING, *args), keywords)
        if not made:
            fields = [
                each.target.id
                for each in node.body
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
            ]
            for name, value in [*zip(fields, args, strict=False), *keywords.items()]:
                if value:
                    self.grow(self.fields, name, value)
        return NOTHING

    def get(self, getter: Getter, args: tuple[Value, ...], node: ast.AST) -> Value:
        result: Value = NOTHING
        for name in getter.names:
            value = args[0] if args else NOTHING
            if getter.keys:
                result |= self.item(value, frozenset({Const(name)}), node)
                continue
            for part in name.split("."):
                value = self.attribute(value, part, node)
            result |= value
        return result

    def special(self, path: str, args: tuple[Value, ...], keywords: dict[str, Value], node: ast.AST) -> Value | None:
        """Functions that hand out other things; nothing for those that do not."""
        name = path.removeprefix("builtins.")
        if name in ("getattr", "object.__getattribute__", "type.__getattribute__") or name.endswith(
            (".__getattribute__", ".__getattr__")
        ):
            return self.get_attribute(name, args, node)
        if name in ("setattr", "object.__setattr__") and len(args) == 3:
            self.writes(args[0], node, item=False)
            for text in _texts(args[1]):
                self.store(args[0], text, args[2])
            return NOTHING
        if name in ("vars", "locals", "globals"):
            if not args:
                return frozenset({Names()})
            return frozenset(Space(each) for each in self.paths(args[0]))
        if name in ("type", "type.__call__") and len(args) == 1:
            return self.kind_of(self.paths(args[0]))
        if name in ("__import__", "importlib.import_module", "importlib.__import__"):
            return self.found(_texts(args[0]) if args else (), node, "import")
        if path.startswith("numpy.ufunc.") and args:
            return self.found([f"{each}.{path.rpartition('.')[2]}" for each in self.paths(args[0])], node)
        if path in ("operator.attrgetter", "operator.methodcaller", "operator.itemgetter") and args:
            texts = args[:1] if path.endswith("methodcaller") else args
            names = tuple(text for each in texts for text in _texts(each))
            return frozenset({Getter(names, path.endswith("itemgetter"))}) if names else NOTHING
        if path == "functools.partial" and args:
            inner = args[0] if _depth(args[0]) <= 4 else NOTHING
            return frozenset({Partial(inner, args[1:])}) | self.passed(args, keywords)
        if path == "functools.reduce" and len(args) > 1:
            return self.reduced(args, node) | self.passed(args, keywords)
        return self.iterated(name, args, keywords, node)

    def get_attribute(self, name: str, args: tuple[Value, ...], node: ast.AST) -> Value:
        if name.endswith(("__getattribute__", "__getattr__")) and not name.startswith(("object.", "type.")):
            base: Value = frozenset({Path(name.rpartition(".")[0])})
            key = args[-1] if args else NOTHING
        elif len(args) < 2:
            return NOTHING
        else:
            base, key = args[0], args[1]
        default = args[2] if len(args) > 2 else NOTHING
        if texts := _texts(key):
            return default.union(*(self.attribute(base, text, node) for text in texts))
        paths = [path for path in self.paths(base) if not path.startswith("builtins.")]
        return default | self.found([f"{path}.*" for path in paths], node)

    def reduced(self, args: tuple[Value, ...], node: ast.AST) -> Value:
        """``functools.reduce(getattr, ["logaddexp", "reduce"], numpy)``."""
        value = args[2] if len(args) > 2 else NOTHING
        for atom in args[1]:
            for part in atom.parts if isinstance(atom, Items) else ():
                value = value | self.call(args[0], (value, part), {}, node)
        if Rows() in args[1]:
            self.saw("map", "functools.reduce", node)
        return value

    def iterated(self, name: str, args: tuple[Value, ...], keywords: dict[str, Value], node: ast.AST) -> Value | None:
        """Functions of iterables: what comes out of them is what went in."""
        rows: Value = NOTHING.union(*args) & {Rows()}
        if name in ("map", "itertools.starmap", "filter") and len(args) > 1:
            if rows and name != "filter":
                self.saw("map", name.rpartition(".")[2], node)
            return self.mapped(args, node)
        if name in ("iter", "list", "tuple", "sorted", "reversed", "set") and len(args) == 1:
            lists = [atom.parts for atom in args[0] if isinstance(atom, Items)]
            lists += [_letters(text) for text in _texts(args[0])]
            return rows | {Items(parts[::-1] if name == "reversed" else parts) for parts in lists}
        if name == "next" and args:
            return self.elements(args[0]) | NOTHING.union(*args[1:])
        if name == "zip":
            return _items([_items([self.elements(each) for each in args])]) | rows
        if name == "enumerate" and args:
            return _items([_items([NOTHING, self.elements(args[0])])]) | rows
        if name == "dict":
            copied = [atom for value in args for atom in value if isinstance(atom, Table)]
            return frozenset({Table(tuple(keywords.items())), *copied})
        if name in ("chr", "str", "bytes") and args:
            return self.text(name, args)
        return None

    def mapped(self, args: tuple[Value, ...], node: ast.AST) -> Value:
        lists = [[atom for atom in each if isinstance(atom, Items)] for each in args[1:]]
        if len(lists) == 1 and len(lists[0]) == 1 and len(args[1]) == 1 and len(lists[0][0].parts) <= 64:
            return _items([self.call(args[0], (part,), {}, node) for part in lists[0][0].parts])
        return _items([self.call(args[0], tuple(self.elements(each) for each in args[1:]), {}, node)])

    def text(self, name: str, args: tuple[Value, ...]) -> Value:
        result: set[Atom] = set()
        for atom in args[0]:
            if name == "chr" and isinstance(atom, Const) and isinstance(atom.value, int) and 0 <= atom.value < 0x110000:
                result.add(Const(chr(atom.value)))
            elif name == "str" and isinstance(atom, Const):
                encoded = isinstance(atom.value, bytes) and len(args) > 1
                result.add(Const(atom.value.decode("utf-8", "replace") if encoded else str(atom.value)))  # type: ignore[union-attr]
            elif name == "bytes" and isinstance(atom, Items):
                numbers = [_one(part) for part in atom.parts]
                if all(isinstance(each, int) and 0 <= each < 256 for each in numbers):
                    result.add(Const(bytes(numbers)))
            elif name == "bytes" and isinstance(atom, Const) and not isinstance(atom.value, int):
                result.add(atom)
        return frozenset(result)


_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.BitXor: operator.xor,
}


def _folded(function: Callable[[Any, Any], Any] | None, left: Any, right: Any) -> set[Atom]:
    """A constant computed here, where that is cheap."""
    if (
        function is None
        or right is None
        or (function is operator.mod and (len(left) > 64 or any(c.isdigit() for c in left)))
    ):
        return set()
    try:
        value = function(left, right)
    except (TypeError, ValueError, KeyError, OverflowError):
        return set()
    if isinstance(value, str | bytes) and len(value) <= _TEXT:
        return {Const(value)}
    return {Const(value)} if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31 else set()


def _method(base: Value, name: str, args: tuple[Value, ...]) -> Value:
    """A method of texts, on texts that are known."""
    result: set[Atom] = set()
    for atom in base:
        if not isinstance(atom, Const) or not hasattr(atom.value, name):
            continue
        if name == "join" and isinstance(atom.value, str) and args:
            for inner in args[0]:
                parts = [_texts(part) for part in inner.parts] if isinstance(inner, Items) else []
                if isinstance(inner, Const) and isinstance(inner.value, str):
                    parts = [[letter] for letter in inner.value]
                result |= {Const(text) for text in _joined(parts, atom.value)}
            continue
        if name == "format" and any(mark in str(atom.value) for mark in (":", "!", "[", ".")):
            continue
        for chosen in product(*(_consts(each)[:4] for each in args)):
            try:
                value = getattr(atom.value, name)(*chosen)
            except (TypeError, ValueError, LookupError):
                continue
            if isinstance(value, str | bytes) and len(value) <= _TEXT:
                result.add(Const(value))
            elif isinstance(value, list) and len(value) <= 64:
                result |= _items([frozenset({Const(each)}) for each in value])
    return frozenset(result)


def _joined(parts: Sequence[Sequence[str]], between: str = "") -> Iterator[str]:
    """Every text that can be put together, as long as they are few."""
    count = 1
    for part in parts:
        count *= len(part)
    if not 0 < count <= 64 or sum(max(map(len, part)) + len(between) for part in parts) > _TEXT:
        return
    for chosen in product(*parts):
        yield between.join(chosen)


def _consts(value: Value) -> list[Any]:
    return sorted((atom.value for atom in value if isinstance(atom, Const)), key=repr)


def _texts(value: Value) -> list[str]:
    return [each for each in _consts(value) if isinstance(each, str)]


def _one(value: Value) -> Any:
    consts = _consts(value)
    return consts[0] if len(consts) == 1 else None


def _letters(text: str) -> tuple[Value, ...]:
    return tuple(frozenset({Const(letter)}) for letter in text[:64])


def _pairs(left: Value, right: Value) -> Iterator[tuple[Const, Const]]:
    first, second = ([atom for atom in value if isinstance(atom, Const)][:8] for value in (left, right))
    return product(first, second)


def _depth(value: Value) -> int:
    depth = 0
    for atom in value:
        inner: Iterable[Value] = ()
        if isinstance(atom, Items):
            inner = atom.parts
        elif isinstance(atom, Table):
            inner = [each for _, each in atom.entries]
        elif isinstance(atom, Partial):
            inner = (atom.function, *atom.args)
        depth = max(depth, *(1 + _depth(each) for each in inner), 0)
    return depth


def _items(parts: list[Value]) -> Value:
    """A written-out list; a long or deep one becomes flat, so that reading ends."""
    if any(_depth(part) > 3 for part in parts):
        return NOTHING.union(*parts)
    if len(parts) > 64:
        parts = [NOTHING.union(*parts)]
    if not any(parts):
        return NOTHING
    return frozenset({Items(tuple(parts))})


_MOST = {int: 4, str: 8, bytes: 4, Items: 4, Table: 4, Partial: 4}


def _is_wide(value: Value) -> bool:
    kinds = [type(atom.value if isinstance(atom, Const) else atom) for atom in value]
    return any(kinds.count(kind) > most for kind, most in _MOST.items())


def _widened(value: Value) -> Value:
    """The value without its constants, and all lists as one: what keeps growing in a loop ends here."""
    kinds = (Const, Items, Table, Partial)
    plain = frozenset(atom for atom in value if not isinstance(atom, kinds))
    nested = _flat(frozenset(atom for atom in value if isinstance(atom, kinds)))
    return plain | {Items((nested,)), Table(((None, nested),))} if nested else plain


def _flat(value: Value) -> Value:
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


def _travels(atom: Atom) -> bool:
    """Whether a path is followed through functions that are not known: modules, and what is in packages."""
    if not isinstance(atom, Path):
        return False
    root, _, member = atom.name.partition(".")
    return not member or root in ("numpy", "torch") or atom.name in _OPENING


def _keeps_rows(path: str) -> bool:
    return path.rpartition(".")[2] in (
        "array",
        "asarray",
        "asanyarray",
        "ascontiguousarray",
        "atleast_1d",
        "atleast_2d",
        "ravel",
    )


def _takes_self(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return not any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in decorators) and not isinstance(
        node, ast.Lambda
    )


def _is_demo(test: ast.expr) -> bool:
    """``__name__ == "__main__"``."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    texts = [side.value for side in sides if isinstance(side, ast.Constant)]
    return names == ["__name__"] and texts == ["__main__"]


def _is_errstate(node: ast.expr) -> bool:
    """``np.errstate(...)``."""
    return isinstance(node, ast.Call) and _last_name(node.func) == "errstate"


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _restores(node: ast.AST) -> bool:
    """Whether a function ends by setting NumPy's error handling back."""
    last = [each for inner in ast.walk(node) if isinstance(inner, ast.Try) for each in inner.finalbody]
    calls = [call for each in last for call in ast.walk(each) if isinstance(call, ast.Call)]
    return any(_last_name(call.func) == "seterr" for call in calls)


def _target_names(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _attributes(tree: ast.AST) -> Iterator[str]:
    """Attributes that the program gives to its own objects."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    yield each.name
                elif isinstance(each, ast.Assign | ast.AnnAssign):
                    yield from (name for target in _targets(each) for name in _target_names(target))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _stored(node: ast.AST) -> set[str]:
    """Names that a function binds or deletes, itself or in its inner parts."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)} | {
        name
        for each in ast.walk(node)
        if isinstance(each, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
        for name in _named(each)
    }


def _named(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names if alias.name != "*"]
    return [node.name] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []


def _bound(body: Iterable[ast.AST]) -> tuple[set[str], set[str]]:
    """Names that statements bind, and those declared global or nonlocal; inner functions and classes are not entered."""
    bound: set[str] = set()
    outer: set[str] = set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Global | ast.Nonlocal):
            outer.update(node.names)
        elif isinstance(node, ast.stmt):
            bound.update(_named(node))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound.add(node.rest)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            bound |= {each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr)}
            continue
        waiting.extend(ast.iter_child_nodes(node))
    return bound - outer, outer
