"""A file that lies nowhere, for what processes print."""

from __future__ import annotations

import fcntl
import os


def scratch(name: str) -> int:
    """Open an empty file without a path; returns its descriptor.

    Writers append, so that two of them do not overwrite each other.
    """
    if hasattr(os, "memfd_create"):
        fd = os.memfd_create(name)
    else:
        import tempfile  # megabytes, which a daemon on Linux is spared

        with tempfile.TemporaryFile() as file:
            fd = os.dup(file.fileno())
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND)
    return fd
