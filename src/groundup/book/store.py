"""The store: what programs printed, kept under everything that it depends on.

An entry answers for a program when the cells, the runner's own source, Python, the platform, the project's files
that the program read and the packages that it imported are all as they were. Failures are never stored. Entries are
written whole or not at all, and one that is damaged counts as absent.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import logging
import os
import platform
import sys
import sysconfig
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from groundup.book import figures, runner, worker, zygote
from groundup.book.figures import Drawing
from groundup.book.program import Program
from groundup.book.runner import PINNED, Printed, Run

_KEPT_RUNS = 6
"""How many versions of a chapter the store keeps."""

log = logging.getLogger("mkdocs.ground-up")


def seal(value: Any) -> bytes:
    """A JSON document that carries its own digest."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def unseal(data: bytes) -> Any:
    """The document, or ``None`` if a bit of it is not as it was written."""
    digest, _, body = data.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    return json.loads(body)


class Shelf:
    """A folder of sealed documents.

    Args:
        folder: Made when the first document is put.
    """

    _told = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> Any:
        """The document of that name; ``None`` if it is absent, unreadable or damaged."""
        try:
            return unseal((self.folder / name).read_bytes())
        except (OSError, ValueError):
            return None

    def put(self, name: str, value: Any) -> None:
        """Write a document, whole or not at all. A folder that cannot be written costs speed, not the build."""
        path = self.folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(fd, "wb") as file:
                    file.write(seal(value))
                os.replace(temporary, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise
        except OSError as error:
            if not Shelf._told:
                Shelf._told = True
                log.info("the cache cannot be written (%s); the next build starts from nothing", error.strerror)


class Store:
    """Runs by program.

    Args:
        root: The project's folder.
        cache: The folder ``.cache`` in it.
    """

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root.resolve()
        self.shelf = Shelf(cache / "runs")
        self._runs: dict[str, Run] = {}  # what has been read once, for as long as this store lives

    def get(self, program: Program) -> Run | None:
        """The stored run of a program, if nothing that it depends on has changed."""
        folder = self._folder(program)
        for path in sorted(folder.glob("*.json"), key=_age) if folder.is_dir() else []:
            name = f"{folder.relative_to(self.shelf.folder)}/{path.name}"
            run = self._runs.get(name) or self._read(name)
            if run and self._current(run):
                self._runs[name] = run
                with contextlib.suppress(OSError):
                    os.utime(path)
                return run
        return None

    def put(self, program: Program, run: Run) -> None:
        """Store a run."""
        folder = self._folder(program)
        world = hashlib.sha256(json.dumps([run.files, run.packages]).encode()).hexdigest()[:16]
        entry = {**asdict(run), "packages": run.packages, "files": run.files}
        entry["cells"] = [[name, asdict(printed)] for name, printed in run.cells.items()]
        name = f"{folder.relative_to(self.shelf.folder)}/{world}.json"
        self.shelf.put(name, entry)
        self._runs[name] = run
        versions = sorted(folder.parent.glob("*/*.json"), key=_age)
        for old in versions[_KEPT_RUNS:]:
            with contextlib.suppress(OSError):
                old.unlink()
                old.parent.rmdir()

    def _folder(self, program: Program) -> Path:
        cells = [[cell.name, cell.line, cell.source, cell.raises, cell.question] for cell in program.cells]
        key = hashlib.sha256(json.dumps([cells, _machine()]).encode()).hexdigest()[:32]
        return self.shelf.folder / program.chapter / key

    def _read(self, name: str) -> Run | None:
        entry = self.shelf.get(name)
        try:
            return _run(entry) if entry else None
        except (KeyError, TypeError):  # of a version that knew other things of a run
            return None

    def _current(self, run: Run) -> bool:
        return all(self._digest(path) == known for path, known in run.files.items()) and all(
            _version(name) == known for name, known in run.packages.items()
        )

    def _digest(self, path: str) -> str | None:
        try:
            return worker.digest(self.root / path)
        except OSError:
            return None


@functools.cache
def _machine() -> list[str]:
    """What every run depends on: the interpreter, the platform, and how programs are run."""
    own = [Path(__file__), *(Path(str(module.__file__)) for module in (worker, figures, runner, zygote))]
    libc = " ".join(platform.libc_ver())
    return [*map(worker.digest, own), sys.version, sysconfig.get_platform(), libc, json.dumps(PINNED)]


@functools.cache
def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except OSError:
        return 0.0


def _run(entry: dict[str, Any]) -> Run:
    cells = {
        name: Printed(printed["text"], printed["error"], tuple(Drawing(**drawing) for drawing in printed["figures"]))
        for name, printed in entry["cells"]
    }
    return Run(**{**entry, "cells": cells})
