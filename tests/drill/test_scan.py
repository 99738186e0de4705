"""What the scan finds in a learner's file, and what it leaves alone."""

import subprocess
import sys
import textwrap

import pytest

from groundup.drill.scan import broken, global_state, hidden_loops, refusal

NUMPY = {
    "numpy.logaddexp.reduce": "Build the log-sum-exp yourself.",
    "numpy.linalg.svd": "Write the decomposition yourself.",
    "scipy": "SciPy has this ready-made.",
}
TORCH = {
    "torch.nn.functional.layer_norm": "Normalise yourself.",
    "torch.nn.LayerNorm": "Normalise yourself.",
    "torch.nn.functional.scaled_dot_product_attention": "Attend yourself.",
    "torch.nn.functional.multi_head_attention_forward": "Attend yourself.",
    "torch.nn.MultiheadAttention": "Attend yourself.",
    "torch.nn.TransformerEncoderLayer": "Attend yourself.",
    "torch.nn.attention.flex_attention": "Attend yourself.",
    "torch.nn.functional.softmax": "Write the softmax yourself.",
    ".softmax": "Write the softmax yourself.",
    "torch.func": "Derive the gradient yourself.",
    "torch.autograd.grad": "Derive the gradient yourself.",
    "torch.autograd.Variable._execution_engine.run_backward": "Derive the gradient yourself.",
}


def names(source, imports, forbidden):
    return {each.name for each in broken(textwrap.dedent(source), imports, forbidden)}


