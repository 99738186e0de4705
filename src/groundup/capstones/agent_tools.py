"""The tools of the agent: what a tool is, arithmetic, a look-up and a converter of units, and how they are run."""

from __future__ import annotations

import ast
import json
import math
import operator
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

INDEX = Path(__file__).with_name("agent_index.txt")

# ---- what a tool is -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tool:
    """A function with what a model must know to call it.

    Args:
        name: Letters, digits and underscores.
        description: What it does, in which units; the model reads this.
        parameters: A JSON Schema for each argument; all are required and no others allowed.
        function: Called with the arguments by name. What it returns is shown to the model; an exception too.
        destructive: It cannot be undone, so that the user is asked first.
    """

    name: str
    description: str
    parameters: Mapping[str, Mapping[str, Any]]
    function: Callable[..., Any]
    destructive: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the arguments, an object."""
        properties = {name: dict(schema) for name, schema in self.parameters.items()}
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def registry(*tools: Tool) -> Mapping[str, Tool]:
    """The tools by name, read-only: the allow-list.

    Raises:
        ValueError: A name is taken twice, or is not made of letters, digits and underscores.
    """
    named: dict[str, Tool] = {}
    for tool in tools:
        if not re.fullmatch(r"[A-Za-z0-9_]{1,64}", tool.name):
            raise ValueError(f"a tool's name has 1 to 64 letters, digits and underscores, which {tool.name!r} has not")
        if tool.name in named:
            raise ValueError(f"there are two tools named {tool.name}")
        named[tool.name] = tool
    return MappingProxyType(named)


def validate(schema: Mapping[str, Any], args: Any) -> None:
    """Hold a call's arguments against a JSON Schema.

    Raises:
        ValueError: They do not fit; says where.
    """
    if not isinstance(args, dict):
        raise ValueError(f"the arguments must be an object, got {type(args).__name__}")
    if (length := len(json.dumps(args))) > 10_000:
        raise ValueError(f"the arguments are {length} characters long, more than 10000")
    for error in _validator(json.dumps(schema)).iter_errors(args):
        raise ValueError(f"{error.json_path[2:] or 'arguments'}: {error.message:.200}")


@lru_cache
def _validator(schema: str) -> Any:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # carries no types

    return Draft202012Validator(json.loads(schema))


# ---- arithmetic without eval ----------------------------------------------------------------------------------------

OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
}


def safe_calc(expr: str) -> int | float:
    """Work out numbers, ``+ - * / // %``, unary minus and parentheses by walking the syntax tree.

    Nothing is evaluated: what is not in the short list of node types is refused, so names, calls and attributes are.

    Args:
        expr: At most 200 characters, 30 parentheses and 30 levels deep.

    Raises:
        ValueError: Anything else, or a result that is not finite.
        ZeroDivisionError: A division by zero.
    """
    if len(expr) > 200:
        raise ValueError(f"the expression has {len(expr)} characters, more than 200")
    if expr.count("(") > 30:
        raise ValueError("the expression is nested more than 30 levels deep")
    try:
        tree = ast.parse(expr.strip(), mode="eval")
    except (SyntaxError, MemoryError, RecursionError):  # the parser gives up on deep nesting in its own ways
        raise ValueError(f"{expr!r} is no arithmetic expression") from None

    def value(node: ast.expr, depth: int) -> int | float:
        if depth > 30:
            raise ValueError("the expression is nested more than 30 levels deep")
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                result: int | float = number
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                result = OPERATORS[type(op)](value(left, depth + 1), value(right, depth + 1))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                result = -value(operand, depth + 1)
            case _:
                raise ValueError(f"{type(node).__name__} is not allowed; only numbers, + - * / // % and parentheses")
        if not math.isfinite(result):
            raise ValueError("the result is too large")
        return result

    return value(tree.body, 0)


# ---- look-up --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hit:
    """An entry that a search found."""

    title: str
    text: str
    score: float


class Index:
    """An inverted index with the ranking BM25 (Robertson and Zaragoza, 2009, equation 3.15; k1 = 1.5, b = 0.75).

    Args:
        entries: Texts by title; the words of a title count twice.
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        self.entries = list(entries.items())
        self.titles = {title.lower(): text for title, text in self.entries}
        self.postings: dict[str, list[tuple[int, int]]] = defaultdict(list)  # word -> (entry, count) of each
        self.lengths = []
        for n, (title, text) in enumerate(self.entries):
            words = self.words(f"{title} {title} {text}")
            self.lengths.append(len(words))
            for word, count in Counter(words).items():
                self.postings[word].append((n, count))

    @classmethod
    def read(cls, path: Path = INDEX) -> Index:
        """An index of a file with one ``title: text`` a line; by default of the book's terms, constants and units."""
        lines = path.read_text(encoding="utf-8").splitlines()
        return cls(dict(line.split(": ", 1) for line in lines if line))

    @staticmethod
    def words(text: str) -> list[str]:
        """Lower-case words without a plural's s and without stop words."""
        found = re.findall(r"[a-z0-9]+", text.lower())
        stop = {"a", "an", "and", "are", "by", "for", "in", "is", "it", "of", "on", "or", "that", "the", "to", "what"}
        return [w[:-1] if len(w) > 3 and w[-1] == "s" and w[-2] != "s" else w for w in found if w not in stop]

    def get(self, title: str) -> str | None:
        """The text of the entry with this very title."""
        return self.titles.get(title.lower())

    def search(self, query: str, k: int = 3) -> list[Hit]:
        """The k best entries that share a word with the query, best first; ties in the order of the file."""
        scores: dict[int, float] = defaultdict(float)
        mean = sum(self.lengths) / max(1, len(self.lengths))
        for word in set(self.words(query)):
            found = self.postings.get(word, [])
            rarity = math.log(1 + (len(self.entries) - len(found) + 0.5) / (len(found) + 0.5))
            for n, count in found:
                scores[n] += rarity * count * 2.5 / (count + 1.5 * (0.25 + 0.75 * self.lengths[n] / mean))
        best = sorted(scores, key=lambda n: (-scores[n], n))[:k]
        return [Hit(*self.entries[n], scores[n]) for n in best]


