"""Which drills there are, and what each says of itself; read by the book and by the practice tool.

A drill is a folder with a `drill.toml`. The folder that holds them is `drills/` of the checkout, or `groundup/drills`
of an installed wheel; ``GROUNDUP_DRILLS`` names another one, for drills of one's own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

MARKS = ("correctness", "vectorisation", "stability", "organisation", "convergence")
"""The five parts of the rubric, in the order in which they are shown."""

WEIGHTS = {"critical": 5, "high": 3, "medium": 2}
"""What the words of the rubric weigh."""

Difficulty = Literal["easy", "medium", "hard"]

_START, _END = "# your part", "# end of your part"


class CatalogueError(Exception):
    """A drill's folder is not as it should be; the message names file, key and what is wanted."""


class UnknownDrill(CatalogueError):
    """There is no drill of that name.

    Args:
        name: What was asked for.
        near: Names that look like it, best first.
    """

    def __init__(self, name: str, near: tuple[str, ...]) -> None:
        self.name, self.near = name, near
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"there is no drill “{name}”{hint}")


@dataclass(frozen=True)
class Hint:
    """One of the three tiers of help."""

    title: str
    text: str


@dataclass(frozen=True)
class FollowUp:
    """A question that an interviewer asks next, and the points that a good answer makes."""

    question: str
    points: str


@dataclass(frozen=True)
class Drill:
    """What a drill says of itself.

    Args:
        name: Its folder's name, which the learner types.
        folder: Where it lies.
        title: For people.
        summary: One line for lists.
        chapter: File name of the chapter that prepares for it.
        minutes: Time on the clock by default.
        difficulty: easy, medium or hard.
        topics: Of its chapter, for reports.
        device: ``cpu``, or ``any`` when its last stage may run on CUDA.
        uses: Package that the learner's part is written with: numpy or torch.
        imports: Packages that the learner may import, beside the standard library's harmless part.
        defines: Names that the learner's file must define.
        capstone: The model that the part is plugged into.
        seconds: Limit for one call of the learner's code.
        marks: Weight of each mark that applies.
        forbidden: Sentence for the learner by canonical dotted name, as in ``numpy.logaddexp.reduce``.
        waived: Reason by id of a mutant of the reference that no suite can tell from it.
    """

    name: str
    folder: Path
    title: str
    summary: str
    chapter: str
    minutes: int
    difficulty: Difficulty
    topics: tuple[str, ...]
    device: Literal["cpu", "any"]
    uses: Literal["numpy", "torch"]
    imports: tuple[str, ...]
    defines: tuple[str, ...]
    capstone: str
    seconds: float
    marks: Mapping[str, int]
    forbidden: Mapping[str, str]
    waived: Mapping[str, str] = field(default_factory=dict)

    def read(self, file: str) -> str:
        """The text of one of its files.

        Raises:
            CatalogueError: There is no such file.
        """
        path = self.folder / file
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise CatalogueError(f"{self.name}/{file} is missing") from None

    @cached_property
    def prompt(self) -> str:
        """The question, in Markdown."""
        return self.read("prompt.md")

    @cached_property
    def solution(self) -> str:
        """The reference, without the markers."""
        lines = self.read("solution.py").splitlines(keepends=True)
        return "".join(line for line in lines if line.strip() not in (_START, _END))

    @cached_property
    def starter(self) -> str:
        """The reference with the learner's parts left out; in functions `NotImplementedError` is raised in their place.

        Raises:
            CatalogueError: The markers in `solution.py` do not pair up.
        """
        kept: list[str] = []
        indent: str | None = None
        gap = False  # whether a part was left out just here: of the blank lines on both sides, one lot is enough
        lines = self.read("solution.py").splitlines(keepends=True)
        for number, line in enumerate(lines, 1):
            word = line.strip()
            if word in (_START, _END) and (word == _START) != (indent is None):
                raise CatalogueError(f"{self.name}/solution.py:{number}: {_START!r} and {_END!r} must take turns")
            if word == _START:
                indent = line[: len(line) - len(line.lstrip())]
                gap = not _in_function(lines[: number - 1], len(indent))
                if not gap:
                    kept.append(f"{indent}raise NotImplementedError\n")
            elif word == _END:
                indent = None
            elif indent is None:
                while gap and not word and kept and not kept[-1].strip():
                    kept.pop()
                gap = False
                kept.append(line)
        if indent is not None or not any(line.strip() == _START for line in lines):
            raise CatalogueError(f"{self.name}/solution.py must hold {_START!r} ... {_END!r}")
        return "".join(kept).strip("\n") + "\n"

    @cached_property
    def hints(self) -> tuple[Hint, ...]:
        """Three tiers: the idea, the shapes, the steps."""
        return tuple(Hint(title, text) for title, text in _sections(self.read("hints.md")))

    @cached_property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """What an interviewer asks next."""
        return tuple(FollowUp(title, text) for title, text in _sections(self.read("followups.md")))


