"""Reads a learner's file for what a drill forbids. Nothing of it is executed.

Three questions, each answered with lines and sentences for the learner: which forbidden things are used (`broken`),
which loops over rows are hidden in a call that looks vectorised (`hidden_loops`), and what functions leave behind
(`global_state`). The shims in the runner are a second net for the first question.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from groundup.drill.names import Reading, Sight, Tangled, read
from groundup.drill.verdict import Broken

STANDARD = (
    "__future__",
    "abc",
    "bisect",
    "cmath",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "heapq",
    "itertools",
    "math",
    "numbers",
    "operator",
    "random",
    "re",
    "statistics",
    "string",
    "time",
    "typing",
    "warnings",
)
"""Modules of the standard library that every drill allows: those without input and output."""

_NAMED = "math, dataclasses, typing, itertools, functools and others without input and output"

_FILES = "{} reads or writes files, and this drill needs none."
_INSIDE = "{} looks behind the scenes of Python, and this drill needs none of that."
_SYSTEM = "{} reaches the operating system, and this drill needs none of it."
_UNNAMED = "What is taken out of {} has no name here, and could be anything that lies in it; write the name."
_TEXTS = "{} runs a text as code, and this drill needs none of that; write the code itself."

_BUILTINS = {
    "exec": _TEXTS,
    "eval": _TEXTS,
    "compile": _TEXTS,
    "__import__": "{} hides what is imported; write an import line.",
    "open": _FILES,
    "input": "{} waits for a keyboard, and nobody sits at it while a file is graded.",
    "breakpoint": "{} waits for a keyboard, and nobody sits at it while a file is graded.",
    "globals": "{} reaches what the module holds, and this drill needs none of that; pass values as arguments.",
    "__builtins__": _INSIDE,
    "__loader__": _INSIDE,
    "__spec__": _INSIDE,
}

_MEMBERS = {
    **dict.fromkeys(
        (
            *("numpy.load", "numpy.save", "numpy.savez", "numpy.savez_compressed", "numpy.savetxt", "numpy.loadtxt"),
            *("numpy.genfromtxt", "numpy.fromfile", "numpy.fromregex", "numpy.memmap", "numpy.DataSource"),
            *("numpy.ndarray.tofile", "numpy.ndarray.dump", "numpy.lib.npyio", "numpy.lib.format"),
            *("torch.load", "torch.save", "torch.from_file", "torch.hub", "torch.package", "torch.serialization"),
            *("torch.jit.load", "torch.jit.save", "torch.utils.model_zoo"),
        ),
        _FILES,
    ),
    **dict.fromkeys(
        (
            *("numpy.ctypeslib", "numpy.f2py", "numpy.distutils", "numpy.test", "numpy.testing.extbuild"),
            *("numpy.testing.tempdir", "numpy.testing.temppath", "torch.multiprocessing", "torch.distributed"),
            *("torch.utils.cpp_extension", "torch.ops.load_library", "torch.classes"),
        ),
        _SYSTEM,
    ),
    **dict.fromkeys(
        (
            *("numpy.testing.runstring", "numpy.testing.measure", "numpy.testing.rundocs", "numpy.testing._private"),
            *("torch.jit.CompilationUnit", "torch.utils.benchmark", "typing.ForwardRef", "typing.get_type_hints"),
            *("timeit", "typing._eval_type"),
        ),
        _TEXTS,
    ),
    **dict.fromkeys(("torch._C._jit_get_operation", "torch._C._get_operation_overload"), _INSIDE),
}

_HIDDEN_MODULES = frozenset(
    (
        *("sys", "_sys", "os", "_os", "posix", "subprocess", "importlib", "ctypes", "inspect", "builtins"),
        *("bltns", "gc", "pickle", "_pickle", "socket", "shutil", "pathlib", "tempfile", "threading"),
        *("_thread", "multiprocessing", "runpy", "mmap"),
    )
)
"""Modules that lie about as members of others: ``random._os``."""

_ATTRIBUTES = {
    **dict.fromkeys(
        (
            *("__subclasses__", "__globals__", "__builtins__", "__code__", "__closure__", "cell_contents"),
            *("__base__", "__bases__", "__mro__", "__getattribute__", "__reduce__", "__reduce_ex__"),
            *("__loader__", "__spec__", "__self__", "__import__", "f_back", "f_globals", "f_locals"),
            *("f_builtins", "f_code", "gi_frame", "gi_code", "cr_frame", "cr_code", "ag_frame", "ag_code"),
            *("tb_frame", "settrace", "setprofile", "_getframe", "_current_frames", "__array_interface__"),
            *("__array_struct__", "__wrapped__"),
        ),
        _INSIDE,
    ),
    **dict.fromkeys(("ctypes", "_sys", "_os", "sys", "builtins"), _SYSTEM),
    "tofile": _FILES,
}

_OWN = frozenset({"ctypes", "sys", "builtins", "tofile", "_sys", "_os"})
"""Those of `_ATTRIBUTES` that a program may give to its own objects."""

_ROOMS = {
    "numpy": frozenset(
        (
            *("core", "lib", "linalg", "ma", "random", "fft", "polynomial", "matlib", "rec", "char"),
            *("strings", "emath", "testing", "compat", "numpy", "np", "umath", "multiarray", "numeric"),
            *("fromnumeric", "shape_base", "function_base", "ufunclike", "scimath", "stride_tricks"),
            *("arraysetops", "nanfunctions", "mixins", "npyio", "format", "extras", "ufunc", "ndarray"),
        )
    ),
    "torch": frozenset(
        (
            *("nn", "functional", "ops", "aten", "prims", "prim", "special", "func", "autograd", "modules"),
            *("linalg", "fft", "jit", "fx", "overrides", "utils", "Tensor", "TensorBase", "VariableFunctions"),
            *("ao", "quantized", "sparse", "nested", "masked", "torch", "F", "activation", "normalization"),
            *("attention", "backends", "transformer", "quantizable", "higher_order", "decompositions"),
            *("Variable", "variable"),
        )
    ),
}
"""Rooms of a package in which the same function stands again."""

_KERNELS = {
    "scaled_dot_product_attention": (
        *("_scaled_dot_product_attention_math", "_scaled_dot_product_flash_attention_for_cpu"),
        *("scaled_dot_product_flash_attention_for_cpu", "_scaled_dot_product_flash_attention"),
        *("_scaled_dot_product_efficient_attention", "_scaled_dot_product_cudnn_attention"),
        *("_scaled_dot_product_fused_attention_overrideable", "_flash_attention_forward"),
        *("_efficient_attention_forward", "_cudnn_attention_forward", "_triton_scaled_dot_attention"),
    ),
    "multi_head_attention_forward": (
        *("_native_multi_head_attention", "_triton_multi_head_attention", "_transformer_encoder_layer_fwd"),
    ),
    "batch_norm": ("_native_batch_norm_legit", "_native_batch_norm_legit_no_training"),
    "rms_norm": ("_fused_rms_norm", "_fused_rms_norm_backward"),
}
"""What does the work of a function of PyTorch's, where that has another name."""

