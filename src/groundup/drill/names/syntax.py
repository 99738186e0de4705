"""What a tree says before anything is followed: which names a scope binds, which block runs only as a program."""

from __future__ import annotations

import ast
import threading
import warnings
from collections.abc import Iterable, Iterator

_LOCK = threading.Lock()


def parse(source: str) -> ast.Module | None:
    """The tree of a program, or nothing where it has a syntax error.

    Raises:
        RecursionError: It nests too deep to be read here; where the stack is shorter, Python may load it all the same.
    """
    try:
        # Warnings about the learner's text are the runner's to show. The filters are the process's own, hence the lock.
        with _LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    except MemoryError:  # that of the parser's own stack
        raise RecursionError from None


_FIELDS = {
    kind: ()
    if kind in (ast.Name, ast.Constant)
    else tuple(each for each in kind._fields if each not in ("ctx", "op", "ops"))
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def parts(node: ast.AST) -> list[ast.AST]:
    """The nodes inside a node, but for operators and contexts, of which there are as many and that hold nothing."""
    found: list[ast.AST] = []
    for name in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif type(value) is list:
            found += [each for each in value if isinstance(each, ast.AST)]
    return found


def walk(node: ast.AST) -> list[ast.AST]:
    """A node and all nodes inside it, but for operators and contexts."""
    found = [node]
    for each in found:  # which grows meanwhile
        found.extend(parts(each))
    return found


def is_demo(test: ast.expr) -> bool:
    """``__name__ == "__main__"``."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    texts = [side.value for side in sides if isinstance(side, ast.Constant)]
    return names == ["__name__"] and texts == ["__main__"]


def is_errstate(node: ast.expr) -> bool:
    """``np.errstate(...)``."""
    return isinstance(node, ast.Call) and _last_name(node.func) == "errstate"


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def restores(node: ast.AST) -> bool:
    """Whether a function ends by setting NumPy's error handling back."""
    tries = [inner for inner in walk(node) if isinstance(inner, ast.Try)]
    last = [call for each in tries for statement in each.finalbody for call in walk(statement)]
    return any(isinstance(call, ast.Call) and _last_name(call.func) == "seterr" for call in last)


def target_names(target: ast.expr) -> set[str]:
    """Names that a target of an assignment binds."""
    return {node.id for node in walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def own_attributes(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Attributes that the program gives to its own objects."""
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    yield each.name
                elif isinstance(each, ast.Assign | ast.AnnAssign):
                    yield from (name for target in _targets(each) for name in target_names(target))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def stored_names(node: ast.AST) -> set[str]:
    """Names that a function binds or deletes, itself or in its inner parts."""
    return {each.id for each in walk(node) if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)} | {
        name
        for each in walk(node)
        if isinstance(each, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
        for name in named_by(each)
    }


def named_by(node: ast.stmt) -> list[str]:
    """Names that an import or a definition binds."""
    if isinstance(node, ast.Import):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names if alias.name != "*"]
    return [node.name] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []


def bound_names(body: Iterable[ast.AST]) -> tuple[set[str], set[str]]:
    """Names that statements bind, and those declared global or nonlocal; without those of inner functions."""
    bound: set[str] = set()
    outer: set[str] = set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):  # first, since most are
            if isinstance(node.ctx, ast.Store):
                bound.add(node.id)
            continue
        if isinstance(node, _OUTER):
            outer.update(node.names)
        elif isinstance(node, ast.stmt):
            bound.update(named_by(node))
        elif isinstance(node, _NAMING) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound.add(node.rest)
        if isinstance(node, _CLOSED):
            continue
        if isinstance(node, _COMPREHENSIONS):
            bound |= {each.target.id for each in walk(node) if isinstance(each, ast.NamedExpr)}
            continue
        waiting.extend(parts(node))
    return bound - outer, outer


# Tuples, for which `isinstance` is three times as fast as for unions that are made anew each time.
_OUTER = (ast.Global, ast.Nonlocal)
_NAMING = (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
_CLOSED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


def takes_self(node: ast.AST) -> bool:
    """Whether a function is given the object when it is called as a method."""
    decorators = getattr(node, "decorator_list", [])
    return not any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in decorators) and not isinstance(
        node, ast.Lambda
    )
