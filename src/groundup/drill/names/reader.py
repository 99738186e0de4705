"""Reads the statements of a program, again and again until nothing new is learnt."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from groundup.drill.names.calls import Calls
from groundup.drill.names.scopes import Reading, Scope, Sight, Tangled
from groundup.drill.names.syntax import bound_names, is_demo, is_errstate, parse, restores, stored_names
from groundup.drill.names.values import (
    NOTHING,
    Code,
    Const,
    Items,
    Kind,
    Partial,
    Path,
    Rows,
    Space,
    State,
    Value,
    listed,
    texts_in,
)

_PASSES = 20


_EXACT = 5  # passes in which single constants and lists are followed

ROW_NAMES = frozenset(
    (
        *("x", "X", "y", "Y", "z", "Z", "data", "rows", "logits", "targets", "scores", "labels", "points", "samples"),
        *("y_true", "y_pred", "y_score", "X_train", "y_train", "X_test"),
    )
)
"""Parameters of public functions that have one entry a row by the drills' contracts."""


@lru_cache(maxsize=8)
def read(source: str) -> Reading:
    """Read a program; one that has a syntax error shows nothing.

    Raises:
        Tangled: It nests too deep, or holds too many values to follow.
    """
    try:
        tree = parse(source)
        return Reading((), frozenset()) if tree is None else _Reader(tree).read()
    except RecursionError:
        raise Tangled from None


