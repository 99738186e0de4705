"""A chapter runs alone: what it prints arrives whole and in order, and nothing of it reaches the next one."""

import re
import sys

import pytest

METHODS = pytest.mark.parametrize("method", ["fork", "spawn"])

# What a program prints


@METHODS
def test_every_way_of_printing_arrives_in_order(project, method: str) -> None:
    project.program(
        "01-a",
        r"""
        # %% python
        import sys
        from pprint import pprint
        print("plain")
        print("a", "b", sep="-", end="!\n")
        print("to a file", file=sys.stdout)
        sys.stdout.write("write\n")
        sys.stdout.writelines(["write", "lines\n"])
        sys.__stdout__.write("dunder\n")
        sys.stdout.buffer.write(b"buffer\n")
        pprint({"b": 1, "a": [1, 2]})

        # %% info-writer
        class Frame:
            def info(self, buf=None):
                (buf or sys.stdout).write("2 columns\n")

        Frame().info()

        # %% descriptors
        import ctypes
        import os
        import subprocess
        libc = ctypes.CDLL(None)
        print("before")
        os.write(1, b"os.write\n")
        print("between")
        libc.puts(b"puts")
        libc.printf(b"printf %d\n", 7)
        print("after C")
        subprocess.run(["echo", "from a subprocess"], check=True)
        subprocess.run([sys.executable, "-c", "print('from another Python')"], check=True)
        print("end")
        """,
    )
    assert project.text("01-a", method=method).splitlines() == [
        "plain",
        "a-b!",
        "to a file",
        "write",
        "writelines",
        "dunder",
        "buffer",
        "{'a': [1, 2], 'b': 1}",
        "2 columns",
        "before",
        "os.write",
        "between",
        "puts",
        "printf 7",
        "after C",
        "from a subprocess",
        "from another Python",
        "end",
    ]


def test_unfinished_lines_arrive_in_order(project) -> None:
    project.program(
        "01-a",
        r"""
        # %% one
        import ctypes
        import os
        libc = ctypes.CDLL(None)
        print("a", end=" ")
        os.write(1, b"b ")
        libc.printf(b"c ")
        print("d", end=" ")
        libc.puts(b"e")
        """,
    )
    assert project.text("01-a") == "a b c d e\n"


def test_what_is_left_in_a_buffer_belongs_to_its_cell(project) -> None:
    project.program(
        "01-a",
        r"""
        # %% one
        import ctypes
        libc = ctypes.CDLL(None)
        print("a", end="")
        libc.printf(b"b")

        # %% two
        print("c")
        """,
    )
    run = project.run("01-a")["01-a"]
    assert {name: printed.text for name, printed in run.cells.items()} == {"one": "ab", "two": "c\n"}


def test_dataframe_info_arrives(project) -> None:
    project.program("01-a", '# %% one\nimport pandas as pd\npd.DataFrame({"a": [1, 2]}).info()\nprint("end")\n')
    text = project.text("01-a")
    assert "RangeIndex: 2 entries" in text
    assert text.endswith("end\n")


def test_cells_share_one_namespace_and_keep_their_outputs_apart(project) -> None:
    project.program("01-a", "# %% one\nx = 2\n\n# %% two\nprint(x * x)\n\n# %% three hide\nprint('unseen')\n")
    run = project.run("01-a")["01-a"]
    assert {name: printed.text for name, printed in run.cells.items()} == {
        "one": "",
        "two": "4\n",
        "three": "unseen\n",
    }


def test_a_program_is_main_as_it_is_for_python(project) -> None:
    project.program(
        "01-a",
        """
        \"\"\"The docstring.\"\"\"

        # %% one
        import inspect
        import pathlib
        import pickle
        import sys
        from dataclasses import dataclass

        @dataclass
        class Point:
            x: int

        print(__name__, pathlib.Path(__file__).name, pathlib.Path(sys.argv[0]).name, sys.stdin.read() == "")
        print(pickle.loads(pickle.dumps(Point(1))), inspect.getsource(Point).splitlines()[1])
        print(__doc__)
        """,
    )
    assert project.text("01-a").splitlines() == [
        "__main__ 01-a.py 01-a.py True",
        "Point(x=1) class Point:",
        "The docstring.",
    ]


@METHODS
def test_a_program_imports_what_a_script_would_and_no_more(project, monkeypatch, method: str) -> None:
    monkeypatch.chdir(project.root)  # where authors start the build
    project.file("in_the_project.py", "")
    project.file("snippets/beside.py", "")
    project.program(
        "01-a",
        """
        # %% one
        import importlib.util
        print([bool(importlib.util.find_spec(name)) for name in ("beside", "in_the_project", "groundup.book")])
        """,
    )
    assert project.text("01-a", method=method) == "[True, False, True]\n"


