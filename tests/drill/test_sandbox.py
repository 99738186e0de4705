"""A confined process computes, and does nothing else."""

import json
import os
import resource
import signal
import struct
import subprocess
import sys
import sysconfig
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import groundup
from groundup import catalogue
from groundup.drill import readable, sandbox, seccomp

PATIENCE = 60
"""Seconds after which something that was to happen did not."""

KEEPER = """
import ctypes, dataclasses, errno, json, mmap, os, resource, signal, sys, threading, time, traceback
from pathlib import Path
import numpy as np
from groundup.drill import kernel, landlock, sandbox, seccomp, wire

prepared = {}

def prepare(cuda, hidden):
    key = cuda, *hidden
    if key not in prepared:
        prepared[key] = sandbox.prepare(("numpy", "torch"), cuda=cuda, hidden=hidden)
    return prepared[key]

def confined(order, scope):
    # First the test's own preparations, which are none of the learner's; then what the learner does.
    settings = {"memory": 1 << 28, "cpu": 20, "threads": False, "cuda": False, **order["settings"]}
    exec(order["before"], scope)
    scope["applied"] = sandbox.confine(scope["prepared"], **settings)
    exec(order["code"], scope)
    return scope.get("answer")

def child(order, write):
    os.setsid()
    signal.alarm(30)
    scope = dict(globals())
    try:
        scope["prepared"] = prepare(order["settings"].get("cuda", False), order["hidden"])
        answer = {"value": confined(order, scope)}
    except BaseException as error:
        answer = {"raised": type(error).__name__, "words": str(error), "errno": getattr(error, "errno", None)}
    os.write(write, json.dumps(answer, default=repr).encode())
    os._exit(0)

prepare(False, ())
for line in sys.stdin:
    order = json.loads(line)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        child(order, write)
    os.close(write)
    text = b"".join(iter(lambda: os.read(read, 65536), b""))
    os.close(read)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(json.dumps({"status": status, **json.loads(text or b"{}")}), flush=True)
"""


