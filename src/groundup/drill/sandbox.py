"""Locks the current process in, for good and without privileges: what runs a learner's file.

A zygote calls `prepare` once; each process that it forks calls `confine`, which takes some milliseconds. Afterwards the
process computes, reads the standard library and its packages, and talks through the descriptors that it was given. It
starts no process, opens no socket, writes no file, signals nobody, and ends with its parent.

On a system that lacks a layer the others are applied; `layers` says which are there. macOS has limits only.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from groundup.drill import kernel, landlock, readable, seccomp
from groundup.drill.kernel import SandboxError

__all__ = ["Layer", "Prepared", "SandboxError", "complete", "confine", "layers", "prepare"]

FILE_BYTES: Final = 1 << 20
"""How long a file may become: the one that takes the output is the only one."""

_DESCRIPTORS, _DESCRIPTORS_FOR_CUDA = 64, 1024
_STACK_BYTES: Final = 64 << 20
_ADDRESSES: Final = 16 << 30  # what may be mapped beyond what may be used: empty pages cost tables

_SET_PARENT_DEATH, _GET_PARENT_DEATH, _SET_NO_NEW_PRIVILEGES = 1, 2, 38
_CAPSET: Final = {"x86_64": 126, "aarch64": 91}
_CAPABILITIES_VERSION: Final = 0x20080522
_MAY_READ_ALL: Final = 1 << 2


@dataclass(frozen=True)
class Layer:
    """One thing that the kernel can do for us.

    Args:
        name: As `confine` returns it.
        there: Whether this kernel does.
        detail: In a few words, what it does, or what is missing.
    """

    name: str
    there: bool
    detail: str


@dataclass(frozen=True)
class Prepared:
    """What processes that will be confined may read.

    Args:
        rules: For Landlock.
        cuda: Whether the devices are among them.
        fd: The ruleset, where it can be made beforehand.
    """

    rules: tuple[landlock.Rule, ...]
    cuda: bool
    fd: int | None


_open: Final[set[int]] = set()
"""Rulesets of this process. A confined one must hold none: it could add rules for those that come after it."""


@functools.cache
def layers() -> tuple[Layer, ...]:
    """What this kernel offers."""
    linux = sys.platform == "linux"
    abi = landlock.version()
    filters = seccomp.there()
    return (
        Layer(
            "parent-death",
            linux and _tells_parent_death(),
            "ends a runner with its parent" if linux else "needs Linux: a runner may outlive a killed tool",
        ),
        Layer(
            "limits",
            True,
            "memory, processor time, files" if linux else "processor time and files; memory only on Linux",
        ),
        Layer(
            "landlock",
            abi > 0,
            f"version {abi}: nothing readable but libraries" if abi else "needs Linux 5.13 with Landlock enabled",
        ),
        Layer(
            "seccomp",
            filters,
            "no processes, sockets, signals or writing" if filters else "needs Linux on x86_64 or aarch64 with seccomp",
        ),
        Layer(
            "memfd",
            hasattr(os, "memfd_create"),
            "output lies in memory" if hasattr(os, "memfd_create") else "needs Linux: output lies in a temporary file",
        ),
    )


def complete() -> bool:
    """Whether all layers are there, as grading of others' files demands."""
    return all(layer.there for layer in layers())


def _tells_parent_death() -> bool:
    if not kernel.KNOWN:
        return False
    try:
        kernel.prctl(_GET_PARENT_DEATH, ctypes.addressof(ctypes.c_int()))
    except OSError:
        return False
    return True


def prepare(packages: Sequence[str], *, cuda: bool = False, hidden: Iterable[str | Path] = ()) -> Prepared:
    """Find what runners may read, and tell the kernel.

    Args:
        packages: Names of installed packages, which are not imported.
        cuda: Whether they may use the graphics cards.
        hidden: What must not be read even where it lies among the packages, beside this tool and the drills.

    Raises:
        SandboxError: the kernel refused.
    """
    _listed()
    rules = [(path, landlock.READ) for path in readable.paths(packages, cuda=cuda, hidden=hidden)]
    if cuda:
        rules += [(path, landlock.DEVICE) for path in readable.devices()]
    fd = None
    if not cuda and _there("landlock"):
        fd = _ruleset(rules)
    return Prepared(tuple(rules), cuda, fd)


