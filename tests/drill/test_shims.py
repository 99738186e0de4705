"""What the learner's module meets in the runner. Each program runs in a process of its own, for the shims stay."""

import json
import subprocess
import sys
import textwrap

import pytest

PROGRAM = """
import importlib, json, os, sys, types
for name in sys.argv[1:]:
    importlib.import_module(name)
from groundup.drill import shims

for line in sys.stdin:
    imports, forbidden, source = json.loads(line)
    if os.fork():
        os.wait()
        continue
    seen = []
    shims.install(imports, forbidden, lambda name, line: seen.append([name, line]))
    module = types.ModuleType("solution")
    sys.modules["solution"] = module
    raised = ""
    try:
        exec(compile(source, "solution.py", "exec"), module.__dict__)
    except Exception as error:
        raised = f"{type(error).__name__}: {error}"
    print(json.dumps([seen, raised, module.__dict__.get("result")]), flush=True)
    os._exit(0)
"""

FORBIDDEN = {
    "scipy": "SciPy has this ready-made.",
    "numpy.logaddexp.reduce": "Build the log-sum-exp yourself.",
    "numpy.linalg.svd": "Write the decomposition yourself.",
    "numpy.hypot": "Write the length yourself.",
}
TORCH = {
    "torch.nn.functional.layer_norm": "Normalise yourself.",
    "torch.nn.functional.softmax": "Write the softmax yourself.",
    ".softmax": "Write the softmax yourself.",
    "torch.nn.LayerNorm": "Normalise yourself.",
    "torch.nn.functional.scaled_dot_product_attention": "Attend yourself.",
    "torch.nn.MultiheadAttention": "Attend yourself.",
    "torch.func": "Derive the gradient yourself.",
}


@pytest.fixture(scope="module")
def run():
    """Runs a program in a fork of a process that has libraries loaded."""
    started = {}

    def execute(source, imports=("numpy",), forbidden=FORBIDDEN, load=("numpy",)):
        if load not in started:
            command = [sys.executable, "-c", PROGRAM, *load]
            started[load] = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process = started[load]
        process.stdin.write(json.dumps([imports, forbidden, textwrap.dedent(source)]) + "\n")
        process.stdin.flush()
        seen, raised, result = json.loads(process.stdout.readline())
        return [tuple(each) for each in seen], raised, result

    yield execute
    for process in started.values():
        process.communicate()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import scipy", "scipy"),
        ("import scipy.special", "scipy.special"),
        ("from scipy.special import logsumexp", "scipy.special"),
        ("__import__('scipy')", "scipy"),
        ("b = __builtins__\nb['__import__']('scipy')", "scipy"),
        ("import os", "os"),
        ("import sys", "sys"),
        ("import importlib", "importlib"),
        ("import numpy.f2py", "numpy.f2py"),
        ("from . import suite", "."),
        ("exec('import scipy', {})", "scipy"),
        ("import random\nrandom._os.sys.modules['importlib'].import_module('scipy')", "scipy"),
    ],
)
def test_refuses_and_reports_imports(run, source, name):
    seen, raised, _ = run(source)
    assert seen == [(name, source.count("\n") + 1)]
    assert raised.startswith("ImportError")


def test_says_why(run):
    assert run("import scipy")[1] == "ImportError: SciPy has this ready-made."
    assert "os is not among what this drill imports: numpy" in run("import os")[1]


def test_lets_pass_what_is_allowed_and_what_libraries_import_for_themselves(run):
    source = """
    import math, dataclasses, collections.abc, statistics, warnings
    from typing import NamedTuple
    import numpy as np
    from numpy.typing import NDArray
    import numpy.polynomial

    @dataclasses.dataclass
    class A:
        x: int = 1

    result = [A().x, np.linalg.norm([3.0, 4.0]), np.testing is not None, statistics.mean([1, 3])]
    """
    assert run(source) == ([], "", [1, 5.0, True, 2])


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import numpy as np\nresult = np.logaddexp.reduce([0.0, 0.0])", "numpy.logaddexp.reduce"),
        ("import numpy as np\nresult = np._core.umath.logaddexp.reduce([0.0, 0.0])", "numpy.logaddexp.reduce"),
        ("from numpy import logaddexp\nresult = logaddexp.accumulate([0.0, 0.0])[1]", "numpy.logaddexp.reduce"),
        ("from numpy import *\nresult = logaddexp.reduce([0.0, 0.0])", "numpy.logaddexp.reduce"),
        (
            "import numpy\nresult = getattr(vars(numpy)['log' + 'addexp'], 'reduce')([0.0, 0.0])",
            "numpy.logaddexp.reduce",
        ),
        ("import numpy as np\nresult = next(map(np.logaddexp.reduce, [[0.0, 0.0]]))", "numpy.logaddexp.reduce"),
    ],
)
def test_reports_a_forbidden_method_of_a_ufunc_and_still_computes(run, source, name):
    seen, raised, result = run(source)
    assert (seen, raised) == ([(name, 2)], "")
    assert result == pytest.approx(0.6931471805599453)


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nresult = np.linalg.svd([[2.0]])[1][0]",
        "from numpy.linalg import svd\nresult = svd([[2.0]])[1][0]",
        "from numpy.linalg._linalg import svd\nresult = svd([[2.0]])[1][0]",
        "import numpy as np\nresult = list(map(np.linalg.svd, [[[2.0]]]))[0][1][0]",
        "import numpy as np\nresult = np.hypot(2.0, 0.0)",
        "import numpy as np\nresult = float(np.hypot.reduce([2.0, 0.0]))",
    ],
)
def test_reports_a_forbidden_function_and_still_computes(run, source):
    seen, raised, result = run(source)
    assert [line for _, line in seen] == [2]
    assert seen[0][0] in ("numpy.linalg.svd", "numpy.hypot")
    assert (raised, result) == ("", 2.0)


