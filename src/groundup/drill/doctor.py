"""What this installation has to work with. Nothing here imports NumPy or PyTorch, or starts a process."""

from __future__ import annotations

import ctypes
import importlib.metadata
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from groundup import catalogue
from groundup.drill import sandbox
from groundup.drill.home import home

_PACKAGES: Final = ("groundup", "numpy", "torch")
_DRIVERS: Final = ("libcuda.so.1", "libcuda.so")
_NAME_BYTES: Final = 256


@dataclass(frozen=True)
class Report:
    """What `drill doctor` tells.

    Args:
        python: Version and implementation.
        executable: Of this Python.
        system: Name, release and architecture.
        packages: Versions by name; None where a package is not installed.
        devices: Where capstones can run, as the option ``--device`` names them, each with what it is.
        layers: Of the sandbox.
        home: The folder of the user's data.
        drills: The folder of the drills.
        daemon: How the daemon is, in words.
    """

    python: str
    executable: str
    system: str
    packages: Mapping[str, str | None]
    devices: Mapping[str, str]
    layers: tuple[sandbox.Layer, ...]
    home: str
    drills: str
    daemon: str

    @property
    def complete(self) -> bool:
        """Whether the sandbox has all its layers, as grading of others' files demands."""
        return all(layer.there for layer in self.layers)

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain JSON."""
        return {**asdict(self), "complete": self.complete}


def examine(daemon: str = "") -> Report:
    """Look at this installation.

    Args:
        daemon: What the caller knows of it.
    """
    cards = cuda_devices()
    return Report(
        python=f"{platform.python_version()} ({platform.python_implementation()})",
        executable=sys.executable,
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        packages={name: _version(name) for name in _PACKAGES},
        devices={"cpu": platform.machine(), **({"cuda": ", ".join(cards)} if cards else {})},
        layers=sandbox.layers(),
        home=str(home()),
        drills=str(catalogue.root()),
        daemon=daemon,
    )


def cuda_devices() -> tuple[str, ...]:
    """Names of the graphics cards that CUDA's driver finds; none where there is no driver.

    This starts the driver in this process, which must not fork afterwards to use a card in the child.
    """
    driver = _driver()
    if driver is None or driver.cuInit(0) != 0:
        return ()
    count = ctypes.c_int()
    if driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return ()
    return tuple(_card(driver, number) for number in range(count.value))


def _driver() -> Any:
    for name in _DRIVERS:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def _card(driver: Any, number: int) -> str:
    device, name = ctypes.c_int(), ctypes.create_string_buffer(_NAME_BYTES)
    failed = driver.cuDeviceGet(ctypes.byref(device), number) or driver.cuDeviceGetName(name, _NAME_BYTES, device)
    return f"card {number}" if failed else name.value.decode("utf-8", "replace")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
