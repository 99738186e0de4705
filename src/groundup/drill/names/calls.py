"""What calls give: those of the program's own functions, and those that hand other things out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Any

from groundup.drill.names.expressions import Expressions
from groundup.drill.names.folding import FOLDED, text_method
from groundup.drill.names.syntax import takes_self
from groundup.drill.names.values import (
    NOTHING,
    Atom,
    Code,
    Const,
    Getter,
    Items,
    Kind,
    Names,
    Partial,
    Path,
    Rows,
    Space,
    Table,
    Value,
    depth_of,
    letters_of,
    listed,
    only_const,
    texts_in,
)

_MUTATING = frozenset(
    (
        *(
            "append",
            "extend",
            "insert",
            "update",
            "add",
            "setdefault",
            "pop",
            "popitem",
            "popleft",
            "appendleft",
            "clear",
        ),
        *("remove", "discard", "sort", "reverse", "fill", "subtract", "difference_update", "intersection_update"),
        *("symmetric_difference_update", "__setitem__", "__setattr__"),
    )
)
_ROW_METHODS = frozenset({"tolist", "ravel", "flatten", "copy", "astype", "reshape", "squeeze", "view", "argsort"})


_OPENING = frozenset({"builtins.getattr", "builtins.vars", "builtins.type", "builtins.object", "builtins.__import__"})


class Calls(Expressions):
    """Follows names into functions and out of them."""

    def _of_Call(self, node: ast.Call) -> Value:
        args = tuple(
            self.elements(v) if isinstance(a, ast.Starred) else v for a, v in ((a, self.value(a)) for a in node.args)
        )
        keywords = {each.arg or "**": self.value(each.value) for each in node.keywords}
        if isinstance(node.func, ast.Attribute):
            base = self.value(node.func.value)
            if node.func.attr in _MUTATING:
                self.writes(base, node, item=True)
            special = self.method(base, node.func.attr, args, node)
            if special is not None:
                return special
            function = self.attribute(base, node.func.attr, node.func)
            if not any(isinstance(atom, Kind) for atom in base):
                function = frozenset(
                    Partial(frozenset({atom}), (base - {Rows()},))
                    if isinstance(atom, Code) and takes_self(atom.node)
                    else atom
                    for atom in function
                )
        else:
            function = self.value(node.func)
        self.writes(keywords.get("out", NOTHING), node, item=True)
        return self.call(function, args, keywords, node)

    def method(self, base: Value, name: str, args: tuple[Value, ...], node: ast.AST) -> Value | None:
        """Methods of what is known here; nothing for others."""
        if name in _ROW_METHODS and Rows() in base:
            return frozenset({Rows()})
        if name in FOLDED and any(isinstance(atom, Const) for atom in base):
            return text_method(base, name, args)
        result: set[Atom] = set()
        spaces = [atom for atom in base if isinstance(atom, Space | Names | Table)]
        if not spaces:
            return None
        for atom in spaces:
            if name in ("get", "__getitem__", "pop", "setdefault"):
                result |= self.item(frozenset({atom}), args[0] if args else NOTHING, node) | NOTHING.union(*args[1:])
            elif name in ("values", "items"):
                every = self.item(frozenset({atom}), NOTHING, node)
                result |= listed([every if name == "values" else listed([NOTHING, every])])
        return frozenset(result) if result else None

    def call(self, function: Value, args: tuple[Value, ...], keywords: dict[str, Value], node: ast.AST) -> Value:
        """What a call gives; its arguments reach the parameters of the functions that it may be of."""
        self.step()
        result: set[Atom] = set()
        known = False
        for atom in function:
            if isinstance(atom, Partial):
                result |= self.call(atom.function, atom.args + args, keywords, node)
            elif isinstance(atom, Code):
                self.give(atom.node, args, keywords)
                result |= self.held(self.returns, atom.node)
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
            called = self.held(self.fields, "__call__")
            for atom in called:
                if isinstance(atom, Code):
                    self.give(atom.node, (NOTHING, *args), keywords)
                    result |= self.held(self.returns, atom.node)
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
        """All that values hold, at any depth."""
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
            self.grow(self.params, (node, arguments.vararg.arg), listed(list(extra)))
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
        """What a getter takes out of its argument."""
        result: Value = NOTHING
        for name in getter.names:
            value = args[0] if args else NOTHING
            if getter.keys:
                result |= self.item(value, NOTHING if name == "*" else frozenset({Const(name)}), node)
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
            for text in texts_in(args[1]):
                self.store(args[0], text, args[2])
            return NOTHING
        if name in ("vars", "locals", "globals"):
            if not args:
                return frozenset({Names()})
            return frozenset(Space(each) for each in self.paths(args[0]))
        if name in ("type", "type.__call__") and len(args) == 1:
            return self.kind_of(self.paths(args[0]))
        if name in ("__import__", "importlib.import_module", "importlib.__import__"):
            return self.found(texts_in(args[0]) if args else (), node, "import")
        if path.startswith("numpy.ufunc.") and args:
            return self.found([f"{each}.{path.rpartition('.')[2]}" for each in self.paths(args[0])], node)
        if path in ("operator.attrgetter", "operator.methodcaller", "operator.itemgetter") and args:
            texts = args[:1] if path.endswith("methodcaller") else args
            names = tuple(text for each in texts for text in texts_in(each))
            return frozenset({Getter(names or ("*",), path.endswith("itemgetter"))})
        if path == "functools.partial" and args:
            inner = args[0] if depth_of(args[0]) <= 4 else NOTHING
            return frozenset({Partial(inner, args[1:])}) | self.passed(args, keywords)
        if path == "functools.reduce" and len(args) > 1:
            return self.reduced(args, node) | self.passed(args, keywords)
        return self.iterated(name, args, keywords, node)

    def get_attribute(self, name: str, args: tuple[Value, ...], node: ast.AST) -> Value:
        """``getattr`` and its kin, with a name that is known, or any name."""
        if name.endswith(("__getattribute__", "__getattr__")) and not name.startswith(("object.", "type.")):
            base: Value = frozenset({Path(name.rpartition(".")[0])})
            key = args[-1] if args else NOTHING
        elif len(args) < 2:
            return NOTHING
        else:
            base, key = args[0], args[1]
        default = args[2] if len(args) > 2 else NOTHING
        if texts := texts_in(key):
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
        if rows and (name == "itertools.accumulate" or (name in ("sorted", "min", "max") and "key" in keywords)):
            self.saw("map", name.rpartition(".")[2], node)
        if name in ("map", "itertools.starmap", "filter") and len(args) > 1:
            if rows and name != "filter":
                self.saw("map", name.rpartition(".")[2], node)
            return self.mapped(args, node)
        if name in ("iter", "list", "tuple", "sorted", "reversed", "set") and len(args) == 1:
            lists = [atom.parts for atom in args[0] if isinstance(atom, Items)]
            lists += [letters_of(text) for text in texts_in(args[0])]
            return rows | {Items(parts[::-1] if name == "reversed" else parts) for parts in lists}
        if name == "next" and args:
            return self.elements(args[0]) | NOTHING.union(*args[1:])
        if name == "zip":
            return listed([listed([self.elements(each) for each in args])]) | rows
        if name == "enumerate" and args:
            return listed([listed([NOTHING, self.elements(args[0])])]) | rows
        if name == "dict":
            copied = [atom for value in args for atom in value if isinstance(atom, Table)]
            return frozenset({Table(tuple(keywords.items())), *copied})
        if name in ("chr", "str", "bytes") and args:
            return self.text(name, args)
        return None

    def mapped(self, args: tuple[Value, ...], node: ast.AST) -> Value:
        """What ``map`` gives: one result for each entry of a written-out list, or one for all."""
        lists = [[atom for atom in each if isinstance(atom, Items)] for each in args[1:]]
        if len(lists) == 1 and len(lists[0]) == 1 and len(args[1]) == 1 and len(lists[0][0].parts) <= 64:
            return listed([self.call(args[0], (part,), {}, node) for part in lists[0][0].parts])
        return listed([self.call(args[0], tuple(self.elements(each) for each in args[1:]), {}, node)])

    def text(self, name: str, args: tuple[Value, ...]) -> Value:
        """``chr``, ``str`` and ``bytes`` of what is known."""
        result: set[Atom] = set()
        for atom in args[0]:
            if name == "chr" and isinstance(atom, Const) and isinstance(atom.value, int) and 0 <= atom.value < 0x110000:
                result.add(Const(chr(atom.value)))
            elif name == "str" and isinstance(atom, Const):
                encoded = isinstance(atom.value, bytes) and len(args) > 1
                result.add(Const(atom.value.decode("utf-8", "replace") if encoded else str(atom.value)))  # type: ignore[union-attr]
            elif name == "bytes" and isinstance(atom, Items):
                numbers = [only_const(part) for part in atom.parts]
                if all(isinstance(each, int) and 0 <= each < 256 for each in numbers):
                    result.add(Const(bytes(numbers)))
            elif name == "bytes" and isinstance(atom, Const) and not isinstance(atom.value, int):
                result.add(atom)
        return frozenset(result)


def _travels(atom: Atom) -> bool:
    """Whether a path is followed through functions that are not known: modules, and what is in packages."""
    if not isinstance(atom, Path):
        return False
    root, _, member = atom.name.partition(".")
    return not member or root in ("numpy", "torch") or atom.name in _OPENING


_KEEP_ROWS = frozenset(
    (
        *("array", "asarray", "asanyarray", "ascontiguousarray", "atleast_1d", "atleast_2d", "ravel", "copy"),
        *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "square", "abs", "absolute", "fabs"),
        *("tanh", "negative", "sign", "sin", "cos", "maximum", "minimum", "fmax", "fmin", "add", "subtract"),
        *("multiply", "divide", "true_divide", "power", "clip", "round", "rint", "nan_to_num", "cumsum", "sort"),
        "argsort",
    )
)
"""Functions of NumPy and PyTorch whose result has one entry a row when their first argument has."""


def _keeps_rows(path: str) -> bool:
    return path.rpartition(".")[2] in _KEEP_ROWS
