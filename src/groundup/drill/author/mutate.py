"""Makes mutants of a reference: copies with one small mistake each, which a good suite rejects.

    for mutant in mutants(drill.read("solution.py")):
        print(mutant.id)            KMeans.fit: shift <= self.tol -> shift < self.tol

Only what the learner writes is changed, the parts between the markers. Type hints, docstrings and the texts of errors
stay as they are.
"""

from __future__ import annotations

import ast
import copy
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

START, END = "# your part", "# end of your part"
"""Lines round what the learner writes."""

_SHORT = 48  # characters of an expression that is shown whole in an id


@dataclass(frozen=True)
class Mutant:
    """A reference with one mistake.

    Args:
        id: Function, and what became what; ``#2`` behind it for the second of the same in one function. It does not
            change when something else in the file does.
        line: Where, counted from 1.
        what: The line as it is now.
        source: The whole file.
    """

    id: str
    line: int
    what: str
    source: str


@dataclass(frozen=True)
class _Change:
    """A node and what takes its place; both also in a few characters, for where the whole is too long to show."""

    node: ast.AST
    new: ast.AST
    before: str
    after: str


def mutants(source: str, only_between_markers: bool = True, most: int | None = None) -> list[Mutant]:
    """The mutants of a program, in the order of its lines.

    Args:
        source: Its text.
        only_between_markers: Change only what stands between `START` and `END`.
        most: Keep at most so many, spread evenly over the file; by default all.

    Returns:
        Mutants that compile and that all differ, from each other and from the source, by more than layout.

    Raises:
        SyntaxError: The source is not a program.
    """
    tree = ast.parse(source)
    text = _Text(source)
    marked = _marked(source) if only_between_markers else set(range(1, len(source.splitlines()) + 1))
    seen = {_normal(source)}
    found: list[Mutant] = []
    times: Counter[str] = Counter()
    for place in _places(tree, "", (), False):
        if getattr(place.node, "lineno", 0) not in marked:
            continue
        for change in _changes(place):
            mutant = text.changed(change)
            normal = _normal(mutant)
            if normal is None or normal in seen:
                continue
            seen.add(normal)
            name = f"{place.where or 'module'}: {_told(place, change)}"
            times[name] += 1
            line = cast(int, change.node.lineno)  # type: ignore[attr-defined]  # statements and expressions have one
            shown = mutant.splitlines()[line - 1].strip()
            if isinstance(change.new, ast.Pass):
                shown = f"{source.splitlines()[line - 1].strip()} (dropped)"
            found.append(Mutant(name if times[name] == 1 else f"{name} #{times[name]}", line, shown, mutant))
    if most is not None and len(found) > most:
        return [found[i * len(found) // most] for i in range(most)]
    return found


def _normal(source: str) -> str | None:
    """A program without its layout; nothing for a text that does not compile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "did you forget a comma": mistakes are the point
            compile(source, "mutant", "exec", dont_inherit=True)
            return ast.unparse(ast.parse(source))
    except SyntaxError:
        return None


def _marked(source: str) -> set[int]:
    """Lines between the markers."""
    lines: set[int] = set()
    inside = False
    for number, line in enumerate(source.splitlines(), 1):
        word = line.strip()
        inside = word == START or (inside and word != END)
        if inside:
            lines.add(number)
    return lines


class _Text:
    """A source in which the text of a node can be exchanged; the rest keeps its layout."""

    def __init__(self, source: str) -> None:
        self.data = source.encode()
        self.starts = [0]
        for line in self.data.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def changed(self, change: _Change) -> str:
        node = cast(ast.expr, change.node)  # all that is changed has a place in the text
        begin = self.starts[node.lineno - 1] + node.col_offset
        end = self.starts[cast(int, node.end_lineno) - 1] + cast(int, node.end_col_offset)
        new = ast.unparse(ast.fix_missing_locations(copy.deepcopy(change.new)))
        bare = (self.data[:begin] + new.encode() + self.data[end:]).decode()
        if not isinstance(change.new, ast.expr) or isinstance(change.new, ast.Slice):
            return bare
        safe = (self.data[:begin] + f"({new})".encode() + self.data[end:]).decode()
        return bare if _normal(bare) == _normal(safe) else safe


# Where


@dataclass(frozen=True)
class _Place:
    """A node of the tree: the function it is in, and the nodes round it, from the inside out."""

    node: ast.AST
    where: str
    around: tuple[ast.AST, ...]
    last: bool  # of a function's statements

    @property
    def parent(self) -> ast.AST:
        return self.around[0]


def _places(node: ast.AST, where: str, around: tuple[ast.AST, ...], last: bool) -> Iterator[_Place]:
    """All nodes that may be changed, in the order of the text."""
    if around:
        yield _Place(node, where, around, last)
    if isinstance(node, ast.JoinedStr):
        return  # a text for people; and Python 3.11 does not say where its parts are
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        where = f"{where}.{node.name}" if where else node.name
    body = getattr(node, "body", None)
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "bases", "type_params", "ctx", "op", "ops"):
            continue
        if isinstance(node, ast.Raise):
            continue  # the error's text
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                ends = isinstance(node, ast.FunctionDef) and isinstance(body, list) and child is body[-1]
                yield from _places(child, where, (node, *around), ends)


def _told(place: _Place, change: _Change) -> str:
    """What became what: the widest expression round it that is short, or else a few characters of its own."""
    told = f"{change.before} -> {change.after}"
    if isinstance(change.node, ast.stmt):
        return told
    for outer in (place.node, *place.around):
        if not isinstance(outer, ast.expr | ast.keyword | ast.Slice):
            break
        before = ast.unparse(outer)
        if isinstance(outer, ast.Slice):  # no expression by itself
            continue
        if len(before) > _SHORT:
            break
        told = f"{before} -> {ast.unparse(_with(outer, change))}"
    return told


def _with(outer: ast.AST, change: _Change) -> ast.AST:
    """A copy of an expression in which the change was made."""
    if outer is change.node:
        return change.new
    fields: dict[str, Any] = {}
    for field, value in ast.iter_fields(outer):
        if isinstance(value, list):
            fields[field] = [_with(each, change) if isinstance(each, ast.AST) else each for each in value]
        else:
            fields[field] = _with(value, change) if isinstance(value, ast.AST) else value
    return type(outer)(**fields)


# What


def _changes(place: _Place) -> Iterator[_Change]:
    node = place.node
    if isinstance(node, ast.stmt):
        yield from _of_statement(place, node)
    elif isinstance(node, ast.BinOp):
        yield from _of_operator(node, place.parent)
    elif isinstance(node, ast.Compare):
        yield from _of_comparison(node)
    elif isinstance(node, ast.BoolOp):
        yield from _of_logic(node)
    elif isinstance(node, ast.UnaryOp):
        if not _is_setting(place):
            yield _Change(node, node.operand, ast.unparse(node)[:1], "dropped")
    elif isinstance(node, ast.Constant):
        yield from _of_constant(place, node)
    elif isinstance(node, ast.keyword):
        yield from _of_keyword(node)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield _Change(node, node.value, f".{node.attr}", "dropped")
    elif isinstance(node, ast.Slice):
        yield from _of_slice(node)
    elif isinstance(node, ast.IfExp):
        yield from _of_condition(node.test)


_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
}
_SIGNS: dict[type[ast.AST], str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@", ast.FloorDiv: "//"},
    **{ast.Mod: "%", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>"},
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is"},
    **{ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.And: "and", ast.Or: "or"},
}
_BOTH_TERMS = (ast.Add, ast.Mult, ast.MatMult, ast.BitAnd, ast.BitOr)
_ORDERED = (ast.Sub, ast.Div, ast.MatMult)


def _of_operator(node: ast.BinOp, parent: ast.AST) -> Iterator[_Change]:
    """Another operator; the terms in the other order; one of them dropped."""
    if any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (node.left, node.right)):
        return
    sign = _SIGNS[type(node.op)]
    for other in _OPERATORS.get(type(node.op), ()):
        yield _Change(node, ast.BinOp(node.left, other(), node.right), sign, _SIGNS[other])
    if isinstance(node.op, _ORDERED) and not (isinstance(node.op, ast.Sub) and _is_even(parent)):
        yield _Change(node, ast.BinOp(node.right, node.op, node.left), sign, f"{sign} the other way round")
    yield _Change(node, node.left, f"{sign} {_cut(node.right)}", "dropped")
    if isinstance(node.op, _BOTH_TERMS):
        yield _Change(node, node.right, f"{_cut(node.left)} {sign}", "dropped")
    elif isinstance(node.op, ast.Sub):
        yield _Change(node, ast.UnaryOp(ast.USub(), node.right), f"{_cut(node.left)} {sign}", "dropped")


def _is_even(node: ast.AST) -> bool:
    """Whether a function gives the same for -x as for x: a square, or an absolute value."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return (_number(node.right) or 1) % 2 == 0
    return isinstance(node, ast.Call) and _name(node.func) in ("abs", "absolute", "fabs", "square")


_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


def _of_comparison(node: ast.Compare) -> Iterator[_Change]:
    for number, op in enumerate(node.ops):
        for other in _COMPARISONS[type(op)]:
            ops = [*node.ops[:number], other(), *node.ops[number + 1 :]]
            yield _Change(node, ast.Compare(node.left, ops, node.comparators), _SIGNS[type(op)], _SIGNS[other])
    if len(node.ops) > 1:
        yield _Change(node, ast.Compare(node.left, node.ops[:-1], node.comparators[:-1]), "the last part", "dropped")
        first = ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])
        yield _Change(node, first, "the first part", "dropped")


