"""Values cross between judge and runner unchanged, or not at all; nothing that arrives is believed."""

import collections
import contextlib
import enum
import functools
import json
import math
import socket
import struct
import subprocess
import sys
import threading
import time
import tracemalloc
import typing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from groundup.drill import limits, wire

HEAD = struct.Struct("!4sIQ")
CODES = "?bhilqBHILQefdgFDG"
BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


@pytest.fixture
def pair():
    """A judge's and a runner's socket."""
    one, two = socket.socketpair()
    with one, two:
        yield one, two


def cross(value, refer=wire.refuse, resolve=wire.refuse):
    """What arrives of a value that goes over a socket."""
    one, two = socket.socketpair()
    with one, two:
        tree, buffers = wire.pack(value, refer)
        sender = threading.Thread(target=wire.send, args=(one, {"value": tree}, buffers))
        sender.start()
        header, body = wire.receive(two)
        sender.join()
    return wire.unpack(header["value"], body, resolve)


def same(one, two):
    """Whether two values are the same to the bit, and of the same types."""
    if type(one) is not type(two):
        return False
    if type(one) is float:
        return struct.pack("d", one) == struct.pack("d", two)
    if type(one) is complex:
        return same(one.real, two.real) and same(one.imag, two.imag)
    if type(one) is slice:
        return same((one.start, one.stop, one.step), (two.start, two.stop, two.step))
    if type(one) in (list, tuple):
        return len(one) == len(two) and all(map(same, one, two))
    if type(one) is dict:
        return same(list(one.items()), list(two.items()))
    if type(one) is np.ndarray:
        return one.shape == two.shape and one.astype(two.dtype).tobytes() == two.tobytes()
    if isinstance(one, np.generic):
        return one.tobytes() == two.tobytes()
    return one == two


# Plain data

numbers = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
)
words = st.one_of(st.text(st.characters(exclude_categories=())), st.binary())
keys = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=2),
    max_leaves=3,
)
leaves = st.none() | numbers | words | st.just(...) | st.builds(slice, numbers, st.none(), words)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(keys, inner, max_size=4),
        st.sets(keys, max_size=4),
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(values)
def test_plain_data_arrives_as_it_was(value):
    assert same(cross(value), value)


@pytest.mark.parametrize("edge", [2**63, 2**64, 10**limits.DIGITS - 1], ids=["63 bits", "64 bits", "4000 digits"])
def test_large_integers_arrive(edge):
    value = [edge, edge - 1, -edge, 1 - edge]
    assert cross(value) == value
    assert cross(-(2**63) - 1) == -(2**63) - 1


@pytest.mark.parametrize("value", [math.nan, -math.nan, math.inf, -math.inf, -0.0, 5e-324, 0.1, 1e308])
def test_floats_arrive_to_the_bit(value):
    assert same(cross(value), value)
    assert same(cross(complex(value, -value)), complex(value, -value))


def test_dicts_keep_their_order():
    assert list(cross({"b": 1, "a": 2, 3: 4})) == ["b", "a", 3]


@pytest.mark.parametrize("kind", [collections.OrderedDict, functools.partial(collections.defaultdict, list)])
def test_dicts_of_the_standard_library_arrive_as_dicts(kind):
    found = cross(kind({"b": np.arange(3), "a": 2}))
    assert type(found) is dict
    assert list(found) == ["b", "a"]
    assert same(found, {"b": np.arange(3), "a": 2})


class Loss(typing.NamedTuple):
    loss: float
    grads: dict[str, np.ndarray]

    def __iter__(self):
        raise AssertionError("iterated")

    def __getitem__(self, index):
        raise AssertionError("asked for an entry")


@pytest.mark.parametrize("kind", [collections.namedtuple("Pair", "loss grads"), Loss])
def test_a_named_tuple_arrives_as_a_tuple(kind):
    found = cross(kind(0.5, {"w": np.arange(3)}))
    assert type(found) is tuple
    assert same(found, (0.5, {"w": np.arange(3)}))


