"""Which mistakes the mutator makes, and which it leaves out."""

import ast
import textwrap

import pytest

from groundup.drill.author.mutate import Mutant, mutants


def of(body: str) -> list[Mutant]:
    """Mutants of the body of a function `f`."""
    return mutants(f"def f(a, b, x):\n{textwrap.indent(body, '    ')}\n", only_between_markers=False)


def ids(body: str) -> set[str]:
    return {each.id.removeprefix("f: ") for each in of(body)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return a + b", {"a + b -> a - b", "a + b -> a", "a + b -> b"}),
        ("return a - b", {"a - b -> a + b", "a - b -> b - a", "a - b -> a", "a - b -> -b"}),
        ("return a * b", {"a * b -> a / b", "a * b -> a", "a * b -> b"}),
        ("return a / b", {"a / b -> a * b", "a / b -> b / a", "a / b -> a"}),
        ("return a @ b", {"a @ b -> a * b", "a @ b -> b @ a", "a @ b -> a", "a @ b -> b"}),
        ("return a // b", {"a // b -> a / b", "a // b -> a"}),
        ("return a ** b", {"a ** b -> a * b", "a ** b -> a"}),
        ("return a & b", {"a & b -> a | b", "a & b -> a", "a & b -> b"}),
        ("return a < b", {"a < b -> a <= b", "a < b -> a > b"}),
        ("return a >= b", {"a >= b -> a > b", "a >= b -> a <= b"}),
        ("return a == b", {"a == b -> a != b"}),
        ("return a is None", {"a is None -> a is not None"}),
        (
            "return a < b < x",
            {
                *("a < b < x -> a <= b < x", "a < b < x -> a > b < x", "a < b < x -> a < b <= x"),
                *("a < b < x -> a < b > x", "a < b < x -> a < b", "a < b < x -> b < x"),
            },
        ),
        ("return a and b", {"a and b -> a or b", "a and b -> a", "a and b -> b"}),
        ("return not a", {"not a -> a"}),
        ("return -a", {"-a -> a"}),
        ("return 0", {"0 -> 1", "0 -> -1"}),
        ("return 1", {"1 -> 0", "1 -> 2"}),
        ("return 7", {"7 -> 8", "7 -> 6", "7 -> 14"}),
        ("return 0.0", {"0.0 -> 1.0"}),
        ("return 1e-7", {"1e-07 -> 1e-08", "1e-07 -> 1e-06"}),
        ("return 0.3", {"0.3 -> 0.6", "0.3 -> 1.3", "0.3 -> 0.15"}),
        ("return True", {"True -> False"}),
        ("return g(axis=0)", {"g(axis=0) -> g(axis=1)", "g(axis=0) -> g(axis=None)"}),
        ("return g(axis=1)", {"g(axis=1) -> g(axis=0)", "g(axis=1) -> g(axis=None)"}),
        ("return g(axis=-1)", {"g(axis=-1) -> g(axis=0)", "g(axis=-1) -> g(axis=None)"}),
        ("return g(axis=a)", {"g(axis=a) -> g(axis=None)"}),
        ("return g(keepdims=True)", {"g(keepdims=True) -> g(keepdims=False)"}),
        ("return x.sum()", {"x.sum() -> x.mean()"}),
        ("return x.mean()", {"x.mean() -> x.sum()"}),
        ("return np.mean(x)", {"np.mean(x) -> np.sum(x)", "np.mean(x) -> np.median(x)"}),
        ("return x.max()", {"x.max() -> x.min()"}),
        ("return x.argmin()", {"x.argmin() -> x.argmax()"}),
        ("return x.all()", {"x.all() -> x.any()"}),
        ("return any(x)", {"any(x) -> all(x)"}),
        ("return np.log(x)", {"np.log(x) -> np.log1p(x)"}),
        ("return np.expm1(x)", {"np.expm1(x) -> np.exp(x)"}),
        ("return np.sqrt(x)", {"np.sqrt(x) -> x"}),
        ("return abs(x)", {"abs(x) -> x"}),
        ("return x.T", {"x.T -> x"}),
        ("return x.copy()", {"x.copy() -> x"}),
        ("return range(x)", {"range(x) -> range(x + 1)", "range(x) -> range(x - 1)", "range(x) -> range(1, x)"}),
        ("return x[a:]", {"x[a:] -> x[a + 1:]", "x[a:] -> x[a - 1:]", "x[a:] -> x[:]"}),
        ("return x[:-1]", {"x[:-1] -> x[:1]", "x[:-1] -> x[:-0]", "x[:-1] -> x[:-2]", "x[:-1] -> x[:]"}),
        ("return g(a, b)", {"g(a, b) -> g(b, a)"}),
        ("return a if b else x", {"a if b else x -> a if True else x", "a if b else x -> a if False else x"}),
        ("while a: g()", {"if a -> if False", "g() -> dropped"}),
        ("x += a\nreturn x", {"x += a -> dropped", "x += a -> = in place of +=", "x += a -> -="}),
        ("x[0] = a\nreturn x", {"x[0] = a -> dropped", "x[0] -> x[1]", "x[0] -> x[-1]"}),
        ("for a in x:\n    if b:\n        break", {"if b -> if True", "if b -> if False", "break -> dropped"}),
        ("if a:\n    return x\nreturn b", {"if a -> if True", "if a -> if False", "return x -> dropped"}),
        (
            "if a:\n    raise ValueError(f'{a + 1} is not in {b - 1}')",
            {"if a -> if True", "if a -> if False", "raise ValueError -> dropped"},
        ),
    ],
)
def test_makes_these_mistakes_and_no_others(body, expected):
    assert ids(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "'''Adds 1 + 2, see a - b.'''",
        "return 'left'",
        "return f'{a + 1}'",
        "x: tuple[int, 3] = a",
        "raise ValueError('a' + str(a + 1))",
        "return np.logaddexp(a, b)",
        "return isinstance(a, b)",
        "return a + 'text'",
        "import math",
    ],
)
def test_leaves_alone(body):
    assert {each for each in ids(body) if not each.startswith("raise")} == set()