def _of_logic(node: ast.BoolOp) -> Iterator[_Change]:
    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    yield _Change(node, ast.BoolOp(other(), node.values), _SIGNS[type(node.op)], _SIGNS[other])
    for number, value in enumerate(node.values):
        rest = [*node.values[:number], *node.values[number + 1 :]]
        new = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield _Change(node, new, _cut(value), "dropped")


def _of_constant(place: _Place, node: ast.Constant) -> Iterator[_Change]:
    if _is_setting(place):
        return
    value = node.value
    others: tuple[Any, ...] = ()
    if isinstance(value, bool):
        others = (not value,)
    elif isinstance(value, int):
        others = {0: (1, -1), 1: (0, 2), 2: (1, 3, 4)}.get(value, (value + 1, value - 1, value * 2))
    elif isinstance(value, float):
        if value in (0.0, 1.0):
            others = (1.0 - value, value + 1.0)
        else:
            others = (value / 10, value * 10) if abs(value) < 1e-3 else (value * 2, value + 1.0, value / 2)
    for other in others:
        new = ast.Constant(other)
        yield _Change(node, new, ast.unparse(node), ast.unparse(new))


def _is_setting(place: _Place) -> bool:
    """Whether it is the value of a keyword that is changed as a whole."""
    return any(isinstance(each, ast.keyword) and each.arg in ("axis", "keepdims") for each in place.around[:2])


