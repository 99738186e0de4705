"""`drill doctor` on the screen, and how the daemon is."""

from __future__ import annotations

from typing import Any

import click

from groundup.drill import doctor, grader
from groundup.drill.clock import minutes
from groundup.drill.screen import count, listed, paint, say


def daemon() -> dict[str, Any] | None:
    """What the daemon says of itself, or None when there is none."""
    return grader.status()


def daemon_words(found: dict[str, Any] | None) -> str:
    """The same in words that follow "the daemon"."""
    if found is None:
        return "does not run; the next check starts it"
    loaded = listed(sorted(found.get("zygotes", {}))) or "nothing"
    grades = count(int(found.get("grades", 0)), "grade")
    return f"runs as process {found.get('pid')}: {loaded} loaded, {grades}, idle for {minutes(found.get('idle', 0.0))}"


def examine() -> doctor.Report:
    """Look at this installation."""
    return doctor.examine(daemon_words(daemon()))


def show(report: doctor.Report) -> None:
    """Write a report to standard output."""
    rows = [("python", report.python), ("", report.executable), ("system", report.system)]
    rows += [(name, version or "not installed") for name, version in report.packages.items()]
    rows += [(name, what) for name, what in report.devices.items()]
    rows += [("daemon", report.daemon), ("history", report.home), ("drills", report.drills)]
    wide = max(max(len(name) for name, _ in rows), max(len(layer.name) for layer in report.layers))
    for name, value in rows:
        click.echo(f"{paint(f'{name:{wide}}', 'dim')}  {value}")
    click.echo()
    click.echo("Sandbox, which your file is run in:")
    for layer in report.layers:
        sign = paint("✓", "green") if layer.there else paint("✗", "red")
        click.echo(f"{layer.name:{wide}}  {sign} {layer.detail}")
    click.echo()
    if report.complete:
        say("All layers are there: files of others can be graded.")
    else:
        say("A layer is missing: your own files are graded, those of others only with --allow-weak-sandbox.")
