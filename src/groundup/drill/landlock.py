"""The kernel's Landlock: what may be opened at all, said once by an unprivileged process for itself."""

from __future__ import annotations

import ctypes
import functools
import os
import stat
import struct
from collections.abc import Iterable
from typing import Final

from groundup.drill import kernel

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ASK_VERSION: Final = 1
_PATH_BENEATH: Final = 1

_WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE, _IOCTL = 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15

READ: Final = _READ_FILE | _READ_DIR
"""Of a file its bytes, of a folder all that lies beneath."""
DEVICE: Final = READ | _WRITE_FILE | _IOCTL
"""What a driver needs of its device."""
OVERWRITE: Final = READ | _WRITE_FILE | _TRUNCATE
"""Of files that are there; none can be made."""

_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights on files each version of the interface knows, up to the last that added one."""

Rule = tuple[str, int]


@functools.cache
def version() -> int:
    """Of the interface; 0 where there is none."""
    if not kernel.KNOWN:
        return 0
    try:
        return kernel.call(_CREATE, None, 0, _ASK_VERSION)
    except OSError:
        return 0


def ruleset(rules: Iterable[Rule]) -> int:
    """Make a ruleset which allows these things and denies all else that this kernel can deny.

    Args:
        rules: Paths, which are followed to where they lead, with `READ`, `DEVICE` or `OVERWRITE`. Those that are not
            there are left out.

    Returns:
        Its descriptor.

    Raises:
        OSError: the kernel refused.
    """
    abi = version()
    files = (1 << _RIGHTS[min(abi, 5)]) - 1
    network = 0b11 if abi >= 4 else 0  # bind and connect
    scopes = 0b11 if abi >= 6 else 0  # sockets without a path, and signals, to those who are not confined with us
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    attributes = struct.pack("=QQQ", files, network, scopes)[:size]
    made = kernel.call(_CREATE, ctypes.create_string_buffer(attributes, size), size, 0)
    try:
        for path, rights in rules:
            _add(made, path, rights & files)
    except BaseException:
        os.close(made)
        raise
    return made


def _add(made: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= ~_READ_DIR
        rule = struct.pack("=Qi", rights, fd)
        kernel.call(_ADD, made, _PATH_BENEATH, ctypes.create_string_buffer(rule, len(rule)), 0)
    finally:
        os.close(fd)


def restrict(made: int) -> None:
    """Hold this process, which must have one thread and no new privileges, to a ruleset.

    Raises:
        OSError: the kernel refused.
    """
    kernel.call(_RESTRICT, made, 0)
