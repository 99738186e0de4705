"""How fast is the book built, against building nothing but pages and against stock markdown-exec?

    python tests/bench/bench_build.py --pages 60 --repeat 3 --json bench.json

Everything happens in one run, on the same pages and in a temporary folder, so that ratios mean something on any
machine. Seconds are medians. The peak is that of MkDocs' own process, without the processes that run chapters.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import click
from browser import Browser, address, entries_of, index_of, navigation
from project import BenchError, Projects
from rich.console import Console
from rich.table import Table

from groundup.book.program import Program

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 120)
err = Console(stderr=True, highlight=False, soft_wrap=True)

NO_EXECUTION, STOCK, WARM = "no execution", "stock markdown-exec", "ours, warm"
COLD = {1: "ours, cold, 1 worker", 2: "ours, cold, 2 workers"}

_PATIENCE = 1800.0
"""Seconds after which a build counts as hanging."""

_PARAGRAPH = re.compile(r"(?<=\n\n)[A-Z][^\n]*(\n[^\s`-][^\n]*)*[.?](?=\n\n)")
"""Prose: a block that starts with a capital and ends with a full stop."""

# MkDocs, with its own peak written at the end. What the kernel tells a parent about an ended child counts the
# child's children too, and what a process learns from getrusage counts what it was forked from. VmHWM does neither.
_MKDOCS = """
import atexit, os, resource, sys
def peak():
    try:
        with open("/proc/self/status") as status:
            megabytes = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        unit = 2**20 if sys.platform == "darwin" else 1024
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    with open(os.environ["BENCH_PEAK"], "w") as file:
        file.write(str(megabytes))
atexit.register(peak)
sys.argv[0] = "mkdocs"
from mkdocs.__main__ import cli
cli()
"""


@dataclass
class Variant:
    """One way to build the pages, and what it took each time."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass
class Edits:
    """Edits of one kind under `mkdocs serve`, from the write of the file to the refreshed page.

    Args:
        what: What was edited.
        seconds: Of each edit.
        run_seconds: What the chapter's program itself ran each time; nothing for prose.
    """

    what: str
    seconds: list[float] = field(default_factory=list)
    run_seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def beyond_run(self) -> float:
        """Seconds beyond the program's own, median."""
        runs = self.run_seconds or [0.0] * len(self.seconds)
        return statistics.median(total - run for total, run in zip(self.seconds, runs, strict=True))


@dataclass
class Bar:
    """What the design asks for, and what was measured."""

    what: str
    limit: float
    measured: float
    unit: str = ""

    @property
    def met(self) -> bool:
        return self.measured <= self.limit


@dataclass
class Result:
    """All that the bench found.

    Args:
        variants: By name.
        edits: Prose first, then one entry for each chapter whose program was edited.
        serve_ready: Seconds from the start of `mkdocs serve` to its first answer, with warm caches.
        serve_peak_mb: Peak of its process.
        problems: Where a build was quick and not right.
    """

    variants: dict[str, Variant] = field(default_factory=dict)
    edits: list[Edits] = field(default_factory=list)
    serve_ready: float | None = None
    serve_peak_mb: float | None = None
    problems: list[str] = field(default_factory=list)

    def bars(self) -> list[Bar]:
        """Every bar for which there is a measurement."""
        median = {name: variant.median for name, variant in self.variants.items()}
        peak = max(max(self.variants[name].peak_mb) for name in (*COLD.values(), WARM))
        bars = [
            Bar("warm build / no-execution build", 1.3, median[WARM] / median[NO_EXECUTION]),
            Bar("cold build, 2 workers / stock markdown-exec", 0.7, median[COLD[2]] / median[STOCK]),
            Bar("peak memory of the build process", 250, peak, " MB"),
        ]
        for edits in self.edits:
            if edits.run_seconds:
                bars.append(Bar(f"{edits.what}, beyond its run", 1.0, edits.beyond_run, " s"))
            else:
                bars.append(Bar(f"{edits.what} to refreshed page", 1.0, edits.median, " s"))
        return bars


