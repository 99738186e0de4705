"""Frames between judge and runner: a JSON header and raw buffers over a socket. Nothing is ever unpickled.

A frame is a head of 16 bytes (magic, length of the header as u32, length of the body as u64, big-endian), the header
(one JSON object) and the body. `pack` turns plain data into a JSON tree, to be put anywhere in a header, and the
buffers of which a body is made; `unpack` is its inverse. One tree speaks of one body: to send several values, pack a
tuple of them.

In a tree, null, booleans, strings, integers of 64 bits and finite floats stand for themselves; everything else is a
list that starts with a tag. Buffers have no addresses: a tree uses its body from front to back, each byte once, so a
small frame cannot stand for more memory than it brought.

Both sides of this file are written against the other: whoever receives believes nothing, and whoever packs goes by
``type(x) is`` alone, since the value may be an object made to lie about itself.

    WireError          the other side is broken or hostile
    └── TooLarge       what we were asked to send is over a cap
"""

from __future__ import annotations

import functools
import json
import math
import re
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

HEADER_BYTES: Final = 4 << 20
BODY_BYTES: Final = 256 << 20
DEPTH: Final = 40
"""How deep containers nest, a value inside one container having depth 1."""
NODES: Final = 200_000
"""Values in one tree, those inside containers included."""
DIGITS: Final = 4000
"""Decimal digits of an integer."""

_MAGIC: Final = b"GUW1"
_HEAD: Final = struct.Struct("!4sIQ")
_SOME_BUFFERS: Final = 512  # Linux takes up to 1024 in one sendmsg
_BITS: Final = (10**DIGITS).bit_length()
_LONG: Final = 1 << 63
_DIMENSIONS: Final = 64
_SAME_HASHES: Final = 256


class WireError(Exception):
    """What arrived is no frame of ours, or a value was to be sent that cannot cross."""


class TooLarge(WireError):
    """What we were asked to send is over a cap; nothing of it was sent."""


def refuse(value: Any) -> NoReturn:
    """Let nothing but plain data cross: what `pack` and `unpack` do by themselves.

    Raises:
        WireError: always.
    """
    raise WireError(f"a value of type {_type_name(value)} cannot cross")


def _type_name(value: Any) -> str:
    # Past the metaclass, which may lie or raise.
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name


# Frames


def send(sock: socket.socket, header: Mapping[str, Any], body: Sequence[bytes | memoryview] = ()) -> None:
    """Write one frame, all of it.

    Args:
        sock: A connected stream socket.
        header: Anything that JSON can hold, without NaN and infinities.
        body: Buffers, which are sent one after the other.

    Raises:
        TooLarge: the header or the body is over its cap; nothing was written.
        OSError: the socket is closed, or its own time-out passed.
    """
    text = json.dumps(dict(header), separators=(",", ":"), allow_nan=False).encode("ascii")
    if len(text) > HEADER_BYTES:
        raise TooLarge(f"a header of {len(text):,} bytes; at most {HEADER_BYTES:,} can cross")
    views = [view for view in (memoryview(part).cast("B") for part in body) if len(view)]
    length = sum(map(len, views))
    _check_body(length)
    views.insert(0, memoryview(_HEAD.pack(_MAGIC, len(text), length) + text))
    if len(views) > _SOME_BUFFERS:
        views = [memoryview(b"".join(views))]
    while views:
        sent = sock.sendmsg(views)
        done = 0
        while done < len(views) and sent >= len(views[done]):
            sent -= len(views[done])
            done += 1
        del views[:done]
        if sent:
            views[0] = views[0][sent:]


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
    head = memoryview(bytearray(_HEAD.size))
    _fill(sock, head, deadline, started=False)
    magic, header_length, body_length = _HEAD.unpack(head)
    if magic != _MAGIC:
        raise WireError("this is no frame: it starts with other bytes")
    if not 2 <= header_length <= HEADER_BYTES:
        raise WireError(f"a header of {header_length:,} bytes was announced")
    if body_length > BODY_BYTES:
        raise WireError(f"a body of {body_length:,} bytes was announced")
    text = bytearray(header_length)
    _fill(sock, memoryview(text), deadline)
    header = _parse(text)
    body = memoryview(bytearray(body_length))
    _fill(sock, body, deadline)
    return header, body


