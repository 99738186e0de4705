"""Memory of processes that wait: what is there once all is loaded."""

from __future__ import annotations

import contextlib
import ctypes
import gc


def settle() -> None:
    """Let what is there now stay shared with forks: the collector does not write to it, and freed memory goes back."""
    gc.collect()
    gc.freeze()
    with contextlib.suppress(AttributeError, OSError):  # glibc's alone
        ctypes.CDLL(None).malloc_trim(0)
