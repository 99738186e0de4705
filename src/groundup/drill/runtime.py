"""Where the daemon's socket lies, and how a message crosses it: one line of JSON each way."""

from __future__ import annotations

import json
import os
import stat
import sys
import zlib
from pathlib import Path
from typing import Any

_PATH_LIMIT = 100
"""Bytes of a socket's path; the kernel's limit is 104 to 108."""

MESSAGE_LIMIT = 8 * 2**20
"""Bytes of one message."""


class RuntimeFolderError(OSError):
    """The folder for the socket is not the user's own."""


def folder() -> Path:
    """A folder that only this user can enter; made if it is not there.

    Raises:
        RuntimeFolderError: Something else is in its place, or somebody else owns it.
    """
    home = os.environ.get("GROUNDUP_HOME")
    if home:
        chosen = Path(home) / "run"
    elif os.environ.get("XDG_RUNTIME_DIR") and Path(os.environ["XDG_RUNTIME_DIR"]).is_dir():
        chosen = Path(os.environ["XDG_RUNTIME_DIR"]) / "groundup"
    else:
        chosen = _temporary() / f"groundup-{os.getuid()}"
    if len(os.fsencode(chosen)) > _PATH_LIMIT - 30:
        chosen = _temporary() / f"groundup-{os.getuid()}-{zlib.crc32(os.fsencode(chosen)):08x}"
    chosen.parent.mkdir(parents=True, exist_ok=True)
    chosen.mkdir(mode=0o700, exist_ok=True)
    found = chosen.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise RuntimeFolderError(f"{chosen} is not a folder of yours; remove it")
    if stat.S_IMODE(found.st_mode) != 0o700:
        chosen.chmod(0o700)
    return chosen


def socket_path() -> Path:
    """The socket of the daemon that runs this very code: another version or interpreter has its own."""
    package = Path(__file__).resolve().parents[1]
    digest = zlib.crc32(f"{sys.executable} {sys.version} {package}".encode())
    for part in (package / "drill", package / "capstones"):
        for file in sorted(part.glob("*.py")):
            about = file.stat()
            digest = zlib.crc32(f"{file.name} {about.st_mtime_ns} {about.st_size}".encode(), digest)
    return folder() / f"drill-{digest:08x}.sock"


def _temporary() -> Path:
    """The folder for short-lived files. The module `tempfile` would bring megabytes into the daemon."""
    return Path(os.environ.get("TMPDIR") or "/tmp")


def encode(message: dict[str, Any]) -> bytes:
    """A message as its line."""
    return json.dumps(message).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """The message in a line.

    Raises:
        ValueError: There is none.
    """
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("a message is an object")
    return message
