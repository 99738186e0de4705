"""How long something has taken, whatever is done to the clock on the wall.

A moment is kept twice: by the wall clock, and by a clock that runs since the machine was started, on through sleep, and
that nobody can set. Within one run of the machine the second one tells how long ago a moment was; after a restart only
the first can.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Stamp:
    """A moment.

    Args:
        wall: Seconds since 1970.
        boot: Seconds since the machine was started, sleep included.
        boot_id: Names that run of the machine; empty where the system does not tell.
    """

    wall: float
    boot: float
    boot_id: str

    def since(self, earlier: Stamp) -> float:
        """Seconds from an earlier moment to this one, never below 0."""
        if self.boot_id and self.boot_id == earlier.boot_id:
            return max(0.0, self.boot - earlier.boot)
        return max(0.0, self.wall - earlier.wall)

    def agrees(self, earlier: Stamp) -> bool:
        """Whether the clock on the wall has not been set since an earlier moment, as far as can be told."""
        if not self.boot_id or self.boot_id != earlier.boot_id:
            return True
        return abs((self.wall - earlier.wall) - (self.boot - earlier.boot)) < 2.0


def now() -> Stamp:
    """This moment."""
    # macOS has no CLOCK_BOOTTIME; its CLOCK_MONOTONIC goes on while the machine sleeps.
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Stamp(time.time(), time.clock_gettime(clock), _boot_id())


@cache
def _boot_id() -> str:
    try:
        if sys.platform == "darwin":
            command = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
            return subprocess.run(command, capture_output=True, text=True, check=True, timeout=5).stdout.strip()
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def minutes(seconds: float) -> str:
    """A duration as people read it on a clock: 4:05, 1:02:09."""
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    if hours:
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"{rest // 60}:{rest % 60:02}"
