"""How fast `drill` answers: `make bench-drill` (ARGS="--repeat 10 --only softmax").

Times are measured as a learner has them: the real command in a terminal, from the save of the file to the drawn
verdict. The baseline, a cold `pytest` on the same suite without any sandbox (`cold_pytest.py`), runs in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from groundup import catalogue

ROOT = Path(__file__).resolve().parents[2]
DRILL = Path(sys.executable).parent / "drill"
OWN = ROOT / "tests" / "drill" / "drills"

VERDICT = b"hidden checks"
"""Stands at the end of every verdict, and nowhere else."""


class Watched:
    """`drill watch` in a terminal of its own.

    Args:
        home: The folder for its history and its drill.
        name: Of the drill.
        env: Its environment.
    """

    def __init__(self, home: Path, name: str, env: dict[str, str]) -> None:
        self.file = home / name / "solution.py"
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(home / name)
            os.execve(DRILL, [str(DRILL), "watch"], env)
        self.wait()

    def wait(self) -> None:
        """Until a verdict has been drawn."""
        seen = b""
        until = time.monotonic() + 60
        while VERDICT not in seen:
            if not select.select([self.fd], [], [], max(0.0, until - time.monotonic()))[0]:
                raise RuntimeError(f"no verdict: {seen[-500:]!r}")
            seen += os.read(self.fd, 65536)
        self.drain()

    def drain(self) -> None:
        """Read what else was drawn."""
        while select.select([self.fd], [], [], 0.3)[0]:
            os.read(self.fd, 65536)

    def save(self, text: str) -> float:
        """Write the file; returns the seconds until its verdict."""
        began = time.perf_counter()
        self.file.write_text(text, encoding="utf-8")
        seen = b""
        while VERDICT not in seen:
            seen += os.read(self.fd, 65536)
        took = time.perf_counter() - began
        self.drain()
        return took

    def close(self) -> None:
        """Quit."""
        os.write(self.fd, b"q")
        os.waitpid(self.pid, 0)
        os.close(self.fd)


@contextmanager
def user(drills: Path) -> Any:
    """A user with no history; yields their folder and environment, and ends their daemon."""
    home = Path(tempfile.mkdtemp(prefix="drill-bench-"))
    env = {**os.environ, "GROUNDUP_HOME": str(home / "home"), "GROUNDUP_DRILLS": str(drills), "COLUMNS": "100"}
    try:
        yield home, env
    finally:
        subprocess.run([DRILL, "daemon", "stop"], env=env, capture_output=True, check=False)
        shutil.rmtree(home, ignore_errors=True)


def timed(call: Callable[[], Any]) -> float:
    """Seconds that a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def run(*command: object, env: dict[str, str], cwd: Path) -> str:
    """What a command prints."""
    done = subprocess.run([*map(str, command)], env=env, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


def megabytes(env: dict[str, str], cwd: Path, processes: int) -> float:
    """What the daemon and all below it take once there are so many processes; shared pages are counted once."""
    about = json.loads(run(DRILL, "daemon", "status", "--json", env=env, cwd=cwd))
    daemon, until = psutil.Process(about["pid"]), time.monotonic() + 20
    while len(family := [daemon, *daemon.children(recursive=True)]) != processes:
        if time.monotonic() > until:
            raise RuntimeError(f"the daemon has {len(family)} processes, not {processes}")
        time.sleep(0.05)
    return sum(process.memory_full_info().pss for process in family) / 2**20


def watch_of(name: str, drills: Path, repeat: int, cold: bool) -> dict[str, float]:
    """Times of one drill, in seconds."""
    drill = catalogue.read(drills / name)
    with user(drills) as (home, env):
        run(DRILL, "start", name, env=env, cwd=home)
        watched = Watched(home, name, env)
        watched.save(drill.solution)
        saves = [watched.save(f"{drill.solution}\n# {n}\n") for n in range(repeat)]
        found = {"save to verdict": statistics.median(saves), "slowest": max(saves)}
        found["MB watched"] = megabytes(env, home, 5)  # the next judge and runner wait
        watched.close()
        found["MB"] = megabytes(env, home, 3)
        if cold:
            file = home / name / "solution.py"
            command = [sys.executable, ROOT / "tests" / "bench" / "cold_pytest.py", drill.folder, file]
            found["cold pytest"] = statistics.median(timed(lambda: run(*command, env=env, cwd=home)) for _ in range(3))
    return found


def with_capstone(name: str, drills: Path, repeat: int) -> float:
    """Seconds for all stages in a warm daemon."""
    from groundup.drill.client import Client

    drill = catalogue.read(drills / name)
    with user(drills) as (_, env):
        os.environ["GROUNDUP_HOME"] = env["GROUNDUP_HOME"]
        source = drill.solution.encode()
        Client().grade(drill, source)
        times = [timed(lambda: Client().grade(drill, source)) for _ in range(repeat)]
        del os.environ["GROUNDUP_HOME"]
    return statistics.median(times)


def main() -> None:
    """Measure and print; exits with 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--only", help="one drill")
    given = parser.parse_args()
    names = [given.only] if given.only else [drill.name for drill in catalogue.drills()]
    out = Console(width=120)
    out.print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    missed: list[str] = []

    def bar(what: str, value: float, limit: float, unit: str = "ms") -> str:
        if value > limit:
            missed.append(f"{what}: {value:.0f} {unit}, at most {limit:.0f}")
        return f"{value:.0f}{' !' if value > limit else ''}"

    table = Table(
        "drill", "save to verdict", "slowest", "cold pytest", "ratio", "with the capstone", "idle MB", "watched MB"
    )
    for name in names:
        torch = catalogue.find(name).uses == "torch"
        most, memory = (350, 400) if torch else (200, 60)
        found = watch_of(name, ROOT / "drills", given.repeat, cold=True)
        ratio = found["cold pytest"] / found["save to verdict"]
        if ratio < 6:
            missed.append(f"{name}: {ratio:.1f} times as fast as a cold pytest, at least 6")
        full = with_capstone(name, ROOT / "drills", 5)
        table.add_row(
            name,
            bar(f"{name}, save to verdict", 1000 * found["save to verdict"], most),
            f"{1000 * found['slowest']:.0f}",
            f"{1000 * found['cold pytest']:.0f}",
            f"{ratio:.1f}",
            bar(f"{name}, with the capstone", 1000 * full, 2000),
            bar(f"{name}, daemon {'with torch' if torch else 'before a torch drill'}", found["MB"], memory, "MB"),
            f"{found['MB watched']:.0f}",
        )
    if not given.only:
        found = watch_of("scaled", OWN, given.repeat, cold=False)
        table.add_row(
            "scaled (torch)",
            bar("torch, save to verdict", 1000 * found["save to verdict"], 350),
            f"{1000 * found['slowest']:.0f}",
            "",
            "",
            "",
            bar("daemon with torch", found["MB"], 400, "MB"),
            f"{found['MB watched']:.0f}",
        )
    out.print(table)
    with user(ROOT / "drills") as (home, env):
        run(DRILL, "list", env=env, cwd=home)
        lists = [timed(lambda: run(DRILL, "list", env=env, cwd=home)) for _ in range(given.repeat)]
        starts = []
        for name in names:
            starts.append(timed(lambda name=name: run(DRILL, "start", name, env=env, cwd=home)))
        out.print(f"drill list: {bar('drill list', 1000 * statistics.median(lists), 120)} ms")
        out.print(f"drill start: {bar('drill start', 1000 * statistics.median(starts), 300)} ms")
    for line in missed:
        out.print(f"missed: {line}")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
