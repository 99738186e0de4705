"""NumPy's arrays and PyTorch's tensors as JSON trees and buffers. Neither package is imported until it is spoken of."""

from __future__ import annotations

import functools
import math
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from groundup.drill.limits import BODY_BYTES, WireError, from_hex

if TYPE_CHECKING:
    from groundup.drill.plain import Packer, Unpacker

Writer = Callable[["Packer", Any, int], Any]
"""Gives a value's tree, or None where it is not plain data after all."""
Reader = Callable[["Unpacker", list[Any], int], Any]

_LONG: Final = 1 << 63
_DIMENSIONS: Final = 64


def writer(kind: int) -> Writer | None:
    """Who writes values of the type with this `id`, if a package that has been loaded is spoken of."""
    if "numpy" in sys.modules and kind in _array_writers():
        return _array_writers()[kind]
    if "torch" in sys.modules and kind in _tensor_writers():
        return _tensor_writers()[kind]
    return None


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
    """Type characters by the types of scalars."""
    np = _numpy()
    return {id(np.dtype(code).type): code for code in (*_CODES, "U")}


def write_type(value: type) -> Any:
    """The tree of the type of NumPy's scalars."""
    code = _codes().get(id(value)) if "numpy" in sys.modules else None
    return None if code is None else ["numpy type", code]


@functools.cache
def _array_writers() -> dict[int, Writer]:
    np = _numpy()
    return {
        **{kind: _write_numpy_scalar for kind, code in _codes().items() if code != "U"},
        id(np.str_): lambda packer, value, depth: ["numpy str", str.__str__(value)],
        id(np.ndarray): _write_array,
        id(np.random.Generator): _write_generator,
        **dict.fromkeys(_numpy_classes(), _write_dtype),
    }


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


def _write_numpy_scalar(packer: Packer, value: Any, depth: int) -> Any:
    return ["scalar", _codes()[id(type(value))], value.tobytes().hex()]


def _read_numpy_scalar(reader: Unpacker, tree: list[Any], depth: int) -> Any:
    dtype = _dtype(tree[1])
    if dtype.kind == "U":
        raise WireError("a scalar is malformed")
    array = _numpy().frombuffer(from_hex(tree[2], dtype.itemsize), dtype)
    _check_items(array)
    return array[0]


def _read_numpy_str(reader: Unpacker, tree: list[Any], depth: int) -> Any:
    if type(tree[1]) is not str:
        raise WireError("a string is malformed")
    return _numpy().str_(tree[1])


def _write_dtype(packer: Packer, value: Any, depth: int) -> Any:
    code = _code(value)
    return None if code is None else ["dtype", code, not value.isnative]


def _read_dtype(reader: Unpacker, tree: list[Any], depth: int) -> Any:
    dtype = _dtype(tree[1])
    if type(tree[2]) is not bool:
        raise WireError("a dtype is malformed")
    return dtype.newbyteorder("S") if tree[2] else dtype


def _read_numpy_type(reader: Unpacker, tree: list[Any], depth: int) -> Any:
    dtype = _dtype(tree[1] if tree[1] != "U" else "U0")
    return dtype.type


def _write_array(packer: Packer, value: Any, depth: int) -> Any:
    np = _numpy()
    code = _code(value.dtype)
    if code is None or code == "U0":
        return None
    packer.reserve(value.nbytes)
    if value.size:
        flat = np.ascontiguousarray(value, value.dtype.newbyteorder("=")).reshape(-1).view(np.uint8)
        packer.buffer(flat.data)
    return ["array", code, list(value.shape), value.nbytes]


def _read_array(reader: Unpacker, tree: list[Any], depth: int) -> Any:
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
    if itemsize == 0 or type(nbytes) is not int or math.prod(shape) * itemsize != nbytes or not _countable(shape):
        raise WireError("a shape does not belong to its bytes")
    return shape


def _countable(shape: Sequence[int]) -> bool:
    """Whether an array's strides fit their numbers even where it has no items: NumPy sees to it, PyTorch does not."""
    return math.prod(max(size, 1) for size in shape) < _LONG >> 5


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


def _write_generator(packer: Packer, value: Any, depth: int) -> Any:
    name = _bit_generators().get(id(type(value.bit_generator)))
    if name is None:
        return None
    state = value.bit_generator.state
    fields = [functools.reduce(lambda holder, key: holder[key], path, state) for path, _ in _STATES[name]]
    return ["generator", name, *packer.trees(fields, depth)]


def _read_generator(reader: Unpacker, tree: list[Any], depth: int) -> Any:
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
def _tensor_writers() -> dict[int, Writer]:
    import torch

    return {id(torch.Tensor): _write_tensor}


def _write_tensor(packer: Packer, value: Any, depth: int) -> Any:
    import torch

    code = _tensor_codes().get(id(value.dtype))
    if code is None or value.layout is not torch.strided or value.is_nested or value.dim() > _DIMENSIONS:
        return None
    if value.device.type not in ("cpu", "cuda"):
        return None
    nbytes = value.numel() * value.element_size()
    packer.reserve(nbytes)
    shape, device, wants_gradient = list(value.shape), str(value.device), value.requires_grad
    if not _countable(shape):
        return None
    if nbytes:
        try:
            flat = value.detach().resolve_conj().resolve_neg().cpu().contiguous().reshape(-1)
            data = flat.view(torch.uint8).numpy().data
        except (RuntimeError, TypeError):  # has no memory of its own, as inside torch.vmap
            packer.reserve(-nbytes)
            return None
        packer.buffer(data)
    return ["tensor", code, shape, nbytes, device, wants_gradient]


def _read_tensor(reader: Unpacker, tree: list[Any], depth: int) -> Any:
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


READERS: Final[dict[str, tuple[int | None, Reader]]] = {
    "scalar": (2, _read_numpy_scalar),
    "numpy str": (1, _read_numpy_str),
    "numpy type": (1, _read_numpy_type),
    "dtype": (2, _read_dtype),
    "array": (3, _read_array),
    "generator": (None, _read_generator),
    "tensor": (5, _read_tensor),
}
"""By tag: how many items follow it, if that is fixed, and who reads them."""
