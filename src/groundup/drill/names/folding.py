"""Computes texts and small numbers that a program puts together, so that a name hidden in them is found."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from groundup.drill.names.values import Atom, Const, Items, Value, consts_in, listed, texts_in

TEXT_LIMIT = 80
"""Characters of the longest text that is followed; names are shorter."""
FOLDED = frozenset(
    (
        *(
            "join",
            "format",
            "replace",
            "lower",
            "upper",
            "strip",
            "lstrip",
            "rstrip",
            "title",
            "capitalize",
            "casefold",
        ),
        *("swapcase", "removeprefix", "removesuffix", "decode", "encode", "split"),
    )
)
"""Methods of texts that are computed here."""

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.BitXor: operator.xor,
}


def folded(function: Callable[[Any, Any], Any] | None, left: Any, right: Any) -> set[Atom]:
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
    if isinstance(value, str | bytes) and len(value) <= TEXT_LIMIT:
        return {Const(value)}
    return {Const(value)} if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31 else set()


def text_method(base: Value, name: str, args: tuple[Value, ...]) -> Value:
    """A method of texts, on texts that are known."""
    result: set[Atom] = set()
    for atom in base:
        if not isinstance(atom, Const) or not hasattr(atom.value, name):
            continue
        if name == "join" and isinstance(atom.value, str) and args:
            for inner in args[0]:
                parts = [texts_in(part) for part in inner.parts] if isinstance(inner, Items) else []
                if isinstance(inner, Const) and isinstance(inner.value, str):
                    parts = [[letter] for letter in inner.value]
                result |= {Const(text) for text in joined_texts(parts, atom.value)}
            continue
        if name == "format" and any(mark in str(atom.value) for mark in (":", "!", "[", ".")):
            continue
        for chosen in product(*(consts_in(each)[:4] for each in args)):
            try:
                value = getattr(atom.value, name)(*chosen)
            except (TypeError, ValueError, LookupError):
                continue
            if isinstance(value, str | bytes) and len(value) <= TEXT_LIMIT:
                result.add(Const(value))
            elif isinstance(value, list) and len(value) <= 64:
                result |= listed([frozenset({Const(each)}) for each in value])
    return frozenset(result)


def joined_texts(parts: Sequence[Sequence[str]], between: str = "") -> Iterator[str]:
    """Every text that can be put together, as long as they are few."""
    count = 1
    for part in parts:
        count *= len(part)
    if not 0 < count <= 64 or sum(max(map(len, part)) + len(between) for part in parts) > TEXT_LIMIT:
        return
    for chosen in product(*parts):
        yield between.join(chosen)


def const_pairs(left: Value, right: Value) -> Iterator[tuple[Const, Const]]:
    """Constants that an operator may meet on its two sides."""
    first, second = ([atom for atom in value if isinstance(atom, Const)][:8] for value in (left, right))
    return product(first, second)