_TANGLED = "this file is too long or too tangled to be read for what it calls; write it more plainly."


def broken(source: str, imports: Collection[str], forbidden: Mapping[str, str]) -> list[Broken]:
    """What a file uses and should not, in the order of its lines.

    Args:
        source: The file's text.
        imports: Packages that the drill allows beside `STANDARD`.
        forbidden: Sentence by dotted name, as NumPy or PyTorch calls it. A name stands for everything below it and for
            the same thing in another room of its package; one that begins with a dot is a method's: ``.softmax``.

    Returns:
        At most one entry for a name on a line. None for a text with a syntax error, which the runner reports.
    """
    try:
        reading = read(source)
    except Tangled:
        return [Broken(None, "the file", _TANGLED)]
    rules = _Rules(imports, forbidden, reading)
    found: dict[tuple[int, str], Broken] = {}
    for sight in reading.sights:
        for name, sentence in rules.judge(sight):
            found.setdefault((sight.line, name), Broken(sight.line, name, sentence))
    return sorted(found.values(), key=lambda each: (each.line or 0, each.name))


def refusal(module: str, imports: Collection[str], forbidden: Mapping[str, str]) -> str | None:
    """Why a module must not be imported, or nothing where it may be."""
    if (same := _ruled(module, forbidden)) is not None:
        return same[1]
    root = module.partition(".")[0]
    if root and (root in imports or root in STANDARD):
        return None
    allowed = " and ".join(imports)
    return f"{module} is not among what this drill imports: {allowed}, and of the standard library {_NAMED}."


