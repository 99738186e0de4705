"""What a runner may read: the standard library, the packages of its drill, and what they load."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import groundup
from groundup import catalogue

_NOT_LIBRARY: Final = {"site-packages", "dist-packages", "test"}
"""What lies in the standard library's folder and is not part of it, or has no place in a runner."""

_NEEDED: Final = {
    "torch": (
        *("functorch", "torchgen", "typing_extensions", "sympy", "mpmath", "networkx", "jinja2", "markupsafe"),
        *("filelock", "fsspec", "nvidia", "triton"),
    ),
}
"""What packages import late, beside themselves."""

_LIBRARIES: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")

_SHARED_LIBRARY: Final = re.compile(r".*\.so(\.[0-9]+)*")
_MULTIARCH: Final = re.compile(r"[a-z0-9_]+-linux-(gnu|musl)[a-z0-9_]*")

_FILES: Final = (
    *("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo"),
    *("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"),
    *("/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu", "/sys/devices/system/node"),
)
"""And nothing else of /proc, where the memory and the environment of other processes lie."""

_FOR_CUDA: Final = (
    *("/proc/devices", "/proc/driver/nvidia", "/proc/modules", "/proc/sys/vm", "/sys/bus/pci", "/sys/devices"),
    *("/sys/module/nvidia", "/sys/module/nvidia_uvm", "/etc/nvidia", "/usr/share/nvidia"),
    *("/usr/local/nvidia", "/usr/local/cuda/lib64", "/usr/lib/wsl/lib", "/run/opengl-driver/lib"),
)

_DEVICES: Final = re.compile(r"nvidia.*|dxg")


def paths(packages: Sequence[str], *, cuda: bool = False, hidden: Iterable[str | Path] = ()) -> list[str]:
    """Files and folders, each with all that lies beneath it.

    The package of this tool, the drills and what ``hidden`` names lie beneath none of them, wherever they are; neither
    does any user's folder or the temporary one as a whole.

    Args:
        packages: Names of top-level packages; those that are not installed are left out.
        cuda: Whether CUDA's driver will be used.
        hidden: More that nobody may read.
    """
    wanted = [*_standard_library(), *_packages(packages), *_shared_libraries(), *map(Path, _FILES)]
    if cuda:
        wanted += map(Path, _FOR_CUDA)
    secret = {_real(path) for path in (*groundup.__path__, catalogue.root(), *hidden)}
    private = {_real(path) for path in ("~", tempfile.gettempdir(), "/home", "/root", "/tmp")}
    seen: set[Path] = set()
    return [str(path) for each in wanted for path in _parts(_real(each), secret, private, seen)]


def devices() -> list[str]:
    """The graphics cards' files."""
    return [str(path) for path in _children(Path("/dev")) if _DEVICES.fullmatch(path.name)]


def forget_unreadable() -> None:
    """Let this process' imports take what cannot be read for not installed.

    Libraries try what else is there, and are prepared for an ImportError and for nothing else.
    """
    sys.meta_path[:] = [
        finder if finder in (BuiltinImporter, FrozenImporter) else _ReadableFinder(finder) for finder in sys.meta_path
    ]


class _ReadableFinder:
    def __init__(self, finder: Any) -> None:
        self._finder = finder

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec: ModuleSpec | None = self._finder.find_spec(name, path, target)
        return None if spec is None or _denied(spec) else spec

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)


def _denied(spec: ModuleSpec) -> bool:
    places = [spec.origin] if spec.has_location else list(spec.submodule_search_locations or ())
    for place in filter(None, places):
        try:
            os.close(os.open(place, os.O_RDONLY))
        except PermissionError:
            continue
        except OSError:  # lies in an archive
            return False
        return False
    return bool(places)


def _real(path: str | Path) -> Path:
    return Path(path).expanduser().resolve()


def _parts(path: Path, secret: set[Path], private: set[Path], seen: set[Path]) -> Iterator[Path]:
    """A path, or the parts of it in which nothing secret lies and nobody's folder."""
    if path in seen or path in private or any(path.is_relative_to(each) for each in secret):
        return
    seen.add(path)
    if any(each.is_relative_to(path) for each in secret | private):
        for child in _children(path):
            yield from _parts(_real(child), secret, private, seen)
    elif path.exists():
        yield path


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _standard_library() -> Iterator[Path]:
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    folders = {
        Path(os.__file__).parent,
        *(Path(sysconfig.get_path(name, vars=base)) for name in ("stdlib", "platstdlib")),
    }
    for folder in folders:
        yield from (child for child in _children(folder) if child.name not in _NOT_LIBRARY)
    yield from (Path(entry) for entry in sys.path if entry.endswith(("lib-dynload", ".zip")))


def _packages(names: Sequence[str]) -> Iterator[Path]:
    for name in dict.fromkeys(each for asked in names for each in (asked, *_NEEDED.get(asked, ()))):
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            continue
        if spec is None:
            continue
        if spec.submodule_search_locations is None:
            if spec.has_location and spec.origin:
                yield Path(spec.origin)
                yield Path(importlib.util.cache_from_source(spec.origin))
            continue
        for location in spec.submodule_search_locations:
            yield Path(location)
            yield Path(location).with_name(f"{name}.libs")  # where wheels keep the libraries they bring


def _shared_libraries() -> Iterator[Path]:
    # Not these folders as a whole: packages of Python lie in them too, this tool perhaps among them.
    for folder in (*map(Path, _LIBRARIES), Path(sys.base_prefix, "lib"), Path(sys.base_prefix, "lib64")):
        for child in _children(folder):
            if _SHARED_LIBRARY.fullmatch(child.name) or (_MULTIARCH.fullmatch(child.name) and child.is_dir()):
                yield child
