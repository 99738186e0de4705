"""How fast are the capstones, against the times their chapters' source states and against a plain nanoGPT?

    python tests/bench/bench_capstones.py                                every capstone on this CPU, two minutes
    python tests/bench/bench_capstones.py --only gpt --repeat 5          one of them
    python tests/bench/bench_capstones.py --device cuda                  the GPT at GPT-2's size, in bf16

Each measurement is a process of its own, so that imports count and peaks are its own. Seconds are the least of the
repeats: on a shared machine everything else only adds. Ratios are taken inside one process on one thread, the two
sides in turn, in seconds of CPU time, which do not count what else the machine does.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

# No torch up here: a child's peak memory includes that of the process it was started from.

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 140)
err = Console(stderr=True, highlight=False, soft_wrap=True)

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Limits:
    """What the syllabus reports of a capstone, in seconds.

    Args:
        source: Stated by the source; half of it is a limit of our whole process.
        training: Of a throw-away version by number of threads, the worst of its range.
        process: Of that version as a whole process.
    """

    source: float = math.inf
    training: Mapping[int, float] = field(default_factory=dict)
    process: Mapping[int, float] = field(default_factory=dict)


LIMITS = {
    "gpt": Limits(11.9, {1: 2.9, 2: 2.8}, {1: 3.8, 2: 3.1}),
    "lora": Limits(5.0, {1: 0.86}, {1: 2.0}),
    "agent": Limits(),
    "cnn": Limits(20.0, {1: 0.45, 2: 0.44}, {1: 1.8, 2: 1.8}),
    "diffusion": Limits(15.0, {1: 1.7, 2: 1.9}, {1: 3.1, 2: 3.0}),
}
COMMANDS = {"agent": ["What is 23 * 19 + 7?"]}
TAKES_THREADS = ("gpt", "cnn", "diffusion")

PEAKS = {"H200": 989, "H100 PCIe": 756, "H100": 989, "A100": 312, "L40S": 362, "L4": 121, "4090": 165, "V100": 125}
"""Dense bf16 TFLOP/s by what stands in a card's name, as the makers state them; the first that fits counts."""


# ---- what runs in the child processes -------------------------------------------------------------------------------


def _gpt(threads: int) -> dict[str, Any]:
    from groundup.capstones import gpt

    trained = gpt.train()
    ids = gpt.encode(gpt.TEXT, trained.vocabulary)
    reached: list[int] = []

    class Reached(Exception):
        pass

    def watch(done: int, *_: Any) -> None:
        if gpt.evaluate(models[0], ids, range(len(gpt.LINE))) <= 0.0512:
            reached.append(done)
            raise Reached

    import torch

    torch.manual_seed(0)
    models = [gpt.GPT(gpt.Config())]
    torch.manual_seed(0)
    with contextlib.suppress(Reached):
        gpt.train(model=models[0], every=10, report=watch)
    updates = len(trained.losses) - 1
    recipe = gpt.Recipe()
    return {
        "seconds": trained.seconds,
        "rate": updates * recipe.batch * gpt.Config().context / trained.seconds,
        "unit": "tokens/s",
        "target": trained.seconds * reached[0] / updates if reached else math.nan,
        "target is": "expected loss 0.0512",
        "quality": gpt.evaluate(trained.model, ids, range(len(gpt.LINE))),
        "quality is": f"expected loss (at most 0.0480; floor {gpt.entropy_floor().mean():.4f})",
    }


def _lora(threads: int) -> dict[str, Any]:
    from groundup.capstones import lora

    began = time.perf_counter()
    base = lora.pretrain()
    pretraining = time.perf_counter() - began
    ways = {how: lora.adapt(base, how) for how in ("head", 1, 2, 4, 8, "full")}
    seconds = time.perf_counter() - began
    config = lora.Config()
    samples = config.batch * (config.pretrain_steps + len(ways) * config.adapt_steps)
    return {
        "seconds": seconds,
        "rate": samples / seconds,
        "unit": "samples/s",
        "target": pretraining + ways[2].seconds,
        "target is": "pretrained, then adapted with rank 2",
        "quality": min(ways[how].accuracy for how in (2, 4, 8, "full")),
        "quality is": "least accuracy of rank 2, 4, 8 and full (at least 0.99)",
    }