def _ruled(path: str, forbidden: Mapping[str, str]) -> tuple[str, str] | None:
    """What the drill or all drills say of a path: its name and the sentence."""
    same = match(path, forbidden)
    if same is None and "*" not in path and (same := match(path, _MEMBERS)) is not None:
        return same[0], same[1].format(same[0])
    return same


def match(path: str, entries: Mapping[str, str]) -> tuple[str, str] | None:
    """The part of a dotted path that is one of these names in any spelling, and the sentence that goes with it."""
    parts = path.split(".")
    for entry, sentence in entries.items():
        if entry.startswith("."):
            if len(parts) > 2 and parts[-2] in ("Tensor", "TensorBase", "ndarray") and parts[-1] == entry[1:]:
                return path, sentence
        elif length := _same(parts, entry.split(".")):
            return ".".join(parts[:length]), sentence
    return None


def _same(parts: list[str], entry: list[str]) -> int:
    """How many parts of a path it takes to spell an entry; 0 when it is something else."""
    root = entry[0]
    if parts[0] != root:
        return 0
    rooms = _ROOMS.get(root, frozenset())
    if root == "torch" and len(entry) > 1 and entry[-1] not in rooms:
        entry = [root, entry[-1]]  # torch has most functions in several rooms
    wanted = 1
    for number, part in enumerate(parts[1:], 1):
        if wanted == len(entry):
            return number
        if _spells(part, entry[wanted], root):
            wanted += 1
        elif part not in rooms and not part.startswith("_"):
            return 0
    return len(parts) if wanted == len(entry) else 0


def _spells(part: str, wanted: str, root: str) -> bool:
    if part == "*" or part in spellings(root, wanted):
        return True
    # torch._softmax_backward_data, torch.native_layer_norm_backward
    return root == "torch" and part.startswith((f"_{wanted}_", f"native_{wanted}_"))


@cache
def spellings(root: str, name: str) -> frozenset[str]:
    """Names under which a member of a package stands there for the same thing."""
    if root == "numpy" and name == "reduce":
        return frozenset({"reduce", "accumulate", "reduceat"})
    if root == "torch":
        return frozenset({name, f"_{name}", f"{name}_", f"native_{name}", f"_native_{name}", *_KERNELS.get(name, ())})
    return frozenset({name})


class _Rules:
    """What a drill forbids, put to one sight after the other."""

    def __init__(self, imports: Collection[str], forbidden: Mapping[str, str], reading: Reading) -> None:
        self.imports, self.forbidden, self.own = imports, forbidden, reading.own

    def judge(self, sight: Sight) -> list[tuple[str, str]]:
        """Names and sentences of what is wrong with it."""
        if sight.kind == "import":
            sentence = refusal(sight.name, self.imports, self.forbidden)
            return [] if sentence is None else [(sight.name, sentence)]
        if sight.kind in ("member", "from", "name"):
            return self.path(sight.name)
        if sight.kind == "attribute":
            return self.attribute(sight.name)
        if sight.kind == "key" and sight.name in _ATTRIBUTES and sight.name not in _OWN:
            return [(sight.name, _ATTRIBUTES[sight.name].format(sight.name))]
        return []

    def path(self, path: str) -> list[tuple[str, str]]:
        root, *members = path.split(".")
        if root == "builtins":
            sentence = _BUILTINS.get(members[0]) or _ATTRIBUTES.get(members[-1])
            return [] if sentence is None else [(members[-1], sentence.format(members[-1]))]
        if root not in self.imports and root not in STANDARD:
            return []  # its import was reported
        if (same := _ruled(path, self.forbidden)) is not None:
            return [same]
        for number, part in enumerate(members, 2):
            name = ".".join(path.split(".")[:number])
            if part in _HIDDEN_MODULES or (part == "types" and root != "torch"):
                return [(name, _SYSTEM.format(name))]
            if part in _ATTRIBUTES:
                return [(name, _ATTRIBUTES[part].format(part))]
            if part == "*" and root not in _ROOMS:
                return [(name, _UNNAMED.format(root))]
        return []

    def attribute(self, name: str) -> list[tuple[str, str]]:
        if f".{name}" in self.forbidden and name not in self.own:
            return [(f".{name}", self.forbidden[f".{name}"])]
        if name in _ATTRIBUTES and not (name in _OWN and name in self.own):
            return [(name, _ATTRIBUTES[name].format(name))]
        return []