class Keeper:
    """A process that forks and confines one child a question, as the zygote does."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, code: str, *, before: str = "", hidden: tuple[str, ...] = (), **settings: Any) -> dict[str, Any]:
        """What came of running code: ``value`` of its ``answer``, or what was ``raised``; and exit ``status``."""
        order = {"code": textwrap.dedent(code), "before": textwrap.dedent(before), "hidden": hidden}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({**order, "settings": settings}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def value(self, expression: str, **options: Any) -> Any:
        """What an expression comes to."""
        result = self.ask(f"answer = {expression}", **options)
        assert "raised" not in result, result
        assert result["status"] == 0
        return result["value"]

    def refusal(self, code: str, **options: Any) -> str:
        """The name of the exception that it ends with."""
        result = self.ask(code, **options)
        assert "raised" in result, f"nobody refused {code!r}: {result}"
        return result["raised"]


def _started(imports: str) -> Iterator[Keeper]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", imports + KEEPER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        yield Keeper(process)
        assert process.stdin
        process.stdin.close()
        assert process.wait(PATIENCE) == 0


@pytest.fixture(scope="module")
def keeper() -> Iterator[Keeper]:
    """One that has NumPy loaded."""
    yield from _started("")


@pytest.fixture(scope="module")
def torch_keeper() -> Iterator[Keeper]:
    """One that has PyTorch loaded, with what it imports late and cannot import in the sandbox."""
    yield from _started("import torch, torch._dynamo; torch.set_num_threads(1)\n")


def _demand(name: str) -> None:
    layer = next(layer for layer in sandbox.layers() if layer.name == name)
    if layer.there:
        return
    words = f"NO {name.upper()}: what it refuses was not tested; {layer.detail}"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


@pytest.fixture
def filtered() -> None:
    """Demands seccomp."""
    _demand("seccomp")


@pytest.fixture
def landlocked() -> None:
    """Demands Landlock."""
    _demand("landlock")


@pytest.fixture
def full() -> None:
    """Demands every layer."""
    for layer in sandbox.layers():
        _demand(layer.name)


# What still works


def test_all_layers_hold_where_the_kernel_has_them(keeper):
    names = [layer.name for layer in sandbox.layers() if layer.there and layer.name != "memfd"]
    assert keeper.value("applied") == names
    assert sandbox.complete() == all(layer.there for layer in sandbox.layers())


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("float(np.linalg.solve(np.eye(200) * 2, np.ones(200)).sum())", 100.0),
        ("float(__import__('numpy.fft').fft.fft(np.ones(8))[0].real)", 8.0),
        ("__import__('numpy.polynomial').polynomial.Polynomial([1, 2])(3)", 7.0),
        ("float(np.random.default_rng(0).normal(size=10**5).mean().round(1))", 0.0),
        ("str(__import__('decimal').Decimal('0.10'))", "0.10"),
        ("len(__import__('lzma').compress(bytes(1000))) < 1000", True),
        ("sorted(__import__('statistics').multimode([1, 1, 2]))", [1]),
        ("time.sleep(0.001)", None),
        ("time.localtime().tm_year > 2000", True),
        ("len(os.urandom(3)) + len(open('/dev/urandom', 'rb').read(1))", 4),
        ("open('/dev/null').read()", ""),
        ("os.cpu_count() > 0", True),
        ("signal.setitimer(signal.ITIMER_REAL, 20)[0] > 0", True),
        ("resource.getrlimit(resource.RLIMIT_CORE)", [0, 0]),
        ("__import__('sysconfig').get_config_var('EXT_SUFFIX').startswith('.')", True),
        ("type(__import__('importlib.metadata').metadata.version).__name__", "function"),
    ],
)
def test_computing_goes_on(keeper, expression, value):
    assert keeper.value(expression) == value


def test_a_traceback_shows_lines_of_the_library(keeper):
    code = """
    try:
        __import__("json").loads("[")
    except ValueError:
        answer = traceback.format_exc()
    """
    assert "raise JSONDecodeError" in keeper.ask(code)["value"]


def test_the_given_channel_works(keeper):
    before = "import socket; one, two = socket.socketpair(); tree, buffers = wire.pack(np.arange(5))"
    code = """
    wire.send(one, {"value": tree}, buffers)
    header, body = wire.receive(two, deadline=time.monotonic() + 20)
    answer = wire.unpack(header["value"], body).tolist()
    """
    assert keeper.ask(code, before=before)["value"] == [0, 1, 2, 3, 4]


def test_threads_start_only_where_they_may(keeper, filtered):
    code = "thread = threading.Thread(target=time.sleep, args=(0,)); thread.start(); thread.join(); answer = 'ran'"
    assert keeper.refusal(code) == "RuntimeError"
    assert keeper.ask(code, threads=True)["value"] == "ran"


def test_a_process_that_is_told_to_abort_does(keeper):
    assert keeper.ask("os.abort()")["status"] == -signal.SIGABRT


def test_pytorch_trains(torch_keeper):
    code = """
    import torch
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    optimiser = torch.optim.AdamW(net.parameters())
    for _ in range(3):
        loss = net(torch.ones(5, 4)).pow(2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    torch.nn.functional.conv2d(torch.ones(2, 3, 16, 16), torch.ones(4, 3, 3, 3))
    torch.linalg.svd(torch.ones(20, 20))
    torch.testing.assert_close(torch.ones(2).bfloat16(), torch.ones(2).bfloat16())
    torch.set_num_threads(2)
    answer = (torch.ones(500, 500) @ torch.ones(500, 500)).sum().item()
    """
    assert torch_keeper.ask(code, threads=True, memory=1 << 30)["value"] == 500.0**3


# Processes, sockets, signals


@pytest.mark.parametrize(
    "code",
    [
        "os.fork()",
        "os.forkpty()",
        "os.execv(sys.executable, [sys.executable, '-c', ''])",
        "os.posix_spawn(sys.executable, [sys.executable, '-c', ''], {})",
        "__import__('subprocess').run([sys.executable, '-c', ''])",
        "__import__('socket').socket()",
        "__import__('socket').socketpair()",
        "__import__('fcntl').flock(1, 2)",
        "os.kill(os.getppid(), 0)",
        "os.kill(os.getpid(), 0)",
        "os.kill(1, 0)",
        "os.killpg(0, 0)",
        "os.pidfd_open(os.getpid())",
        "os.setsid()",
        "os.setpgid(0, 0)",
        "os.setuid(os.getuid())",
        "os.nice(1)",
        "os.memfd_create('more')",
        "os.eventfd(0); os.chroot('/')",
        "os.sched_setaffinity(os.getppid(), {0})",
        "__import__('fcntl').fcntl(1, __import__('fcntl').F_SETOWN, os.getppid())",
        "__import__('fcntl').fcntl(1, __import__('fcntl').F_SETSIG, 9)",
        "__import__('fcntl').ioctl(0, __import__('termios').TIOCSTI, b'x')",
        "kernel.prctl(1, 0)",
        "kernel.prctl(4, 1)",
    ],
)
def test_nobody_else_is_reached(keeper, filtered, code):
    assert keeper.refusal(code) in ("PermissionError", "OSError")


REFUSED = {
    **{"ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272)},
    **{"rt_sigqueueinfo": (129, 138), "tkill": (200, 130), "pidfd_getfd": (438, 438), "setpriority": (141, 140)},
    **{"mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "open_tree": (428, 428)},
    **{"unshare": (272, 97), "setns": (308, 268), "sethostname": (170, 161), "personality": (135, 92)},
    **{"bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425)},
    **{"keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "seccomp": (317, 277)},
    **{"landlock_create_ruleset": (444, 444), "landlock_add_rule": (445, 445), "capset": (126, 91)},
    **{"shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180), "mq_unlink": (241, 181)},
    **{"name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "openat2": (437, 437)},
    **{"inotify_init1": (294, 26), "fanotify_init": (300, 262), "vmsplice": (278, 75), "splice": (275, 76)},
    **{"reboot": (169, 142), "init_module": (175, 105), "delete_module": (176, 106), "kexec_load": (246, 104)},
    **{"swapon": (167, 224), "acct": (163, 89), "syslog": (103, 116), "clock_settime": (227, 112)},
    **{"settimeofday": (164, 170), "setrlimit": (160, 164), "execveat": (322, 281), "clone3": (435, 435)},
    **{"sched_setscheduler": (144, 119), "sched_setattr": (314, 274), "ioprio_set": (251, 30)},
    **{"connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202), "setsockopt": (54, 208)},
    **{"truncate": (76, 45), "unlinkat": (263, 35), "mkdirat": (258, 34), "mknodat": (259, 33), "symlinkat": (266, 36)},
    **{"linkat": (265, 37), "fchmodat": (268, 53), "fchownat": (260, 54), "utimensat": (280, 88), "setxattr": (188, 5)},
    **{"chdir": (80, 49), "memfd_secret": (447, 447), "process_madvise": (440, 440)},
}
"""System calls by their numbers on x86_64 and aarch64; none has a place in computing."""


def test_system_calls_without_a_place_in_computing_fail(keeper, filtered):
    numbers = {name: pair[seccomp.kernel.MACHINE == "aarch64"] for name, pair in REFUSED.items()}
    code = f"""
    answer = {{}}
    for name, number in {numbers}.items():
        try:
            answer[name] = kernel.call(number, 0, 0, 0, 0, 0, 0)
        except OSError as error:
            answer[name] = errno.errorcode[error.errno]
    """
    answers = keeper.ask(code)["value"]
    assert set(answers) == set(REFUSED)
    assert {name: answer for name, answer in answers.items() if answer not in ("EPERM", "ENOSYS")} == {}


def test_a_process_ends_with_its_parent():
    _demand("parent-death")
    code = """
    import os, sys, time
    from groundup.drill import sandbox
    prepared = sandbox.prepare(())
    if os.fork() == 0:
        sandbox.confine(prepared, memory=1 << 28, cpu=20, threads=False)
        os.write(1, b"confined")
        time.sleep(1000)
    time.sleep(1000)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        assert parent.stdout.read(8) == b"confined"
        parent.kill()
        assert parent.communicate(timeout=PATIENCE)[0] == b""  # its child held the other end


def test_a_process_whose_parent_is_gone_already_ends(keeper):
    _demand("parent-death")
    assert keeper.ask("answer = 'lives'", parent=1) == {"status": 1}


# Files


def _secrets() -> dict[str, Path]:
    """Files and folders that nobody may read."""
    return {
        "this tool": Path(groundup.__path__[0], "catalogue.py"),
        "its folder": Path(groundup.__path__[0]),
        "the drills": catalogue.root(),
        "this test": Path(__file__),
        "home": Path.home(),
        "another package": Path(pytest.__file__),
        "site-packages": Path(sysconfig.get_path("purelib")),
        "the library's tests": Path(sysconfig.get_path("stdlib"), "test"),
        "users": Path("/etc/passwd"),
        "root": Path("/"),
        "temporary": Path("/tmp"),
    }


@pytest.mark.parametrize("name", _secrets())
def test_what_is_no_library_cannot_be_read(keeper, landlocked, name):
    path = _secrets()[name]
    assert path.exists()
    reading = "os.listdir" if path.is_dir() else "open"
    assert keeper.refusal(f"{reading}({str(path)!r})") == "PermissionError"


@pytest.mark.parametrize(
    "path", ["/proc/self/mem", "/proc/self/environ", "/proc/self/maps", "/proc/{parent}/environ", "/proc/{parent}/maps"]
)
def test_processes_cannot_be_read(keeper, landlocked, path):
    assert keeper.refusal(f"open({path!r}.format(parent=os.getppid()), 'rb')") == "PermissionError"


def test_the_parent_cannot_be_traced(keeper, landlocked):
    assert keeper.refusal("os.readlink(f'/proc/{os.getppid()}/cwd')") == "PermissionError"


def test_what_is_hidden_inside_a_package_or_the_library_cannot_be_read(keeper, landlocked):
    import numpy

    hidden = [str(Path(numpy.__path__[0], "fft")), str(Path(json.__file__).parent)]
    for folder in hidden:
        assert keeper.refusal(f"os.listdir({folder!r})", hidden=hidden) == "PermissionError"
    beside = str(Path(numpy.__path__[0], "polynomial"))
    assert keeper.value(f"len(os.listdir({beside!r})) > 0", hidden=hidden)
    assert keeper.value("float(__import__('numpy.polynomial').polynomial.Polynomial([1, 2])(3))", hidden=hidden) == 7.0


@pytest.mark.parametrize("name", ["scipy", "pytest", "_pytest.pytester", "groundup.book", "groundup.drill.doctor"])
def test_other_packages_seem_not_to_be_installed(keeper, landlocked, name):
    assert keeper.refusal(f"import {name}") == "ModuleNotFoundError"
    parent = name.rpartition(".")[0]
    if not parent or parent.startswith("groundup"):
        assert keeper.value(f"__import__('importlib.util').util.find_spec({name!r})") is None


WRITING = (
    "open('here', 'w')",
    "open({tmp!r} + '/new', 'w')",
    "open({tmp!r} + '/there', 'a')",
    "open({tmp!r} + '/there', 'r+')",
    "open('/dev/shm/new', 'w')",
    "open('/dev/null', 'w')",
    "open('/proc/self/mem', 'r+b')",
    "open('/proc/self/oom_score_adj', 'w')",
    "os.open({tmp!r}, os.O_TMPFILE | os.O_RDWR)",
    "os.open({tmp!r} + '/there', os.O_RDONLY | os.O_TRUNC)",
    "os.open({tmp!r} + '/new', os.O_RDONLY | os.O_CREAT)",
    "os.truncate({tmp!r} + '/there', 0)",
    "os.remove({tmp!r} + '/there')",
    "os.rename({tmp!r} + '/there', {tmp!r} + '/new')",
    "os.mkdir({tmp!r} + '/new')",
    "os.rmdir({tmp!r} + '/folder')",
    "os.symlink('/', {tmp!r} + '/new')",
    "os.link({tmp!r} + '/there', {tmp!r} + '/new')",
    "os.mkfifo({tmp!r} + '/new')",
    "np.save({tmp!r} + '/new', np.ones(2))",
    "__import__('tempfile').TemporaryFile()",
)
CHANGING = (  # on which Landlock knows no rights
    "os.chmod({tmp!r} + '/there', 0)",
    "os.chown({tmp!r} + '/there', os.getuid(), os.getgid())",
    "os.utime({tmp!r} + '/there')",
    "os.setxattr({tmp!r} + '/there', 'user.a', b'x')",
)


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        *((code, ()) for code in (*WRITING, *CHANGING)),
        *((code, ("landlock",)) for code in (*WRITING, *CHANGING)),
        *((code, ("seccomp",)) for code in WRITING),
    ],
)
def test_nothing_is_written(keeper, full, tmp_path, code, missing):
    there = tmp_path / "there"
    there.write_text("as it was")
    (tmp_path / "folder").mkdir()

    def state() -> list[tuple[str, int, int, str]]:
        paths = sorted(tmp_path.iterdir())
        return [(path.name, path.stat().st_mode, path.stat().st_mtime_ns, there.read_text()) for path in paths]

    before = state()
    refusal = keeper.refusal(code.format(tmp=str(tmp_path)), before=lacking(*missing))
    assert refusal in ("PermissionError", "OSError", "FileNotFoundError")
    assert state() == before