def _agent(threads: int) -> dict[str, Any]:
    from groundup.capstones import agent

    questions = 200
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        for _ in range(questions):
            agent.main(["What is 23 * 19 + 7?"])
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds / questions,
        "rate": questions / seconds,
        "unit": "questions/s",
        "target": seconds / questions,
        "target is": "the answer",
        "quality": said.getvalue().count("444") >= questions,
        "quality is": "23 * 19 + 7 answered with 444",
    }


def _cnn(threads: int) -> dict[str, Any]:
    from groundup.capstones import cnn

    trained = cnn.train()
    epochs = [i + 1 for i, accuracy in enumerate(trained.accuracies) if accuracy == 1]
    return {
        "seconds": trained.seconds,
        "rate": trained.images_per_second,
        "unit": "images/s",
        "target": trained.seconds * epochs[0] / len(trained.accuracies) if epochs else math.nan,
        "target is": "accuracy 1.000",
        "quality": trained.accuracies[-1],
        "quality is": "accuracy on held-out pictures (1.000)",
    }


def _diffusion(threads: int) -> dict[str, Any]:
    from groundup.capstones import diffusion
    from groundup.capstones.diffusion_shapes import radius_stats

    trained = diffusion.train()
    began = time.perf_counter()
    x = diffusion.sample(trained.model, 500, trained.tables, variance="posterior")
    radius, sd = radius_stats(x)
    return {
        "seconds": trained.seconds,
        "rate": trained.points_per_second,
        "unit": "points/s",
        "target": trained.seconds + time.perf_counter() - began,
        "target is": "trained, and 500 points drawn",
        "quality": sd,
        "quality is": f"sd of the radius (at most 0.09), whose mean is {radius:.3f} (0.98 to 1.01)",
    }


def _compare(threads: int) -> dict[str, Any]:
    """Ours and the plain GPT in turn: one update, 60 characters at the toy's context, 255 at a context of 256."""
    import numpy as np
    import torch

    from groundup.capstones import gpt, training

    sys.path.insert(0, str(Path(__file__).parent))
    import nanogpt

    text = torch.tensor(gpt.encode(gpt.TEXT, "".join(sorted(set(gpt.TEXT)))).tolist())
    flat = text.numpy().astype(np.uint16)  # as a nanoGPT's data file holds it

    def pair(**sizes: int) -> tuple[gpt.GPT, nanogpt.GPT]:
        torch.manual_seed(0)
        config = gpt.Config(**sizes)
        plain = nanogpt.GPT(config.vocab_size, config.context, config.width, config.layers, config.heads)
        ours = gpt.GPT(config)
        assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in plain.parameters())
        return ours, plain

    def race(**runners: Callable[[], object]) -> dict[str, float]:
        """CPU seconds of each, medians; one after the other, in alternating order; the first rounds do not count."""
        times: dict[str, list[float]] = {name: [] for name in runners}
        for n in range(rounds + 3):
            for name in list(runners)[:: 1 if n % 2 else -1]:
                began = time.process_time()
                runners[name]()
                times[name].append(time.process_time() - began)
        return {name: float(np.median(each[3:])) for name, each in times.items()}

    ours, plain = pair()
    recipe, T = gpt.Recipe(), ours.config.context
    opt = training.AdamW(ours.parameters(), recipe.lr, recipe.betas, weight_decay=recipe.weight_decay)
    library = torch.optim.AdamW(plain.parameters(), recipe.lr, recipe.betas, weight_decay=recipe.weight_decay)
    generator = torch.Generator().manual_seed(0)

    def our_step() -> None:
        starts = torch.randint(len(text) - T, (recipe.batch,), generator=generator)
        opt.zero_grad()
        x, y = gpt.get_batch(text, starts, T)
        loss = torch.nn.functional.cross_entropy(ours(x).flatten(0, 1), y.flatten())
        loss.backward()
        opt.lr = gpt.lr_at(5, recipe)
        opt.step()
        loss.item()

    def plain_step() -> None:
        for group in library.param_groups:
            group["lr"] = gpt.lr_at(5, recipe)
        x, y = nanogpt.get_batch(flat, recipe.batch, T)
        _, loss = plain(x, y)
        loss.backward()
        library.step()
        library.zero_grad(set_to_none=True)
        loss.item()

    rounds = 60
    step = race(ours=our_step, plain=plain_step)

    prompt = torch.tensor([[10]])
    rounds = 7

    def write(model: gpt.GPT, n: int, cached: bool) -> object:
        return gpt.generate(model, [10], n, rng=np.random.default_rng(0), cached=cached)

    toy = race(ours=lambda: write(ours, 60, True), plain=lambda: plain.generate(prompt, 60, 0.8))
    long, plain_long = pair(context=256)
    full = race(
        ours=lambda: write(long, 255, True),
        without=lambda: write(long, 255, False),
        plain=lambda: plain_long.generate(prompt, 255, 0.8),
    )
    return {
        "training step, plain / ours": (step["plain"] / step["ours"], 1.0),
        "60 characters, plain / ours (context 32)": (toy["plain"] / toy["ours"], 1.0),
        "255 characters, plain / ours (context 256)": (full["plain"] / full["ours"], 1.0),
        "255 characters, ours without the cache / with": (full["without"] / full["ours"], 3.0),
        "milliseconds": {"step": step, "60 characters": toy, "255 characters": full},
    }


