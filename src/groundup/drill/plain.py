"""Values as JSON trees and buffers.

In a tree, null, booleans, strings, integers of 64 bits and finite floats stand for themselves; everything else is a
list that starts with a tag. Buffers have no addresses: a tree uses its body from front to back, each byte once, so a
small frame cannot stand for more memory than it brought.

Whoever reads a tree believes nothing of it. Whoever writes one goes by ``type(x) is`` alone, since the value may be an
object made to lie about itself.
"""

from __future__ import annotations

import math
import re
import struct
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

from groundup.drill import arrays
from groundup.drill.limits import DEPTH, DIGITS, NODES, TooLarge, WireError, check_body, from_hex, refuse

_BITS: Final = (10**DIGITS).bit_length()
_LONG: Final = 1 << 63
_SAME_HASHES: Final = 256


# On their way out


def pack(value: Any, refer: Callable[[Any], dict[str, Any] | None] = refuse) -> tuple[Any, list[bytes | memoryview]]:
    """Describe a value as a JSON tree and buffers.

    Plain data crosses by copy: None, bool, int (4000 digits), float, complex, str, bytes, list, tuple, dict and set
    with plain keys, slice, Ellipsis, NumPy arrays, scalars, dtypes and generators, strided tensors, and a few types. A
    value counts as plain by its exact type; a subclass is never plain, but `OrderedDict` and `defaultdict` go as dicts,
    and a named tuple that is no more than that as a tuple.

    Args:
        value: Anything. Its buffers may be views of its arrays: send them before it changes.
        refer: Gives for what is not plain data a JSON object that `unpack` will pass to its ``resolve``; None refuses.

    Raises:
        TooLarge: the value is over a cap; a container inside itself is, too.
        WireError: something is not plain and ``refer`` has nothing for it.
    """
    packer = Packer(refer)
    return packer.tree(value, 0), packer.buffers


class _NotPlain(Exception):
    """A key of a dict or an item of a set cannot cross by copy, so its holder cannot either."""


def _not_plain(value: Any) -> NoReturn:
    raise _NotPlain


class Packer:
    """Writes one tree and its buffers."""

    def __init__(self, refer: Callable[[Any], dict[str, Any] | None]) -> None:
        self.buffers: list[bytes | memoryview] = []
        self._refer = refer
        self._nodes = 0
        self._length = 0

    def tree(self, value: Any, depth: int) -> Any:
        """One value, ``depth`` containers deep."""
        self._nodes += 1
        if self._nodes > NODES:
            raise TooLarge(f"more than {NODES:,} values, one inside the other, cannot cross at once")
        # By identity: looking a type up by equality would ask its metaclass.
        kind = id(type(value))
        if kind in _ITSELF:
            return value
        write = _WRITERS.get(kind) or arrays.writer(kind)
        if write is not None:
            tree = write(self, value, depth)
            if tree is not None:
                return tree
        elif _is_named_tuple(type(value)):
            return ["tuple", *self.trees(tuple.__getitem__(value, slice(None)), depth)]
        reference = self._refer(value)
        if reference is None:
            refuse(value)
        return ["ref", reference]

    def trees(self, values: Sequence[Any], depth: int) -> list[Any]:
        """What a container at ``depth`` holds."""
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
            trees = self.trees(keys, depth)
            if _alike(keys):
                raise _NotPlain
            return trees
        except _NotPlain:
            del self.buffers[before[0] :]
            self._length = before[1]
            return None
        finally:
            self._refer = before[2]

    def reserve(self, length: int) -> None:
        """Count what is about to be copied."""
        self._length += length
        check_body(self._length)

    def buffer(self, data: bytes | memoryview) -> None:
        """Append to the body."""
        if len(data):
            self.buffers.append(data)


def _is_named_tuple(kind: type) -> bool:
    """Whether a class is a tuple with names for its entries, and has no methods of its own."""
    if mro_of(kind) != (kind, tuple, object):
        return False
    held = dict_of(kind)
    fields = held.get("_fields")
    return type(fields) is tuple and all(name[:1] == "_" or name in fields for name in held)


mro_of: Final[Any] = type.__dict__["__mro__"].__get__
dict_of: Final[Any] = type.__dict__["__dict__"].__get__
"""A class's bases and members, past a metaclass that tells others."""


def _write_int(packer: Packer, value: int, depth: int) -> Any:
    if -_LONG <= value < _LONG:
        return value
    if value.bit_length() > _BITS:
        raise TooLarge(f"an integer of more than {DIGITS} digits cannot cross")
    return ["int", hex(value)]


def _write_float(packer: Packer, value: float, depth: int) -> Any:
    return value if math.isfinite(value) else ["float", struct.pack(">d", value).hex()]


def _write_complex(packer: Packer, value: complex, depth: int) -> Any:
    return ["complex", struct.pack(">dd", value.real, value.imag).hex()]


def _write_bytes(packer: Packer, value: bytes, depth: int) -> Any:
    packer.reserve(len(value))
    packer.buffer(value)
    return ["bytes", len(value)]