def test_late_imports_leave_no_compiled_files(keeper, landlocked, tmp_path):
    (tmp_path / "late.py").write_text("x = 1")
    before = f"sys.path.append({str(tmp_path)!r})"
    assert keeper.refusal("import late", before=before) == "ModuleNotFoundError"
    assert [path.name for path in tmp_path.iterdir()] == ["late.py"]


# Memory and other limits


def test_memory_has_an_end(keeper):
    assert keeper.value("np.ones(1 << 24).nbytes") == 1 << 27
    if sys.platform == "linux":
        assert keeper.refusal("np.ones(1 << 25); np.ones(1 << 26)") == "MemoryError"
        assert keeper.refusal("bytearray(1 << 29)") == "MemoryError"


@pytest.mark.parametrize(
    "code",
    [
        "mmap.mmap(-1, 1 << 30)",
        "mmap.mmap(-1, 1 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x100)",
        "mmap.mmap(-1, 1 << 40, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ)",
    ],
    ids=["shared", "growing downwards", "addresses"],
)
def test_memory_that_no_limit_counts_cannot_be_had(keeper, filtered, code):
    result = keeper.ask(code)
    assert (result.get("raised"), result.get("errno")) == ("OSError", 12)


def test_limits_are_set_and_cannot_be_raised(keeper, filtered):
    assert keeper.value("resource.getrlimit(resource.RLIMIT_CPU)", cpu=7) == [7, 8]
    assert keeper.value("resource.getrlimit(resource.RLIMIT_FSIZE)") == [1 << 20, 1 << 20]
    assert keeper.value("resource.getrlimit(resource.RLIMIT_NOFILE)") == [64, 64]
    for name in ("DATA", "CPU", "FSIZE", "NOFILE", "CORE", "STACK", "AS"):
        code = f"resource.setrlimit(resource.RLIMIT_{name}, resource.getrlimit(resource.RLIMIT_{name}))"
        assert keeper.refusal(code) in ("PermissionError", "ValueError")
    assert keeper.refusal("resource.prlimit(os.getppid(), resource.RLIMIT_CPU)") == "PermissionError"


