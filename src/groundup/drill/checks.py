"""What suites are written with: checks, comparisons, and the words in which they fail.

A suite is a pytest file whose tests carry `check`. Its fixtures are ``solution`` (the learner's module, behind a
proxy), ``rng`` (a ``numpy.random.Generator``, seeded from the grade's seed and the check's name), ``source`` (the
learner's text) and ``device`` (of the capstone).

    @check("correctness", "the rows sum to one")
    def test_rows(solution, rng):
        z = rng.normal(size=(4, 7))
        close(solution.softmax(z).sum(axis=1), np.ones(4), of="the sums of softmax(z)", inputs={"z": z})
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from groundup.catalogue import MARKS
from groundup.drill.proxy import Counting, Remote, RemoteError, made, named, repeated, watching

_OFTEN = 16
"""How often a place in the code must be executed to count by itself."""

_LOOP = 1.5
"""Growth of one place at which it is taken for a loop over what was doubled, which makes 2."""

__all__ = [
    "Counting",
    "Wrong",
    "check",
    "close",
    "entries",
    "exactly",
    "fails",
    "growth",
    "made",
    "raises",
    "repeated",
    "untouched",
]

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Check:
    """What a test of a suite stands for."""

    mark: str
    words: str
    capstone: bool


def check(mark: str, words: str, *, capstone: bool = False) -> Callable[[Test], Test]:
    """Make a test of a suite a check.

    Args:
        mark: The part of the rubric that it counts for.
        words: What holds when it passes, in one line for the learner.
        capstone: Whether it runs one of the book's models, and so belongs to the last stage.
    """
    if mark not in MARKS:
        raise ValueError(f"a mark is one of {', '.join(MARKS)}; got {mark!r}")

    def carry(test: Test) -> Test:
        test.__check__ = Check(mark, words, capstone)  # type: ignore[attr-defined]  # read by the judge's plugin
        return test

    return carry


class Wrong(AssertionError):
    """A check does not hold, in words for the learner.

    Args:
        words: What was found, in one line.
        inputs: What the learner's code was given; shown as shapes. By default that of the last call.
        expected: A value, shown shortly.
        actual: The value found.
        where: Index of the error shown.
    """

    def __init__(
        self,
        words: str,
        *,
        inputs: Mapping[str, Any] | None = None,
        expected: Any = None,
        actual: Any = None,
        where: tuple[int, ...] | None = None,
    ) -> None:
        super().__init__(words)
        self.words = words
        self.inputs = None if inputs is None else {name: shown(value) for name, value in inputs.items()}
        self.expected = "" if expected is None else shown(expected)
        self.actual = "" if actual is None else shown(actual)
        if self.actual and self.actual == self.expected:  # they differ further on
            self.expected, self.actual = f"{expected!s}", f"{actual!s}"
        self.where = f"[{', '.join(map(str, where))}]" if where else ""


def shown(value: Any) -> str:
    """A value in a few characters: small ones themselves, arrays by dtype and shape."""
    if isinstance(value, str):
        return value
    if isinstance(value, np.ndarray):
        if value.size <= 6 and value.ndim <= 1:
            return np.array2string(value, precision=8, separator=", ")
        return f"{value.dtype} {_shape(value.shape)}"
    if isinstance(value, np.generic):
        return shown(value.item())
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, Remote):
        return f"an object of type {value._type_name}"
    if isinstance(value, np.random.Generator):
        return "a random generator"
    if type(value).__name__ == "Tensor":
        return f"{str(value.dtype).removeprefix('torch.')} {_shape(tuple(value.shape))}"
    if callable(value):
        return "a function"
    if type(value) is dict:
        return f"{{{', '.join(f'{name}: {shown(each)}' for name, each in value.items())}}}"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def fails(condition: bool, words: str, inputs: Mapping[str, Any] | None = None) -> None:
    """Raise `Wrong` when a condition is true."""
    if condition:
        raise Wrong(words, inputs=inputs)


def close(
    actual: Any,
    expected: NDArray[np.floating[Any]] | float,
    *,
    of: str,
    inputs: Mapping[str, Any] | None = None,
    dtype: Any = None,
    slack: float = 1024.0,
    scale: float | None = None,
) -> None:
    """Compare floating-point results: kind, shape, dtype and finiteness first, then values.

    Args:
        actual: What the learner's code returned. Where ``expected`` is a float: a float, an int, a NumPy scalar or a
            0-d array. Where it is an array: an array of floats or integers, or a tensor.
        expected: Computed in float64.
        of: What is compared, as in ``softmax(z)``.
        inputs: What led there.
        dtype: The dtype that is demanded, if one is.
        slack: Tolerance in units of the dtype's eps (float32's for anything coarser), relative to each expected value
            plus ``scale``.
        scale: By default the largest finite magnitude in ``expected``; 0 makes the comparison purely relative.

    Raises:
        Wrong: They differ.
    """
    wanted = np.asarray(expected, dtype=np.float64)
    values, found_dtype = _floats(actual, isinstance(expected, np.ndarray), of, inputs)
    if values.shape != wanted.shape:  # before they are converted: they may be far more than was asked for
        words = f"{of} has shape {_shape(values.shape)}, not {_shape(wanted.shape)}"
        raise Wrong(words, inputs=inputs, expected=_shape(wanted.shape), actual=_shape(values.shape))
    found = values.double().numpy() if hasattr(values, "double") else np.asarray(values, dtype=np.float64)
    if dtype is not None and found_dtype != (name := _dtype_name(dtype)):
        raise Wrong(f"{of} has dtype {found_dtype}, not {name}", inputs=inputs, expected=name, actual=found_dtype)
    eps = _eps(found_dtype)
    finite = np.isfinite(wanted)
    # NaN equals NaN here, and an infinity only itself.
    odd = np.where(finite, ~np.isfinite(found), ~((found == wanted) | (np.isnan(found) & np.isnan(wanted))))
    if odd.any():
        where = tuple(int(i) for i in np.argwhere(odd)[0])
        words = f"{of} is {found[where]:.6g} where {wanted[where]:.6g} is right"
        raise Wrong(words, inputs=inputs, expected=wanted[where], actual=found[where], where=where)
    if not finite.any():
        return
    span = float(np.abs(wanted[finite]).max()) if scale is None else scale
    error = np.zeros_like(wanted)
    np.subtract(found, wanted, out=error, where=finite)
    np.abs(error, out=error)
    allowed = slack * eps * (np.abs(np.where(finite, wanted, 0.0)) + span)
    if (error > allowed).any():
        ratio = error / np.where(allowed > 0, allowed, np.finfo(np.float64).tiny)
        where = tuple(int(i) for i in np.unravel_index(int(ratio.argmax()), wanted.shape))
        share = f" ({int((error > allowed).sum())} of {wanted.size} values)" if wanted.size > 1 else ""
        words = f"{of} is off{share}"
        raise Wrong(words, inputs=inputs, expected=wanted[where], actual=found[where], where=where)


def _floats(actual: Any, wants_array: bool, of: str, inputs: Mapping[str, Any] | None) -> tuple[Any, str]:
    """An array, or a tensor on the CPU, with the values as they came, and the name of their dtype."""
    torch = sys.modules.get("torch")
    if torch is not None and type(actual) is torch.Tensor:
        values, name = actual.detach().cpu(), str(actual.dtype).removeprefix("torch.")
        if not (values.is_floating_point() or name.startswith(("int", "uint"))):
            raise Wrong(f"{of} holds {name}, not floats", inputs=inputs)
        return values, name
    if wants_array:
        if type(actual) is not np.ndarray:
            raise Wrong(f"{of} is {_kind(actual)}, not an array", inputs=inputs)
        if actual.dtype.kind not in "iuf":
            raise Wrong(f"{of} holds {actual.dtype}, not floats", inputs=inputs)
        return actual, actual.dtype.name
    scalar = type(actual) in (int, float) or (isinstance(actual, np.generic) and actual.dtype.kind in "iuf")
    if not scalar and not (type(actual) is np.ndarray and actual.ndim == 0 and actual.dtype.kind in "iuf"):
        raise Wrong(f"{of} is {_kind(actual)}, not a float", inputs=inputs)
    name = actual.dtype.name if isinstance(actual, np.generic | np.ndarray) else "float64"
    try:
        return np.asarray(actual, dtype=np.float64), name
    except OverflowError:
        raise Wrong(f"{of} is an integer too large for a float", inputs=inputs) from None


def _eps(name: str) -> float:
    """Of float64 for what is as fine or whole, of float32 for anything coarser."""
    coarse = name in ("float32", "float16", "bfloat16")
    return float(np.finfo(np.float32 if coarse else np.float64).eps)


def _dtype_name(dtype: Any) -> str:
    return dtype.removeprefix("torch.") if isinstance(dtype, str) else np.dtype(dtype).name


def _shape(shape: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, shape))}]"


def _kind(value: Any) -> str:
    """A value's kind with its article, for a sentence."""
    if value is None:
        return "None (nothing was returned)"
    if isinstance(value, Remote):
        return f"an object of type {value._type_name}"
    if isinstance(value, np.ndarray):
        return f"an array {_shape(value.shape)}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def exactly(actual: Any, expected: Any, *, of: str, inputs: Mapping[str, Any] | None = None) -> None:
    """Compare integers, labels, texts, and lists or tuples or arrays of them.

    NumPy integers equal Python's, and arrays of any integer dtype equal one another; floats are never taken for
    integers. A list of lists equals an array of the same shape and values.

    Raises:
        Wrong: They differ.
    """
    if isinstance(expected, str | bool | None):
        same = type(actual) is type(expected) or (isinstance(expected, bool) and type(actual) is np.bool_)
        if not same:
            raise Wrong(f"{of} is {_kind(actual)}, not {_kind(expected)}", inputs=inputs)
        if actual != expected:
            raise Wrong(f"{of} is {shown(actual)}, not {shown(expected)}", inputs=inputs)
        return
    found = _whole(actual, of, inputs)
    wanted = np.asarray(expected)
    if found.shape != wanted.shape:
        words = f"{of} has shape {_shape(found.shape)}, not {_shape(wanted.shape)}"
        if wanted.ndim == 0:
            words = f"{of} is {_kind(actual)}, not a whole number"
        elif found.ndim == 0:
            words = f"{of} is {_kind(actual)}, not an array {_shape(wanted.shape)}"
        raise Wrong(words, inputs=inputs)
    if found.dtype.kind != wanted.dtype.kind and not {found.dtype.kind, wanted.dtype.kind} <= {"i", "u"}:
        raise Wrong(f"{of} holds {found.dtype}, not {'integers' if wanted.dtype.kind in 'iu' else wanted.dtype}")
    differ = found != wanted
    if differ.any():
        where = tuple(int(i) for i in np.argwhere(differ)[0])
        share = f" ({int(differ.sum())} of {wanted.size} values)" if wanted.size > 1 else ""
        raise Wrong(
            f"{of} is off{share}", inputs=inputs, expected=wanted[where], actual=found[where], where=where or None
        )


