"""Files that are odd before anything in them is executed: encodings, endings, nesting, length."""

import pytest

from groundup import catalogue

RIGHT = catalogue.find("softmax").solution
FORBIDDEN = RIGHT.replace(
    "e / e.sum(axis=axis, keepdims=True)", "np.exp(z - np.logaddexp.reduce(z, axis, keepdims=True))"
)


@pytest.mark.parametrize(
    ("source", "outcome", "words"),
    [
        (b"\xef\xbb\xbf" + RIGHT.encode(), "pass", ""),
        (RIGHT.replace("\n", "\r\n").encode(), "pass", ""),
        (RIGHT.replace("\n", "\r").encode(), "pass", ""),
        (RIGHT.replace("    ", "\t").encode(), "pass", ""),
        (b"# -*- coding: utf-7 -*-\n" + RIGHT.encode(), "pass", ""),
        (RIGHT.encode() + b"\npattern = '\\d' is 1\n", "pass", ""),
        (RIGHT.encode() + b"\n\ndef __getattr__(name):\n    return name\n", "pass", ""),
        (RIGHT.encode() + b"\n\nif __name__ == '__main__':\n    1 / 0\n", "pass", ""),
        (RIGHT.encode() + b"\n\ndel softmax\n", "error", "does not define softmax"),
        (RIGHT.encode("utf-16"), "error", "not UTF-8"),
        (b"x = '\xed\xa0\x80'\n", "error", "not UTF-8"),
        (RIGHT.encode() + b"\0", "error", "NUL"),
        (RIGHT.encode() + b"\\", "error", "SyntaxError"),
        (b"#" * 2**20 + RIGHT.encode(), "error", "at most 1,048,576 are read"),
        (b"from __future__ import braces\n", "error", "SyntaxError: not a chance"),
        (b"return 1\n", "error", "SyntaxError"),
        (b"x = " + b"(" * 100_000 + b")" * 100_000, "error", "SyntaxError"),
        (b"x = " + b"-" * 500_000 + b"1", "error", "MemoryError"),
        (b"x = " + b"+".join([b"1"] * 400_000), "error", "RecursionError"),
        (b"x = y" + b"[0]" * 300_000, "error", "RecursionError"),
        (b"x = " + b"lambda: " * 100_000 + b"1", "error", "does not load"),
        (b"x = " + b"9" * 1_000_000, "error", "SyntaxError"),
        ("".join(" " * i + "if 1:\n" for i in range(1000)).encode(), "error", "IndentationError"),
        (FORBIDDEN.encode(), "rule", "logaddexp"),
        (b"\xef\xbb\xbf" + FORBIDDEN.encode(), "rule", "logaddexp"),
        (FORBIDDEN.replace("logaddexp", "\U0001d4f5ogaddexp").encode(), "rule", "logaddexp"),
        (FORBIDDEN.replace("\n", "\r").encode(), "rule", "logaddexp"),
    ],
    ids=[
        *("byte order mark", "carriage returns and line feeds", "carriage returns", "tabs", "other coding cookie"),
        *("syntax warnings", "module __getattr__", "run as a program", "name deleted", "UTF-16", "surrogate", "NUL"),
        *("backslash at the end", "a comment of a megabyte", "future", "return outside", "parentheses", "signs", "sum"),
        *("subscripts", "lambdas", "digits", "indentation", "forbidden", "forbidden after a byte order mark"),
        *("forbidden in other letters", "forbidden on one line as some editors see it"),
    ],
)
def test_odd_files_are_read_as_python_reads_them(arena, source, outcome, words):
    verdict = arena.grade(source)

    assert verdict.outcome.value == outcome
    assert words in f"{verdict.message} {verdict.rules}"


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    global " + ", ".join(f"a{i}" for i in range(3000)) + "\n" + "    a0 = a1\n" * 3000,
        "import numpy as np\na0 = np\n" + "".join(f"a{i + 1} = a{i}\n" for i in range(30_000)),
        "".join(f"def f{i}(x): return f{i + 1}(x) + f{i + 1}(f{i})\n" for i in range(2000)),
        "w = lambda x: x(x)(x)\nw(w)\n" * 2000,
        "x = 'a'\n" + "x = f'{x}{x}'\n" * 3000,
        "x = ''\n" + "x = x + ('b' if x else 'c')\n" * 2000,
        "".join("%swhile a:\n" % (" " * i) for i in range(19)) + " " * 19 + "a = b\n",
        "a = b = c = d = 1\n" + "a, b, c, d = (d, c), (b, a), (a, d), (c, b)\n" * 2000,
        "def never(x):\n    return '%1000000000d' % 1 + 'a' * 10**9 * 10**9 + 9**9**x**9\n",
    ],
    ids=["globals", "aliases", "calls", "combinator", "doubling", "choices", "loops", "tuples", "constants"],
)
def test_what_is_hard_to_read_stalls_nobody(arena, source):
    verdict = arena.grade(f"def never():\n    while False:\n        pass\n\n\n{source}".encode())

    assert verdict.outcome.value in ("error", "rule", "timeout")