def test_a_stricter_limit_stays(keeper):
    before = "resource.setrlimit(resource.RLIMIT_NOFILE, (40, 50))"
    assert keeper.value("resource.getrlimit(resource.RLIMIT_NOFILE)", before=before) == [50, 50]


def test_an_output_of_more_than_a_mebibyte_ends(keeper):
    _demand("memfd")
    before = "out = os.memfd_create('output')"
    result = keeper.ask("answer = os.write(out, bytes(1 << 20)); os.write(out, b'x')", before=before)
    assert (result["raised"], result["errno"]) == ("OSError", 27)


def test_root_is_no_longer_root(keeper):
    if not seccomp.kernel.KNOWN:
        _demand("seccomp")
    before = "kept = os.open('/proc/self/status', os.O_RDONLY)"
    words = keeper.value("os.pread(kept, 10000, 0).decode()", before=before)
    status = dict(line.split(":", 1) for line in words.splitlines())
    assert int(status["CapEff"], 16) & ~0b100 == int(status["CapPrm"], 16) & ~0b100 == 0
    assert status["NoNewPrivs"].strip() == "1"


def test_no_ruleset_stays_open(keeper, landlocked):
    define = """
    def links():
        paths = [f"/proc/self/fd/{fd}" for fd in range(64)]
        return [os.readlink(path) for path in paths if os.path.lexists(path)]

    sandbox.prepare(())
    had = links()
    """
    had, left = keeper.value("had, links()", before=define)
    assert any("landlock" in link for link in had)
    assert left
    assert not any("landlock" in link for link in left)