def _fill(sock: socket.socket, view: memoryview, deadline: float | None, *, started: bool = True) -> None:
    wait = None
    if deadline is not None and len(view):
        wait = select.poll()
        wait.register(sock, select.POLLIN)
    at = 0
    while at < len(view):
        flags = 0
        if deadline is not None and wait is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the deadline passed before a whole frame had arrived")
            if not wait.poll(math.ceil(left * 1000)):
                continue
            flags = socket.MSG_DONTWAIT
        try:
            count = sock.recv_into(view[at:], 0, flags)
        except BlockingIOError:
            if deadline is None:
                raise
            continue
        except ConnectionResetError:
            count = 0
        if not count:
            raise EOFError("the other side closed inside a frame" if started or at else "the other side closed")
        at += count


def _parse(text: bytearray) -> dict[str, Any]:
    try:
        header = json.loads(
            text.decode("ascii"), object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite
        )
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


def _check_body(length: int) -> None:
    if length > BODY_BYTES:
        raise TooLarge(f"arrays of {length:,} bytes; at most {BODY_BYTES:,} can cross at once")


# Values, on their way out


def pack(value: Any, refer: Callable[[Any], dict[str, Any] | None] = refuse) -> tuple[Any, list[bytes | memoryview]]:
    """Describe a value as a JSON tree and buffers.

    Plain data crosses by copy: None, bool, int (4000 digits), float, complex, str, bytes, list, tuple, dict and set
    with plain keys, slice, Ellipsis, NumPy arrays, scalars, dtypes and generators, strided tensors, and a few types. A value
    counts as plain by its exact type; a subclass is never plain.

    Args:
        value: Anything. Its buffers may be views of its arrays: send them before it changes.
        refer: Gives for what is not plain data a JSON object that `unpack` will pass to its ``resolve``; None refuses.

    Raises:
        TooLarge: the value is over a cap; a container inside itself is, too.
        WireError: something is not plain and ``refer`` has nothing for it.
    """
    packer = _Packer(refer)
    return packer.tree(value, 0), packer.buffers


class _NotPlain(Exception):
    """A key of a dict or an item of a set cannot cross by copy, so its holder cannot either."""


def _not_plain(value: Any) -> NoReturn:
    raise _NotPlain