def _whole(actual: Any, of: str, inputs: Mapping[str, Any] | None) -> NDArray[Any]:
    """Nested lists, arrays and scalars of whole numbers, booleans or texts as one array."""
    torch = sys.modules.get("torch")
    if torch is not None and type(actual) is torch.Tensor:
        actual = actual.detach().cpu().numpy()
    if not _plain(actual):
        raise Wrong(f"{of} is {_kind(actual)}, not whole numbers", inputs=inputs)
    try:
        found = np.asarray(actual)
    except (ValueError, OverflowError):
        raise Wrong(f"{of} has rows of unequal length", inputs=inputs) from None
    if found.dtype.kind not in "iubU":
        raise Wrong(f"{of} holds {found.dtype}, not whole numbers", inputs=inputs)
    return found


def _plain(value: Any) -> bool:
    if type(value) in (list, tuple):
        return bool(value) and all(_plain(each) for each in value)
    return type(value) in (int, bool, str, np.ndarray) or isinstance(value, np.generic)


def entries(result: Any, *names: str) -> tuple[Any, ...]:
    """The entries of a tuple that was returned, whose number is checked; a list is as good.

    Args:
        result: What the learner's code returned.
        names: Of the entries, for the sentence.

    Raises:
        Wrong: It is something else, or longer or shorter.
    """
    if type(result) not in (tuple, list):
        raise Wrong(f"a tuple ({', '.join(names)}) is wanted, not {_kind(result)}")
    if len(result) != len(names):
        raise Wrong(f"a tuple ({', '.join(names)}) is wanted, and {len(result)} entries came back")
    return tuple(result)