def test_an_expected_exception_is_kept_as_its_last_line(project) -> None:
    project.program("01-a", '# %% one raises=LookupError\nprint("before")\n{}["k"]\n')
    printed = project.run("01-a")["01-a"].cells["one"]
    assert (printed.text, printed.error) == ("before\n", "KeyError: 'k'")


def test_a_future_import_holds_for_the_statements_after_it(project) -> None:
    project.program(
        "01-a",
        "# %% one\nfrom __future__ import annotations\ndef f(x: Unknown): ...\n\n# %% two\n"
        "def g(x: Unknown): ...\nprint(g.__annotations__)\n",
    )
    assert project.text("01-a") == "{'x': 'Unknown'}\n"


# What a program leaves behind

MAKES_A_MESS = """
# %% one
import builtins
import math
import os
import random
import sys
import warnings
random.seed(7)
os.chdir("/")
os.environ["LEFT_BEHIND"] = "yes"
os.umask(0)
math.pi = 3
builtins.print = lambda *words, **options: None
builtins.len = lambda x: 7
sys.path.insert(0, "/left-behind")
sys.modules["left_behind"] = math
sys.setrecursionlimit(77777)
warnings.simplefilter("ignore")
"""

FINDS_NONE = """
# %% one
import math
import os
import sys
import warnings
print(os.listdir("."), os.environ.get("LEFT_BEHIND"), os.umask(0o22) == 0)
print(math.pi > 3.1, len([]), "/left-behind" in sys.path, "left_behind" in sys.modules, sys.getrecursionlimit() < 77777)
warnings.warn("seen")
"""


@METHODS
def test_nothing_of_a_chapter_reaches_the_next_one(project, method: str) -> None:
    project.program("01-a", MAKES_A_MESS)
    project.program("02-b", FINDS_NONE.replace('warnings.warn("seen")', "print(warnings.filters[0][0])"))
    results = project.run("01-a", "02-b", workers=1, method=method)
    alone = project.text("02-b", method=method)
    assert results["02-b"].cells["one"].text == alone
    assert alone.startswith("[] None False\nTrue 0 False False True\n")


def test_a_chapter_cannot_silence_the_next_ones_warnings(project) -> None:
    project.program("01-a", MAKES_A_MESS)
    project.program("02-b", FINDS_NONE)
    assert "a warning: UserWarning: seen" in project.run("01-a", "02-b", workers=1)["02-b"].message


def test_what_a_chapter_writes_is_gone_for_the_next_one(project) -> None:
    program = "# %% one\nimport os\nprint(os.listdir('.'))\nopen('left', 'w').close()\n"
    project.program("01-a", program)
    project.program("02-b", program)
    results = project.run("01-a", "02-b", workers=1)
    assert {run.cells["one"].text for run in results.values()} == {"[]\n"}


def test_numpy_options_and_seeds_stay_in_their_chapter(project) -> None:
    project.program(
        "01-a",
        "# %% one\nimport random\nimport numpy as np\nnp.set_printoptions(precision=2)\nnp.seterr(all='ignore')\n"
        "np.random.seed(0)\nrandom.seed(0)\nnp.e = 3\nprint(np.random.rand(), random.random())\n",
    )
    probe = "# %% one\nimport random\nimport numpy as np\n"
    project.program(
        "02-b",
        probe + "print(np.get_printoptions()['precision'], np.geterr()['divide'], np.e > 2.7, np.e < 3)\n\n"
        "# %% two\nprint(np.random.rand(), random.random())\n",
    )
    project.program("03-c", probe + "print(np.random.rand(), random.random())\n")
    results = project.run("01-a", "02-b", "03-c", workers=1)
    assert results["02-b"].cells["one"].text == "8 warn True True\n"
    drawn = {results["01-a"].cells["one"].text, results["02-b"].cells["two"].text, results["03-c"].cells["one"].text}
    assert len(drawn) == 3  # Who does not seed must not seem to repeat.


def test_matplotlib_settings_stay_in_their_chapter(project) -> None:
    project.program("01-a", "# %% one\nimport matplotlib as mpl\nmpl.rcParams['font.size'] = 77\n")
    project.program("02-b", "# %% one\nimport matplotlib as mpl\nprint(mpl.rcParams['font.size'], mpl.get_backend())\n")
    assert project.run("01-a", "02-b", workers=1)["02-b"].cells["one"].text == "10.0 svg\n"