# When not everything is there, or fails


def lacking(*names: str) -> str:
    """What makes a process believe that its kernel lacks layers."""
    return f"""
    had = sandbox.layers()
    sandbox.layers = lambda: tuple(dataclasses.replace(each, there=each.name not in {names!r}) for each in had)
    """


def test_a_layer_that_is_not_there_is_left_out(keeper, full):
    assert keeper.value("applied", before=lacking("landlock")) == ["parent-death", "limits", "seccomp"]
    assert keeper.value("applied", before=lacking("seccomp")) == ["parent-death", "limits", "landlock"]
    assert keeper.value("applied", before=lacking("seccomp", "landlock", "parent-death")) == ["limits"]
    assert keeper.value("sandbox.complete()", before=lacking("landlock")) is False


def test_a_layer_that_is_there_and_fails_is_an_error(keeper, full):
    result = keeper.ask("answer = 'went on'", before="os.close(prepared.fd)")
    assert result["raised"] == "SandboxError"
    assert "only in part (parent-death, limits)" in result["words"]
    before = """
    def broken(program):
        raise OSError(22, "Invalid argument")
    seccomp.install = broken
    """
    assert keeper.refusal("answer = 'went on'", before=before) == "SandboxError"


def test_a_process_with_several_threads_is_not_confined(keeper):
    if sys.platform != "linux":
        pytest.skip("NO LINUX: threads before the sandbox were not tested")
    before = "threading.Thread(target=time.sleep, args=(20,), daemon=True).start()"
    assert keeper.refusal("answer = 'went on'", before=before) == "SandboxError"