def confine(
    prepared: Prepared, *, memory: int, cpu: int, threads: bool, cuda: bool = False, parent: int | None = None
) -> tuple[str, ...]:
    """Lock this process in, with all that it will run. There is no way back.

    It must have one thread, and should be the first of its session and hold no descriptors but those it needs.

    Args:
        prepared: What it may read.
        memory: Bytes that it may take beyond what it has; without limit on CUDA, which maps all of the card's.
        cpu: Seconds of processor time.
        threads: Whether it may start threads.
        cuda: Whether it may use the graphics cards: as it was prepared.
        parent: The process with which it ends, if that may be gone already: by default the one that it has now.

    Returns:
        The names of the layers that hold.

    Raises:
        SandboxError: a layer that is there does not hold. What was applied stays; end the process.
    """
    if prepared.cuda != cuda:
        raise SandboxError("what was prepared for CUDA is only for CUDA, and the other way round")
    applied = []
    try:
        status = _status()
        if _there("parent-death"):
            _end_with(os.getppid() if parent is None else parent)
            applied.append("parent-death")
        _limit(status, memory=None if cuda else memory, cpu=cpu, descriptors=_descriptors(cuda))
        applied.append("limits")
        if kernel.KNOWN:
            kernel.prctl(_SET_NO_NEW_PRIVILEGES, 1)
            _drop_capabilities(status)
        if _there("landlock"):
            _restrict(prepared)
            readable.forget_unreadable()
            applied.append("landlock")
        for fd in _open:
            with contextlib.suppress(OSError):
                os.close(fd)
        _open.clear()
        if _there("seccomp"):
            seccomp.install(seccomp.program(threads=threads, cuda=cuda, pid=os.getpid()))
            applied.append("seccomp")
    except (OSError, ValueError) as error:
        raise SandboxError(f"the sandbox holds only in part ({', '.join(applied) or 'not at all'}): {error}") from error
    return tuple(applied)


def _there(name: str) -> bool:
    return any(layer.name == name and layer.there for layer in layers())


def _listed() -> None:
    """Have all import folders listed: afterwards they can be read from, and not listed.

    What is imported late is found in these lists, as long as its folder does not change.
    """
    for entry in sys.path:
        finder = sys.path_importer_cache.get(entry)
        if finder is not None:
            with contextlib.suppress(OSError, ImportError):
                finder.find_spec("a_module_that_is_nowhere")


def _ruleset(rules: Iterable[landlock.Rule]) -> int:
    try:
        fd = landlock.ruleset(rules)
    except OSError as error:
        raise SandboxError(f"Landlock takes no rules: {error}") from error
    _open.add(fd)
    return fd


def _restrict(prepared: Prepared) -> None:
    if prepared.fd is not None:
        landlock.restrict(prepared.fd)
        return
    # CUDA's driver reads about its own process, whose folder nobody could know beforehand, and names its threads
    # through files there; it gives up where it cannot.
    own = f"/proc/{os.getpid()}"
    landlock.restrict(_ruleset([*prepared.rules, (own, landlock.READ), (f"{own}/task", landlock.OVERWRITE)]))


def _end_with(parent: int) -> None:
    kernel.prctl(_SET_PARENT_DEATH, signal.SIGKILL)
    if os.getppid() != parent:  # it went before we could say so
        os._exit(1)


def _status() -> dict[str, str]:
    """What the kernel says of this process.

    Raises:
        SandboxError: it has several threads, of which only this one would be confined.
    """
    if sys.platform != "linux":
        return {}
    text = Path("/proc/self/status").read_text(encoding="utf-8", errors="replace")
    status = {name: value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}
    if status["Threads"] != "1":
        raise SandboxError(f"a process with {status['Threads']} threads cannot be confined")
    return status


def _limit(status: dict[str, str], *, memory: int | None, cpu: int, descriptors: int) -> None:
    limits = {
        resource.RLIMIT_CPU: (cpu, cpu + 1),  # the second one kills what handles the first
        resource.RLIMIT_FSIZE: (FILE_BYTES, FILE_BYTES),
        resource.RLIMIT_NOFILE: (descriptors, descriptors),
        resource.RLIMIT_CORE: (0, 0),
    }
    if sys.platform == "linux" and memory is not None:
        data, addresses = (memory + 1024 * int(status[name].split()[0]) for name in ("VmData", "VmSize"))
        limits[resource.RLIMIT_DATA] = data, data
        limits[resource.RLIMIT_AS] = addresses + _ADDRESSES, addresses + _ADDRESSES
        stack = resource.getrlimit(resource.RLIMIT_STACK)[0]
        if stack == resource.RLIM_INFINITY:
            stack = _STACK_BYTES
        limits[resource.RLIMIT_STACK] = stack, stack
    for which, (soft, hard) in limits.items():
        ceiling = resource.getrlimit(which)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(which, (soft, hard))


def _descriptors(cuda: bool) -> int:
    return _DESCRIPTORS_FOR_CUDA if cuda else _DESCRIPTORS


def _drop_capabilities(status: dict[str, str]) -> None:
    """Take from root what makes it root; it may go on reading libraries that belong to others."""
    kept = int(status["CapPrm"], 16) & _MAY_READ_ALL
    head = struct.pack("=II", _CAPABILITIES_VERSION, 0)
    sets = struct.pack("=6I", kept, kept, 0, 0, 0, 0)
    number = _CAPSET[kernel.MACHINE]
    kernel.call(number, ctypes.create_string_buffer(head, len(head)), ctypes.create_string_buffer(sets, len(sets)))
