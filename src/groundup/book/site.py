"""The site, built by MkDocs in a process of its own, as authors build it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from groundup.book.book import Book
from groundup.book.errors import Fault


def build(book: Book, folder: Path, **environment: str) -> None:
    """Build; warnings count as errors.

    Args:
        book: The book.
        folder: Where the site goes.
        environment: Variables besides those of this process.

    Raises:
        Fault: It failed, in MkDocs' words.
    """
    # Not --quiet: MkDocs then counts no warnings, and --strict lets a broken link pass.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    settings = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment}
    built = subprocess.run(command, cwd=book.root, env=settings, capture_output=True, text=True, check=False)
    if built.returncode:
        said = "\n".join(line for line in (built.stderr or built.stdout).splitlines() if not line.startswith("INFO"))
        raise Fault("mkdocs build --strict failed", detail=said[-4000:])