class _Reader(Calls):
    def read(self) -> Reading:
        for number in range(_PASSES):
            self.rough = number >= _EXACT
            self.changed, self.asked = False, set()
            self.module.env = {}
            self.stars = []
            self.block(self.tree.body)
            for name, value in self.module.env.items():
                self.grow(self.module.table, name, value)
            if not self.changed:
                sights = sorted((Sight(*fields) for fields in self.sights), key=lambda sight: sight.line)
                return Reading(tuple(sights), self.own)
        raise Tangled

    def block(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self.step()
            handler: Callable[[Any], None] | None = getattr(self, f"_do_{type(statement).__name__}", None)
            if handler is not None:
                handler(statement)
            else:
                for child in ast.iter_child_nodes(statement):
                    if isinstance(child, ast.expr):
                        self.value(child)

    def _do_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.saw("import", alias.name, node)
            root = alias.name.partition(".")[0]
            name = alias.asname or root
            self.scope.defined.add(name)
            self.bind(name, frozenset({Path(alias.name if alias.asname else root)}))

    def _do_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        self.saw("import", module, node)
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module)
                continue
            name = alias.asname or alias.name
            self.scope.defined.add(name)
            self.bind(name, self.found([f"{module}.{alias.name}"], node, "from"))

    def _do_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        value: Value = frozenset({self.code(node)})
        self.function(node)
        for decorator in reversed(node.decorator_list):
            value |= self.call(self.value(decorator), (value,), {}, decorator)
        self.scope.defined.add(node.name)
        self.bind(node.name, value)
        if self.scope.kind == "class":
            self.grow(self.fields, node.name, value)

    _do_AsyncFunctionDef = _do_FunctionDef

    def _do_ClassDef(self, node: ast.ClassDef) -> None:
        for expression in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            self.value(expression)
        if node not in self.scopes:
            self.scopes[node] = Scope("class", self.scope, bound_names(node.body)[0])
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

    def _do_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.gives(self.value(node.value))

    def _do_Assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)

    def _do_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.value(node.annotation)
        if node.value is not None:
            self.assign(node.target, self.value(node.value))
        elif not isinstance(node.target, ast.Name):
            self.value(node.target)

    def _do_AugAssign(self, node: ast.AugAssign) -> None:
        added = self.value(node.value)
        if isinstance(node.target, ast.Name):
            old = self.look_up(node.target.id, node.target)
            lists = frozenset(atom for atom in old | added if isinstance(atom, Items))
            grown = listed([self.elements(lists)]) if lists else self.combined(node.op, old, added)
            self.assign(node.target, grown | frozenset(atom for atom in old if not isinstance(atom, Const | Items)))
        else:
            self.assign(node.target, added)

    def _do_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript | ast.Attribute):
                self.assign(target, NOTHING)

    def _do_Global(self, node: ast.Global) -> None:
        if self.scope.kind != "function" or self.scope.node is None:
            return
        if self.scope.node not in self.stored:
            self.stored[self.scope.node] = stored_names(self.scope.node)
        for name in node.names:
            if name in self.stored[self.scope.node]:
                self.saw("global", name, node)

    def _do_If(self, node: ast.If) -> None:
        if self.demo and self.scope is self.module and is_demo(node.test):
            self.block(node.orelse)  # the rest runs only where the file is a program
            return
        self.value(node.test)
        self.branches(node.body, node.orelse)

    def _do_While(self, node: ast.While) -> None:
        before = dict(self.scope.env)
        self.scope.env = self.loosened(node.body)
        self.value(node.test)
        self.block(node.body)
        self.scope.env = self.join(before, self.scope.env)
        self.block(node.orelse)

    def _do_For(self, node: ast.For | ast.AsyncFor) -> None:
        entries = self.elements(self.value(node.iter))
        before = dict(self.scope.env)
        self.scope.env = self.loosened(node.body)
        self.assign(node.target, entries)
        self.block(node.body)
        self.scope.env = self.join(before, self.scope.env)
        self.block(node.orelse)

    _do_AsyncFor = _do_For

    def _do_With(self, node: ast.With | ast.AsyncWith) -> None:
        sheltered = 0
        for item in node.items:
            value = self.value(item.context_expr)
            sheltered += is_errstate(item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value)
        self.sheltered += sheltered
        self.block(node.body)
        self.sheltered -= sheltered

    _do_AsyncWith = _do_With

    def _do_Try(self, node: ast.Try) -> None:
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

    _do_TryStar = _do_Try

    def _do_Match(self, node: ast.Match) -> None:
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

    def branches(self, *bodies: Sequence[ast.stmt], start: dict[str, Value] | None = None) -> None:
        start = self.scope.env if start is None else start
        ends = []
        for body in bodies:
            self.scope.env = dict(start)
            self.block(body)
            ends.append(self.scope.env)
        self.scope.env = self.join(*ends)

    def loosened(self, body: list[ast.stmt]) -> dict[str, Value]:
        """What names stand for in the middle of these statements, whatever was executed of them."""
        if id(body) not in self.bound:
            self.bound[id(body)] = bound_names(body)[0]
        env = dict(self.scope.env)
        for name in self.bound[id(body)]:
            value = self.held(self.scope.table, name)
            env[name] = value | env.get(name, NOTHING)
            if name not in self.scope.env and self.scope.kind == "module":
                env[name] |= self.unbound(name, None)
        return env

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        """Read a function of the program where it is defined, with what is known of its arguments so far."""
        mutable = self.defaults(node)
        if node not in self.scopes:
            self.scopes[node] = self.scope_of(node)
        outside, self.scope = self.scope, self.scopes[node]
        sheltered, self.sheltered = self.sheltered, self.scope.restores
        public = outside.public and not getattr(node, "name", "_").startswith("_")
        self.scope.env = {}
        for argument in _parameters(node.args):
            value = self.held(self.params, (node, argument.arg))
            if public and argument.arg in ROW_NAMES:
                value |= {Rows()}
            if argument.arg in mutable:
                value |= {State(f"{argument.arg}=", True)}
            self.bind(argument.arg, value)
        if isinstance(node, ast.Lambda):
            self.grow(self.returns, node, self.value(node.body))
        else:
            self.block(node.body)
        self.scope, self.sheltered = outside, sheltered

    def defaults(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
        """Read hints and defaults; returns the parameters whose default is one list or dict for all calls."""
        arguments = node.args
        hints = [argument.annotation for argument in _parameters(arguments)]
        for hint in [*hints, *([] if isinstance(node, ast.Lambda) else [node.returns])]:
            if hint is not None:
                self.value(hint)
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = [
            *zip(reversed(positional), reversed(arguments.defaults), strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        mutable = set()
        for argument, default in pairs:
            if default is not None:
                self.grow(self.params, (node, argument.arg), self.value(default))
                if isinstance(default, ast.List | ast.Dict | ast.Set):
                    mutable.add(argument.arg)
        return mutable

    def scope_of(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Scope:
        """A new scope for a function."""
        body: list[ast.stmt] = [ast.Expr(node.body)] if isinstance(node, ast.Lambda) else node.body
        bound, outer = bound_names(body)
        names = {argument.arg for argument in _parameters(node.args)}
        return Scope("function", self.scope, bound | names, frozenset(outer), node, self.tries and restores(node))

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
                for text in texts_in(key):
                    self.store(frozenset({Path(path)}), text, value)
            entries: Value = frozenset({Items((value,))}) if self.worth(value) else NOTHING
            if entries and isinstance(target.value, ast.Name):  # table["f"] = numpy.logaddexp
                self.bind(target.value.id, base | entries)
            elif entries and isinstance(target.value, ast.Attribute):
                self.grow(self.fields, target.value.attr, entries)

    def worth(self, value: Value) -> bool:
        """Whether a value is worth following into a container."""
        return any(isinstance(atom, Path | Space | Code | Partial) for atom in value)

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


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    stars = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]