def test_torch_settings_stay_in_their_chapter(project) -> None:
    project.program(
        "01-a",
        "# %% one\nimport torch\ntorch.set_default_dtype(torch.float64)\ntorch.manual_seed(0)\n"
        "torch.set_grad_enabled(False)\ntorch.use_deterministic_algorithms(True)\nprint(torch.rand(1).item())\n",
    )
    probe = "# %% one\nimport torch\nprint(torch.get_default_dtype(), torch.is_grad_enabled(), "
    probe += "torch.are_deterministic_algorithms_enabled(), torch.get_num_threads())\n\n"
    for chapter in ("02-b", "03-c"):
        project.program(chapter, probe + "# %% two\nprint(torch.rand(1).item())\n")
    results = project.run("01-a", "02-b", "03-c", workers=1)
    assert results["02-b"].cells["one"].text == "torch.float32 True False 1\n"
    assert results["02-b"].cells["two"].text != results["03-c"].cells["two"].text


@METHODS
def test_the_authors_environment_does_not_reach_a_chapter(project, monkeypatch, method: str) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "16")
    monkeypatch.setenv("PYTHONHASHSEED", "99")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("MY_SECRET", "s3cret")
    names = ["OMP_NUM_THREADS", "PYTHONHASHSEED", "COLUMNS", "MPLBACKEND", "ATEN_CPU_CAPABILITY", "MY_SECRET"]
    project.program("01-a", f"# %% one\nimport os\nprint([os.environ.get(name) for name in {names}])\n")
    assert project.text("01-a", method=method) == "['1', '0', '80', 'svg', 'avx2', None]\n"


# What a program may not do


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import sys\nprint('x', file=sys.stderr)", "wrote to standard error"),
        ("import os\nos.write(2, b'x')", "wrote to standard error"),
        ("import logging\nlogging.warning('x')", "wrote to standard error"),
        ("print('x' * 200_000)", "more than 100,000 characters"),
        ("import os\nos.write(1, bytes([255, 10]))", "not UTF-8"),
        ("print('a\\x00b')", "not UTF-8"),
    ],
    ids=["stderr", "descriptor 2", "logging", "too much", "bytes", "zero byte"],
)
def test_an_output_that_no_reader_could_read_is_told(project, source: str, said: str) -> None:
    project.program("01-a", f"# %% one\n{source}\n")
    fault = project.fault("01-a")
    assert (fault.chapter, fault.cell) == ("01-a", "one")
    assert said in fault.message


@pytest.mark.parametrize(
    ("source", "said"),
    [("pass", "must raise ValueError and raised nothing"), ("{}['k']", "KeyError, and the cell must raise ValueError")],
    ids=["nothing", "another"],
)
def test_a_cell_that_must_raise_and_does_not_is_told(project, source: str, said: str) -> None:
    project.program("01-a", f"# %% one raises=ValueError\n{source}\n")
    assert said in project.fault("01-a").message


@pytest.mark.parametrize("source", ["import sys\nsys.exit(0)", "raise SystemExit"], ids=["call", "raise"])
def test_an_exit_is_not_an_exception_that_a_cell_may_raise(project, source: str) -> None:
    project.program("01-a", f"# %% one raises=SystemExit\n{source}\n")
    assert "the cell called sys.exit" in project.fault("01-a").message


def test_the_line_of_an_exception_is_the_programs_innermost(project) -> None:
    project.program("01-a", "# %% one\ndef f():\n    import json\n    json.loads('{')\n\n# %% two\nf()\n")
    fault = project.fault("01-a")
    assert (fault.cell, fault.line, fault.file) == ("two", 4, "snippets/01-a.py")
    assert "JSONDecodeError" in fault.message
    assert 'File "snippets/01-a.py", line 7, in <module>' in fault.detail
    assert "    json.loads('{')" in fault.detail
    assert "groundup/book" not in fault.detail


def test_a_warning_inside_a_library_is_told_with_the_programs_line(project) -> None:
    project.program("01-a", "# %% one\nimport numpy as np\nx = 1\nnp.array([1.0]) / np.array([0.0])\n")
    fault = project.fault("01-a")
    assert (fault.cell, fault.line) == ("one", 4)
    assert re.match("a warning: RuntimeWarning: divide by zero", fault.message)


def test_a_warning_that_the_program_expects_is_no_fault(project) -> None:
    project.program(
        "01-a",
        "# %% one\nimport warnings\nwith warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n    warnings.warn('x')\nprint(len(caught))\n",
    )
    assert project.text("01-a") == "1\n"


def test_a_figure_that_is_not_handed_over_is_told(project) -> None:
    project.program("01-a", "# %% one\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\n")
    assert "1 figure(s) were drawn and not handed to figure" in project.fault("01-a").message


@pytest.mark.skipif(sys.platform != "linux", reason="limits what a process may write by a limit that Linux keeps")
def test_a_chapter_cannot_fill_the_disk(project) -> None:
    project.program("01-a", "# %% one\nwith open('big', 'wb') as file:\n    file.truncate(2**40)\n")
    fault = project.fault("01-a")
    assert (fault.cell, fault.line) == ("one", 3)