def _write_dict(packer: Packer, value: dict[Any, Any], depth: int) -> Any:
    items = list(value.items())
    keys = packer.keys([key for key, _ in items], depth)
    return None if keys is None else ["dict", keys, packer.trees([item for _, item in items], depth)]


def _write_set(packer: Packer, value: set[Any] | frozenset[Any], depth: int) -> Any:
    keys = packer.keys(list(value), depth)
    return None if keys is None else ["set" if type(value) is set else "frozenset", keys]


def _write_slice(packer: Packer, value: slice, depth: int) -> Any:
    return ["slice", *packer.trees((value.start, value.stop, value.step), depth)]


def _write_type(packer: Packer, value: type, depth: int) -> Any:
    name = _TYPE_NAMES.get(id(value))
    return arrays.write_type(value) if name is None else ["type", name]


def _alike(keys: Sequence[Any]) -> bool:
    """Whether many keys have one hash: with thousands of such integers, to make a dict takes minutes."""
    if len(keys) <= _SAME_HASHES:
        return False
    hashes = sorted(map(hash, keys))
    return any(one == two for one, two in zip(hashes, hashes[_SAME_HASHES:], strict=False))


_ITSELF: Final = frozenset(map(id, (type(None), bool, str)))

_WRITERS: Final[dict[int, arrays.Writer]] = {
    id(int): _write_int,
    id(float): _write_float,
    id(complex): _write_complex,
    id(bytes): _write_bytes,
    id(list): lambda packer, value, depth: ["list", *packer.trees(value, depth)],
    id(tuple): lambda packer, value, depth: ["tuple", *packer.trees(value, depth)],
    **dict.fromkeys(map(id, (dict, OrderedDict, defaultdict)), _write_dict),  # each arrives as a dict
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


# On their way in


def unpack(tree: Any, body: memoryview, resolve: Callable[[dict[str, Any]], Any] = refuse) -> Any:
    """Make the value that a tree and its body describe.

    Args:
        tree: As `pack` made it, after its way through JSON.
        body: All of the body; arrays get memory of their own.
        resolve: Gives the object that a reference stands for. What it raises is passed on.

    Raises:
        WireError: this is nothing that `pack` makes.
    """
    reader = Unpacker(body.cast("B"), resolve)
    value = reader.value(tree, 0)
    reader.finish()
    return value


class Unpacker:
    """Reads one tree and its body."""

    def __init__(self, body: memoryview, resolve: Callable[[dict[str, Any]], Any]) -> None:
        self.resolve = resolve
        self._body = body
        self._at = 0
        self._nodes = 0

    def value(self, tree: Any, depth: int) -> Any:
        """One value, ``depth`` containers deep."""
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
        """What a container at ``depth`` holds."""
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
        except (TypeError, ValueError, RuntimeError):
            raise WireError("a key of a dict or a set cannot be one") from None
        return keys

    def take(self, length: Any) -> memoryview:
        """The next bytes of the body."""
        if type(length) is not int or not 0 <= length <= len(self._body) - self._at:
            raise WireError("a buffer lies outside the body")
        self._at += length
        return self._body[self._at - length : self._at]

    def finish(self) -> None:
        """Hold the tree to having used its body."""
        if self._at != len(self._body):
            raise WireError("the body holds bytes that belong to no value")


def _read_int(reader: Unpacker, tree: list[Any], depth: int) -> int:
    text = tree[1]
    if type(text) is not str or not re.fullmatch(r"-?0x[1-9a-f][0-9a-f]{15,3999}", text):
        raise WireError("an integer is malformed")
    value = int(text, 16)
    if -_LONG <= value < _LONG or value.bit_length() > _BITS:
        raise WireError("an integer is out of range")
    return value


def _read_float(reader: Unpacker, tree: list[Any], depth: int) -> float:
    value: float = struct.unpack(">d", from_hex(tree[1], 8))[0]
    if math.isfinite(value):
        raise WireError("a finite float is written as another")
    return value


def _read_complex(reader: Unpacker, tree: list[Any], depth: int) -> complex:
    return complex(*struct.unpack(">dd", from_hex(tree[1], 16)))


def _read_dict(reader: Unpacker, tree: list[Any], depth: int) -> dict[Any, Any]:
    keys = reader.keys(tree[1], depth)
    values = reader.values(tree[2], depth)
    if len(keys) != len(values):
        raise WireError("a dict has more keys than values, or fewer")
    return dict(zip(keys, values, strict=True))


def _read_type(reader: Unpacker, tree: list[Any], depth: int) -> type:
    if type(tree[1]) is not str or tree[1] not in _TYPES:
        raise WireError("a type is none of those that cross")
    return _TYPES[tree[1]]


def _read_reference(reader: Unpacker, tree: list[Any], depth: int) -> Any:
    if type(tree[1]) is not dict:
        raise WireError("a reference is malformed")
    return reader.resolve(tree[1])


_READERS: Final[dict[str, tuple[int | None, arrays.Reader]]] = {
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
    **arrays.READERS,
}
"""By tag: how many items follow it, if that is fixed, and who reads them."""