def test_what_was_prepared_for_cuda_is_only_for_cuda(keeper):
    before = "prepared = dataclasses.replace(prepared, cuda=True)"
    assert keeper.refusal("answer = 'went on'", before=before) == "SandboxError"


# For CUDA


def test_for_cuda_the_driver_gets_what_it_needs_and_nobody_else_is_reached(keeper, full):
    def ask(code: str) -> str:
        return keeper.refusal(code, cuda=True, threads=True)

    assert keeper.value("applied", cuda=True, threads=True) == ["parent-death", "limits", "landlock", "seccomp"]
    assert keeper.value("open('/proc/self/maps').readline() != ''", cuda=True, threads=True)
    assert keeper.value("len(mmap.mmap(-1, 1 << 20))", cuda=True, threads=True) == 1 << 20
    named = "open(f'/proc/self/task/{os.getpid()}/comm', 'wb').write(b'a name')"
    assert keeper.value(named, cuda=True, threads=True) == 6
    data = keeper.value("resource.getrlimit(resource.RLIMIT_DATA)[0]", cuda=True, threads=True)
    assert data == resource.getrlimit(resource.RLIMIT_DATA)[0]
    for code in (
        *("os.fork()", "os.execv('/bin/true', ['true'])", "os.kill(os.getppid(), 0)", "open('/proc/self/mem', 'r+b')"),
        *("__import__('socket').socket()", "open('/tmp/new', 'w')", "open('/dev/shm/new', 'w')"),
        "s = __import__('socket'); s.socket(s.AF_UNIX).connect('/run/nothing')",
        "open(f'/proc/{os.getppid()}/environ')",
        f"open({str(_secrets()['this tool'])!r})",
        f"os.listdir({str(_secrets()['the drills'])!r})",
    ):
        assert ask(code) == "PermissionError"