_LOOPS = {
    name: name
    for name in (
        *("numpy.vectorize", "numpy.apply_along_axis", "numpy.apply_over_axes", "numpy.frompyfunc", "numpy.fromiter"),
        *("torch.vmap", "torch.func.vmap"),
    )
}


def hidden_loops(source: str) -> list[str]:
    """Calls that loop over rows in Python although they look vectorised; one sentence each, with its line."""
    found: dict[tuple[int, str], str] = {}
    try:
        sights = read(source).sights
    except Tangled:
        return [_TANGLED]
    for sight in sights:
        if sight.kind in ("member", "name", "use") and (same := match(sight.name, _LOOPS)) is not None:
            short = same[0].replace("numpy.", "np.", 1)
            words = f"line {sight.line}: {short} loops over entries in Python; write it with array operations"
            found.setdefault((sight.line, short), words)
        elif sight.kind == "map":
            words = f"line {sight.line}: {sight.name} over rows is a loop in Python; write it with array operations"
            found.setdefault((sight.line, "map"), words)
    return list(found.values())


_OWN_RANDOM = frozenset(
    (
        *("default_rng", "Generator", "SeedSequence", "BitGenerator", "PCG64", "PCG64DXSM", "MT19937"),
        *("Philox", "SFC64", "RandomState", "Random", "SystemRandom", "bit_generator", "mtrand"),
    )
)
_SETTINGS = frozenset(
    (
        *("numpy.seterr", "numpy.seterrcall", "numpy.setbufsize", "numpy.set_printoptions"),
        *("torch.manual_seed", "torch.seed", "torch.random.manual_seed", "torch.set_default_dtype"),
        *("torch.set_default_device", "torch.set_num_threads", "torch.set_printoptions"),
        *("torch.use_deterministic_algorithms",),
    )
)


def global_state(source: str) -> list[str]:
    """What functions leave behind in the module or in a library; one sentence each, with its line."""
    found: dict[tuple[int, str], str] = {}
    try:
        sights = read(source).sights
    except Tangled:
        return [_TANGLED]
    for sight in sights:
        words = _left_behind(sight)
        if words:
            found.setdefault((sight.line, sight.name), f"line {sight.line}: {words}")
    return list(found.values())


def _left_behind(sight: Sight) -> str:
    if sight.kind == "global":
        return f"a function sets the global {sight.name}; keep it in an object or return it"
    if sight.kind == "write":
        return f"a function changes {sight.name}, which the module holds; keep it in an object or return it"
    if sight.kind == "default":
        return (
            f"the default of {sight.name} is one object for all calls and is changed here; make a new one in the call"
        )
    if sight.kind not in ("member", "name", "use"):
        return ""
    parent, _, last = sight.name.rpartition(".")
    if (
        parent in ("numpy.random", "random", "numpy.random.mtrand")
        and last not in _OWN_RANDOM
        and not last.startswith("__")
    ):
        return f"{sight.name} draws from a generator that all share; use one that is passed in or made here"
    if sight.name in _SETTINGS and not sight.sheltered:
        return f"{sight.name} changes a setting of the whole process"
    return ""