class Bench:
    """Builds the projects in every way, and edits ours under `mkdocs serve`.

    Args:
        projects: What is built.
        result: Where the measurements go.
    """

    def __init__(self, projects: Projects, result: Result) -> None:
        self.projects = projects
        self.result = result
        self.sites = projects.folder / "sites"
        self.log = projects.folder / "mkdocs.log"
        self.peak = projects.folder / "peak"

    def round(self) -> None:
        """Build every variant once. Those that are divided by each other run one after the other."""
        self.cold(1)
        self.measure(STOCK, self.projects.stock)
        self.cold(2)
        cold = _digests(self.site)
        self.measure(NO_EXECUTION, self.projects.plain)
        self.measure(WARM, self.projects.ours)
        warm = _digests(self.site)
        if changed := sorted(path for path in cold | warm if cold.get(path) != warm.get(path)):
            self.problem(f"warm and cold build made {len(changed)} files that differ, such as {changed[0]}")
        self.look()

    @property
    def site(self) -> Path:
        """Where our project was last built."""
        return self.sites / self.projects.ours.name

    def cold(self, workers: int) -> None:
        """Build ours with empty caches."""
        self.projects.use_workers(workers)
        self.projects.forget()
        self.measure(COLD[workers], self.projects.ours)

    def measure(self, name: str, root: Path) -> None:
        """Build a project in a new process into a new folder.

        Raises:
            BenchError: The build failed.
        """
        site = self.sites / root.name
        shutil.rmtree(site, ignore_errors=True)
        started, cpu = time.perf_counter(), _cpu_of_children()
        with self.mkdocs(root, "build", "--quiet", "--site-dir", str(site)) as process:
            status = process.wait(_PATIENCE)
            seconds = time.perf_counter() - started
        if status or not (site / "index.html").is_file():
            raise BenchError(f"{name}: mkdocs build failed (exit status {status})\n{self.tail()}")
        variant = self.result.variants.setdefault(name, Variant())
        variant.seconds.append(seconds)
        variant.cpu_seconds.append(_cpu_of_children() - cpu)
        variant.peak_mb.append(float(self.peak.read_text()))
        err.print(f"{name}: {seconds:.2f} s, {variant.peak_mb[-1]:.0f} MB")

    def look(self) -> None:
        """See whether every variant did its work."""
        cells = sum(not cell.hide for program in self.projects.programs.values() for cell in program.cells)
        shown = sum(path.read_text(encoding="utf-8").count("data-cell=") for path in self.site.rglob("*.html"))
        if shown != cells:
            self.problem(f"our site shows {shown} of {cells} cells")
        raised = sum(
            path.read_text(encoding="utf-8").count("Traceback (most recent call last)")
            for path in (self.sites / self.projects.stock.name).rglob("*.html")
        )
        if raised:
            self.problem(f"under stock markdown-exec {raised} cells raised, so it did less than ours")

    def serve(self, edits: int) -> None:
        """Edit prose and programs under `mkdocs serve`, each page once more than it is measured."""
        port = _free_port()
        started = time.perf_counter()
        with self.mkdocs(self.projects.ours, "serve", "--dev-addr", f"127.0.0.1:{port}") as process:
            browser = Browser(port)
            while not _answers(browser):
                if process.poll() is not None or time.perf_counter() - started > _PATIENCE:
                    raise BenchError(f"mkdocs serve does not answer\n{self.tail()}")
                time.sleep(0.02)
            self.result.serve_ready = time.perf_counter() - started
            err.print(f"serve: ready after {self.result.serve_ready:.2f} s")
            chapters = [copies[-1] if copies else slug for slug, copies in self.projects.copies.items()]
            pages = {Path(page).stem: page for page in self.projects.pages if page.startswith("part-")}
            try:
                self.edit_prose(browser, [pages[slug] for slug in chapters], edits)
                for slug in chapters:
                    self.edit_code(browser, pages[slug], self.projects.programs[slug], edits)
            except (BenchError, OSError) as error:
                raise BenchError(f"serve: {error}\n{self.tail()}") from None
        self.result.serve_peak_mb = float(self.peak.read_text())

    def edit_prose(self, browser: Browser, pages: list[str], edits: int) -> None:
        """Add a sentence to the first paragraph of a page, one more each time."""
        measured = Edits("serve: prose edit")
        for number in range(edits + 1):
            page = pages[number % len(pages)]
            path = self.projects.ours / "docs" / page
            sentence = f"This is sentence {number} of the bench."
            text = path.read_text(encoding="utf-8")
            if not (found := _PARAGRAPH.search(text)):
                raise BenchError(f"{page} has no paragraph")
            text = f"{text[: found.end()]} {sentence}{text[found.end() :]}"
            edit = partial(path.write_text, text, encoding="utf-8")
            seconds, html = browser.refreshed(address(page), edit, sentence)
            self.complete(browser, page, html, sentence)
            err.print(f"{measured.what}, {page}: {seconds:.2f} s{'' if number else ' (not counted)'}")
            if number:
                measured.seconds.append(seconds)
        self.result.edits.append(measured)

    def edit_code(self, browser: Browser, page: str, program: Program, edits: int) -> None:
        """Change a literal that the program prints. It stands in the first cell that may print what it likes."""
        measured = Edits(f"serve: code edit, {program.chapter}")
        cell = next(cell for cell in program.cells if not (cell.hide or cell.volatile or cell.raises))
        lines = program.path.read_text(encoding="utf-8").splitlines()
        end = cell.line - 1 + len(cell.source.splitlines())
        for number in range(edits + 1):
            # The sum stands in the output alone, not in the source that the page shows too.
            text = "\n".join([*lines[:end], f'print("bench edit", 70000 + {number})', *lines[end:], ""])
            edit, wanted = partial(program.path.write_text, text, encoding="utf-8"), f"bench edit {70000 + number}"
            seconds, html = browser.refreshed(address(page), edit, wanted)
            self.complete(browser, page, html, wanted)
            run = self.projects.run_seconds(program.chapter)
            counted = "" if number else " (not counted)"
            err.print(f"{measured.what}: {seconds:.2f} s, of which the program {run:.2f} s{counted}")
            if number:
                measured.seconds.append(seconds)
                measured.run_seconds.append(run)
        self.result.edits.append(measured)

    def complete(self, browser: Browser, page: str, html: str, text: str) -> None:
        """See whether the refreshed site has all that a full build has."""
        entries = browser.search_entries()
        if missing := entries_of(self.site) - {entry["location"] for entry in entries}:
            self.problem(f"{page}: after an edit the search index lacks {len(missing)} entries")
        if not any(text in entry["text"] for entry in entries if entry["location"].startswith(address(page))):
            self.problem(f"{page}: after an edit the search index does not have `{text}`")
        built = (self.site / address(page) / "index.html").read_text(encoding="utf-8")
        links, wanted = navigation(html, address(page)), navigation(built, address(page))
        listed = {f"/{address(page)}".rstrip("/") or "/" for page in self.projects.pages}
        if links != wanted or not listed <= set(links):
            found = len(listed & set(links))
            self.problem(f"{page}: after an edit the navigation has {found} of {len(listed)} pages")

    def problem(self, sentence: str) -> None:
        if sentence not in self.result.problems:
            self.result.problems.append(sentence)

    @contextlib.contextmanager
    def mkdocs(self, root: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """MkDocs in a process group of its own, which ends with the block, whatever ends it."""
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", _MKDOCS, *arguments],
                cwd=root,
                env={**self.projects.environment, "BENCH_PEAK": str(self.peak)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def tail(self) -> str:
        """The end of what MkDocs said last."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


def _digests(site: Path) -> dict[str, str]:
    """What every page of a site and its search index hold; the order of keys in the index does not matter."""
    held = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*.html")}
    held["search"] = json.dumps(json.loads(index_of(site).read_bytes()), sort_keys=True).encode()
    return {path: hashlib.sha256(data).hexdigest() for path, data in held.items()}


def _cpu_of_children() -> float:
    """CPU seconds of every process that has ended, chapters included: steadier than the clock on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answers(browser: Browser) -> bool:
    try:
        return bool(browser.get(""))
    except OSError:
        return False


def _variants(result: Result) -> Table:
    table = Table("build", "seconds", "/ no execution", "/ stock", "CPU s", "peak MB", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    plain, stock = result.variants[NO_EXECUTION].median, result.variants[STOCK].median
    for name in (NO_EXECUTION, STOCK, *COLD.values(), WARM):
        variant = result.variants[name]
        ratios = f"{variant.median / plain:.2f}", f"{variant.median / stock:.2f}"
        cpu, peak = statistics.median(variant.cpu_seconds), max(variant.peak_mb)
        table.add_row(name, f"{variant.median:.2f}", *ratios, f"{cpu:.2f}", f"{peak:.0f}")
    return table


def _edits(result: Result) -> Table:
    table = Table("edit to refreshed page", "seconds", "program", "beyond it", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for edits in result.edits:
        run = f"{statistics.median(edits.run_seconds):.2f}" if edits.run_seconds else ""
        table.add_row(edits.what, f"{edits.median:.2f}", run, f"{edits.beyond_run:.2f}" if run else "")
    return table


def _bars(result: Result) -> Table:
    table = Table("bar", "at most", "measured", "", box=None)
    table.columns[1].justify = table.columns[2].justify = "right"
    for bar in result.bars():
        verdict = "[green]met[/]" if bar.met else "[red]missed[/]"
        table.add_row(bar.what, f"{bar.limit:g}{bar.unit}", f"{bar.measured:.2f}{bar.unit}", verdict)
    return table


def _report(setting: dict[str, Any], result: Result) -> None:
    out.print(", ".join(f"{name} {value}" for name, value in setting.items()) + "\n")
    out.print(_variants(result))
    if result.edits:
        out.print()
        out.print(_edits(result))
        out.print(f"serve is ready after {result.serve_ready:.2f} s and grows to {result.serve_peak_mb:.0f} MB")
    out.print()
    out.print(_bars(result))
    for problem in result.problems:
        out.print(f"[red]not right:[/] {problem}")


def _setting(projects: Projects, repeat: int) -> dict[str, Any]:
    versions = {name: importlib.metadata.version(name) for name in ("mkdocs", "mkdocs-material", "markdown-exec")}
    return {
        "pages": len(projects.pages),
        "programs": len(projects.programs),
        "cells": sum(len(program.cells) for program in projects.programs.values()),
        "repeat": repeat,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        **versions,
    }


def _document(setting: dict[str, Any], result: Result) -> str:
    bars = [{**asdict(bar), "met": bar.met} for bar in result.bars()]
    return json.dumps({"setting": setting, **asdict(result), "bars": bars}, indent=2) + "\n"


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)  # Blocks are left in order: processes end, the folder goes.


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--pages",
    type=click.IntRange(1),
    default=60,
    show_default=True,
    help="Pages in all; the book's chapters are copied to fill up.",
)
@click.option(
    "--repeat",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Build every variant so often; medians are shown.",
)
@click.option(
    "--edits",
    type=click.IntRange(0),
    default=5,
    show_default=True,
    help="Edits of each kind under `mkdocs serve`; 0 for none.",
)
@click.option("--lock", is_flag=True, help="Work in progress: accept the programs' outputs as they are, in the copy.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all numbers there.")
def main(pages: int, repeat: int, edits: int, lock: bool, json_file: Path | None) -> None:
    """Measure building and serving the book, and hold it against the design's bars.

    Builds the book, grown to --pages pages, without execution, with stock markdown-exec and with our own engine, cold
    and warm; then edits prose and programs under `mkdocs serve`. Progress goes to standard error. The exit status is 0
    whether bars are met or missed, and 1 if something failed to build.
    """
    for ended in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ended, _stop)
    result = Result()
    try:
        with tempfile.TemporaryDirectory(prefix="groundup-bench-", ignore_cleanup_errors=True) as folder:
            err.print("making the pages ...")
            projects = Projects(Path(folder).resolve(), pages, lock=lock)
            setting = _setting(projects, repeat)
            bench = Bench(projects, result)
            for number in range(repeat):
                err.print(f"round {number + 1} of {repeat}, {setting['pages']} pages")
                bench.round()
            if edits:
                bench.serve(edits)
    except BenchError as error:
        raise click.ClickException(str(error)) from None
    _report(setting, result)
    if json_file:
        json_file.write_text(_document(setting, result), encoding="utf-8")


if __name__ == "__main__":
    main()