def test_the_cards_are_among_the_rules_for_cuda_only(tmp_path, monkeypatch):
    for name in ("nvidia0", "nvidiactl", "null", "sda"):
        (tmp_path / name).touch()
    monkeypatch.setattr(readable, "_children", lambda folder: sorted(tmp_path.iterdir()))
    assert [Path(path).name for path in readable.devices()] == ["nvidia0", "nvidiactl"]


# What may be read


def test_nothing_of_the_tool_the_drills_or_a_users_folder_lies_beneath_what_may_be_read():
    allowed = [Path(path) for path in readable.paths(["numpy", "torch"], cuda=True)]
    assert len(allowed) > 100
    for secret in (Path(groundup.__path__[0]).resolve(), catalogue.root().resolve()):
        assert not [path for path in allowed if secret.is_relative_to(path) or path.is_relative_to(secret)]
    for private in (Path.home(), Path("/tmp"), Path(__file__)):
        assert not [path for path in allowed if private.resolve().is_relative_to(path)]


def test_a_tool_installed_among_the_libraries_is_left_out(tmp_path, monkeypatch):
    # A Python as distributions make it: the library's folder holds the packages' folder, and links lead about.
    library = tmp_path / "usr" / "lib"
    package = library / "x86_64-linux-gnu" / "python3" / "groundup"
    package.mkdir(parents=True)
    (library / "x86_64-linux-gnu" / "libm.so.6").touch()
    (library / "libz.so").symlink_to("x86_64-linux-gnu/libm.so.6")
    (tmp_path / "lib").symlink_to("usr/lib")
    (package.parent / "round").symlink_to(package.parent)
    monkeypatch.setattr(readable, "_LIBRARIES", (str(tmp_path / "lib"), str(library)))
    monkeypatch.setattr(readable.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(groundup, "__path__", [str(package)])
    found = [path for path in readable.paths([]) if path.startswith(str(tmp_path))]
    assert found == [str(library / "x86_64-linux-gnu" / "libm.so.6")]


# The filter, as the kernel reads it, on both architectures

ALLOW, KILL = 0x7FFF0000, 0x80000000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def decide(program: bytes, architecture: int, number: int, *arguments: int) -> int | str:
    """Run a filter: what the kernel does with a call, an error by its name."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    code = list(struct.iter_unpack("=HBBI", program))
    at = loaded = 0
    while True:
        operation, if_true, if_false, operand = code[at]
        at += 1
        if operation == 0x20:
            loaded = struct.unpack_from("=I", data, operand)[0]
            continue
        if operation == 0x06:
            return {ALLOW: "allow", KILL: "kill"}.get(operand) or os.strerror(operand & 0xFFFF)
        tests = {0x15: loaded == operand, 0x25: loaded > operand, 0x35: loaded >= operand, 0x45: loaded & operand}
        at += if_true if tests[operation] else if_false


EACCES, EPERM, ENOENT, ENOSYS, ENOMEM = (os.strerror(number) for number in (13, 1, 2, 38, 12))
THREAD = 0x3D0F00  # the flags of glibc's threads
PID = 4321

DECISIONS = {
    "read": ((0, 63), (3,), "allow"),
    "reading a file": ((257, 56), (-100, 1, 0o2000000), "allow"),
    "writing a file": ((257, 56), (-100, 1, 0o1), EACCES),
    "making a file": ((257, 56), (-100, 1, 0o100), EACCES),
    "private memory": ((9, 222), (0, 4096, 3, 0x22), "allow"),
    "shared memory": ((9, 222), (0, 4096, 3, 0x21), ENOMEM),
    "fork": ((56, 220), (17,), EPERM),
    "thread in a namespace of its own": ((56, 220), (THREAD | 0x10000000,), EPERM),
    "clone3": ((435, 435), (1, 88), ENOSYS),
    "own thread": ((234, 131), (PID, PID, 6), "allow"),
    "other process": ((234, 131), (PID - 1, PID - 1, 6), EPERM),
    "reading own limits": ((302, 261), (0, 7, 0, 99), "allow"),
    "setting own limits": ((302, 261), (0, 7, 1 << 40), EPERM),
    "limits of others": ((302, 261), (1, 7, 0, 99), EPERM),
    "name of a thread": ((157, 167), (15,), "allow"),
    "signal of parent's death": ((157, 167), (1,), EPERM),
    "filter": ((157, 167), (22,), EPERM),
    "window size": ((16, 29), (0, 0x5413), "allow"),
    "typing": ((16, 29), (0, 0x5412), EPERM),
    "socket": ((41, 198), (1,), EPERM),
    "kill": ((62, 129), (PID, 9), EPERM),
    "execve": ((59, 221), (), EPERM),
    "call of the future": ((600, 600), (), ENOSYS),
}


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize("name", DECISIONS)
def test_the_filter_decides(machine, name):
    numbers, arguments, wanted = DECISIONS[name]
    program = seccomp.program(threads=True, cuda=False, pid=PID, machine=machine)
    arguments = [argument & (1 << 64) - 1 for argument in arguments]
    assert decide(program, ARCHITECTURES[machine], numbers[machine == "aarch64"], *arguments) == wanted


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_lets_threads_start_only_where_they_may(machine):
    clone = {"x86_64": 56, "aarch64": 220}[machine]
    for threads, wanted in ((True, "allow"), (False, EPERM)):
        program = seccomp.program(threads=threads, cuda=False, pid=PID, machine=machine)
        assert decide(program, ARCHITECTURES[machine], clone, THREAD) == wanted


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_for_cuda_opens_devices_and_local_sockets(machine):
    program = seccomp.program(threads=True, cuda=True, pid=PID, machine=machine)
    architecture, arm = ARCHITECTURES[machine], machine == "aarch64"
    assert decide(program, architecture, (257, 56)[arm], 0, 1, 0o2) == "allow"
    assert decide(program, architecture, (9, 222)[arm], 0, 4096, 3, 0x21) == "allow"
    assert decide(program, architecture, (16, 29)[arm], 3, 0xC0104600) == "allow"
    assert decide(program, architecture, (16, 29)[arm], 3, 0x5412) == EPERM
    assert decide(program, architecture, (41, 198)[arm], 1) == "allow"
    assert decide(program, architecture, (41, 198)[arm], 2) == EPERM
    assert decide(program, architecture, (42, 203)[arm], 3) == EPERM
    assert decide(program, architecture, (266, 36)[arm]) == ENOENT  # EPERM would keep the driver from starting


def test_the_filter_takes_no_other_numbers_for_its_own():
    program = seccomp.program(threads=True, cuda=False, pid=PID, machine="x86_64")
    assert decide(program, 0x40000003, 3) == "kill"  # 32 bits, where other calls have these numbers
    assert decide(program, ARCHITECTURES["aarch64"], 63) == "kill"
    assert decide(program, ARCHITECTURES["x86_64"], 0x40000000 | 59) == ENOSYS  # x32