def _of_keyword(node: ast.keyword) -> Iterator[_Change]:
    value = node.value
    before = ast.unparse(node)
    others: list[ast.expr] = []
    if node.arg == "axis":
        number = _number(value)
        named = {0: (1, None), 1: (0, None), -1: (0, None)}.get(number, (None,)) if number is not None else (None,)
        others = [_constant(each) for each in named]
    elif node.arg == "keepdims" and isinstance(value, ast.Constant):
        others = [ast.Constant(not value.value)]
    elif node.arg == "side" and isinstance(value, ast.Constant) and value.value in ("left", "right"):
        others = [ast.Constant("right" if value.value == "left" else "left")]
    for other in others:
        new = ast.keyword(node.arg, other)
        yield _Change(node, new, before, ast.unparse(new))


_NAMES = {
    **{"sum": ("mean",), "mean": ("sum",), "max": ("min",), "min": ("max",), "amax": ("amin",), "amin": ("amax",)},
    **{"argmax": ("argmin",), "argmin": ("argmax",), "maximum": ("minimum",), "minimum": ("maximum",)},
    **{"all": ("any",), "any": ("all",), "var": ("std",), "std": ("var",), "prod": ("sum",), "cumsum": ("cumprod",)},
    **{"nanmax": ("nanmin",), "nanmin": ("nanmax",), "nansum": ("nanmean",), "nanmean": ("nansum",)},
    **{"log": ("log1p",), "log1p": ("log",), "exp": ("expm1",), "expm1": ("exp",), "floor": ("ceil",)},
    **{"ceil": ("floor",), "zeros": ("ones",), "ones": ("zeros",), "zeros_like": ("ones_like",)},
    **{"ones_like": ("zeros_like",), "sin": ("cos",), "cos": ("sin",), "median": ("mean",), "hstack": ("vstack",)},
    **{"vstack": ("hstack",), "triu": ("tril",), "tril": ("triu",), "union1d": ("intersect1d",)},
}
_BARE = frozenset({"max", "min", "all", "any"})  # builtins that have a sister
_MODULES = frozenset({"np", "numpy", "torch", "math"})
_DROPPED = frozenset({"sqrt", "abs", "absolute", "square", "copy", "transpose", "cumsum", "sort", "reciprocal"})
_DROPPED_METHODS = frozenset({"copy", "astype", "transpose", "clone", "detach", "cumsum", "abs", "sqrt"})
_UNORDERED = frozenset(
    (
        *(
            "maximum",
            "minimum",
            "add",
            "multiply",
            "logaddexp",
            "hypot",
            "isinstance",
            "issubclass",
            "getattr",
            "hasattr",
        ),
        *(
            "range",
            "arange",
            "print",
            "max",
            "min",
            "isclose",
            "allclose",
            "array_equal",
            "fmax",
            "fmin",
            "gcd",
            "equal",
        ),
    )
)


