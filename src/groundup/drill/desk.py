"""The folder that a learner works in: the question and the file to write."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from groundup.catalogue import Drill
from groundup.drill.clock import Stamp
from groundup.drill.errors import InTheWay, NoFile


@dataclass(frozen=True)
class Desk:
    """One drill's files in one folder.

    Args:
        drill: Which drill.
        folder: Where.
    """

    drill: Drill
    folder: Path

    @property
    def file(self) -> Path:
        """The file that the learner writes."""
        return self.folder / "solution.py"

    @property
    def prompt(self) -> Path:
        """The question."""
        return self.folder / "prompt.md"

    def has_work(self) -> bool:
        """Whether the file is there and differs from the starter."""
        try:
            return self.file.read_bytes() != self.drill.starter.encode()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise InTheWay(f"{self.file} is in the way: {_why(error)}.") from None

    def lay(self, *, keep: bool = False, fresh: bool = False) -> Path | None:
        """Put the question and the starter there.

        Args:
            keep: Leave work that is there as it is.
            fresh: Set it aside.

        Returns:
            Where work was set aside, if it was.

        Raises:
            InTheWay: There is work and it was not said what to do with it, or a file cannot be written.
        """
        work = self.has_work()
        if work and not (keep or fresh):
            name, spare = self.drill.name, self._aside(self.file).name
            raise InTheWay(
                f"{self.file} holds work that is not the starter, so nothing was changed.\n"
                f"  drill start {name} --fresh   sets it aside as {spare} and begins from the starter\n"
                f"  drill start {name} --keep    begins with it as it is"
            )
        aside = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if work and fresh:
                aside = self._aside(self.file)
                self.file.rename(aside)
            if not (work and keep):
                _write(self.file, self.drill.starter)
            if self.prompt.exists() and self.prompt.read_bytes() != self.drill.prompt.encode():
                self.prompt.rename(self._aside(self.prompt))  # somebody may have taken notes in it
            _write(self.prompt, self.drill.prompt)
        except OSError as error:
            raise InTheWay(f"{error.filename or self.folder} cannot be written: {_why(error)}.") from None
        return aside

    def _aside(self, file: Path) -> Path:
        """A name beside a file that is free."""
        number = 1
        while (path := file.with_stem(f"{file.stem}-{number}")).exists():
            number += 1
        return path

    def read(self) -> bytes:
        """What the learner has written.

        Raises:
            NoFile: The file is not there, or cannot be read.
        """
        try:
            return self.file.read_bytes()
        except FileNotFoundError:
            raise NoFile(f"{self.file} is not there. `drill reset {self.drill.name}` writes the starter.") from None
        except OSError as error:
            raise NoFile(f"{self.file} cannot be read: {_why(error)}.") from None

    def saved(self, started: Stamp, now: Stamp) -> float | None:
        """Seconds from the beginning to the last save, if the file differs from the starter."""
        with contextlib.suppress(OSError, InTheWay):
            if self.has_work():
                # Files are dated by the wall clock; once that was set, all that is known is that it was before now.
                ago = now.wall - self.file.stat().st_mtime if now.agrees(started) else 0.0
                return max(0.0, now.since(started) - max(0.0, ago))
        return None


def _write(path: Path, text: str) -> None:
    """Write a file so that another process never sees half of it."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, path)


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
