"""What expressions stand for, calls apart."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

from groundup.drill.names.folding import OPERATORS, TEXT_LIMIT, const_pairs, folded, joined_texts
from groundup.drill.names.scopes import MOST_ATOMS, Scope, Tangled, Tracker
from groundup.drill.names.syntax import target_names
from groundup.drill.names.values import (
    NOTHING,
    Atom,
    Const,
    Items,
    Names,
    Path,
    Rows,
    Space,
    State,
    Table,
    Value,
    consts_in,
    depth_of,
    listed,
    only_const,
    texts_in,
)


class Expressions(Tracker):
    """Follows names through operators, containers, attributes and keys."""

    def value(self, node: ast.expr) -> Value:
        """What an expression may stand for."""
        self.step()
        handler: Callable[[Any], Value] | None = getattr(self, f"_of_{type(node).__name__}", None)
        if handler is not None:
            value = handler(node)
            if len(value) > MOST_ATOMS:
                raise Tangled
            return value
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return NOTHING

    def _of_Constant(self, node: ast.Constant) -> Value:
        value = node.value
        if isinstance(value, str | bytes) and len(value) <= TEXT_LIMIT:
            return frozenset({Const(value)})
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31:
            return frozenset({Const(value)})
        return NOTHING

    def _of_Name(self, node: ast.Name) -> Value:
        value = self.look_up(node.id, node)
        for path in self.paths(value):
            self.saw("name" if path == f"builtins.{node.id}" else "use", path, node)
        return value

    def _of_NamedExpr(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self.assign(node.target, value)
        return value

    def _of_Starred(self, node: ast.Starred) -> Value:
        return self.value(node.value)

    def _of_Await(self, node: ast.Await) -> Value:
        return self.value(node.value)

    def _of_Yield(self, node: ast.Yield) -> Value:
        if node.value is not None:
            self.gives(frozenset({Items((self.value(node.value),))}))
        return NOTHING

    def _of_YieldFrom(self, node: ast.YieldFrom) -> Value:
        value = self.value(node.value)
        self.gives(value)
        return value

    def _of_IfExp(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        return self.value(node.body) | self.value(node.orelse)

    def _of_BoolOp(self, node: ast.BoolOp) -> Value:
        return NOTHING.union(*(self.value(each) for each in node.values))

    def _of_Compare(self, node: ast.Compare) -> Value:
        values = [self.value(each) for each in (node.left, *node.comparators)]
        return frozenset(atom for value in values for atom in value if isinstance(atom, Rows))

    def _of_UnaryOp(self, node: ast.UnaryOp) -> Value:
        value = self.value(node.operand)
        if isinstance(node.op, ast.USub):
            return frozenset(
                Const(-atom.value) if isinstance(atom, Const) and isinstance(atom.value, int) else atom
                for atom in value
                if isinstance(atom, Const | Rows)
            )
        return value & {Rows()}

    def _of_BinOp(self, node: ast.BinOp) -> Value:
        return self.combined(node.op, self.value(node.left), self.value(node.right))

    def _of_JoinedStr(self, node: ast.JoinedStr) -> Value:
        parts = [self.value(each) for each in node.values]
        texts = [[str(text) for text in consts_in(part)] for part in parts]
        return frozenset(Const(text) for text in joined_texts(texts))

    def _of_FormattedValue(self, node: ast.FormattedValue) -> Value:
        if node.format_spec is not None:
            self.value(node.format_spec)
            self.value(node.value)
            return NOTHING
        return self.value(node.value)

    def _of_Tuple(self, node: ast.Tuple | ast.List) -> Value:
        parts: list[Value] = []
        for each in node.elts:
            value = self.value(each)
            if isinstance(each, ast.Starred):
                spread = [atom.parts for atom in value if isinstance(atom, Items)]
                parts += spread[0] if len(spread) == 1 and len(value) == 1 else [self.elements(value)]
            else:
                parts.append(value)
        return listed(parts)

    _of_List = _of_Tuple

    def _of_Set(self, node: ast.Set) -> Value:
        return listed([self.value(each) for each in node.elts])

    def _of_Dict(self, node: ast.Dict) -> Value:
        entries: list[tuple[Any, Value]] = []
        others: Value = NOTHING
        for key, each in zip(node.keys, node.values, strict=True):
            value = self.value(each)
            if key is None:
                others |= value
                continue
            names = consts_in(self.value(key))
            entries.append((names[0] if len(names) == 1 else None, value))
        if len(entries) > 64 or any(depth_of(value) > 4 for _, value in entries):
            return others
        return others | {Table(tuple(entries))}

    def _of_Lambda(self, node: ast.Lambda) -> Value:
        self.function(node)
        return frozenset({self.code(node)})

    def _of_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
        first = self.value(node.generators[0].iter)
        scope = self.scopes.get(node)
        if scope is None:
            targets = {name for each in node.generators for name in target_names(each.target)}
            scope = self.scopes[node] = Scope("comprehension", self.scope, targets)
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
                return listed(parts)
            for number, each in enumerate(node.generators):
                self.assign(each.target, self.elements(first if number == 0 else self.value(each.iter)))
                for condition in each.ifs:
                    self.value(condition)
            if isinstance(node, ast.DictComp):
                self.value(node.key)
                return frozenset({Table(((None, self.value(node.value)),))})
            return listed([self.value(node.elt)])
        finally:
            self.scope = outside

    _of_SetComp = _of_GeneratorExp = _of_DictComp = _of_ListComp

    def _of_Attribute(self, node: ast.Attribute) -> Value:
        return self.attribute(self.value(node.value), node.attr, node)

    def _of_Subscript(self, node: ast.Subscript) -> Value:
        base, key = self.value(node.value), self.value(node.slice)
        for text in texts_in(key):
            self.saw("key", text, node)
        if isinstance(node.slice, ast.Slice):
            return self.sliced(base, node.slice)
        result = self.item(base, key, node)
        first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        if Rows() in base and (isinstance(first, ast.Slice) or Rows() in key):  # X[:3], X[order]
            result |= {Rows()}
        return result

    def combined(self, op: ast.operator, left: Value, right: Value) -> Value:
        """What an operator gives."""
        result: set[Atom] = set((left | right) & {Rows()})
        lists = [[atom for atom in value if isinstance(atom, Items)] for value in (left, right)]
        if isinstance(op, ast.Add) and len(lists[0]) == len(left) == len(lists[1]) == len(right) == 1:
            return listed([*lists[0][0].parts, *lists[1][0].parts])
        if isinstance(op, ast.Add | ast.Mult) and any(lists):
            result |= listed([self.elements(frozenset(lists[0] + lists[1]))])
        if isinstance(op, ast.BitOr):
            result |= {atom for atom in left | right if isinstance(atom, Table)}
        for a, b in const_pairs(left, right):
            if isinstance(op, ast.Mod) and isinstance(a.value, str):
                result |= folded(operator.mod, a.value, b.value)
            else:
                result |= folded(OPERATORS.get(type(op)), a.value, b.value)
        if isinstance(op, ast.Mod):
            for text, atom in product(texts_in(left), lists[1]):
                result |= folded(operator.mod, text, tuple(only_const(part) for part in atom.parts))
        return frozenset(result)

    def attribute(self, base: Value, name: str, node: ast.AST) -> Value:
        """What an attribute of something may stand for."""
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
                result |= self.held(self.patched, f"{path}.{name}")
        if not paths:
            self.saw("attribute", name, node)
            result |= self.held(self.fields, name)
        result |= {atom for atom in base if isinstance(atom, State) and not atom.defined}
        return frozenset(result)

    def kind_of(self, paths: Iterable[str]) -> Value:
        """The type of things, as far as it matters: NumPy's functions are ufuncs."""
        return frozenset(Path("numpy.ufunc") for path in paths if path.startswith("numpy."))

    def sliced(self, base: Value, node: ast.Slice) -> Value:
        """A part of a text or list."""
        result: set[Atom] = set(base & {Rows()}) | {atom for atom in base if isinstance(atom, State)}
        bounds = [
            None if each is None else only_const(self.value(each)) for each in (node.lower, node.upper, node.step)
        ]
        for atom in base:
            if isinstance(atom, Const) and isinstance(atom.value, str | bytes) and bounds[2] != 0:
                if all(each is None or isinstance(each, int) for each in bounds):
                    result.add(Const(atom.value[slice(*bounds)]))
            elif isinstance(atom, Items):
                result.add(Items((NOTHING.union(*atom.parts),)))
        return frozenset(result)

    def item(self, base: Value, key: Value, node: ast.AST) -> Value:
        """What stands under a key."""
        result: set[Atom] = {atom for atom in base if isinstance(atom, State)}
        keys = consts_in(key)
        for atom in base:
            if isinstance(atom, Items):
                places = [each for each in keys if isinstance(each, int) and -len(atom.parts) <= each < len(atom.parts)]
                known = len(places) == len(keys) > 0
                result |= NOTHING.union(*([atom.parts[each] for each in places] if known else atom.parts))
            elif isinstance(atom, Table):
                named = [value for name, value in atom.entries if not keys or name is None or name in keys]
                result |= NOTHING.union(*named)
            elif isinstance(atom, Space):
                result |= self.found([f"{atom.path}.{text}" for text in texts_in(key) or ["*"]], node)
            elif isinstance(atom, Names):
                for text in texts_in(key):
                    result |= self.of_module(text, node, False)
            elif isinstance(atom, Path) and atom.name.endswith("sys.modules"):
                result |= self.found(texts_in(key), node, "import")
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