# Each source uses numpy.logaddexp.reduce, numpy.linalg.svd or SciPy; the name is what is reported.
ROUTES = {
    # Plain
    "attribute": ("import numpy as np\nnp.logaddexp.reduce(z)", "numpy.logaddexp.reduce"),
    "no alias": ("import numpy\nnumpy.logaddexp.reduce(z)", "numpy.logaddexp.reduce"),
    "not called": ("import numpy as np\nf = np.logaddexp.reduce", "numpy.logaddexp.reduce"),
    "from": ("from numpy import logaddexp\nlogaddexp.reduce(z)", "numpy.logaddexp.reduce"),
    "from as": ("from numpy import logaddexp as la\nla.reduce(z)", "numpy.logaddexp.reduce"),
    "from a part": ("from numpy.linalg import svd as s", "numpy.linalg.svd"),
    "module as": ("import numpy.linalg as l\nl.svd(z)", "numpy.linalg.svd"),
    "module from": ("from numpy import linalg as la\nla.svd(z)", "numpy.linalg.svd"),
    "star": ("from numpy import *\nlogaddexp.reduce(z)", "numpy.logaddexp.reduce"),
    "star of a part": ("from numpy.linalg import *\nsvd(z)", "numpy.linalg.svd"),
    "below": ("import numpy as np\nnp.linalg.svd.__call__(z)", "numpy.linalg.svd"),
    # The same thing in another room
    "private room": ("import numpy as np\nnp._core.umath.logaddexp.reduce(z)", "numpy._core.umath.logaddexp.reduce"),
    "private module": ("from numpy.linalg._linalg import svd", "numpy.linalg._linalg.svd"),
    "sister method": ("import numpy as np\nnp.logaddexp.accumulate(z)[-1]", "numpy.logaddexp.accumulate"),
    "unbound method": ("import numpy as np\nnp.ufunc.reduce(np.logaddexp, z)", "numpy.logaddexp.reduce"),
    "unbound by type": ("import numpy as np\ntype(np.add).reduce(np.logaddexp, z)", "numpy.logaddexp.reduce"),
    "unbound by class": ("import numpy as np\nnp.add.__class__.reduce(np.logaddexp, z)", "numpy.logaddexp.reduce"),
    # Aliases
    "alias": ("import numpy as np\nf = np.logaddexp\nf.reduce(z)", "numpy.logaddexp.reduce"),
    "chain": ("import numpy as np\na = b = np\nc = b\nd = c.logaddexp\nd.reduce(z)", "numpy.logaddexp.reduce"),
    "tuple": ("import numpy as np\na, (b, c) = 1, (2, np.logaddexp)\nc.reduce(z)", "numpy.logaddexp.reduce"),
    "star target": ("import numpy as np\na, *b = 1, 2, np.logaddexp\nb[-1].reduce(z)", "numpy.logaddexp.reduce"),
    "swap": ("import numpy as np\na = np.logaddexp\nb = 1\na, b = b, a\nb.reduce(z)", "numpy.logaddexp.reduce"),
    "walrus": ("import numpy as np\nif (f := np.logaddexp):\n    f.reduce(z)", "numpy.logaddexp.reduce"),
    "annotated": ("import numpy as np\nf: object = np.logaddexp\nf.reduce(z)", "numpy.logaddexp.reduce"),
    "conditional": ("import numpy as np\nf = np.logaddexp if z else np.add\nf.reduce(z)", "numpy.logaddexp.reduce"),
    "or": ("import numpy as np\nf = None or np.logaddexp\nf.reduce(z)", "numpy.logaddexp.reduce"),
    "branch": (
        "import numpy as np\nif z:\n    f = np.add\nelse:\n    f = np.logaddexp\nf.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "loop": ("import numpy as np\nfor f in (np.add, np.logaddexp):\n    f.reduce(z)", "numpy.logaddexp.reduce"),
    "next turn": (
        "import numpy as np\nf = np.add\nfor _ in z:\n    f.reduce(z)\n    f = np.logaddexp",
        "numpy.logaddexp.reduce",
    ),
    "try": (
        "import numpy as np\nf = np.add\ntry:\n    f = np.logaddexp\n    g()\nexcept E:\n    f.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "with": (
        "import numpy as np\nimport contextlib\nwith contextlib.nullcontext(np.logaddexp) as f:\n    f.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "match": (
        "import numpy as np\nmatch np:\n    case object(logaddexp=f):\n        f.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "augmented": ("import numpy as np\nf = []\nf += [np.logaddexp]\nf[0].reduce(z)", "numpy.logaddexp.reduce"),
    # Functions and classes
    "default": ("import numpy as np\ndef f(z, g=np.logaddexp):\n    return g.reduce(z)", "numpy.logaddexp.reduce"),
    "default by keyword": (
        "import numpy as np\ndef f(z, *, g=np.logaddexp):\n    return g.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "argument": (
        "import numpy as np\ndef f(g, z):\n    return g.reduce(z)\nf(np.logaddexp, z)",
        "numpy.logaddexp.reduce",
    ),
    "argument by name": (
        "import numpy as np\ndef f(z, g):\n    return g.reduce(z)\nf(z, g=np.logaddexp)",
        "numpy.logaddexp.reduce",
    ),
    "starred arguments": (
        "import numpy as np\ndef f(g, z):\n    return g.reduce(z)\nf(*[np.logaddexp, z])",
        "numpy.logaddexp.reduce",
    ),
    "keywords": (
        "import numpy as np\ndef f(z, **k):\n    return k['g'].reduce(z)\nf(z, g=np.logaddexp)",
        "numpy.logaddexp.reduce",
    ),
    "returned": ("import numpy as np\ndef f():\n    return np.logaddexp\nf().reduce(z)", "numpy.logaddexp.reduce"),
    "yielded": (
        "import numpy as np\ndef f():\n    yield np.logaddexp\nfor g in f():\n    g.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "lambda": ("import numpy as np\nf = lambda z, g=np.logaddexp: g.reduce(z)", "numpy.logaddexp.reduce"),
    "lambda called": ("import numpy as np\n(lambda g: g.reduce(z))(np.logaddexp)", "numpy.logaddexp.reduce"),
    "closure": (
        "import numpy as np\ndef f():\n    g = np.logaddexp\n    def h(z):\n        return g.reduce(z)\n    return h",
        "numpy.logaddexp.reduce",
    ),
    "global": (
        "import numpy as np\ndef f():\n    global g\n    g = np.logaddexp\ndef h(z):\n    return g.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "nonlocal": (
        """
        import numpy as np
        def f(z):
            g = None
            def h():
                nonlocal g
                g = np.logaddexp
            h()
            return g.reduce(z)
        """,
        "numpy.logaddexp.reduce",
    ),
    "defined later": ("def f(z):\n    return g.reduce(z)\nfrom numpy import logaddexp as g", "numpy.logaddexp.reduce"),
    "class attribute": (
        "import numpy as np\nclass A:\n    g = np.logaddexp\n    def f(self, z):\n        return self.g.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "instance attribute": (
        "import numpy as np\nclass A:\n    def __init__(self):\n        self.g = np\n"
        "    def f(self, z):\n        return self.g.logaddexp.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "dataclass field": (
        "import numpy as np\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n    g: object\n"
        "A(np.logaddexp).g.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "initialised": (
        "import numpy as np\nclass A:\n    def __init__(self, g):\n        self.g = g\nA(np.logaddexp).g.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "method": (
        "import numpy as np\nclass A:\n    def f(self, g):\n        return g.reduce(z)\nA().f(np.logaddexp)",
        "numpy.logaddexp.reduce",
    ),
    "property": (
        "import numpy as np\nclass A:\n    @staticmethod\n    def f():\n        return np.logaddexp\nA.f().reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "decorator": (
        "import numpy as np\ndef with_it(f):\n    return lambda z: f(np.logaddexp, z)\n"
        "@with_it\ndef f(g, z):\n    return g.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    # Containers
    "list": ("import numpy as np\nf = [np.add, np.logaddexp]\nf[1].reduce(z)", "numpy.logaddexp.reduce"),
    "dict": ("import numpy as np\nf = {'a': np.logaddexp}\nf['a'].reduce(z)", "numpy.logaddexp.reduce"),
    "dict get": ("import numpy as np\nf = dict(a=np.logaddexp)\nf.get('a').reduce(z)", "numpy.logaddexp.reduce"),
    "dict values": (
        "import numpy as np\nfor f in {'a': np.logaddexp}.values():\n    f.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "item assigned": ("import numpy as np\nt = {}\nt['f'] = np.logaddexp\nt['f'].reduce(z)", "numpy.logaddexp.reduce"),
    "comprehension": ("import numpy as np\n[f.reduce(z) for f in [np.logaddexp]]", "numpy.logaddexp.reduce"),
    "zip": (
        "import numpy as np\nfor n, f in zip('ab', [np.add, np.logaddexp]):\n    f.reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "next": ("import numpy as np\nnext(iter([np.logaddexp])).reduce(z)", "numpy.logaddexp.reduce"),
    "copied": ("import numpy as np\nimport copy\ncopy.copy(np.logaddexp).reduce(z)", "numpy.logaddexp.reduce"),
    "patched": ("import numpy as np\nnp.mine = np.logaddexp\nnp.mine.reduce(z)", "numpy.logaddexp.reduce"),
    # By name
    "getattr": ("import numpy as np\ngetattr(np, 'logaddexp').reduce(z)", "numpy.logaddexp.reduce"),
    "getattr of a method": ("import numpy as np\ngetattr(np.logaddexp, 'reduce')(z)", "numpy.logaddexp.reduce"),
    "getattr renamed": ("import numpy as np\ng = getattr\ng(np, 'logaddexp').reduce(z)", "numpy.logaddexp.reduce"),
    "getattr added up": ("import numpy as np\ngetattr(np, 'log' + 'addexp').reduce(z)", "numpy.logaddexp.reduce"),
    "getattr joined": (
        "import numpy as np\ngetattr(np, ''.join(['log', 'addexp'])).reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "getattr f-string": (
        "import numpy as np\na = 'add'\ngetattr(np, f'log{a}exp').reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "getattr formatted": ("import numpy as np\ngetattr(np, 'log%sexp' % 'add').reduce(z)", "numpy.logaddexp.reduce"),
    "getattr format": ("import numpy as np\ngetattr(np, 'log{}exp'.format('add')).reduce(z)", "numpy.logaddexp.reduce"),
    "getattr backwards": ("import numpy as np\ngetattr(np, 'pxeddagol'[::-1]).reduce(z)", "numpy.logaddexp.reduce"),
    "getattr reversed": (
        "import numpy as np\ngetattr(np, ''.join(reversed('pxeddagol'))).reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "getattr by letters": (
        "import numpy as np\n"
        "getattr(np, ''.join(chr(c) for c in [108, 111, 103, 97, 100, 100, 101, 120, 112])).reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "getattr by map": (
        "import numpy as np\ngetattr(np, ''.join(map(chr, [108, 111, 103])) + 'addexp').reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "getattr by bytes": (
        "import numpy as np\ngetattr(np, bytes([108, 111, 103]).decode() + 'addexp').reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "getattr unknown": ("import numpy as np\ngetattr(np, z[0]).reduce(z)", "numpy.*.reduce"),
    "getattr in a loop": (
        "import numpy as np\nfor n in ('add', 'logaddexp'):\n    getattr(np, n).reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "getattribute": ("import numpy as np\nnp.__getattribute__('logaddexp').reduce(z)", "numpy.logaddexp.reduce"),
    "object's": (
        "import numpy as np\nobject.__getattribute__(np, 'logaddexp').reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "namespace": ("import numpy as np\nnp.__dict__['logaddexp'].reduce(z)", "numpy.logaddexp.reduce"),
    "vars": ("import numpy as np\nvars(np)['logaddexp'].reduce(z)", "numpy.logaddexp.reduce"),
    "vars get": ("import numpy as np\nvars(np).get('logaddexp').reduce(z)", "numpy.logaddexp.reduce"),
    "vars of an unknown name": (
        "import numpy as np\nfor n, f in vars(np).items():\n    if n.startswith('logadd'):\n        f.reduce(z)",
        "numpy.*.reduce",
    ),
    "attrgetter": (
        "import numpy as np\nimport operator\noperator.attrgetter('logaddexp.reduce')(np)(z)",
        "numpy.logaddexp.reduce",
    ),
    "methodcaller": (
        "import numpy as np\nfrom operator import methodcaller\nmethodcaller('reduce', z)(np.logaddexp)",
        "numpy.logaddexp.reduce",
    ),
    "methodcaller unknown": (
        "import numpy as np\nfrom operator import methodcaller\nmethodcaller(name, z)(np.logaddexp)",
        "numpy.logaddexp.*",
    ),
    "itemgetter": (
        "import numpy as np\nfrom operator import itemgetter\nitemgetter('logaddexp')(vars(np)).reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "partial": (
        "import numpy as np\nimport functools\nfunctools.partial(getattr, np)('logaddexp').reduce(z)",
        "numpy.logaddexp.reduce",
    ),
    "reduce of getattr": (
        "import numpy as np\nimport functools\nfunctools.reduce(getattr, ['logaddexp', 'reduce'], np)(z)",
        "numpy.logaddexp.reduce",
    ),
    "locals": ("import numpy as np\nlocals()['np'].logaddexp.reduce(z)", "numpy.logaddexp.reduce"),
    # Imports
    "import": ("import scipy", "scipy"),
    "import below": ("import scipy.special as sp", "scipy.special"),
    "import from": ("from scipy.special import logsumexp", "scipy.special"),
    "import inside": ("def f(z):\n    from scipy import special\n    return special.softmax(z)", "scipy"),
    "import tried": ("try:\n    import scipy\nexcept ImportError:\n    scipy = None", "scipy"),
    "not listed": ("import sklearn", "sklearn"),
    "not listed from": ("from sklearn.cluster import KMeans", "sklearn.cluster"),
    "system": ("import os", "os"),
    "relative": ("from . import suite", "."),
    "dunder import": ("__import__('scipy')", "scipy"),
    "dunder import folded": ("__import__('sci' + 'py')", "scipy"),
    "dunder import through a dict": ("import math\nmath.__dict__\n__import__('sc' 'ipy').special", "scipy"),
    "importlib": ("import importlib\nimportlib.import_module('scipy')", "importlib"),
    "importlib's": ("from importlib import import_module as i\ni('scipy.special')", "scipy.special"),
    "modules": ("import sys\nsys.modules['scipy']", "scipy"),
    "module of a module": ("import random\nrandom._os.system('true')", "random._os"),
    "deep module": ("import dataclasses\ndataclasses.sys.modules", "dataclasses.sys"),
    "builtins of enum": ("import enum\nenum.bltns.exec", "enum.bltns"),
    # What no drill needs
    "exec": ("exec('1')", "exec"),
    "exec renamed": ("run = exec\nrun('1')", "exec"),
    "eval": ("def f():\n    return eval('1')", "eval"),
    "compile": ("compile('1', '', 'eval')", "compile"),
    "open": ("open('suite.py').read()", "open"),
    "open from a dict": ("t = {'o': open}", "open"),
    "input": ("input()", "input"),
    "breakpoint": ("breakpoint()", "breakpoint"),
    "globals": ("globals()['np']", "globals"),
    "maybe a builtin": ("if z:\n    exec = print\nexec('1')", "exec"),
    "builtins": ("__builtins__['exec']('1')", "__builtins__"),
    "builtins by key": ("def f(g):\n    return g['__builtins__']", "__builtins__"),
    "subclasses": ("().__class__.__base__.__subclasses__()", "__subclasses__"),
    "subclasses by name": ("getattr(object, '__subclasses__')()", "__subclasses__"),
    "of a function": ("def f():\n    pass\nf.__globals__", "__globals__"),
    "code": ("def f():\n    pass\nf.__code__ = None", "__code__"),
    "frame": ("def f():\n    yield\nf().gi_frame.f_back.f_globals", "gi_frame"),
    "traceback": ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    e.__traceback__.tb_frame", "tb_frame"),
    "bound to builtins": ("print.__self__", "__self__"),
    "trace": ("import sys\nsys.settrace(None)", "sys"),
    "memory": ("import numpy as np\nnp.zeros(3).ctypes.data", "ctypes"),
    "load": ("import numpy as np\nnp.load('a.npy')", "numpy.load"),
    "save": ("from numpy import savez_compressed as s\ns('a')", "numpy.savez_compressed"),
    "memmap": ("import numpy as np\nnp.memmap('a')", "numpy.memmap"),
    "to file": ("import numpy as np\nnp.zeros(3).tofile('a')", "tofile"),
    "ctypeslib": ("import numpy.ctypeslib", "numpy.ctypeslib"),
    "f2py": ("from numpy import f2py", "numpy.f2py"),
    "run a text": ("import numpy as np\nnp.testing.runstring('1', {})", "numpy.testing.runstring"),
    "type hints": ("import typing\ntyping.get_type_hints(f)", "typing.get_type_hints"),
}


@pytest.mark.parametrize(("source", "name"), ROUTES.values(), ids=ROUTES)
def test_finds_what_is_forbidden_by_whatever_route(source, name):
    assert name in names(source, ["numpy"], NUMPY)


TORCH_ROUTES = {
    "functional": ("import torch.nn.functional as F\nF.layer_norm(x, (3,))", "torch.nn.functional.layer_norm"),
    "from": ("from torch.nn.functional import layer_norm", "torch.nn.functional.layer_norm"),
    "short": ("import torch\ntorch.layer_norm(x, (3,))", "torch.layer_norm"),
    "native": ("import torch\ntorch.native_layer_norm(x, (3,), None, None, 1e-5)", "torch.native_layer_norm"),
    "backward": (
        "import torch\ntorch.ops.aten.native_layer_norm_backward(x)",
        "torch.ops.aten.native_layer_norm_backward",
    ),
    "aten": ("import torch\ntorch.ops.aten.layer_norm.default(x, (3,))", "torch.ops.aten.layer_norm"),
    "C": ("import torch\ntorch._C._nn.layer_norm(x)", "torch._C._nn.layer_norm"),
    "VF": ("import torch\ntorch._VF.layer_norm(x)", "torch._VF.layer_norm"),
    "refs": ("from torch._refs import layer_norm", "torch._refs.layer_norm"),
    "class": ("from torch import nn\nnn.LayerNorm(3)", "torch.nn.LayerNorm"),
    "class in its module": (
        "from torch.nn.modules.normalization import LayerNorm",
        "torch.nn.modules.normalization.LayerNorm",
    ),
    "inherited": ("from torch import nn\nclass A(nn.LayerNorm):\n    pass", "torch.nn.LayerNorm"),
    "special": ("import torch\ntorch.special.softmax(x, -1)", "torch.special.softmax"),
    "method": ("def f(x):\n    return x.softmax(-1)", ".softmax"),
    "method by name": ("def f(x):\n    return getattr(x, 'softmax')(-1)", ".softmax"),
    "unbound method": ("import torch\ntorch.Tensor.softmax(x, -1)", "torch.Tensor.softmax"),
    "package": ("import torch.func", "torch.func"),
    "package's": ("from torch.func import vjp", "torch.func"),
    "package as a member": ("import torch\ntorch.func.vjp(f, x)", "torch.func"),
    "package from": ("from torch import func", "torch.func"),
    "attention's kernel": (
        "import torch\ntorch._scaled_dot_product_flash_attention_for_cpu(q, k, v)",
        "torch._scaled_dot_product_flash_attention_for_cpu",
    ),
    "attention's kernel in aten": (
        "import torch\ntorch.ops.aten._flash_attention_forward.default(q, k, v)",
        "torch.ops.aten._flash_attention_forward",
    ),
    "attention's other kernel": (
        "from torch._VF import _scaled_dot_product_attention_math as f",
        "torch._VF._scaled_dot_product_attention_math",
    ),
    "attention of C": (
        "import torch\ntorch._C._nn.scaled_dot_product_attention(q, k, v)",
        "torch._C._nn.scaled_dot_product_attention",
    ),
    "many heads": ("import torch\ntorch._native_multi_head_attention(q)", "torch._native_multi_head_attention"),
    "many heads to be quantised": (
        "import torch\ntorch.ao.nn.quantizable.MultiheadAttention(4, 2)",
        "torch.ao.nn.quantizable.MultiheadAttention",
    ),
    "layer in its module": (
        "from torch.nn.modules.transformer import TransformerEncoderLayer",
        "torch.nn.modules.transformer.TransformerEncoderLayer",
    ),
    "function by way of a module": (
        "from torch import nn\nnn.modules.transformer.F.scaled_dot_product_attention(q, k, v)",
        "torch.nn.modules.transformer.F.scaled_dot_product_attention",
    ),
    "flex": ("from torch.nn.attention.flex_attention import flex_attention", "torch.nn.attention.flex_attention"),
    "flex of higher order": (
        "import torch\ntorch.ops.higher_order.flex_attention(q)",
        "torch.ops.higher_order.flex_attention",
    ),
    "decomposed": (
        "import torch\ntorch._decomp.decompositions.native_layer_norm_backward(x)",
        "torch._decomp.decompositions.native_layer_norm_backward",
    ),
    "autograd": ("from torch import autograd as a\na.grad(y, x)", "torch.autograd.grad"),
    "engine of autograd": (
        "import torch\ntorch.autograd.variable.Variable._execution_engine.run_backward((y,), (dy,))",
        "torch.autograd.variable.Variable._execution_engine.run_backward",
    ),
    "operation by its text": (
        "import torch\ntorch._C._jit_get_operation('aten::layer_norm')[0](x)",
        "torch._C._jit_get_operation",
    ),
    "unknown": ("import torch.nn.functional as F\ngetattr(F, name)(x)", "torch.nn.functional.*"),
    "load": ("import torch\ntorch.load('a')", "torch.load"),
    "text": ("import torch\ntorch.jit.CompilationUnit('')", "torch.jit.CompilationUnit"),
}


@pytest.mark.parametrize(("source", "name"), TORCH_ROUTES.values(), ids=TORCH_ROUTES)
def test_finds_the_spellings_of_torch(source, name):
    assert name in names(source, ["torch"], TORCH)


HARMLESS = {
    # Names that only look forbidden
    "variable": "scipy = 3\nprint(scipy)",
    "attribute of a variable": "scipy = A()\nscipy.special.logsumexp(z)",
    "parameter": "import numpy as np\ndef f(np):\n    return np.logaddexp.reduce(1)",
    "local": "import numpy as np\ndef f(z):\n    np = z.backend\n    return np.logaddexp.reduce(z)",
    "rebound": "import numpy as np\nf = np.logaddexp\nf = np.maximum\nf.reduce(z)",
    "rebound in both branches": (
        "import numpy as np\nf = np.logaddexp\nif z:\n    f = np.add\nelse:\n    f = np.maximum\nf.reduce(z)"
    ),
    "shadowed by a comprehension": "import numpy as np\n[np.logaddexp.reduce for np in z]",
    "shadowed by an import": "from numpy import logaddexp as reduce\nfrom functools import reduce\nreduce(max, z)",
    "text": "print('import scipy; np.logaddexp.reduce(z)')",
    "docstring": "def f():\n    '''Do not use scipy or np.logaddexp.reduce.'''",
    "comment": "# scipy.special.logsumexp, np.logaddexp.reduce, eval\nx = 1",
    "other object": (
        "import numpy as np\nclass A:\n    def logaddexp(self):\n        return self\nA().logaddexp().reduce(1)"
    ),
    "other ufunc": "import numpy as np\nnp.add.reduce(z)\nnp.maximum.reduce(z)\nnp.logaddexp(z, z)",
    "other ufunc by name": "import numpy as np\nfor n in ('add', 'maximum'):\n    getattr(np, n).reduce(z)",
    "method of that name": "class A:\n    def reduce(self):\n        return 1\nA().reduce()",
    "function of that name": "def svd(a):\n    return a\nsvd(1)",
    "module's neighbour": "import numpy as np\nnp.linalg.svdvals(z)\nnp.linalg.norm(z)",
    "dict key": "table = {'scipy': 1, 'open': 2}\ntable['open']",
    "keyword": "def f(scipy=1, open=2, input=3):\n    return scipy + open + input\nf(scipy=2)",
    "parameter input": "def forward(self, input):\n    return input * 2",
    "method compile": "import re\nre.compile('a')",
    "method eval": "model.eval()\nmodel.open()\nmodel.exec()",
    "own eval": "def eval(x):\n    return x\neval(3)",
    "loop variable": "for input in [1, 2]:\n    print(input)",
    "own attribute": (
        "class Box:\n    def __init__(self):\n        self.open = 1\n        self.sys = 2\n    def f(self):\n"
        "        return self.sys"
    ),
    # What right solutions hold
    "main": (
        "import numpy as np\nif __name__ == '__main__':\n    from scipy.special import softmax\n"
        "    print(open('a').read())"
    ),
    "main the other way round": "if '__main__' == __name__:\n    import matplotlib.pyplot as plt",
    "hints": "import numpy as np\ndef f(rng: np.random.Generator | None = None) -> 'np.ndarray':\n    return rng",
    "array hints": (
        "from __future__ import annotations\nimport numpy as np\nfrom numpy.typing import ArrayLike, NDArray\n"
        "def f(x: NDArray[np.float64] | ArrayLike) -> tuple[np.ndarray, ...]:\n    return x"
    ),
    "typing": "from typing import TYPE_CHECKING, Any, Callable, Literal, NamedTuple, Protocol\nT = dict[str, Any]",
    "dataclass": (
        "from dataclasses import dataclass, field, replace\n@dataclass(frozen=True)\nclass A:\n    a: int = 0\n"
        "    b: list = field(default_factory=list)\n    def __post_init__(self):\n"
        "        object.__setattr__(self, 'a', 1)"
    ),
    "classes": (
        "class A:\n    __slots__ = ('a',)\n    def __init__(self, **k):\n        super().__init__()\n"
        "        for n, v in k.items():\n            setattr(self, n, v)\n    def __repr__(self):\n"
        "        return f'{self.__class__.__name__}({self.__dict__})'\n    def copy(self):\n"
        "        return type(self)(**vars(self))"
    ),
    "getattr": "class A:\n    def f(self, name):\n        return getattr(self, name + '_', None)",
    "getattr of numpy": "import numpy as np\ndef f(z, how='mean'):\n    return getattr(np, how)(z)",
    "standard library": (
        "import math, cmath, dataclasses, typing, abc, enum, operator, re, functools, itertools, "
        "collections, contextlib\n"
        "import warnings, random, time\nfrom collections import defaultdict\nfrom collections.abc import Sequence"
    ),
    "warnings": (
        "import warnings\nimport numpy as np\ndef f(z):\n    with warnings.catch_warnings():\n"
        "        warnings.simplefilter('ignore')\n        with np.errstate(over='ignore'):\n"
        "            return np.exp(z)"
    ),
    "timing": "import time\nt = time.perf_counter()",
    "printing": "import numpy as np\nnp.set_printoptions(precision=3)\nprint(np.array2string(np.zeros(3)))",
    "testing": "import numpy as np\nnp.testing.assert_allclose(1, 1)",
    "tricks": (
        "import numpy as np\nfrom numpy.lib.stride_tricks import sliding_window_view as w\n"
        "from numpy.linalg import norm\n"
        "np.einsum('ij,jk->ik', z, z)\nnp.lib.stride_tricks.as_strided(z)"
    ),
    "functional": (
        "from functools import lru_cache, partial, reduce\nimport operator\nimport numpy as np\n"
        "log_sum = partial(np.sum, axis=1)\ntotal = reduce(operator.add, [1, 2])\nbest = max([1, 2], key=lambda v: -v)"
    ),
    "ufunc of an array": (
        "import numpy as np\ndef f(x):\n    y = np.asarray(x)\n    return y.reduce if hasattr(y, 'reduce') else y"
    ),
    "generator": "import numpy as np\nrng = np.random.default_rng(0)\nrng.choice(3)\nrng.permutation(3)",
    "matrix": "import numpy as np\nu = z.T @ z\nvalues, vectors = np.linalg.eigh(u)\nvectors[:, ::-1]",
    "counting up": (
        "n = 0\nfor i in range(10):\n    n += i\n    n = n * 2 + 1\nhistory = []\nwhile n:\n"
        "    history = history + [n]\n    n -= 1"
    ),
    "recursion": (
        "def f(a):\n    return [f(a[1:]), a] if a else []\nclass N:\n    def __init__(self, left=None):\n"
        "        self.left = N(left)"
    ),
    "try and else": (
        "try:\n    x = 1\nexcept ValueError as error:\n    raise TypeError(str(error)) from error\nelse:\n"
        "    x = 2\nfinally:\n    x = 3"
    ),
    "match": (
        "match z:\n    case [a, *rest]:\n        pass\n    case {'k': v, **others}:\n        pass\n"
        "    case A(x=1) | None:\n        pass\n    case _:\n        pass"
    ),
    "asynchronous": "async def f(z):\n    async for a in z:\n        yield a\n    async with z as b:\n        await b",
    "exceptions": (
        "class NotFitted(ValueError):\n    pass\ntry:\n    f()\nexcept NotFitted as e:\n"
        "    print(e.__class__, e.args, e.__cause__)"
    ),
    "syntax error": "import scipy\ndef f(:\n",
    "null": "import scipy\x00",
    "empty": "",
}


@pytest.mark.parametrize("source", HARMLESS.values(), ids=HARMLESS)
def test_leaves_harmless_programs_alone(source):
    assert broken(source, ["numpy"], NUMPY) == []


HARMLESS_TORCH = {
    "own method": (
        "class A:\n    def softmax(self, x):\n        return x\n    def f(self, x):\n        return self.softmax(x)"
    ),
    "log_softmax": "import torch\ntorch.log_softmax(x, -1)\ntorch.nn.functional.log_softmax(x, -1)",
    "names of arguments": "def f(x, softmax=True):\n    return x if softmax else -x",
    "dtype's attribute": (
        "import torch\nx = torch.zeros(3, dtype=torch.float32, requires_grad=True)\nx.sum().backward()\nx.grad"
    ),
    "modules": (
        "import torch\nfrom torch import nn, Tensor\nclass A(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.w = nn.Parameter(torch.empty(3))\n    def forward(self, input: Tensor) -> Tensor:\n"
        "        return torch.nn.functional.linear(input, self.w)\nfor m in A().modules():\n    m.eval()"
    ),
    "statistics": (
        "import torch\nx.mean(-1, keepdim=True)\nx.var(-1, unbiased=False)\ntorch.rsqrt(x)\n"
        "torch.signal.windows.hann(3)\ntorch.types.Number"
    ),
    "batched product": "import torch\ntorch.baddbmm(b, q, k)\ntorch.einsum('qd,kd->qk', q, k)\nq.mT",
    "no gradient": "import torch\nwith torch.no_grad(), torch.enable_grad():\n    torch.is_grad_enabled()\nx.grad",
    "a function of autograd": "import torch\nclass A(torch.autograd.Function):\n    pass\nA.apply(x)",
    "group norm": "import torch.nn.functional as F\nF.group_norm(x, 1)\nF.normalize(x)",
}


@pytest.mark.parametrize("source", HARMLESS_TORCH.values(), ids=HARMLESS_TORCH)
def test_leaves_harmless_torch_alone(source):
    assert broken(source, ["torch"], TORCH) == []


def test_says_where_what_and_why_once_for_each_line():
    source = "import numpy as np\n\nx = np.logaddexp.reduce(z) + np.logaddexp.reduce(z)\nnp.logaddexp.reduce(z)\n"
    found = broken(source, ["numpy"], NUMPY)
    assert [(each.line, each.name, each.sentence) for each in found] == [
        (3, "numpy.logaddexp.reduce", "Build the log-sum-exp yourself."),
        (4, "numpy.logaddexp.reduce", "Build the log-sum-exp yourself."),
    ]


def test_an_import_that_is_not_listed_is_told_what_is():
    (found,) = broken("import sklearn.cluster", ["numpy"], {})
    assert "sklearn.cluster is not among what this drill imports: numpy" in found.sentence
    assert refusal("numpy.linalg", ["numpy"], {}) is None
    assert refusal("math", ["numpy"], {}) is None


def test_a_block_for_the_command_line_counts_once_its_condition_can_hold():
    source = "__name__ = '__main__'\nif __name__ == '__main__':\n    import scipy\n"
    assert names(source, ["numpy"], NUMPY) == {"scipy"}


def test_sentences_may_hold_braces():
    (found,) = broken("import numpy as np\nnp.linalg.svd(z)", ["numpy"], {"numpy.linalg.svd": "Not {this}."})
    assert found.sentence == "Not {this}."


TANGLES = {
    "paths": "import numpy as x\n" + "".join(f"x = x.a{i} if z else x.b{i}\n" for i in range(300)),
    "texts": "a = 'x'\n" + "a = a + a if z else a + 'y'\n" * 300,
    "lists": "a = []\nfor _ in z:\n" + "".join(f"    a = [a, {i}]\n" for i in range(300)),
    "sum": "x = " + "+".join(["1"] * 5000),
    "functions": "".join(f"def f{i}(g):\n    return f{(i + 1) % 200}(f{i})\n" for i in range(200)),
}


@pytest.mark.parametrize("source", TANGLES.values(), ids=TANGLES)
def test_reading_ends(source):
    assert {each.name for each in broken(source, ["numpy"], NUMPY)} <= {"the file"}


def test_needs_neither_numpy_nor_torch():
    program = "import sys, groundup.drill.scan; print(sorted({'numpy', 'torch'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


LOOPS = {
    "vectorize": ("import numpy as np\nf = np.vectorize(g)", "line 2: np.vectorize"),
    "decorator": ("from numpy import vectorize\n\n@vectorize\ndef f(x):\n    return x", "line 3: np.vectorize"),
    "along an axis": ("import numpy as np\nnp.apply_along_axis(f, 1, X)", "line 2: np.apply_along_axis"),
    "over axes": ("import numpy as np\nnp.apply_over_axes(f, X, [0])", "line 2: np.apply_over_axes"),
    "frompyfunc": ("import numpy as n\nn.frompyfunc(f, 1, 1)", "line 2: np.frompyfunc"),
    "fromiter": ("import numpy as np\nnp.fromiter((f(r) for r in X), float)", "line 2: np.fromiter"),
    "vmap": ("import torch\ntorch.vmap(f)(X)", "line 2: torch.vmap"),
    "func.vmap": ("from torch.func import vmap\nvmap(f)(X)", "line 2: torch.func.vmap"),
    "map": ("def predict(X):\n    return list(map(f, X))", "line 2: map over rows"),
    "map of a method": (
        "import numpy as np\nclass A:\n    def fit(self, X):\n        X = np.asarray(X)\n        return [*map(f, X)]",
        "line 5: map over rows",
    ),
    "map of pairs": ("def f(y_true, y_pred):\n    return sum(map(lambda p: p[0], zip(y_true, y_pred)))", "line 2: map"),
    "map of two": (
        "import operator\ndef f(y_true, y_pred):\n    return sum(map(operator.and_, y_true, y_pred))",
        "line 3",
    ),
    "map of a list": ("def f(scores):\n    return list(map(float, scores.tolist()))", "line 2: map over rows"),
    "map in an order": (
        "import numpy as np\ndef f(logits, k):\n    i = np.argsort(-logits)[:k]\n    return [*map(g, logits[i])]",
        "line 4: map over rows",
    ),
    "map inside": (
        "def f(X):\n    return _g(X)\ndef _g(rows_):\n    return list(map(h, rows_))",
        "line 4: map over rows",
    ),
    "starmap": (
        "from itertools import starmap\ndef f(X, y):\n    return list(starmap(g, zip(X, y)))",
        "line 3: starmap",
    ),
    "reduce": ("from functools import reduce\ndef f(X):\n    return reduce(g, X - 1)", "line 3: functools.reduce"),
}


@pytest.mark.parametrize(("source", "start"), LOOPS.values(), ids=LOOPS)
def test_finds_hidden_loops(source, start):
    (found,) = hidden_loops(source)
    assert found.startswith(start)


PLAIN = {
    "shape": "def f(X):\n    n, d = map(int, X.shape)",
    "range": "def f(X, k):\n    return list(map(lambda j: X[j].mean(), range(k)))",
    "literal": "import numpy as np\ndef f(X, y):\n    X, y = map(np.asarray, (X, y))",
    "arguments": "import numpy as np\ndef f(*arrays):\n    a, b = map(np.asarray, arrays)",
    "items": "def step(params, grads):\n    return dict(map(lambda item: item, params.items()))",
    "dict": "import numpy as np\ndef step(params):\n    return dict(zip(params, map(np.zeros_like, params.values())))",
    "text": "def f(z):\n    return ', '.join(map(str, ['a', 'b'])) + ''.join(map(str, 'abc'))",
    "centres": (
        "def fit(X, k, rng):\n    centres = X[rng.choice(len(X), k)]\n"
        "    return list(map(lambda c: ((X - c) ** 2).sum(1), centres))"
    ),
    "the nearest": (
        "import numpy as np\ndef f(X_train, y_train, X, k):\n    for x in X:\n"
        "        order = np.argsort(((X_train - x) ** 2).sum(1))\n        list(map(int, y_train[order[:k]]))"
    ),
    "a dict's get": "def f(X):\n    m = {}\n    return m.get(1), X.T",
    "columns": "def f(X):\n    return list(map(g, X.T))",
    "own name": (
        "import numpy as np\ndef vectorize(f):\n    return f\nvectorize(1)\nclass A:\n"
        "    def fromiter(self):\n        return self.fromiter()"
    ),
    "comment": "# np.vectorize\nx = 'np.apply_along_axis'",
    "piecewise": "import numpy as np\nnp.where(z > 0, z, 0)\nnp.piecewise(z, [z > 0], [1, 2])",
    "main": "import numpy as np\nif __name__ == '__main__':\n    np.vectorize(f)",
    "syntax error": "np.vectorize(",
}


@pytest.mark.parametrize("source", PLAIN.values(), ids=PLAIN)
def test_no_hidden_loop_in(source):
    assert hidden_loops(source) == []


STATE = {
    "global": ("n = 0\ndef f():\n    global n\n    n += 1", "line 3: a function sets the global n"),
    "new global": ("def f():\n    global n\n    n = 1", "line 2"),
    "append": ("LOG = []\ndef f(x):\n    LOG.append(x)", "line 3: a function changes LOG"),
    "item": ("CACHE = {}\ndef f(x):\n    CACHE[x] = 1", "line 3: a function changes CACHE"),
    "augmented item": ("N = [0]\ndef f():\n    N[0] += 1", "line 3"),
    "nested item": ("N = {'a': []}\ndef f():\n    N['a'].append(1)", "line 3"),
    "deleted item": ("CACHE = {}\ndef f(x):\n    del CACHE[x]", "line 3"),
    "alias": ("CACHE = {}\ndef f(x):\n    c = CACHE\n    c[x] = 1", "line 4"),
    "loop over it": ("ROWS = [[], []]\ndef f(x):\n    for row in ROWS:\n        row.append(x)", "line 4"),
    "array": ("import numpy as np\nBUFFER = np.zeros(3)\ndef f(x):\n    BUFFER[:] = x", "line 4"),
    "out": ("import numpy as np\nBUFFER = np.zeros(3)\ndef f(x):\n    return np.exp(x, out=BUFFER)", "line 4"),
    "in a method": ("SEEN = set()\nclass A:\n    def fit(self, X):\n        SEEN.add(1)", "line 4"),
    "in a lambda": ("SEEN = []\nf = lambda x: SEEN.append(x)", "line 2"),
    "function's attribute": ("def f():\n    f.calls = 1", "line 2: a function changes f"),
    "class's attribute": ("class A:\n    n = 0\n    def f(self):\n        A.n += 1", "line 4: a function changes A"),
    "default": ("def f(x, seen=[]):\n    seen.append(x)", "line 2: the default of seen"),
    "default dict": ("def f(x, cache={}):\n    cache[x] = 1", "line 2: the default of cache"),
    "seed": ("import numpy as np\nnp.random.seed(0)", "line 2: numpy.random.seed"),
    "draw": ("import numpy as np\ndef f():\n    return np.random.rand(3)", "line 3: numpy.random.rand"),
    "draw from": ("from numpy.random import normal\ndef f():\n    return normal()", "line 3: numpy.random.normal"),
    "draw by module": (
        "from numpy import random as r\ndef f():\n    return r.choice(3)",
        "line 3: numpy.random.choice",
    ),
    "random": ("import random\ndef f():\n    return random.random()", "line 3: random.random"),
    "shuffle": ("from random import shuffle\ndef f(x):\n    shuffle(x)", "line 3: random.shuffle"),
    "seterr": (
        "import numpy as np\ndef f(z):\n    np.seterr(all='ignore')\n    return np.exp(z)",
        "line 3: numpy.seterr",
    ),
    "seterr at the top": ("import numpy as np\nnp.seterr(over='ignore')", "line 2: numpy.seterr"),
    "torch": ("import torch\ndef f():\n    torch.manual_seed(0)", "line 3: torch.manual_seed"),
}


@pytest.mark.parametrize(("source", "start"), STATE.values(), ids=STATE)
def test_finds_global_state(source, start):
    (found,) = global_state(source)
    assert found.startswith(start)


STATELESS = {
    "constants": (
        "import math\nEPS = 1e-12\nNAMES = ['a', 'b']\nLOG2 = math.log(2)\ndef f(x):\n    return x + EPS, NAMES[0]"
    ),
    "built at the top": "TABLE = {}\nTABLE['a'] = 1\nfor i in range(3):\n    TABLE[i] = i\nLIST = []\nLIST.append(1)",
    "locals": "def f(x):\n    cache = {}\n    cache[x] = 1\n    log = []\n    log.append(x)\n    return cache, log",
    "shadowed": "LOG = []\ndef f(x):\n    LOG = []\n    LOG.append(x)\n    return LOG",
    "parameter": "LOG = []\ndef f(LOG):\n    LOG.append(1)",
    "copy": "BASE = {}\ndef f(x):\n    mine = dict(BASE)\n    mine[x] = 1\n    return mine",
    "read global": "N = 3\ndef f(x):\n    global N\n    return x + N",
    "nonlocal": "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n    return g",
    "self": (
        "class A:\n    def fit(self, X):\n        self.history_ = []\n        self.history_.append(1)\n"
        "        return self"
    ),
    "unbound method": (
        "class A:\n    def update(self):\n        return self\nclass B(A):\n    def f(self):\n"
        "        return A.update(self)"
    ),
    "generator": (
        "import numpy as np\ndef f(rng=None):\n    rng = np.random.default_rng() if rng is None else rng\n"
        "    return rng.normal()"
    ),
    "hints": "import numpy as np\ndef f(rng: np.random.Generator):\n    return np.random.RandomState(0).rand()",
    "own generator": "import random\ndef f():\n    return random.Random(0).random()",
    "errstate": (
        "import numpy as np\ndef f(z):\n    with np.errstate(all='ignore'):\n"
        "        np.seterr(over='ignore')\n        return np.exp(z)"
    ),
    "restored": (
        "import numpy as np\ndef f(z):\n    old = np.seterr(all='ignore')\n    try:\n"
        "        return np.exp(z)\n    finally:\n        np.seterr(**old)"
    ),
    "unused default": "def f(x, names=['a']):\n    return [n for n in names]",
    "main": "import numpy as np\nif __name__ == '__main__':\n    np.random.seed(0)\n    print(np.random.rand())",
    "dispatch": "OPS = {'a': abs}\ndef f(x):\n    return OPS['a'](x), OPS.get('b')",
    "pop of a result": "def g():\n    return []\ndef f():\n    g().append(1)\n    return g().pop",
    "syntax error": "global (",
}


@pytest.mark.parametrize("source", STATELESS.values(), ids=STATELESS)
def test_no_global_state_in(source):
    assert global_state(source) == []