def test_several_values_share_a_frame():
    args, kwargs = cross(((np.arange(3), "a"), {"x": np.ones(2), "y": b"bytes"}))
    assert same(args, (np.arange(3), "a"))
    assert same(kwargs, {"x": np.ones(2), "y": b"bytes"})


@pytest.mark.parametrize("value", [bool, int, float, complex, str, list, type(None), np.float32, np.longlong, np.str_])
def test_types_arrive_as_themselves(value):
    assert cross(value) is value


# NumPy


@st.composite
def arrays(draw):
    """Arrays of every dtype that crosses, in every order of memory."""
    dtype = draw(
        st.one_of(
            st.sampled_from(CODES).map(np.dtype),
            st.sampled_from("hilefdFD").map(lambda code: np.dtype(code).newbyteorder("S")),
            st.sampled_from(["U1", "U5", ">U3"]).map(np.dtype),
        )
    )
    shape = draw(arrays_of.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
    count = math.prod(shape)
    if dtype.kind == "U":
        array = np.array(draw(st.lists(st.text(max_size=3), min_size=count, max_size=count)), dtype).reshape(shape)
    else:
        array = np.frombuffer(draw(st.binary(min_size=count, max_size=count)), np.int8).reshape(shape).astype(dtype)
    turned = array.transpose(draw(st.permutations(range(array.ndim))))
    return turned[draw(arrays_of.basic_indices(turned.shape))] if turned.ndim else turned


@settings(deadline=None)
@given(arrays())
def test_arrays_arrive_in_plain_order_with_memory_of_their_own(array):
    array = np.asarray(array)
    arrived = cross(array)
    assert type(arrived) is np.ndarray
    assert arrived.dtype == array.dtype.newbyteorder("=")
    assert arrived.shape == array.shape
    assert arrived.tobytes() == array.astype(arrived.dtype).tobytes()
    assert arrived.flags.c_contiguous
    assert arrived.flags.writeable
    assert arrived.flags.owndata


def test_a_read_only_array_arrives_writable():
    array = np.arange(4.0)
    array.flags.writeable = False
    arrived = cross(array)
    arrived[0] = 7
    assert array[0] == 0


@pytest.mark.parametrize("code", CODES)
def test_scalars_keep_their_type(code):
    value = np.dtype(code).type(1)
    assert same(cross(value), value)


def test_a_numpy_string_keeps_its_type():
    assert same(cross(np.str_("é")), np.str_("é"))


@pytest.mark.parametrize("dtype", [*CODES, ">f8", "U", "U7", ">U7"])
def test_dtypes_arrive(dtype):
    arrived = cross(np.dtype(dtype))
    assert arrived == np.dtype(dtype)
    assert arrived.byteorder == np.dtype(dtype).byteorder


@pytest.mark.parametrize("name", BIT_GENERATORS)
@pytest.mark.parametrize("drawn", [0, 1, 3, 700])
def test_generators_go_on_where_they_were(name, drawn):
    rng = np.random.Generator(getattr(np.random, name)(5))
    rng.integers(10, size=drawn, dtype=np.uint32)  # of which PCG64 and others keep a half
    copy = cross(rng)
    assert type(copy.bit_generator) is type(rng.bit_generator)
    assert np.array_equal(copy.integers(2**31, size=9, dtype=np.uint32), rng.integers(2**31, size=9, dtype=np.uint32))
    assert np.array_equal(copy.normal(size=9), rng.normal(size=9))


def test_a_generator_does_not_tell_its_seed():
    copy = cross(np.random.default_rng(123456789))
    assert 123456789 not in np.atleast_1d(copy.bit_generator.seed_seq.entropy)


def test_different_generators_spawn_different_ones():
    one, two = cross((np.random.default_rng(1), np.random.default_rng(2)))
    assert one.spawn(1)[0].random() != two.spawn(1)[0].random()


def test_thousands_of_arrays_fit_in_one_frame():
    value = [np.full(2, n) for n in range(3000)]
    assert same(cross(value), value)


def test_a_frame_larger_than_the_sockets_buffer_arrives_whole():
    value = [np.arange(3_000_000), b"x" * 1_000_000, np.arange(5)]
    assert same(cross(value), value)


# PyTorch


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


TENSORS = (
    *("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"),
    *("complex64", "complex128"),
)


@pytest.mark.parametrize("dtype", TENSORS)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (2, 3)])
def test_tensors_arrive(torch, dtype, shape):
    tensor = (torch.arange(math.prod(shape)) - 2).reshape(shape).to(getattr(torch, dtype))
    arrived = cross(tensor)
    assert type(arrived) is torch.Tensor
    assert (arrived.dtype, arrived.shape, arrived.device) == (tensor.dtype, tensor.shape, tensor.device)
    assert torch.equal(arrived, tensor)
    assert not arrived.requires_grad