# ---- units ----------------------------------------------------------------------------------------------------------

SIZES = {  # unit -> (kind, size in the kind's SI unit)
    **{"m": ("length", 1.0), "km": ("length", 1000.0), "mile": ("length", 1609.344), "foot": ("length", 0.3048)},
    **{"s": ("time", 1.0), "minute": ("time", 60.0), "hour": ("time", 3600.0), "day": ("time", 86400.0)},
    **{"kg": ("mass", 1.0), "g": ("mass", 0.001), "pound": ("mass", 0.45359237)},
}


def convert(value: float, source: str, target: str) -> float:
    """A value in other units of the same kind.

    Raises:
        ValueError: The units measure different things.
    """
    (kind, size), (other, other_size) = SIZES[source], SIZES[target]
    if kind != other:
        raise ValueError(f"{source} measures {kind}, {target} measures {other}")
    return value * size / other_size


# ---- the three together ---------------------------------------------------------------------------------------------


def default_tools(*, safe_calc: Callable[[str], float] = safe_calc, index: Index | None = None) -> Mapping[str, Tool]:
    """A calculator, a look-up in ``index`` (by default the book's) and a converter of units."""
    index = index or Index.read()

    def look_up(query: str) -> str:
        if text := index.get(query):
            return text
        hits = index.search(query)
        return "\n".join(f"{hit.title}: {hit.text}" for hit in hits) or f"nothing found for {query!r}"

    unit = {"enum": list(SIZES)}
    return registry(
        Tool(
            "calculator",
            "Works out an arithmetic expression of numbers, + - * / // % and parentheses.",
            {"expr": {"type": "string", "minLength": 1, "maxLength": 200}},
            lambda expr: _number(safe_calc(expr)),
        ),
        Tool(
            "knowledge_lookup",
            "Finds terms of machine learning, physical constants and units; up to three entries, best first.",
            {"query": {"type": "string", "minLength": 1, "maxLength": 200}},
            look_up,
        ),
        Tool(
            "convert",
            "Converts a value between units of length, time or mass.",
            {"value": {"type": "number"}, "source": unit, "target": unit},
            lambda value, source, target: _number(convert(value, source, target)),
        ),
    )


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.12g}"


# ---- running them ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """What a run may cost. Tokens and time are checked before a step, so the last step may go over them."""

    tokens: int = 50_000
    seconds: float = 120.0
    calls_per_reply: int = 8
    result_chars: int = 4_000

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"the limit {name} must be positive, got {value}")


@dataclass(frozen=True)
class Call:
    """One tool call, as the model wrote it, and what it was told."""

    id: str
    name: Any
    arguments: Any
    result: str
    is_error: bool


def refuse(tool: Tool, arguments: Mapping[str, Any]) -> bool:
    """The default answer to "may this destructive tool run?": no."""
    return False


@dataclass
class Toolbox:
    """The tools of one run with the rules for running them."""

    tools: Mapping[str, Tool]
    validate: Callable[[Mapping[str, Any], Any], None] = validate
    confirm: Callable[[Tool, Mapping[str, Any]], bool] = refuse
    limits: Limits = field(default_factory=Limits)
    done: dict[str, Call] = field(default_factory=dict)  # by id: no id is ever run twice

    def execute(self, name: Any, arguments: Any) -> tuple[str, bool]:
        """Run a tool; whatever is wrong becomes a text that begins with ``Error``, for the model to read.

        Returns:
            The result, cut to the limit, and whether it is an error.
        """
        tool = self.tools.get(name) if isinstance(name, str) else None
        try:
            if tool is None:
                raise LookupError(f"there is no tool {str(name)[:64]!r}; there are: {', '.join(self.tools)}")
            self.validate(tool.schema, arguments)
            if tool.destructive and not self.confirm(tool, arguments):
                raise PermissionError(f"the user did not confirm {tool.name}, which was not run")
            result, is_error = tool.function(**arguments), False
            text = result if isinstance(result, str) else json.dumps(result, default=str)
        except Exception as error:
            text, is_error = f"Error: {type(error).__name__}: {error}", True
        if (over := len(text) - self.limits.result_chars) > 0:
            text = f"{text[: self.limits.result_chars]} ... ({over} characters left out)"
        return text, is_error