def test_a_library_may_call_what_the_learner_may_not(run):
    source = "import numpy as np\nresult = [np.linalg.pinv([[2.0]])[0][0], int(np.linalg.matrix_rank([[2.0]]))]"
    assert run(source) == ([], "", [0.5, 1])


def test_the_stand_in_is_a_ufunc_in_all_else(run):
    source = """
    import numpy as np
    f = np.logaddexp
    result = [float(f(0.0, 0.0)), isinstance(f, np.ufunc), f.__name__, f.nin, repr(f), callable(f),
              f.outer([0.0], [0.0]).shape[0], float(np.add.reduce([1.0, 2.0]))]
    """
    log2 = pytest.approx(0.6931471805599453)
    assert run(source) == ([], "", [log2, True, "logaddexp", 2, "<ufunc 'logaddexp'>", True, 1, 3.0])


def test_does_not_hand_out_the_ufunc_itself_by_an_unbound_method(run):
    seen, raised, result = run("import numpy as np\nresult = float(np.ufunc.reduce(np.logaddexp, [0.0, 0.0]))")
    assert seen or raised
    assert result is None or seen


def test_reports_each_line_once(run):
    source = "import numpy as np\nfor _ in range(3):\n    np.hypot(1, 1)\n    np.hypot(1, 1)\n"
    assert run(source)[0] == [("numpy.hypot", 3), ("numpy.hypot", 4)]


def test_watches_the_spellings_of_torch(run):
    source = """
    import torch
    from torch import nn
    import torch.nn.functional as F
    x = torch.ones(2)
    F.layer_norm(x, (2,))
    torch.layer_norm(x, (2,))
    torch.native_layer_norm(x, (2,), None, None, 1e-5)
    torch.ops.aten.layer_norm(x, (2,))
    torch.ops.aten.native_layer_norm.default(x, (2,), None, None, 1e-5)
    nn.LayerNorm(2)
    class Mine(nn.LayerNorm):
        pass
    Mine(2)
    x.softmax(-1)
    torch.softmax(x, -1)
    torch.special.softmax(x, -1)
    torch.func.vjp
    nn.TransformerEncoderLayer(4, 2, 8)(torch.ones(1, 2, 4))
    result = isinstance(nn.LayerNorm(2), nn.LayerNorm)
    """
    seen, raised, result = run(source, ["torch"], TORCH, ("numpy", "torch"))
    assert (raised, result) == ("", True)
    assert sorted({line for _, line in seen}) == [6, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 20]
    assert {name for name, line in seen if line in (15, 17, 18)} == {
        ".softmax",
        "torch.nn.functional.softmax",
        "torch.func.vjp",
    }


def test_watches_what_does_the_work_of_attention(run):
    source = """
    import torch
    import torch.nn.functional as F
    q = torch.ones(1, 1, 2, 4)
    F.scaled_dot_product_attention(q, q, q)
    torch._C._nn.scaled_dot_product_attention(q, q, q)
    torch._scaled_dot_product_attention_math(q, q, q)
    torch._VF._scaled_dot_product_flash_attention_for_cpu(q, q, q)
    torch.ops.aten.scaled_dot_product_attention(q, q, q)
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default(q, q, q)
    torch.nn.MultiheadAttention(4, 2)
    result = torch.softmax(q @ q.mT, -1).shape[-1]
    """
    seen, raised, result = run(source, ["torch"], TORCH, ("numpy", "torch"))
    assert (raised, result) == ("", 2)
    assert sorted({line for name, line in seen if "softmax" not in name}) == [5, 6, 7, 8, 9, 10, 11]


def test_refuses_a_forbidden_part_of_torch(run):
    assert run("from torch.func import vjp", ["torch"], TORCH, ("numpy", "torch"))[:2] == (
        [("torch.func", 1)],
        "ImportError: Derive the gradient yourself.",
    )
    assert run("from torch import func", ["torch"], TORCH, ("numpy", "torch"))[0] == [("torch.func", 1)]