def test_squares_and_absolute_values_do_not_care_for_the_order():
    assert "(a - b) ** 2 -> (b - a) ** 2" not in ids("return (a - b) ** 2")
    assert "(a - b) ** 3 -> (b - a) ** 3" in ids("return (a - b) ** 3")
    assert "abs(a - b) -> abs(b - a)" not in ids("return abs(a - b)")


SOURCE = '''\
"""A module with 1 + 1."""

LIMIT = 3


class Model:
    def fit(self, X: "int" = 4):
        """Fits 2 * X."""
        # your part
        shift = X.argmin(axis=1)  # é and € take more bytes
        return shift < self.tol
        # end of your part

    def left(self, a):
        return a + 1


# your part
def _update(a, b=2):
    return (
        a
        + b  # the second
    )


# end of your part
'''


def test_changes_only_what_the_learner_writes():
    found = mutants(SOURCE)
    assert {each.line for each in found} == {10, 11, 19, 21}
    assert [each.id for each in found] == [
        "Model.fit: X.argmin(axis=1) -> X.argmax(axis=1)",
        "Model.fit: X.argmin(axis=1) -> X.argmin(axis=0)",
        "Model.fit: X.argmin(axis=1) -> X.argmin(axis=None)",
        "Model.fit: shift < self.tol -> shift <= self.tol",
        "Model.fit: shift < self.tol -> shift > self.tol",
        *(f"_update: 2 -> {n}" for n in (1, 3, 4)),
        *(f"_update: a + b -> {each}" for each in ("a - b", "a", "b")),
    ]


def test_keeps_the_rest_of_the_text():
    mutant = mutants(SOURCE)[0]
    assert mutant.source == SOURCE.replace("argmin", "argmax")
    assert mutant.what == "shift = X.argmax(axis=1)  # é and € take more bytes"


def test_ids_survive_changes_elsewhere():
    before = [each.id for each in mutants(SOURCE)]
    after = mutants(
        "import numpy as np\n" + SOURCE.replace("def left", "def other(self):\n        return 0\n\n    def left")
    )
    assert [each.id for each in after] == before
    assert {each.line for each in after} != {each.line for each in mutants(SOURCE)}


def test_numbers_what_comes_twice_in_a_function():
    assert [each.id for each in of("a = x.T\nb = x.T\nreturn a, b")] == ["f: x.T -> x", "f: x.T -> x #2"]


def test_long_expressions_are_told_by_their_operator():
    (first, *_) = of("return numbers_of_the_first_kind + numbers_of_the_second_kind_and_others")
    assert first.id == "f: + -> -"


def test_mutants_compile_and_all_differ():
    found = mutants(SOURCE, only_between_markers=False)
    texts = [ast.unparse(ast.parse(each.source)) for each in found]
    assert len(set(texts)) == len(texts) > 12
    assert ast.unparse(ast.parse(SOURCE)) not in texts


def test_needed_parentheses_are_there():
    sources = {each.id: each.source for each in of("return (a - b) * x")}
    assert "return (a + b) * x" in sources["f: (a - b) * x -> (a + b) * x"]
    assert "return (-b) * x" in sources["f: (a - b) * x -> -b * x"]


def test_the_same_each_time_and_fewer_when_asked():
    every = mutants(SOURCE)
    assert mutants(SOURCE) == every
    few = mutants(SOURCE, most=4)
    assert len(few) == 4
    assert [each for each in every if each in few] == few


def test_no_markers_no_mutants():
    assert mutants("def f(a):\n    return a + 1\n") == []


def test_a_text_that_is_no_program_is_refused():
    with pytest.raises(SyntaxError):
        mutants("def f(:")


def test_dropped_statements_are_shown():
    (dropped,) = [each for each in of("if a:\n    raise ValueError('no')\nreturn a") if "raise" in each.id]
    assert dropped.what == "raise ValueError('no') (dropped)"