def test_a_tensor_keeps_that_it_wants_a_gradient(torch):
    tensor = torch.ones(3, requires_grad=True)
    arrived = cross((tensor, tensor * 2))
    assert all(each.requires_grad and each.is_leaf for each in arrived)
    assert torch.equal(arrived[1], tensor.detach() * 2)


def test_views_of_tensors_arrive_as_what_they_show(torch):
    base = torch.arange(6.0).reshape(2, 3)
    complex_one = torch.tensor([1 + 2j, 3 - 4j])
    for view in (base.T, base[:, ::2], base.expand(4, 2, 3), complex_one.conj(), complex_one.conj().imag):
        assert torch.equal(cross(view), view)


def test_a_tensor_arrives_with_memory_of_its_own(torch):
    tensor = torch.zeros(2)
    cross(tensor).add_(1)
    assert torch.equal(tensor, torch.zeros(2))


def test_a_tensor_does_not_make_the_other_side_load_pytorch(torch, monkeypatch):
    tree, buffers = wire.pack(torch.ones(2))
    monkeypatch.delitem(sys.modules, "torch")
    with pytest.raises(wire.WireError, match="not loaded"):
        wire.unpack(tree, memoryview(b"".join(buffers)))


def test_importing_the_wire_loads_neither_numpy_nor_pytorch():
    code = (
        "import sys; from groundup.drill import wire; wire.pack([1.0, object], print)\n"
        "assert not {'numpy', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# What is not plain


class _Meta(type):
    """Says that its classes are float, in every way in which one may ask."""

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(float)

    def __instancecheck__(cls, instance):
        return True

    @property
    def __name__(cls):
        raise AssertionError("asked for the name")


class Liar(metaclass=_Meta):
    """Says of itself whatever one wants to hear."""

    __class__ = float

    def __float__(self):
        return 1.0

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __len__(self):
        return 0

    def __array__(self, dtype=None, copy=None):
        return np.ones(2)


class Touchy:
    """Does not like to be looked at."""

    def __getattribute__(self, name):
        raise AssertionError(f"asked for {name}")


class MyArray(np.ndarray):
    pass


class MyFloat(float):
    pass


class MyList(list):
    def __iter__(self):
        raise AssertionError("iterated")


class MyTuple(tuple):
    def __iter__(self):
        raise AssertionError("iterated")


class Shifting(typing.NamedTuple):
    x: int

    def shifted(self):
        return self.x + 1


class MyDict(dict):
    def items(self):
        raise AssertionError("asked for items")


class Colour(enum.IntEnum):
    RED = 1


NOT_PLAIN = {
    "metaclass": Liar(),
    "touchy": Touchy(),
    "float subclass": MyFloat(1),
    "list subclass": MyList([1]),
    "dict subclass": MyDict(a=1),
    "tuple subclass": MyTuple((1,)),
    "named tuple with a method": Shifting(1),
    "enum": Colour.RED,
    "array subclass": np.arange(2).view(MyArray),
    "masked array": np.ma.masked_array([1], [True]),
    "array of objects": np.array([1, "a"], object),
    "array of records": np.zeros(2, [("a", int)]),
    "array of dates": np.array(["2020-01-01"], "M8[D]"),
    "date": np.datetime64("2020-01-01"),
    "array of nothing": np.ndarray((1 << 40,), "U0", bytearray(1)),
    "class": Liar,
    "function": len,
    "old generator": np.random.RandomState(0),
    "range": range(3),
    "bytearray": bytearray(b"x"),
}


@pytest.mark.parametrize("name", NOT_PLAIN)  # pytest looks at what it is given, which some of these do not like
def test_what_is_not_plain_goes_by_reference(name):
    value, kept = NOT_PLAIN[name], []

    def refer(one):
        kept.append(one)
        return {"number": len(kept)}

    arrived = cross([1, value, np.ones(2)], refer, lambda reference: kept[reference["number"] - 1])
    assert arrived[1] is value
    assert same([arrived[0], arrived[2]], [1, np.ones(2)])


def test_what_is_not_plain_of_pytorch_goes_by_reference(torch):
    seen = []

    def refer(value):
        seen.append(value)
        return {}

    wire.pack([torch.nn.Parameter(torch.ones(2)), torch.eye(2).to_sparse(), torch.empty(2, device="meta")], refer)
    torch.func.vmap(lambda row: (wire.pack(row, refer), row)[1])(torch.ones(2, 3))
    assert len(seen) == 4


def test_without_a_reference_it_is_refused_by_name():
    with pytest.raises(wire.WireError, match="type Touchy cannot"):
        wire.pack(Touchy())
    with pytest.raises(wire.WireError, match="type Touchy cannot"):
        wire.pack([Touchy()], lambda value: None)


@pytest.mark.parametrize(
    "holder", [{(b"bytes", Colour.RED): 1}, {Colour.RED}, frozenset([(1, frozenset([MyFloat(1)]))])]
)
def test_a_dict_or_set_with_other_keys_goes_by_reference_as_a_whole(holder):
    seen = []
    tree, buffers = wire.pack((holder, b"after"), lambda value: seen.append(value) or {})
    assert len(seen) == 1
    assert seen[0] is holder
    assert b"".join(buffers) == b"after"
    assert wire.unpack(tree, memoryview(b"".join(buffers)), lambda reference: "it") == ("it", b"after")


# Caps


def nested(depth, value=None):
    for _ in range(depth):
        value = [value]
    return value


def test_containers_nest_to_the_cap_and_no_deeper():
    assert cross(nested(limits.DEPTH)) == nested(limits.DEPTH)
    deep_dict = None
    for _ in range(limits.DEPTH):
        deep_dict = {"key": deep_dict}
    assert cross(deep_dict) == deep_dict
    with pytest.raises(wire.TooLarge, match="deep"):
        wire.pack(nested(limits.DEPTH + 1))


def test_a_container_inside_itself_is_too_large():
    value = []
    value.append(value)
    with pytest.raises(wire.TooLarge):
        wire.pack(value)


def test_a_container_that_doubles_at_each_level_is_too_large():
    value = []
    for _ in range(limits.DEPTH - 1):
        value = [value, value]
    with pytest.raises(wire.TooLarge, match="values"):
        wire.pack(value)


def test_values_are_counted_and_those_within_the_cap_arrive():
    value = list(range(limits.NODES - 1))
    assert cross(value) == value
    with pytest.raises(wire.TooLarge):
        wire.pack([*value, 0])


def test_integers_have_an_end():
    with pytest.raises(wire.TooLarge, match="4000 digits"):
        wire.pack(10 ** (limits.DIGITS + 1))


def test_an_array_is_measured_before_it_is_copied():
    array = np.broadcast_to(np.float64(0), (1 << 26,))
    with pytest.raises(wire.TooLarge, match="536,870,912"):
        wire.pack(array)


def nothing_came(sock):
    with pytest.raises(BlockingIOError):
        sock.recv(1, socket.MSG_DONTWAIT)
    return True


def test_too_large_a_frame_is_not_begun(pair):
    one, two = pair
    with pytest.raises(wire.TooLarge, match="header"):
        wire.send(one, {"text": "x" * limits.HEADER_BYTES})
    with pytest.raises(wire.TooLarge, match="arrays"):
        wire.send(one, {}, [memoryview(bytes(1 << 20))] * 257)
    assert nothing_came(two)


# Receiving


def test_frames_follow_each_other(pair):
    one, two = pair
    wire.send(one, {"n": 1}, [b"ab", memoryview(b"c")])
    wire.send(one, {"n": 2})
    assert [wire.receive(two), wire.receive(two)] == [({"n": 1}, b"abc"), ({"n": 2}, b"")]


def test_a_deadline_that_has_passed_ends_the_wait(pair):
    one, two = pair
    past = time.monotonic() - 1
    with pytest.raises(TimeoutError):
        wire.receive(two, deadline=past)
    wire.send(one, {})  # nor does it help to go on sending
    with pytest.raises(TimeoutError):
        wire.receive(two, deadline=past)


def test_a_deadline_holds_inside_a_frame(pair, monkeypatch):
    one, two = pair
    one.sendall(HEAD.pack(b"GUW1", 100, 0) + b"{")
    clock = iter([0.0, 0.0, 0.0, 9.0])
    monkeypatch.setattr(wire.time, "monotonic", lambda: next(clock))
    with pytest.raises(TimeoutError):
        wire.receive(two, deadline=0.001)


def test_a_deadline_ahead_changes_nothing(pair):
    one, two = pair
    wire.send(one, {"n": 1}, [b"x"])
    assert wire.receive(two, deadline=math.inf) == ({"n": 1}, b"x")


def frame(header, body=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return HEAD.pack(b"GUW1", len(text), len(body)) + text + body


def read(data):
    """What a receiver makes of these bytes, after which the other side closes."""
    one, two = socket.socketpair()
    with one, two:
        one.sendall(data)
        one.shutdown(socket.SHUT_WR)
        return wire.receive(two)


def test_the_other_side_may_close_between_frames():
    with pytest.raises(EOFError, match=r"closed$"):
        read(b"")


def test_it_may_not_close_inside_one():
    whole = frame({"a": 1}, b"body")
    assert read(whole) == ({"a": 1}, b"body")
    for length in range(1, len(whole)):
        with pytest.raises(EOFError, match="inside a frame"):
            read(whole[:length])


def test_a_side_that_is_killed_has_closed(pair):
    one, two = pair
    two.sendall(b"unread")
    one.close()  # with bytes unread: the other side sees a reset
    with pytest.raises(EOFError):
        wire.receive(two)
    with pytest.raises(OSError, match="pipe"):
        wire.send(two, {})


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        HEAD.pack(b"GUW1", 0, 0),
        HEAD.pack(b"GUW1", limits.HEADER_BYTES + 1, 0),
        HEAD.pack(b"GUW1", 2**32 - 1, 0),
        HEAD.pack(b"GUW1", 2, limits.BODY_BYTES + 1),
        HEAD.pack(b"GUW1", 2, 2**64 - 1),
        frame(b"[]"),
        frame(b"12"),
        frame(b'"x"'),
        frame(b"{}x"),
        frame(b"{'a': 1}"),
        frame(b'{"a":1,"a":2}'),
        frame(b'{"a":{"b":1,"b":2}}'),
        frame(b'{"a":NaN}'),
        frame(b'{"a":-Infinity}'),
        frame(b'{"a":1e999}'),
        frame(b'{"a":' + b"9" * 5000 + b"}"),
        frame('{"a":"é"}'.encode()),
        frame(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        frame(b'{"a":' + b"[" * 500 + b"]" * 500 + b"}"),
        frame(b'{"a":' * 200 + b"1" + b"}" * 200),
    ],
)
def test_what_is_no_frame_is_refused(data):
    tracemalloc.start()
    try:
        with pytest.raises(wire.WireError):
            read(data)
        assert tracemalloc.get_traced_memory()[1] < 2 << 20  # and nothing was reserved for what was announced
    finally:
        tracemalloc.stop()


# Trees that nobody packed


def hostile(tree, body=b""):
    with pytest.raises(wire.WireError):
        wire.unpack(json.loads(json.dumps(tree)), memoryview(body))


ONES = np.ones(2).tobytes()
PCG64 = ["generator", "PCG64", 1, 1, 0, 0]
TENSOR = ["tensor", "float64", [2], 16, "cpu", False]

HOSTILE = [
    # no value
    [[], b""],
    [{}, b""],
    [[1], b""],
    [["what"], b""],
    [[["list"]], b""],
    [2**63, b""],
    [["ellipsis", 1], b""],
    [["slice", 1, 2], b""],
    [None, b"left over"],
    [["ref", 3], b""],
    [["ref"], b""],
    # numbers
    [["int", "12"], b""],
    [["int", "0xf"], b""],
    [["int", "0x" + "f" * 4000], b""],
    [["int", "0x1_0000000000000000"], b""],
    [["int", 5], b""],
    [["float", "3ff0000000000000"], b""],
    [["float", "7ff8"], b""],
    [["float", "7FF8000000000000"], b""],
    [["float", "7ff8 00000000000"], b""],
    [["float", 1.5], b""],
    [["complex", "00"], b""],
    # containers
    [["dict", ["a"], []], b""],
    [["dict", [], [1]], b""],
    [["dict", ["a", "a"], [1, 2]], b""],
    [["dict", [1, 1.0], [1, 2]], b""],
    [["dict", [["list"]], [1]], b""],
    [["dict", "ab", [1, 2]], b""],
    [["dict", {"a": 1}, [1]], b""],
    [["set", [1, 1]], b""],
    [["set", [["dict", [], []]]], b""],
    [["frozenset", [1, True]], b""],
    [["frozenset", 1], b""],
    # bytes
    [["bytes", 5], b"four"],
    [["bytes", -1], b""],
    [["bytes", 2**70], b""],
    [["bytes", 1.0], b"x"],
    [["bytes", True], b"x"],
    [["list", ["bytes", 3], ["bytes", 2]], b"four"],
    # arrays
    [["array", "d", [2], 8], ONES],
    [["array", "d", [3], 16], ONES],
    [["array", "d", [3], 24], ONES],
    [["array", "d", [-2], -16], ONES],
    [["array", "d", [-1, -2], 16], ONES],
    [["array", "d", [2.0], 16], ONES],
    [["array", "d", [True, 2], 16], ONES],
    [["array", "d", ["2"], 16], ONES],
    [["array", "d", 2, 16], ONES],
    [["array", "d", [1] * 65 + [2], 16], ONES],
    [["array", "d", [0, 2**63], 0], b""],
    [["array", "d", [0, 2**62], 0], b""],
    [["array", "d", [2**62, 2**62, 2**62], 0], b""],
    [["array", "O", [2], 16], ONES],
    [["array", "V8", [2], 16], ONES],
    [["array", "M8[s]", [2], 16], ONES],
    [["array", "f8", [2], 16], ONES],
    [["array", "d,d", [1], 16], ONES],
    [["array", "S8", [2], 16], ONES],
    [["array", ["d"], [2], 16], ONES],
    [["array", "U0", [2**40], 0], b""],
    [["array", "U", [1], 0], b""],
    [["array", "U999999999", [0], 0], b""],
    [["array", "U1", [1], 4], b"\xff\xff\xff\xff"],
    [["array", "?", [2], 2], b"\x01\x02"],
    # scalars, dtypes, types
    [["scalar", "d", "00"], b""],
    [["scalar", "?", "02"], b""],
    [["scalar", "U1", "00000000"], b""],
    [["scalar", "O", "00" * 8], b""],
    [["dtype", "O", False], b""],
    [["dtype", "d", 1], b""],
    [["numpy str", 3], b""],
    [["numpy type", "O"], b""],
    [["type", "eval"], b""],
    [["type", ["int"]], b""],
    # generators
    [["generator"], b""],
    [["generator", "os"], b""],
    [["generator", "PCG64"], b""],
    [[*PCG64[:2], -1, 1, 0, 0], b""],
    [[*PCG64[:2], ["int", "0x1" + "0" * 32], 1, 0, 0], b""],
    [[*PCG64[:4], 2, 0], b""],
    [[*PCG64[:4], True, 0], b""],
    [[*PCG64[:5], 2**32], b""],
    [["generator", "MT19937", ["array", "I", [624], 2496], 625], bytes(2496)],
    [["generator", "MT19937", ["array", "I", [624], 2496], -1], bytes(2496)],
    [["generator", "MT19937", ["array", "I", [623], 2492], 0], bytes(2492)],
    [["generator", "SFC64", ["array", "l", [4], 32], 0, 0], bytes(32)],
    [["generator", "SFC64", ["list", 1, 2, 3, 4], 0, 0], b""],
    # tensors
    [["tensor", "float64", [2], 8, "cpu", False], ONES],
    [["tensor", "float64", [3], 24, "cpu", False], ONES],
    [["tensor", "qint8", [16], 16, "cpu", False], ONES],
    [["tensor", "nn", [16], 16, "cpu", False], ONES],
    [["tensor", "bool", [2], 2, "cpu", False], b"\x01\x02"],
    [["tensor", "int64", [2], 16, "cpu", True], ONES],
    [[*TENSOR[:4], "meta", False], ONES],
    [[*TENSOR[:4], "cuda:999", False], ONES],
    [[*TENSOR[:4], "cpu\n", False], ONES],
    [[*TENSOR[:4], "cpu", 1], ONES],
    [["tensor", "float64", [0, 2**62, 2**62], 0, "cpu", False], b""],
]


@pytest.mark.parametrize(("tree", "body"), HOSTILE, ids=lambda each: str(each)[:40])
def test_a_tree_that_nobody_packs_is_refused(torch, tree, body):
    hostile(tree, body)


def test_a_cuda_tensor_is_refused_where_there_is_no_cuda(torch, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    if torch.backends.cuda.is_built():
        monkeypatch.setattr(torch.Tensor, "to", lambda *_: (_ for _ in ()).throw(RuntimeError("no CUDA")))
    hostile([*TENSOR[:4], "cuda:0", False], ONES)


def test_one_level_too_deep_and_one_value_too_many_are_refused():
    tree = None
    for _ in range(limits.DEPTH + 1):
        tree = ["list", tree]
    hostile(tree)
    hostile(["list", *range(limits.NODES)])


def test_keys_made_to_collide_are_refused_and_not_sent():
    colliding = [n * (2**61 - 1) for n in range(1, 400)]
    trees = [wire.pack(key)[0] for key in colliding]
    hostile(["set", trees])
    hostile(["dict", trees, trees])
    assert wire.pack(set(colliding), lambda value: {})[0] == ["ref", {}]


def test_what_resolving_raises_is_passed_on():
    def resolve(reference):
        raise KeyError(reference["number"])

    with pytest.raises(KeyError):
        wire.unpack(["ref", {"number": 3}], memoryview(b""), resolve)


TAGS = (
    *("list", "tuple", "dict", "set", "slice", "int", "float", "bytes", "type", "array", "scalar", "dtype"),
    *("generator", "tensor", "ref", "d", "float64", "U3"),
)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
        lambda inner: st.builds(
            lambda tag, rest: [tag, *rest],
            st.sampled_from(TAGS),
            st.lists(inner | st.lists(inner, max_size=3), max_size=5),
        ),
    ),
    st.binary(max_size=40),
)
def test_any_tree_is_a_value_or_refused(tree, body):
    with contextlib.suppress(wire.WireError):
        wire.unpack(tree, memoryview(body), lambda reference: reference)


def _sample():
    """A frame in which everything occurs, as bytes."""
    import torch

    value = {
        "plain": [None, True, 3, 2.5, math.nan, 1j, 10**30, "text", b"bytes", (1, {2}), slice(3), ..., float],
        "arrays": [np.arange(3), np.float32(2), np.array(["ab"]), np.array([True]), np.dtype("f4"), np.int8],
        "others": [np.random.default_rng(0), torch.ones(2, dtype=torch.bfloat16)],
    }
    tree, buffers = wire.pack(value)
    return frame({"id": 1, "value": tree}, b"".join(buffers))


@pytest.fixture(scope="module")
def sample(torch):
    return _sample()


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_flipped_bits_give_a_value_or_an_error_of_ours(sample, data):
    damaged = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(sample) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with contextlib.suppress(wire.WireError, EOFError):
        header, body = read(damaged)
        wire.unpack(header.get("value"), body)