def _of_call(node: ast.Call) -> Iterator[_Change]:
    func = node.func
    name = _name(func)
    of_module = isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id in _MODULES
    if isinstance(func, ast.Attribute):
        for other in (*_NAMES.get(name, ()), *(("median",) if name == "mean" and of_module else ())):
            yield _Change(func, ast.Attribute(func.value, other, ast.Load()), name, other)
    elif name in _BARE:
        for other in _NAMES[name]:
            yield _Change(func, ast.Name(other, ast.Load()), name, other)
    if node.args and ((of_module and name in _DROPPED) or (isinstance(func, ast.Name) and name == "abs")):
        yield _Change(node, node.args[0], f"{name}()", "dropped")
    if isinstance(func, ast.Attribute) and not of_module and name in _DROPPED_METHODS:
        yield _Change(node, func.value, f".{name}()", "dropped")
    plain = not any(isinstance(each, ast.Starred) for each in node.args)
    if len(node.args) >= 2 and plain and name not in _UNORDERED:
        swapped = ast.Call(func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
        yield _Change(node, swapped, f"{name}({_cut(node.args[0])}, {_cut(node.args[1])})", "arguments swapped")
    if name == "range" and isinstance(func, ast.Name) and plain:
        for number, argument in enumerate(node.args[:2]):
            yield from _shifted(argument)
            if number == 0 and len(node.args) == 1:
                yield _Change(node, ast.Call(func, [ast.Constant(1), argument], []), "range from 0", "range from 1")


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _of_slice(node: ast.Slice) -> Iterator[_Change]:
    for bound in (node.lower, node.upper):
        if bound is not None:
            yield from _shifted(bound)
    for field in ("lower", "upper", "step"):
        if getattr(node, field) is not None:
            fields = {name: value for name, value in ast.iter_fields(node) if name != field}
            yield _Change(node, ast.Slice(**fields), f"{field} bound {_cut(getattr(node, field))}", "dropped")


def _shifted(node: ast.expr) -> Iterator[_Change]:
    """One more and one less; numbers are changed as constants anyway."""
    if _number(node) is None:
        for sign in (ast.Add(), ast.Sub()):
            new = ast.BinOp(node, sign, ast.Constant(1))
            yield _Change(node, new, _cut(node), f"{_cut(node)} {_SIGNS[type(sign)]} 1")


def _of_condition(test: ast.expr, both: bool = True) -> Iterator[_Change]:
    for value in (True, False) if both else (False,):
        yield _Change(test, ast.Constant(value), f"if {_cut(test)}", f"if {value}")


def _of_statement(place: _Place, node: ast.stmt) -> Iterator[_Change]:
    if isinstance(node, ast.If):
        yield from _of_condition(node.test)
    elif isinstance(node, ast.While):
        yield from _of_condition(node.test, both=False)
    elif isinstance(node, ast.AugAssign):
        sign = _SIGNS[type(node.op)]
        yield _Change(node, ast.Pass(), _cut(node), "dropped")
        yield _Change(node, ast.Assign([node.target], node.value, lineno=1), _cut(node), "= in place of " + sign + "=")
        for other in _OPERATORS.get(type(node.op), ()):
            yield _Change(node, ast.AugAssign(node.target, other(), node.value), _cut(node), _SIGNS[other] + "=")
    elif _can_go(place, node):
        yield _Change(node, ast.Pass(), _raised(node) if isinstance(node, ast.Raise) else _cut(node), "dropped")


def _raised(node: ast.Raise) -> str:
    """Without the error's text, which may well change."""
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return f"raise {ast.unparse(error)}" if error is not None else "raise"


def _can_go(place: _Place, node: ast.stmt) -> bool:
    """Whether a statement may be missing without an obvious end: no name is left without a value."""
    if isinstance(node, ast.Return):
        return not place.last
    if isinstance(node, ast.Assign):
        return not all(isinstance(target, ast.Name | ast.Tuple) for target in node.targets)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    return isinstance(node, ast.Raise | ast.Break | ast.Continue | ast.Delete)


def _number(node: ast.expr) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        return -value if isinstance(value, int) else None
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    return None


def _constant(value: int | None) -> ast.expr:
    if value is not None and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def _cut(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"
