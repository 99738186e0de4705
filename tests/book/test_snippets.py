"""The book's own programs, run as readers run them, print what the book says they print."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from groundup.book.lock import Lock, same_text
from groundup.book.program import Program

SNIPPETS = Path(__file__).parents[2] / "snippets"
PROGRAMS = sorted(SNIPPETS.glob("*.py"))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_prints_its_lock(path: Path, tmp_path: Path) -> None:
    program = Program.read(path)
    locked = Lock(program).read()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MPLCONFIGDIR": str(tmp_path / "matplotlib")}
    (tmp_path / "here").mkdir()
    ran = subprocess.run(
        [sys.executable, path], cwd=tmp_path / "here", env=environment, capture_output=True, text=True, check=False
    )
    last = program.cells[-1]
    said = ran.stderr.strip().rpartition("\n")[2]
    assert (ran.returncode, said if last.raises else "") == (1 if last.raises else 0, locked[last.name].error), (
        ran.stderr
    )
    rest = ran.stdout
    for cell in program.cells:
        text = locked[cell.name].text
        printed, rest = split(rest, text)
        assert cell.volatile or same_text(text, printed, cell.tol), f"{cell.name} printed\n{printed}instead of\n{text}"
    assert rest == ""


def split(printed: str, locked: str) -> tuple[str, str]:
    """As many lines as are locked, and what follows."""
    lines = printed.splitlines(keepends=True)
    count = len(locked.splitlines())
    return "".join(lines[:count]), "".join(lines[count:])


def test_there_are_programs() -> None:
    assert PROGRAMS
