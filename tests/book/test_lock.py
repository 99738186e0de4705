"""What agrees with a lock and what does not, and the two files that keep it."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from groundup.book import lock
from groundup.book.errors import Fault
from groundup.book.figures import Drawing
from groundup.book.lock import ATOL, RTOL, Lock, coarse, same_text
from groundup.book.program import Program
from groundup.book.runner import Printed, Run

# How two texts compare


@pytest.mark.parametrize(
    ("locked", "printed"),
    [
        ("0.707", "0.708"),
        ("1.0000", "1.0001"),
        ("3.14159265", "3.14159277"),
        ("1.00", "1.01"),
        ("0.0000000", "0.0000009"),
        ("1e-9", "-3e-9"),
        ("6.02e23", "6.021e23"),
        ("loss 33.0012", "loss 33.0034"),
        ("[0.5 0.25]", "[0.50001 0.25   ]"),
        ("[ 0.0000001 1.0]", "[-0.0000001 1.0]"),
        ("[[1.   0.5 ]\n [0.25 1.  ]]", "[[1.      0.50001]\n [0.25    1.     ]]"),
        ("tensor([0.5000, 0.2500])", "tensor([0.5000, 0.2501])"),
        ("a  10.000  b", "a 9.9999  b"),
        ("nan inf 0.707", "nan inf 0.708"),
    ],
)
def test_a_float_agrees_within_its_tolerance(locked: str, printed: str) -> None:
    assert same_text(locked, printed)


@pytest.mark.parametrize(
    ("locked", "printed"),
    [
        ("2.0", "2.1"),
        ("0.5", "0.6"),
        ("0.50", "0.51"),
        ("0.7070", "0.7080"),
        ("3.14159265", "3.1426"),
        ("1.0", "-1.0"),
        ("1.5 2.5", "1.5"),
        ("1.5", "1.5 1.5"),
        ("1.5e3", "1.6e3"),
        ("took 300.", "took 301."),
        ("[299. 300.]", "[299. 301.]"),
    ],
)
def test_a_float_beyond_its_tolerance_differs(locked: str, printed: str) -> None:
    assert not same_text(locked, printed)


@pytest.mark.parametrize(
    ("locked", "printed"),
    [
        ("1000000", "1000001"),
        ("step 100", "step 101"),
        ("(5, 1000)", "(5, 1001)"),
        ("torch.Size([64, 100])", "torch.Size([64, 101])"),
        ("10000 of 20000: 0.5", "10001 of 20000: 0.5"),
        ("torch 2.13.0", "torch 2.13.1"),
        ("numpy 2.400.0", "numpy 2.401.0"),
        ("0x1e5", "0x1e6"),
        ("cell7e3f", "cell7e4f"),
        ("nan", "inf"),
        ("inf", "-inf"),
        ("1.0", "nan"),
        ("1.0", "inf"),
        ("1", "1.0"),
        ("loss 0.5", "cost 0.5"),
        ("True", "False"),
        ("", "x"),
        ("x", "x\n"),
        ("a\nb 0.5", "a b 0.5"),
    ],
)
def test_words_integers_shapes_and_versions_are_exact(locked: str, printed: str) -> None:
    assert not same_text(locked, printed)


@pytest.mark.parametrize(
    ("locked", "printed"),
    [("a  b", "a b"), ("  indented", "indented"), ("[1  2]", "[1 2]"), ("tab\there", "tab here")],
)
def test_layout_without_floats_is_exact(locked: str, printed: str) -> None:
    assert not same_text(locked, printed)


def test_a_cells_own_tolerance_replaces_the_usual_one() -> None:
    assert not same_text("loss 100.00000", "loss 101.90000")
    assert same_text("loss 100.00000", "loss 101.90000", tol=0.02)
    assert not same_text("loss 100.00000", "loss 102.10000", tol=0.02)
    assert not same_text("step 100", "step 101", tol=0.02)


PIECES = st.sampled_from([*"abc []().,:=|+-\n\t", "0", "7", "12", "3.5", "-0.25", "1e-9", "nan", "inf", "2.13.0", "λ"])
TEXTS = st.lists(PIECES, max_size=20).map("".join) | st.text(max_size=40)
FLOATS = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(TEXTS)
def test_the_same_text_always_agrees(text: str) -> None:
    assert same_text(text, text)


@given(TEXTS, TEXTS)
def test_agreement_holds_in_both_directions_for_words(text: str, other: str) -> None:
    a, b = (re.sub(r"\d", "", side) for side in (text, other))
    assert same_text(a, b) == same_text(b, a) == (a == b)


@given(FLOATS, st.integers(4, 9), st.floats(1.001, 1000))
def test_a_number_moved_beyond_tolerance_never_agrees(value: float, places: int, beyond: float) -> None:
    locked = f"{value:.{places}f}"
    value = float(locked)
    slack = ATOL + RTOL * abs(value) + 10.0**-places
    moved = f"{value + math.copysign(beyond * slack, value):.{places + 12}f}"
    assert not same_text(f"loss {locked}", f"loss {moved}")


@given(FLOATS, st.integers(4, 9), st.floats(-1, 1))
def test_a_number_moved_within_tolerance_always_agrees(value: float, places: int, share: float) -> None:
    locked = f"{value:.{places}f}"
    moved = float(locked) + 0.99 * share * (ATOL + RTOL * abs(float(locked)))
    assume(not (moved > 0) ^ (float(locked) > 0) or share == 0)
    assert same_text(f"loss {locked}", f"loss {moved:.{places + 12}f}")


@given(st.integers(), st.integers())
def test_two_integers_agree_only_if_they_are_one(a: int, b: int) -> None:
    assert same_text(f"n = {a}", f"n = {b}") == (a == b)


# The two files


def a_program(folder: Path, *cells: str) -> Program:
    path = folder / "snippets" / "04-similarity.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"# %% {cell}\nprint()\n\n" for cell in cells), encoding="utf-8")
    return Program.read(path)


def a_run(**cells: str | Printed) -> Run:
    printed = {name: cell if isinstance(cell, Printed) else Printed(cell) for name, cell in cells.items()}
    return Run(printed, 0.1, 0.1, "2026-11-21", 30, {}, {})


def drawn(*data: float, **changes: object) -> Drawing:
    line = {"line": {"n": len(data), "data": [[x] for x in data]}}
    axes = {"title": "", "x": "", "y": "", "texts": [], "artists": [line], **changes}
    return Drawing("<svg></svg>", "a line", "look", [axes])


def test_the_lock_is_what_the_script_prints_and_a_ledger(tmp_path: Path) -> None:
    program = a_program(tmp_path, "one", "two")
    Lock(program).write(a_run(one="a\nb\n", two="c\n"))
    folder = tmp_path / "snippets"
    assert (folder / "04-similarity.out").read_text() == "a\nb\nc\n"
    ledger = json.loads((folder / "04-similarity.lock").read_text())
    assert ledger == {"seconds": 0, "cells": [{"cell": "one", "lines": 2}, {"cell": "two", "lines": 1}]}


@pytest.mark.parametrize(
    ("measured", "locked"),
    [(0.0, 0), (0.7, 0), (0.8, 1), (1.4, 1), (1.5, 2), (3.1, 2), (3.2, 5), (7, 5), (8, 10), (25, 20), (300, 200)],
)
def test_seconds_are_locked_in_steps(tmp_path: Path, measured: float, locked: int) -> None:
    kept = Lock(a_program(tmp_path, "one"))
    kept.write(replace(a_run(one="a\n"), busy=measured))
    assert kept.seconds() == locked


@pytest.mark.parametrize(
    ("before", "measured", "locked"),
    [(2, 1, 2), (2, 4, 2), (2, 0.9, 1), (2, 4.1, 5), (0.1, 1.9, 0), (0.1, 2.1, 2), (50, 99, 50), (50, 12, 10)],
)
def test_locked_seconds_move_only_by_more_than_a_factor_of_two(
    tmp_path: Path, before: float, measured: float, locked: int
) -> None:
    kept = Lock(a_program(tmp_path, "one"))
    kept.write(replace(a_run(one="a\n"), busy=before))
    assert kept.write(replace(a_run(one="a\n"), busy=measured)) == (locked != coarse(before))
    assert kept.seconds() == locked


def test_writing_tells_whether_anything_changed(tmp_path: Path) -> None:
    kept = Lock(a_program(tmp_path, "one"))
    assert kept.write(a_run(one="a\n"))
    assert not kept.write(a_run(one="a\n"))
    assert kept.write(a_run(one="b\n"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
@example(["no newline at the end"])
@example(["a\n", "", "b", "\n\n", "c"])
@example(["\r\n", "\r", "\x0b\x0c\x1c\u2028"])
def test_any_outputs_come_back_as_they_were(tmp_path: Path, texts: list[str]) -> None:
    names = [f"cell-{n}" for n in range(len(texts))]
    kept = Lock(a_program(tmp_path, *names))
    kept.write(a_run(**dict(zip(names, texts, strict=True))))
    assert [locked.text for locked in kept.read().values()] == texts
    assert kept.out.read_bytes().decode() == "".join(texts)


def test_errors_and_figures_come_back_as_they_were(tmp_path: Path) -> None:
    kept = Lock(a_program(tmp_path, "one"))
    drawing = drawn(1.5, 2.5, title="η", texts=["a label"])
    kept.write(a_run(one=Printed("a\n", "ValueError: no", (drawing, drawing))))
    (locked,) = kept.read().values()
    assert (locked.text, locked.error) == ("a\n", "ValueError: no")
    assert locked.figures == [drawing.plotted, drawing.plotted]


@pytest.mark.parametrize("gone", [".out", ".lock"])
def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path, gone: str) -> None:
    kept = Lock(a_program(tmp_path, "one"))
    kept.write(a_run(one="a\n"))
    (tmp_path / "snippets/04-similarity").with_suffix(gone).unlink()
    with pytest.raises(Fault, match=r"the lock is missing; .*`book lock 04-similarity`"):
        kept.read()


DAMAGE = {
    "ledger is empty": (".lock", b""),
    "ledger is cut off": (".lock", b'{"cells": [\n  {"cell": "one", "li'),
    "ledger is no JSON": (".lock", b"<<<<<<< ours\n"),
    "ledger is no text": (".lock", b"\xff\xfe\x00"),
    "ledger is a list": (".lock", b"[]"),
    "ledger is a number": (".lock", b"7"),
    "ledger has no cells": (".lock", b"{}"),
    "cells are no list": (".lock", b'{"cells": 7}'),
    "a cell is no entry": (".lock", b'{"cells": ["one"]}'),
    "a cell has no name": (".lock", b'{"cells": [{"lines": 2}]}'),
    "a name is no name": (".lock", b'{"cells": [{"cell": ["one"], "lines": 2}]}'),
    "too few lines": (".lock", b'{"cells": [{"cell": "one", "lines": 1}]}'),
    "too many lines": (".lock", b'{"cells": [{"cell": "one", "lines": 3}]}'),
    "negative lines": (".lock", b'{"cells": [{"cell": "one", "lines": -1}]}'),
    "lines are text": (".lock", b'{"cells": [{"cell": "one", "lines": "2"}]}'),
    "a cell twice": (".lock", b'{"cells": [{"cell": "one", "lines": 1}, {"cell": "one", "lines": 1}]}'),
    "figures are no list": (".lock", b'{"cells": [{"cell": "one", "lines": 2, "figures": 7}]}'),
    "a figure is no list": (".lock", b'{"cells": [{"cell": "one", "lines": 2, "figures": [7]}]}'),
    "axes are no table": (".lock", b'{"cells": [{"cell": "one", "lines": 2, "figures": [[7]]}]}'),
    "axes without artists": (".lock", b'{"cells": [{"cell": "one", "lines": 2, "figures": [[{"x": ""}]]}]}'),
    "output is empty": (".out", b""),
    "output is cut off": (".out", b"a\n"),
    "output is longer": (".out", b"a\nb\nc\n"),
    "output is no text": (".out", b"a\n\xff\n"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_lock_is_told_whatever_the_damage(tmp_path: Path, damage: str) -> None:
    program = a_program(tmp_path, "one")
    run = a_run(one="a\nb\n")
    Lock(program).write(run)
    suffix, data = DAMAGE[damage]
    (tmp_path / "snippets/04-similarity").with_suffix(suffix).write_bytes(data)
    (fault,) = lock.compare(program, run)
    assert str(fault).startswith("chapter 04-similarity, snippets/04-similarity.lock: the lock is damaged")
    assert "`book lock 04-similarity`" in fault.message


# A run against its lock


def compare(folder: Path, locked: Run, run: Run, *cells: str) -> list[Fault]:
    program = a_program(folder, *(cells or ("one", "two")))
    Lock(program).write(locked)
    return lock.compare(program, run)


def test_a_run_that_prints_the_same_agrees(tmp_path: Path) -> None:
    run = a_run(one="a\n", two=Printed("b", "ValueError: no", (drawn(1.5),)))
    assert compare(tmp_path, run, run) == []


def test_a_difference_names_cell_and_line_and_shows_both_sides(tmp_path: Path) -> None:
    (fault,) = compare(tmp_path, a_run(one="a\n", two="loss 0.5\n"), a_run(one="a\n", two="loss 0.6\n"))
    head, *diff = str(fault).splitlines()
    assert head.startswith("chapter 04-similarity, cell two, snippets/04-similarity.py:5: the output differs")
    assert "`book lock 04-similarity`" in str(fault)
    assert "    -loss 0.5" in diff
    assert "    +loss 0.6" in diff


def test_every_cell_that_differs_is_told(tmp_path: Path) -> None:
    faults = compare(tmp_path, a_run(one="a\n", two="b\n"), a_run(one="A\n", two="B\n"))
    assert [fault.cell for fault in faults] == ["one", "two"]


def test_lines_that_moved_from_one_cell_to_the_next_differ(tmp_path: Path) -> None:
    faults = compare(tmp_path, a_run(one="a\nb\n", two=""), a_run(one="a\n", two="b\n"))
    assert [fault.cell for fault in faults] == ["one", "two"]


def test_a_cell_that_the_lock_does_not_know_is_told(tmp_path: Path) -> None:
    (fault,) = compare(tmp_path, a_run(one="a\n"), a_run(one="a\n", two="b\n"))
    assert (fault.cell, fault.message.split(";")[0]) == ("two", "the cell is not in the lock")


def test_a_cell_that_the_program_no_longer_has_is_told(tmp_path: Path) -> None:
    (fault,) = compare(tmp_path, a_run(one="a\n", two="b\n"), a_run(one="a\n"), "one")
    assert fault.cell == "two"
    assert "no longer has" in fault.message


def test_another_exception_differs(tmp_path: Path) -> None:
    locked, run = (a_run(one=Printed("", f"ValueError: {said}")) for said in ("bad shape", "bad type"))
    (fault,) = compare(tmp_path, locked, run, "one raises=ValueError")
    assert "+ValueError: bad type" in fault.detail


def test_a_cells_tolerance_is_the_cells(tmp_path: Path) -> None:
    locked, run = a_run(one="1.0000\n", two="1.0000\n"), a_run(one="1.0100\n", two="1.0100\n")
    faults = compare(tmp_path, locked, run, "one tol=0.02", "two")
    assert [fault.cell for fault in faults] == ["two"]


def test_a_volatile_cell_is_not_compared(tmp_path: Path) -> None:
    locked, run = a_run(one="12 ms\n"), a_run(one="17 ms\nand more\n")
    assert compare(tmp_path, locked, run, 'one volatile="depends on the machine"') == []


def test_a_volatile_cell_cannot_draw(tmp_path: Path) -> None:
    run = a_run(one=Printed("", "", (drawn(1.5),)))
    (fault,) = compare(tmp_path, run, run, 'one volatile="depends on the machine"')
    assert "split the cell" in fault.message


@pytest.mark.parametrize(
    "other",
    [
        (drawn(1.5, 2.6),),
        (drawn(1.5),),
        (drawn(1.5, 2.5, 3.5),),
        (drawn(1.5, 2.5, title="new"),),
        (drawn(1.5, 2.5, y="euros"),),
        (drawn(1.5, 2.5, texts=["here"]),),
        (drawn(1.5, 2.5, artists=[]),),
        (drawn(1.5, math.inf),),
        (),
        (drawn(1.5, 2.5), drawn(1.5, 2.5)),
    ],
    ids=["moved", "fewer", "more", "title", "axis", "text", "artists", "not a number", "no figure", "two figures"],
)
def test_a_figure_that_plots_something_else_differs(tmp_path: Path, other: tuple[Drawing, ...]) -> None:
    locked, run = a_run(one=Printed("a\n", "", (drawn(1.5, 2.5),))), a_run(one=Printed("a\n", "", other))
    (fault,) = compare(tmp_path, locked, run, "one")
    assert "a figure plots something else" in fault.message
    assert fault.detail


def test_a_figures_data_may_differ_by_a_rounding(tmp_path: Path) -> None:
    locked, run = (a_run(one=Printed("", "", (drawn(1.5, last),))) for last in (2.5, 2.5001))
    assert compare(tmp_path, locked, run, "one") == []


def test_a_program_that_disagrees_with_itself_is_told_by_cell(tmp_path: Path) -> None:
    program = a_program(tmp_path, "steady", "random", 'timed volatile="machine"')
    first, second = (a_run(steady="0.5\n", random=f"{x}\n", timed=f"{x}\n") for x in (0.25, 0.75))
    assert lock.differences(program, first, second) == ["random"]