WORKERS: dict[str, Callable[[int], dict[str, Any]]] = {
    "gpt": _gpt,
    "lora": _lora,
    "agent": _agent,
    "cnn": _cnn,
    "diffusion": _diffusion,
    "compare": _compare,
}


# ---- the processes and what they took -------------------------------------------------------------------------------


@dataclass
class Row:
    """One capstone on one number of threads."""

    name: str
    threads: int
    process: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def best(self) -> dict[str, Any]:
        """The quickest training."""
        return min(self.runs, key=lambda run: run["seconds"])


def _environment(threads: int) -> dict[str, str]:
    path = os.pathsep.join([str(REPOSITORY / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}


def _process(command: list[str], threads: int) -> tuple[float, float, float]:
    """Seconds, seconds of all cores, and peak in MB of a process that must succeed."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=said, stderr=said, env=_environment(threads))
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise click.ClickException(f"{' '.join(command)} failed:\n{said.read().decode(errors='replace')[-2000:]}")
    unit = 2**20 if sys.platform == "darwin" else 1024
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit


def _worker(name: str, threads: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--worker", name, "--threads", str(threads)]
    run = subprocess.run(command, capture_output=True, text=True, env=_environment(threads), check=False)
    if run.returncode:
        raise click.ClickException(f"{' '.join(command)} failed:\n{run.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return result


def _measure(row: Row) -> None:
    command = [sys.executable, "-m", f"groundup.capstones.{row.name}", *COMMANDS.get(row.name, [])]
    if row.name in TAKES_THREADS:
        command += ["--threads", str(row.threads)]
    seconds, cpu, peak = _process(command, row.threads)
    row.process.append(seconds)
    row.cpu.append(cpu)
    row.peak_mb.append(peak)
    row.runs.append(_worker(row.name, row.threads))


# ---- the report -----------------------------------------------------------------------------------------------------


def _bound(value: float, limit: float) -> str:
    if value < 0.01:
        return f"{value:.5f}"
    return f"{value:.2f}" + (f" (<= {limit:.2f}{'' if value <= limit else ', missed'})" if limit < math.inf else "")


_BEGIN, _END = "<!-- measured: bench_capstones.py --page writes this -->\n", "\n<!-- end -->"


def _report(rows: list[Row], compared: list[dict[str, Any]]) -> list[Table]:
    table = Table(
        title="Capstones: least of the repeats (at most: the syllabus, half the source's time)", title_justify="left"
    )
    columns = ("process s", "CPU s", "peak MB", "training s", "throughput", "to the target s", "quality")
    for column in ("capstone", "threads", *columns):
        table.add_column(column, justify="left" if column in ("capstone", "quality") else "right")
    for row in rows:
        limits, best = LIMITS[row.name], row.best
        process = min(limits.source / 2, limits.process.get(row.threads, math.inf))
        table.add_row(
            row.name,
            str(row.threads),
            _bound(min(row.process), process),
            f"{min(row.cpu):.2f}",
            f"{max(row.peak_mb):.0f}",
            _bound(best["seconds"], limits.training.get(row.threads, math.inf)),
            f"{best['rate']:,.0f} {best['unit']}",
            _bound(best["target"], math.inf),
            f"{best['quality']:.4f}" if isinstance(best["quality"], float) else str(best["quality"]),
        )
    out.print(table)
    for name in dict.fromkeys(row.name for row in rows):
        run = next(row.best for row in rows if row.name == name)
        out.print(f"{name}: target: {run['target is']}; quality: {run['quality is']}")
    if not compared:
        return [table]
    first, table = (
        table,
        Table(title="The GPT against a plain nanoGPT, one thread (at least: the limit)", title_justify="left"),
    )
    table.add_column("ratio of medians")
    for n in range(len(compared)):
        table.add_column(f"run {n + 1}", justify="right")
    for name in (key for key in compared[0] if key != "milliseconds"):
        cells = [run[name] for run in compared]
        table.add_row(name, *(f"{r:.2f} (>= {at:.1f}{'' if r >= at else ', missed'})" for r, at in cells))
    for name, sides in compared[0]["milliseconds"].items():
        for side in sides:
            each = [f"{1000 * run['milliseconds'][name][side]:.1f}" for run in compared]
            table.add_row(f"milliseconds, {name}, {side}", *each)
    out.print(table)
    return [first, table]


def _write(page: Path, machine: str, tables: list[Table]) -> None:
    """Put the tables into a page, between its two marks; nobody copies a number."""
    before, rest = page.read_text(encoding="utf-8").split(_BEGIN)
    after = rest.split(_END)[1]
    parts = [f"Measured on {datetime.now(UTC):%d %B %Y}: {machine}."]
    for table in tables:
        cells = [[str(column.header), *map(str, column.cells)] for column in table.columns]
        rows = [f"| {' | '.join(row)} |" for row in zip(*cells, strict=True)]
        rule = "|".join("---:" if column.justify == "right" else "---" for column in table.columns)
        # Wider than a phone: the keyboard must reach what scrolls.
        box = f'<div class="wide" role="region" tabindex="0" aria-label="{table.title}" markdown>'
        parts.append("\n".join([box, "", rows[0], f"|{rule}|", *rows[1:], "", "</div>"]))
    page.write_text(f"{before}{_BEGIN}\n" + "\n\n".join(parts) + f"\n{_END}{after}", encoding="utf-8")


# ---- the GPT at size, on an accelerator -----------------------------------------------------------------------------


def _at_size(
    device: str, preset: str, batch: int, steps: int, dtype: str, compiled: bool, peak: float | None, data: Path | None
) -> None:
    """Train for some updates through `gpt.train` itself; those before the first report are warm-up."""
    import torch

    from groundup.capstones import gpt, training

    where = training.pick_device(device)
    text = data.read_text(encoding="utf-8") if data else gpt.TEXT * 10
    config, recipe = gpt.preset(preset, len(set(text)))
    recipe = gpt.Recipe(**{**asdict(recipe), "steps": 2 * steps, "batch": batch, "accumulate": 1, "warmup": 1})
    stamps: list[tuple[int, float]] = []

    def stamp(done: int, *_: Any) -> None:
        if where.type == "cuda":
            torch.cuda.synchronize()
        stamps.append((done, time.perf_counter()))

    trained = gpt.train(
        config, recipe=recipe, text=text, device=device, dtype=dtype, compile=compiled, every=steps, report=stamp
    )
    (first, began), (last, ended) = stamps[0], stamps[-1]
    tokens = batch * config.context * (last - first) / (ended - began)
    # Of every parameter that multiplies, two operations forward and four backward; and attention's T by T products.
    dense = gpt.count_params(config) - config.context * config.width
    flops = tokens * (6 * dense + 12 * config.layers * config.width * config.context)
    name = torch.cuda.get_device_name(where) if where.type == "cuda" else platform.processor() or "CPU"
    peak = peak or next((value for part, value in PEAKS.items() if part in name), None)
    out.print(f"{name}, PyTorch {torch.__version__}, {dtype}{', compiled' if compiled else ''}")
    out.print(f"preset {preset}, {gpt.count_params(config):,} parameters, batch {batch} of {config.context} tokens")
    out.print(f"{tokens:,.0f} tokens/s, {1000 * (ended - began) / (last - first):.1f} ms an update")
    share = f", {flops / peak / 1e12:.1%} of the card's {peak:g}" if peak and where.type == "cuda" else ""
    out.print(f"{flops / 1e12:.2f} TFLOP/s{share}")
    if where.type == "cuda":
        out.print(f"peak memory {torch.cuda.max_memory_allocated(where) / 2**30:.1f} GiB")
    out.print(f"loss {trained.losses[0]:.3f}, after {last} updates {trained.losses[-1]:.3f}")


@click.command(context_settings={"max_content_width": 120})
@click.option("--only", multiple=True, type=click.Choice(list(LIMITS)), help="Measure these; by default all there are.")
@click.option("--repeat", default=3, show_default=True, help="Processes of each kind.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all measurements there, too.")
@click.option("--page", type=click.Path(exists=True, path_type=Path), help="Write the tables into this page, too.")
@click.option("--device", default="cpu", show_default=True, help="With another one, or a preset: the GPT at size.")
@click.option("--preset", help="Size of the GPT; on another device than the CPU gpt2.")
@click.option("--batch", default=32, show_default=True, help="Sequences an update, at size.")
@click.option("--steps", default=20, show_default=True, help="Updates timed, after as many for warming up, at size.")
@click.option("--dtype", default="bf16", show_default=True, type=click.Choice(["bf16", "float32"]))
@click.option("--compile/--no-compile", "compiled", default=True, show_default=True, help="torch.compile, at size.")
@click.option("--peak", type=float, help="The card's dense bf16 TFLOP/s, if it is none that the bench knows.")
@click.option("--data", type=click.Path(exists=True, path_type=Path), help="Text to train on, at size.")
@click.option("--worker", hidden=True, type=click.Choice(list(WORKERS)))
@click.option("--threads", hidden=True, default=1)
def main(
    only: tuple[str, ...],
    repeat: int,
    json_file: Path | None,
    page: Path | None,
    device: str,
    preset: str | None,
    batch: int,
    steps: int,
    dtype: str,
    compiled: bool,
    peak: float | None,
    data: Path | None,
    worker: str | None,
    threads: int,
) -> None:
    """Time the capstones as processes and as trainings, and the GPT against a plain nanoGPT.

    Progress goes to standard error. The exit status is 0 whether limits are met or missed, and 1 if something failed.
    """
    if worker:
        import torch

        torch.set_num_threads(threads)
        click.echo(json.dumps(WORKERS[worker](threads)))
        return
    if device != "cpu" or preset:
        sys.path.insert(0, str(REPOSITORY / "src"))
        _at_size(device, preset or "gpt2", batch, steps, dtype, compiled, peak, data)
        return
    there = [name for name in only or LIMITS if importlib.util.find_spec(f"groundup.capstones.{name}")]
    rows = [Row(name, n) for name in there for n in ((1, 2) if name in TAKES_THREADS else (1,))]
    compared: list[dict[str, Any]] = []
    for number in range(repeat):
        for row in rows:
            err.print(f"round {number + 1} of {repeat}: {row.name}, threads {row.threads}")
            _measure(row)
        if "gpt" in there:
            err.print(f"round {number + 1} of {repeat}: the GPT and a plain one")
            compared.append(_worker("compare", 1))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    machine = f"{platform.machine()}, {cores} cores, Python {platform.python_version()}"
    out.print(f"{machine}, load {os.getloadavg()[0]:.1f}")
    tables = _report(rows, compared)
    if page:
        _write(page, machine, tables)
    if json_file:
        json_file.write_text(json.dumps({"rows": [asdict(row) for row in rows], "compared": compared}, indent=1))


if __name__ == "__main__":
    main()
