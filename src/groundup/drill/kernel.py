"""System calls that Python has no words for."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from typing import Final

MACHINE: Final = platform.machine() if sys.platform == "linux" and struct.calcsize("P") == 8 else ""
"""The architecture, on a Linux of 64 bits."""

KNOWN: Final = MACHINE in ("x86_64", "aarch64")
"""Whether we know this kernel's numbers."""


class SandboxError(Exception):
    """A layer that the kernel offers did not hold. The process may be half confined: end it."""


def call(number: int, *arguments: int | ctypes.Array[ctypes.c_char] | None) -> int:
    """Make a system call.

    Args:
        number: The same on all architectures for calls that are younger than 2019.
        arguments: Numbers, or memory by its address.

    Raises:
        OSError: the kernel refused.
    """
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return _checked(_LIBC.syscall(ctypes.c_long(number), *words))


def prctl(option: int, *arguments: int) -> int:
    """Ask for an operation on this process.

    Raises:
        OSError: the kernel refused.
    """
    words = [ctypes.c_ulong(each) for each in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked(_LIBC.prctl(ctypes.c_int(option), *words))


def _checked(result: int) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


_LIBC: Final = ctypes.CDLL(None, use_errno=True)
if KNOWN:
    _LIBC.syscall.restype = ctypes.c_long
