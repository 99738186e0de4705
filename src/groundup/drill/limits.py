"""What may cross between judge and runner, and the errors where something may not.

WireError          the other side is broken or hostile
└── TooLarge       what we were asked to send is over a cap
"""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn

HEADER_BYTES: Final = 4 << 20
BODY_BYTES: Final = 256 << 20
DEPTH: Final = 40
"""How deep containers nest: a value inside one container has depth 1."""
NODES: Final = 200_000
"""Values in one tree, those inside containers included."""
DIGITS: Final = 4000
"""Decimal digits of an integer."""


class WireError(Exception):
    """What arrived is no frame of ours, or a value was to be sent that cannot cross."""


class TooLarge(WireError):
    """What we were asked to send is over a cap; nothing of it was sent."""


def refuse(value: Any) -> NoReturn:
    """Let nothing but plain data cross: what `pack` and `unpack` do by themselves.

    Raises:
        WireError: always.
    """
    # Past the metaclass, which may lie or raise.
    name: str = type.__dict__["__name__"].__get__(type(value))
    raise WireError(f"a value of type {name} cannot cross")


def check_body(length: int) -> None:
    """Hold a body to its cap.

    Raises:
        TooLarge: it is over it.
    """
    if length > BODY_BYTES:
        raise TooLarge(f"arrays of {length:,} bytes; at most {BODY_BYTES:,} can cross at once")


def from_hex(text: Any, length: int) -> bytes:
    """So many bytes, written as we write them.

    Raises:
        WireError: they are not.
    """
    if type(text) is not str or len(text) != 2 * length or not re.fullmatch("[0-9a-f]*", text):
        raise WireError("a number's bytes are malformed")
    return bytes.fromhex(text)