class _Packer:
    def __init__(self, refer: Callable[[Any], dict[str, Any] | None]) -> None:
        self.buffers: list[bytes | memoryview] = []
        self._refer = refer
        self._nodes = 0
        self._length = 0

    def tree(self, value: Any, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > NODES:
            raise TooLarge(f"more than {NODES:,} values, one inside the other, cannot cross at once")
        # By identity: looking a type up by equality would ask its metaclass.
        kind = id(type(value))
        if kind in _ITSELF:
            return value
        write = _WRITERS.get(kind) or _numpy_writers().get(kind) or _torch_writers().get(kind)
        if write is not None:
            tree = write(self, value, depth)
            if tree is not None:
                return tree
        reference = self._refer(value)
        if reference is None:
            refuse(value)
        return ["ref", reference]

    def trees(self, values: Sequence[Any], depth: int) -> list[Any]:
        if depth >= DEPTH:
            raise TooLarge(f"a value nests more than {DEPTH} deep, or holds itself")
        return [self.tree(value, depth + 1) for value in values]

    def keys(self, keys: Sequence[Any], depth: int) -> list[Any] | None:
        """Trees of what must be plain to be found again on the other side; None where one is not."""
        if len(keys) <= NODES - self._nodes and all(type(key) is str for key in keys):
            self._nodes += len(keys)
            return list(keys)
        before = len(self.buffers), self._length, self._refer
        self._refer = _not_plain
        try:
            if _alike(keys):
                raise _NotPlain
            return self.trees(keys, depth)
        except _NotPlain:
            del self.buffers[before[0] :]
            self._length = before[1]
            return None
        finally:
            self._refer = before[2]

    def reserve(self, length: int) -> None:
        """Count what is about to be copied."""
        self._length += length
        _check_body(self._length)

    def buffer(self, data: bytes | memoryview) -> None:
        if len(data):
            self.buffers.append(data)


_Writer = Callable[[_Packer, Any, int], Any]
"""Gives a value's tree, or None where it is not plain data after all."""


def _write_int(packer: _Packer, value: int, depth: int) -> Any:
    if -_LONG <= value < _LONG:
        return value
    if value.bit_length() > _BITS:
        raise TooLarge(f"an integer of more than {DIGITS} digits cannot cross")
    return ["int", hex(value)]


def _write_float(packer: _Packer, value: float, depth: int) -> Any:
    return value if math.isfinite(value) else ["float", struct.pack(">d", value).hex()]


def _write_complex(packer: _Packer, value: complex, depth: int) -> Any:
    return ["complex", struct.pack(">dd", value.real, value.imag).hex()]


def _write_bytes(packer: _Packer, value: bytes, depth: int) -> Any:
    packer.reserve(len(value))
    packer.buffer(value)
    return ["bytes", len(value)]


def _write_dict(packer: _Packer, value: dict[Any, Any], depth: int) -> Any:
    keys = packer.keys(list(value), depth)
    return None if keys is None else ["dict", keys, packer.trees(list(value.values()), depth)]


def _write_set(packer: _Packer, value: set[Any] | frozenset[Any], depth: int) -> Any:
    keys = packer.keys(list(value), depth)
    return None if keys is None else ["set" if type(value) is set else "frozenset", keys]


def _write_slice(packer: _Packer, value: slice, depth: int) -> Any:
    return ["slice", *packer.trees((value.start, value.stop, value.step), depth)]


def _write_type(packer: _Packer, value: type, depth: int) -> Any:
    name = _TYPE_NAMES.get(id(value))
    if name is not None:
        return ["type", name]
    code = _numpy_codes().get(id(value))
    return None if code is None else ["numpy type", code]


def _alike(keys: Sequence[Any]) -> bool:
    """Whether many keys have one hash: with thousands of such integers, to make a dict takes minutes."""
    if len(keys) <= _SAME_HASHES:
        return False
    hashes = sorted(map(hash, keys))
    return any(one == two for one, two in zip(hashes, hashes[_SAME_HASHES:], strict=False))


_ITSELF: Final = frozenset(map(id, (type(None), bool, str)))

_WRITERS: Final[dict[int, _Writer]] = {
    id(int): _write_int,
    id(float): _write_float,
    id(complex): _write_complex,
    id(bytes): _write_bytes,
    id(list): lambda packer, value, depth: ["list", *packer.trees(value, depth)],
    id(tuple): lambda packer, value, depth: ["tuple", *packer.trees(value, depth)],
    id(dict): _write_dict,
    id(set): _write_set,
    id(frozenset): _write_set,
    id(slice): _write_slice,
    id(type(...)): lambda packer, value, depth: ["ellipsis"],
    id(type): _write_type,
}

_TYPES: Final = {
    each.__name__: each
    for each in (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, slice, object, type(None))
}
_TYPE_NAMES: Final = {id(each): name for name, each in _TYPES.items()}


# Values, on their way in


def unpack(tree: Any, body: memoryview, resolve: Callable[[dict[str, Any]], Any] = refuse) -> Any:
    """Make the value that a tree and its body describe.

    Args:
        tree: As `pack` made it, after its way through JSON.
        body: All of the body; arrays get memory of their own.
        resolve: Gives the object that a reference stands for. What it raises is passed on.

    Raises:
        WireError: this is nothing that `pack` makes.
    """
    reader = _Unpacker(body.cast("B"), resolve)
    value = reader.value(tree, 0)
    reader.finish()
    return value


class _Unpacker:
    def __init__(self, body: memoryview, resolve: Callable[[dict[str, Any]], Any]) -> None:
        self.resolve = resolve
        self._body = body
        self._at = 0
        self._nodes = 0

    def value(self, tree: Any, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > NODES:
            raise WireError("a tree holds too many values")
        kind = type(tree)
        if tree is None or kind is bool or kind is str:
            return tree
        if kind is int and -_LONG <= tree < _LONG:
            return tree
        if kind is float and math.isfinite(tree):
            return tree
        if kind is list and tree and type(tree[0]) is str and tree[0] in _READERS:
            count, read = _READERS[tree[0]]
            if count is None or len(tree) == count + 1:
                return read(self, tree, depth)
        raise WireError("a tree holds a node of no known form")

    def values(self, trees: Any, depth: int) -> list[Any]:
        if depth >= DEPTH:
            raise WireError("a tree nests too deep")
        if type(trees) is not list:
            raise WireError("a list is missing in a tree")
        return [self.value(tree, depth + 1) for tree in trees]

    def keys(self, trees: Any, depth: int) -> list[Any]:
        """Values that can be looked up, no two of them equal."""
        keys = self.values(trees, depth)
        try:
            if _alike(keys):
                raise WireError("too many keys share one hash")
            if len(set(keys)) != len(keys):
                raise WireError("a key stands twice in a dict or a set")
        except TypeError:
            raise WireError("a key of a dict or a set cannot be one") from None
        return keys

    def take(self, length: Any) -> memoryview:
        """The next bytes of the body."""
        if type(length) is not int or not 0 <= length <= len(self._body) - self._at:
            raise WireError("a buffer lies outside the body")
        self._at += length
        return self._body[self._at - length : self._at]

    def finish(self) -> None:
        if self._at != len(self._body):
            raise WireError("the body holds bytes that belong to no value")


_Reader = Callable[[_Unpacker, list[Any], int], Any]


def _from_hex(text: Any, length: int) -> bytes:
    if type(text) is not str or len(text) != 2 * length or not re.fullmatch("[0-9a-f]*", text):
        raise WireError("a number's bytes are malformed")
    return bytes.fromhex(text)


def _read_int(reader: _Unpacker, tree: list[Any], depth: int) -> int:
    text = tree[1]
    if type(text) is not str or not re.fullmatch(r"-?0x[1-9a-f][0-9a-f]{15,3999}", text):
        raise WireError("an integer is malformed")
    value = int(text, 16)
    if -_LONG <= value < _LONG or value.bit_length() > _BITS:
        raise WireError("an integer is out of range")
    return value


def _read_float(reader: _Unpacker, tree: list[Any], depth: int) -> float:
    value: float = struct.unpack(">d", _from_hex(tree[1], 8))[0]
    if math.isfinite(value):
        raise WireError("a finite float is written as another")
    return value


def _read_complex(reader: _Unpacker, tree: list[Any], depth: int) -> complex:
    return complex(*struct.unpack(">dd", _from_hex(tree[1], 16)))


def _read_dict(reader: _Unpacker, tree: list[Any], depth: int) -> dict[Any, Any]:
    keys = reader.keys(tree[1], depth)
    values = reader.values(tree[2], depth)
    if len(keys) != len(values):
        raise WireError("a dict has more keys than values, or fewer")
    return dict(zip(keys, values, strict=True))


def _read_type(reader: _Unpacker, tree: list[Any], depth: int) -> type:
    if type(tree[1]) is not str or tree[1] not in _TYPES:
        raise WireError("a type is none of those that cross")
    return _TYPES[tree[1]]


def _read_reference(reader: _Unpacker, tree: list[Any], depth: int) -> Any:
    if type(tree[1]) is not dict:
        raise WireError("a reference is malformed")
    return reader.resolve(tree[1])


# NumPy


_CODES: Final = "?bhilqBHILQefdgFDG"
"""NumPy's type characters of kinds b, i, u, f and c; both sides run on one machine, so they mean the same."""


def _numpy() -> Any:
    import numpy

    return numpy


@functools.cache
def _numpy_classes() -> dict[int, str]:
    """Type characters by the classes of dtypes: a class cannot be faked by a dtype of another kind."""
    np = _numpy()
    return {id(type(np.dtype(code))): code for code in (*_CODES, "U")}


@functools.cache
def _codes() -> dict[int, str]:
    np = _numpy()
    return {id(np.dtype(code).type): code for code in (*_CODES, "U")}


def _numpy_codes() -> dict[int, str]:
    """Type characters by the types of scalars."""
    return _codes() if "numpy" in sys.modules else {}


@functools.cache
def _array_writers() -> dict[int, _Writer]:
    np = _numpy()
    return {
        **{kind: _write_numpy_scalar for kind, code in _codes().items() if code != "U"},
        id(np.str_): lambda packer, value, depth: ["numpy str", str.__str__(value)],
        id(np.ndarray): _write_array,
        id(np.random.Generator): _write_generator,
        **dict.fromkeys(_numpy_classes(), _write_dtype),
    }


def _numpy_writers() -> dict[int, _Writer]:
    return _array_writers() if "numpy" in sys.modules else {}


def _code(dtype: Any) -> str | None:
    """How a dtype is written: ``d``, ``U7``; None where it does not cross."""
    code = _numpy_classes().get(id(type(dtype)))
    if code != "U":
        return code
    return f"U{dtype.itemsize // 4}" if dtype.itemsize <= BODY_BYTES else None


def _dtype(code: Any) -> Any:
    if type(code) is not str or not re.fullmatch(f"[{_CODES}]|U(0|[1-9][0-9]{{0,7}})", code):
        raise WireError("a dtype is none of those that cross")
    return _numpy().dtype(code)


def _write_numpy_scalar(packer: _Packer, value: Any, depth: int) -> Any:
    return ["scalar", _codes()[id(type(value))], value.tobytes().hex()]


def _read_numpy_scalar(reader: _Unpacker, tree: list[Any], depth: int) -> Any:
    dtype = _dtype(tree[1])
    if dtype.kind == "U":
        raise WireError("a scalar is malformed")
    array = _numpy().frombuffer(_from_hex(tree[2], dtype.itemsize), dtype)
    _check_items(array)
    return array[0]


def _read_numpy_str(reader: _Unpacker, tree: list[Any], depth: int) -> Any:
    if type(tree[1]) is not str:
        raise WireError("a string is malformed")
    return _numpy().str_(tree[1])


def _write_dtype(packer: _Packer, value: Any, depth: int) -> Any:
    code = _code(value)
    return None if code is None else ["dtype", code, not value.isnative]


def _read_dtype(reader: _Unpacker, tree: list[Any], depth: int) -> Any:
    dtype = _dtype(tree[1])
    if type(tree[2]) is not bool:
        raise WireError("a dtype is malformed")
    return dtype.newbyteorder("S") if tree[2] else dtype


def _read_numpy_type(reader: _Unpacker, tree: list[Any], depth: int) -> Any:
    dtype = _dtype(tree[1] if tree[1] != "U" else "U0")
    return dtype.type


def _write_array(packer: _Packer, value: Any, depth: int) -> Any:
    np = _numpy()
    code = _code(value.dtype)
    if code is None or code == "U0":
        return None
    packer.reserve(value.nbytes)
    if value.size:
        flat = np.ascontiguousarray(value, value.dtype.newbyteorder("=")).reshape(-1).view(np.uint8)
        packer.buffer(flat.data)
    return ["array", code, list(value.shape), value.nbytes]


def _read_array(reader: _Unpacker, tree: list[Any], depth: int) -> Any:
    np = _numpy()
    dtype = _dtype(tree[1])
    shape = _shape(tree[2], dtype.itemsize, tree[3])
    data = reader.take(tree[3])
    try:
        array = np.ndarray(shape, dtype, data).copy() if len(data) else np.empty(shape, dtype)
    except (ValueError, OverflowError):
        raise WireError("no array has such a shape") from None
    _check_items(array)
    return array


def _shape(shape: Any, itemsize: int, nbytes: Any) -> list[int]:
    if type(shape) is not list or len(shape) > _DIMENSIONS:
        raise WireError("a shape is malformed")
    if not all(type(size) is int and 0 <= size < _LONG for size in shape):
        raise WireError("a shape is malformed")
    # An item of no bytes would let a shape stand for any number of items.
    if itemsize == 0 or type(nbytes) is not int or math.prod(shape) * itemsize != nbytes:
        raise WireError("a shape does not belong to its bytes")
    return shape


def _check_items(array: Any) -> None:
    """Refuse bytes that are no value of their dtype, and of which NumPy would make anything."""
    np = _numpy()
    if not array.size:
        return
    if array.dtype.kind == "b" and array.view(np.uint8).max() > 1:
        raise WireError("a boolean is neither true nor false")
    if array.dtype.kind == "U" and array.reshape(-1).view(np.uint32).max() > sys.maxunicode:
        raise WireError("a string holds what is no character")


_STATES: Final[dict[str, tuple[tuple[tuple[str, ...], int | tuple[str, int]], ...]]] = {
    **dict.fromkeys(
        ("PCG64", "PCG64DXSM"),
        (
            (("state", "state"), (1 << 128) - 1),
            (("state", "inc"), (1 << 128) - 1),
            (("has_uint32",), 1),
            (("uinteger",), (1 << 32) - 1),
        ),
    ),
    "MT19937": ((("state", "key"), ("uint32", 624)), (("state", "pos"), 624)),
    "Philox": (
        (("state", "counter"), ("uint64", 4)),
        (("state", "key"), ("uint64", 2)),
        (("buffer",), ("uint64", 4)),
        (("buffer_pos",), 4),
        (("has_uint32",), 1),
        (("uinteger",), (1 << 32) - 1),
    ),
    "SFC64": ((("state", "state"), ("uint64", 4)), (("has_uint32",), 1), (("uinteger",), (1 << 32) - 1)),
}
"""The fields of each bit generator's state: where they lie, and their largest value, or dtype and length. NumPy checks
none of them, and reads outside its memory when a position is too large."""


@functools.cache
def _bit_generators() -> dict[int, str]:
    np = _numpy()
    return {id(getattr(np.random, name)): name for name in _STATES}


def _write_generator(packer: _Packer, value: Any, depth: int) -> Any:
    name = _bit_generators().get(id(type(value.bit_generator)))
    if name is None:
        return None
    state = value.bit_generator.state
    fields = [functools.reduce(lambda holder, key: holder[key], path, state) for path, _ in _STATES[name]]
    return ["generator", name, *packer.trees(fields, depth)]


def _read_generator(reader: _Unpacker, tree: list[Any], depth: int) -> Any:
    np = _numpy()
    name = tree[1] if len(tree) > 1 else None
    if type(name) is not str or name not in _STATES or len(tree) != 2 + len(_STATES[name]):
        raise WireError("a random generator is malformed")
    fields = reader.values(tree[2:], depth)
    state: dict[str, Any] = {"bit_generator": name}
    for (path, limit), field in zip(_STATES[name], fields, strict=True):
        if isinstance(limit, int):
            fits = type(field) is int and 0 <= field <= limit
        else:
            fits = type(field) is np.ndarray and (field.dtype.name, field.shape) == (limit[0], limit[1:])
        if not fits:
            raise WireError("the state of a random generator is out of range")
        (state if len(path) == 1 else state.setdefault(path[0], {}))[path[-1]] = field
    # The seed sequence, of which `spawn` makes more generators, does not cross: it would tell the judge's seed. One
    # from the state takes its place, so that two generators do not spawn the same.
    seeds = [int(word) for word in np.atleast_1d(fields[0])[:4]]
    bits = getattr(np.random, name)(seeds)
    bits.state = state
    return np.random.Generator(bits)


# PyTorch


_TENSORS: Final = (
    *("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"),
    *("complex64", "complex128"),
)


@functools.cache
def _tensor_codes() -> dict[int, str]:
    import torch

    return {id(getattr(torch, name)): name for name in _TENSORS}


@functools.cache
def _tensor_writers() -> dict[int, _Writer]:
    import torch

    return {id(torch.Tensor): _write_tensor}


def _torch_writers() -> dict[int, _Writer]:
    return _tensor_writers() if "torch" in sys.modules else {}


def _write_tensor(packer: _Packer, value: Any, depth: int) -> Any:
    import torch

    code = _tensor_codes().get(id(value.dtype))
    if code is None or value.layout is not torch.strided or value.is_nested or value.dim() > _DIMENSIONS:
        return None
    if value.device.type not in ("cpu", "cuda"):
        return None
    nbytes = value.numel() * value.element_size()
    packer.reserve(nbytes)
    shape, device, wants_gradient = list(value.shape), str(value.device), value.requires_grad
    if nbytes:
        try:
            flat = value.detach().resolve_conj().resolve_neg().cpu().contiguous().reshape(-1)
            data = flat.view(torch.uint8).numpy().data
        except (RuntimeError, TypeError):  # has no memory of its own, as inside torch.vmap
            packer.reserve(-nbytes)
            return None
        packer.buffer(data)
    return ["tensor", code, shape, nbytes, device, wants_gradient]


def _read_tensor(reader: _Unpacker, tree: list[Any], depth: int) -> Any:
    code, shape, nbytes, device, wants_gradient = tree[1:]
    torch = sys.modules.get("torch")
    if torch is None:  # The other side may not make us import what takes seconds.
        raise WireError("a tensor arrived where PyTorch is not loaded")
    if type(code) is not str or code not in _TENSORS:
        raise WireError("a tensor's dtype is none of those that cross")
    if (
        type(device) is not str
        or not re.fullmatch(r"cpu|cuda(:[0-9]{1,2})?", device)
        or type(wants_gradient) is not bool
    ):
        raise WireError("a tensor is malformed")
    np = _numpy()
    dtype = getattr(torch, code)
    shape = _shape(shape, dtype.itemsize, nbytes)
    items = np.frombuffer(reader.take(nbytes), np.uint8).copy()
    if code == "bool" and nbytes and items.max() > 1:
        raise WireError("a boolean is neither true nor false")
    try:
        flat = torch.from_numpy(items).view(dtype) if nbytes else torch.empty(0, dtype=dtype)
        tensor = flat.reshape(shape)
        if device != "cpu":
            tensor = tensor.to(device)
        return tensor.requires_grad_() if wants_gradient else tensor
    except (RuntimeError, AssertionError, TypeError, ValueError) as error:
        raise WireError(f"no tensor can be made: {error}") from None


_READERS: Final[dict[str, tuple[int | None, _Reader]]] = {
    "int": (1, _read_int),
    "float": (1, _read_float),
    "complex": (1, _read_complex),
    "bytes": (1, lambda reader, tree, depth: bytes(reader.take(tree[1]))),
    "list": (None, lambda reader, tree, depth: reader.values(tree[1:], depth)),
    "tuple": (None, lambda reader, tree, depth: tuple(reader.values(tree[1:], depth))),
    "dict": (2, _read_dict),
    "set": (1, lambda reader, tree, depth: set(reader.keys(tree[1], depth))),
    "frozenset": (1, lambda reader, tree, depth: frozenset(reader.keys(tree[1], depth))),
    "slice": (3, lambda reader, tree, depth: slice(*reader.values(tree[1:], depth))),
    "ellipsis": (0, lambda reader, tree, depth: ...),
    "type": (1, _read_type),
    "ref": (1, _read_reference),
    "scalar": (2, _read_numpy_scalar),
    "numpy str": (1, _read_numpy_str),
    "numpy type": (1, _read_numpy_type),
    "dtype": (2, _read_dtype),
    "array": (3, _read_array),
    "generator": (None, _read_generator),
    "tensor": (5, _read_tensor),
}
"""By tag: how many items follow it, if that is fixed, and who reads them."""