def _in_function(above: list[str], indent: int) -> bool:
    """Whether what stands below these lines, so far indented, is in a function's body: not a class's, or none."""
    for line in reversed(above):
        found = re.match(r"(\s*)((async +)?def|class)\b", line)
        if found and len(found[1]) < indent:
            return found[2] != "class"
    return False


def _sections(text: str) -> list[tuple[str, str]]:
    """Headings of the second level, each with what stands below it."""
    _, *parts = re.split(r"^## +", text, flags=re.MULTILINE)
    pairs = [part.partition("\n") for part in parts]
    return [(title.strip(), body.strip()) for title, _, body in pairs]


def root() -> Path:
    """The folder that holds the drills."""
    chosen = os.environ.get("GROUNDUP_DRILLS")
    if chosen:
        return Path(chosen)
    here = Path(__file__).resolve().parent
    installed = here / "drills"
    return installed if installed.is_dir() else here.parents[1] / "drills"


def drills() -> tuple[Drill, ...]:
    """All drills, by name.

    Raises:
        CatalogueError: One of them is not as it should be.
    """
    if not root().is_dir():
        raise CatalogueError(f"there is no folder of drills at {root()}")
    return tuple(read(path.parent) for path in sorted(root().glob("*/drill.toml")))


def find(name: str) -> Drill:
    """The drill of that name.

    Raises:
        UnknownDrill: There is none.
        CatalogueError: It is not as it should be.
    """
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) and (root() / name / "drill.toml").is_file():
        return read(root() / name)
    import difflib

    names = [path.parent.name for path in sorted(root().glob("*/drill.toml"))]
    near = difflib.get_close_matches(name.lower(), names, n=2, cutoff=0.6)
    raise UnknownDrill(name, tuple(near))


def read(folder: Path) -> Drill:
    """What the `drill.toml` of a folder says.

    Raises:
        CatalogueError: A key is missing, unknown, or has a value that it must not have.
    """
    import tomllib  # here, since the daemon has drills without reading any, and it would take a megabyte

    try:
        table = tomllib.loads((folder / "drill.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{folder.name}/drill.toml cannot be read: {error}") from None
    return _Reader(folder.name, table).drill(folder)


class _Reader:
    """Takes keys out of a table, and says which is wrong."""

    def __init__(self, name: str, table: dict[str, Any]) -> None:
        self.name, self.table = name, table

    def wrong(self, key: str, wanted: str) -> CatalogueError:
        return CatalogueError(f"{self.name}/drill.toml: {key} must be {wanted}")

    def text(self, key: str, choices: tuple[str, ...] = ()) -> str:
        value = self.table.pop(key, None)
        if not isinstance(value, str) or not value or (choices and value not in choices):
            raise self.wrong(key, f"one of {', '.join(choices)}" if choices else "a text")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        value = self.table.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise self.wrong(key, "a number above 0")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.pop(key, None)
        if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, "a list of texts")
        return tuple(value)

    def sentences(self, key: str) -> dict[str, str]:
        value = self.table.pop(key, {})
        if not isinstance(value, dict) or not all(isinstance(each, str) and each for each in value.values()):
            raise self.wrong(key, "a table of names and sentences")
        return value

    def drill(self, folder: Path) -> Drill:
        words = self.sentences("marks")
        if "correctness" not in words or set(words) - set(MARKS) or set(words.values()) - set(WEIGHTS):
            raise self.wrong(
                "marks", f"a table of {', '.join(MARKS)}, each {', '.join(WEIGHTS)}; correctness is needed"
            )
        drill = Drill(
            name=self.name,
            folder=folder,
            title=self.text("title"),
            summary=self.text("summary"),
            chapter=self.text("chapter"),
            minutes=int(self.number("minutes")),
            difficulty=cast(Difficulty, self.text("difficulty", ("easy", "medium", "hard"))),
            topics=self.texts("topics"),
            device=cast(Literal["cpu", "any"], self.text("device", ("cpu", "any"))),
            uses=cast(Literal["numpy", "torch"], self.text("uses", ("numpy", "torch"))),
            imports=self.texts("imports"),
            defines=self.texts("defines"),
            capstone=self.text("capstone", ("gpt", "lora", "agent", "cnn", "diffusion")),
            seconds=self.number("seconds", 10),
            marks={mark: WEIGHTS[words[mark]] for mark in MARKS if mark in words},
            forbidden=self.sentences("forbidden"),
            waived=self.sentences("waived"),
        )
        if self.table:
            raise CatalogueError(f"{self.name}/drill.toml: unknown key {', '.join(sorted(self.table))}")
        return drill
