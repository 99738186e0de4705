"""The plan of four weeks: what to read and which drills to pass in each; read by the book and by the practice tool.

It stands in ``plan.toml`` beside the drills. A folder of drills of one's own may go without.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundup import catalogue
from groundup.catalogue import CatalogueError

FILE = "plan.toml"

_KEYS = ("title", "reads", "goals", "drills", "mocks")


@dataclass(frozen=True)
class Week:
    """A week of the plan.

    Args:
        title: What it is about.
        reads: Which chapters to read.
        goals: What to do besides.
        drills: Names of the drills to pass, in order.
        mocks: Minutes of each mock interview.
    """

    title: str
    reads: str
    goals: str
    drills: tuple[str, ...]
    mocks: tuple[int, ...]


def weeks(folder: Path | None = None) -> tuple[Week, ...]:
    """The plan; empty where there is none.

    Args:
        folder: Of the drills; by default the one that the practice tool uses.

    Raises:
        CatalogueError: It is not as it should be, or names a drill that is not there.
    """
    folder = folder or catalogue.root()
    try:
        table = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{FILE} cannot be read: {error}") from None
    entries = table.get("weeks")
    if set(table) != {"weeks"} or not isinstance(entries, list):
        raise CatalogueError(f"{FILE} holds [[weeks]] and nothing else")
    found = tuple(_week(entry, number) for number, entry in enumerate(entries, 1))
    _hold(found, folder)
    return found


def _week(entry: Any, number: int) -> Week:
    if not isinstance(entry, dict) or set(entry) != set(_KEYS):
        raise CatalogueError(f"{FILE}: week {number} must have the keys {', '.join(_KEYS)}")
    for key in ("title", "reads", "goals"):
        if not isinstance(entry[key], str) or not entry[key]:
            raise CatalogueError(f"{FILE}: {key} of week {number} must be a text")
    if not _all(entry["drills"], str):
        raise CatalogueError(f"{FILE}: drills of week {number} must be a list of names")
    if not _all(entry["mocks"], int) or not all(minutes > 0 for minutes in entry["mocks"]):
        raise CatalogueError(f"{FILE}: mocks of week {number} must be a list of minutes")
    return Week(entry["title"], entry["reads"], entry["goals"], tuple(entry["drills"]), tuple(entry["mocks"]))


def _all(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(type(each) is kind for each in value)


def _hold(found: Sequence[Week], folder: Path) -> None:
    """Hold the names against the drills that are there."""
    seen: dict[str, int] = {}
    for number, week in enumerate(found, 1):
        for name in week.drills:
            if not (folder / name / "drill.toml").is_file():
                raise CatalogueError(f"{FILE}: week {number} names {name}, and there is no such drill")
            if name in seen:
                raise CatalogueError(f"{FILE}: {name} stands in week {seen[name]} and in week {number}")
            seen[name] = number