def raises(kind: type[Exception], function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Call, and demand an exception of that built-in kind with a message.

    Raises:
        Wrong: It returned, raised something else, or gave no message.
    """
    inputs = named(function, args, kwargs) if isinstance(function, Remote) else None
    try:
        result = function(*args, **kwargs)
    except RemoteError as error:
        if kind.__name__ not in error.bases:
            raise Wrong(
                f"{error.type_name} was raised where {kind.__name__} is wanted: {error.message}", inputs=inputs
            ) from error
        if not error.message.strip():
            raise Wrong(
                f"{kind.__name__} was raised without a message that says what was wrong", inputs=inputs
            ) from error
        return
    raise Wrong(f"{kind.__name__} is wanted, and {_kind(result)} came back", inputs=inputs)


def untouched(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call, and demand that no array among the arguments was changed; returns the result.

    Raises:
        Wrong: One was, with its name.
    """
    with watching(function) as watch:
        result = function(*args, **kwargs)
    if watch.changed:
        were = "was" if len(watch.changed) == 1 else "were"
        raise Wrong(f"{' and '.join(watch.changed)} {were} modified in place; work on a copy")
    return result


def growth(count: Counting, doubled: Counting, *, of: str, limit: float = 1.2, per: str = "rows") -> None:
    """Demand that twice the rows do not take more executed opcodes, neither in all nor at one place in the code.

    A loop over rows shows at its own place, however many steps are idled away beside it.

    Args:
        count: Of the calls at n rows.
        doubled: Of the same calls at 2n rows.
        of: What was called.
        limit: Growth under which no loop over rows is possible.
        per: What was doubled, if not the rows.

    Raises:
        Wrong: There is a loop over rows.
    """
    if count.disturbed or doubled.disturbed:
        raise Wrong(f"the steps of {of} could not be counted: the code replaces Python's trace function")
    ratio = doubled.opcodes / max(1, count.opcodes)
    loops = [times / max(_OFTEN, count.places.get(place, 0)) for place, times in doubled.places.items()]
    if max(loops, default=0.0) >= _LOOP:
        ratio = max(ratio, *loops)
    if not math.isfinite(ratio) or ratio >= limit:
        words = f"{of} takes {ratio:.1f} times the Python steps for twice the {per}: there is a loop over {per}"
        raise Wrong(words, expected=f"less than {limit}", actual=f"{ratio:.2f}")
