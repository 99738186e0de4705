"""Frames between judge and runner: a JSON header and raw buffers over a socket. Nothing is ever unpickled.

A frame is a head of 16 bytes (magic, length of the header as u32, length of the body as u64, big-endian), the header
(one JSON object) and the body. `pack` turns plain data into a JSON tree, to be put anywhere in a header, and the
buffers of which a body is made; `unpack` is its inverse. One tree speaks of one body: to send several values, pack a
tuple of them.

Each side is written against the other: whoever receives believes nothing, and checks lengths before it allocates.
"""

from __future__ import annotations

import json
import math
import os
import select
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from groundup.drill.limits import BODY_BYTES, DEPTH, HEADER_BYTES, TooLarge, WireError, check_body, refuse
from groundup.drill.plain import pack, unpack

__all__ = ["TooLarge", "WireError", "pack", "receive", "refuse", "send", "unpack"]

_MAGIC: Final = b"GUW1"
_HEAD: Final = struct.Struct("!4sIQ")
_SOME_BUFFERS: Final = 512  # Linux takes up to 1024 in one sendmsg
_SMALL: Final = 1 << 16  # bytes of a frame that is read in one go
_LOOKS: Final = 1000  # before a process sleeps, 2 ms in all: who is woken often shares the processor of who wakes it
_LATE: Final = "the deadline passed before a whole frame had arrived"


def send(
    sock: socket.socket,
    header: Mapping[str, Any],
    body: Sequence[bytes | memoryview] = (),
    *,
    deadline: float | None = None,
) -> None:
    """Write one frame, all of it.

    Args:
        sock: A connected stream socket.
        header: Anything that JSON can hold, without NaN and infinities.
        body: Buffers, which are sent one after the other.
        deadline: On `time.monotonic`'s clock.

    Raises:
        TooLarge: the header or the body is over its cap; nothing was written.
        TimeoutError: the deadline passed before the frame was written, whether or not some of it is read.
        OSError: the socket is closed.
    """
    text = _ENCODER.encode(dict(header)).encode("ascii")
    if len(text) > HEADER_BYTES:
        raise TooLarge(f"a header of {len(text):,} bytes; at most {HEADER_BYTES:,} can cross")
    views = [view for view in (memoryview(part).cast("B") for part in body) if len(view)]
    length = sum(map(len, views))
    check_body(length)
    views.insert(0, memoryview(_HEAD.pack(_MAGIC, len(text), length) + text))
    if len(views) > _SOME_BUFFERS:
        views = [memoryview(b"".join(views))]
    while views:
        try:
            sent = sock.sendmsg(views, (), 0 if deadline is None else socket.MSG_DONTWAIT)
        except BlockingIOError:
            if deadline is None:
                raise
            _wait(sock, select.POLLOUT, deadline, "the deadline passed before a whole frame was taken")
            continue
        _pass(views, sent)


def receive(sock: socket.socket, *, deadline: float | None = None) -> tuple[dict[str, Any], memoryview]:
    """Read one frame.

    Args:
        sock: A connected stream socket. After any error it is of no more use: what follows may be half a frame.
        deadline: On `time.monotonic`'s clock.

    Returns:
        The header, and the body as writable memory of its own.

    Raises:
        TimeoutError: the deadline passed before the frame was complete, whether or not bytes go on arriving.
        EOFError: the other side closed, between frames or inside one.
        WireError: this is no frame.
    """
    head = bytearray(_HEAD.size)
    _fill(sock, [memoryview(head)], deadline, started=False)
    magic, header_length, body_length = _HEAD.unpack(head)
    if magic != _MAGIC:
        raise WireError("this is no frame: it starts with other bytes")
    if not 2 <= header_length <= HEADER_BYTES:
        raise WireError(f"a header of {header_length:,} bytes was announced")
    if body_length > BODY_BYTES:
        raise WireError(f"a body of {body_length:,} bytes was announced")
    text, body = bytearray(header_length), memoryview(bytearray(body_length))
    if header_length + body_length <= _SMALL:  # most frames are, and take one call
        _fill(sock, [memoryview(text), body], deadline)
        return _parse(text), body
    _fill(sock, [memoryview(text)], deadline)
    header = _parse(text)
    _fill(sock, [body], deadline)
    return header, body


def _fill(sock: socket.socket, views: list[memoryview], deadline: float | None, *, started: bool = True) -> None:
    """Read until these are full, one after the other. What is there already is taken without waiting for it."""
    views = [view for view in views if len(view)]
    looks = 0 if started else _LOOKS  # inside a frame, more has come after a sleep
    while views:
        if deadline is not None and time.monotonic() >= deadline:
            raise TimeoutError(_LATE)
        try:
            count = sock.recvmsg_into(views, 0, socket.MSG_DONTWAIT)[0]
        except BlockingIOError:
            if looks:
                looks -= 1
                os.sched_yield()
            else:
                _wait(sock, select.POLLIN, deadline, _LATE)
            continue
        except ConnectionResetError:
            count = 0
        if not count:
            raise EOFError("the other side closed inside a frame" if started else "the other side closed")
        started = True
        _pass(views, count)


def _pass(views: list[memoryview], count: int) -> None:
    """Take so many bytes from the front of these."""
    done = 0
    while done < len(views) and count >= len(views[done]):
        count -= len(views[done])
        done += 1
    del views[:done]
    if count:
        views[0] = views[0][count:]


def _wait(sock: socket.socket, event: int, deadline: float | None, words: str) -> None:
    """Until the socket is ready, or there is reason to look again.

    Raises:
        TimeoutError: the deadline passed.
    """
    left = 3600.0 if deadline is None else deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError(words)
    poll = select.poll()
    poll.register(sock, event)
    poll.poll(math.ceil(min(left, 3600) * 1000))


def _parse(text: bytearray) -> dict[str, Any]:
    try:
        header = _DECODER.decode(text.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise WireError(f"the header is no JSON: {error}") from None
    if type(header) is not dict:
        raise WireError("the header is no JSON object")
    # Only a header with many brackets can be deep, and few have many.
    if text.count(b"[") + text.count(b"{") > DEPTH:
        _check_depth(header)
    return header


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is out of range")
    return number


# Made once: to make them takes longer than to write or read a small header.
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite)


def _check_depth(header: Any) -> None:
    # A value inside a value is at most two JSON containers; the header, and what it puts its trees in, are a few more.
    level = [header]
    for _ in range(2 * DEPTH + 8):
        level = [
            each
            for holder in level
            for each in (holder.values() if type(holder) is dict else holder)
            if type(each) is list or type(each) is dict
        ]
        if not level:
            return
    raise WireError("the header nests too deep")
