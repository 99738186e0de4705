"""The command ``book``: run, check, lock, new, time, zip."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table

from groundup.book import check as checks
from groundup.book import lock, offline, style
from groundup.book.book import Book, Collection
from groundup.book.errors import BookError, Fault, Faults
from groundup.book.new import new_chapter
from groundup.book.program import Program
from groundup.book.progress import Progress
from groundup.book.runner import Run

console = Console(highlight=False, soft_wrap=True)


class _Group(click.Group):
    """A group whose commands end with a sentence, not with a traceback, when the book is wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BookError as error:
            _fail(error)


def _fail(error: BookError) -> NoReturn:
    count = len(error.faults) if isinstance(error, Faults) else 1
    click.echo(f"{error}", err=True)
    if count > 1:
        click.echo(f"\n{count} faults", err=True)
    raise SystemExit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="groundup")
def main() -> None:
    """Run, check and lock the programs of the book."""


def _chosen(collection: Collection, chapters: tuple[str, ...]) -> list[Program]:
    if not chapters:
        return list(collection.programs.values())
    return [collection.program(chapter) for chapter in chapters]


def _execute(book: Book, programs: list[Program], *, fresh: bool) -> dict[str, Run]:
    """Run programs; faults are raised together, after every other program has been stored."""
    runs: dict[str, Run] = {}
    faults: list[Fault] = []
    with book.runner() as runner:
        for program, result in book.execute(programs, runner, Progress(), fresh=fresh):
            if isinstance(result, Fault):
                faults.append(result)
            else:
                runs[program.chapter] = result
    if faults:
        raise Faults(faults)
    return runs


@main.command()
@click.argument("chapters", nargs=-1, metavar="[CHAPTER]...")
@click.option("--fresh", is_flag=True, help="Run even what has not changed.")
@click.option("--quiet", "-q", is_flag=True, help="Do not print the outputs.")
def run(chapters: tuple[str, ...], fresh: bool, quiet: bool) -> None:
    """Run what changed and print the outputs.

    CHAPTER is a slug or its number: 04-similarity or 04. Without one, the whole book.
    """
    book = Book.find()
    programs = _chosen(book.collect(), chapters)
    runs = _execute(book, programs, fresh=fresh)
    for program in programs:
        if not quiet:
            _print_run(program, runs[program.chapter])
    if quiet:
        console.print(f"{len(programs)} programs, {sum(len(program.cells) for program in programs)} cells: all ran")


def _print_run(program: Program, run: Run) -> None:
    console.rule(program.chapter)
    for name, printed in run.cells.items():
        console.print(f"[bold]{name}[/]")
        for text in (printed.text, printed.error):
            if text:
                console.print(text.rstrip("\n"), markup=False)
        for drawing in printed.figures:
            console.print(f"[figure: {drawing.alt}]", markup=False)


@main.command("lock")
@click.argument("chapters", nargs=-1, metavar="[CHAPTER]...")
def lock_command(chapters: tuple[str, ...]) -> None:
    """Accept the outputs as they are now.

    Runs each program twice and refuses one that disagrees with itself. Without CHAPTER: every program whose output
    differs from its lock, or whose lock does not say how long it takes.
    """
    book = Book.find()
    collection = book.collect()
    programs = _chosen(collection, chapters)
    runs = _execute(book, programs, fresh=False)
    if not chapters:
        programs = [program for program in programs if lock.unfit(program, runs[program.chapter])]
    again = _execute(book, programs, fresh=True)
    faults = []
    for program in programs:
        unsteady = lock.differences(program, runs[program.chapter], again[program.chapter])
        if unsteady:
            message = (
                "two runs printed different things; set a seed, print less digits, or tag the cell `tol` or `volatile`"
            )
            faults.append(Fault(message, chapter=program.chapter, cell=", ".join(unsteady)))
            continue
        quicker = min(runs[program.chapter].busy, again[program.chapter].busy)
        changed = lock.Lock(program).write(replace(again[program.chapter], busy=quicker))
        console.print(f"{program.chapter}: {'locked' if changed else 'unchanged'}")
    if not programs:
        console.print("every output agrees with its lock")
    if faults:
        raise Faults(faults)


@main.command()
@click.argument("chapters", nargs=-1, metavar="[CHAPTER]...")
@click.option("--style", "styled", is_flag=True, help="Only count what the chapter guide asks for.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts of --style as JSON.")
def check(chapters: tuple[str, ...], styled: bool, as_json: bool) -> None:
    """Run, compare and build the whole book.

    Compares every output with its lock, builds the site, counts the cells declared, run and rendered, and searches the
    pages for tracebacks.

    With --style nothing is compared or built. Counts words, cells, figures, questions and more in each CHAPTER, or in
    all, and fails where a chapter misses what the guide asks for.
    """
    book = Book.find()
    if styled:
        _check_style(book, chapters, as_json=as_json)
        return
    if chapters or as_json:
        raise click.UsageError("chapters and --json go with --style; the gate is for the whole book")
    collection = book.collect()
    runs = _execute(book, list(collection.programs.values()), fresh=False)
    report = checks.check(book, collection, runs)
    console.print(report.table())
    for page, unrun in collection.unrun.items():
        for fence in unrun:
            console.print(f"docs/{page}:{fence.line} does not run: {fence.reason}", markup=False)
    if report.faults:
        raise Faults(report.faults)
    console.print(
        f"{report.declared} cells declared, {report.run} run, {report.rendered} rendered and {report.hidden} hidden; "
        "every lock holds"
    )


def _check_style(book: Book, chapters: tuple[str, ...], *, as_json: bool) -> None:
    collection = book.collect()
    counted = style.chosen(collection, chapters)
    runs = _execute(book, [collection.programs[chapter.slug] for chapter in counted], fresh=False)
    styles = style.report(book, collection, counted, runs)
    misses = [miss for each in styles for miss in each.misses]
    if as_json:
        click.echo(style.as_json(styles))
    else:
        Console(width=style.WIDTH, highlight=False, soft_wrap=True).print(style.table(styles))
        for miss in misses:
            console.print(str(miss), markup=False)
        console.print(f"{len(misses)} misses" if misses else "every bar holds")
    if misses:
        raise SystemExit(1)


@main.command()
@click.argument("chapter")
@click.option("--part", required=True, help="The part's folder: part-1.")
@click.option("--title", required=True, help="The chapter's title.")
def new(chapter: str, part: str, title: str) -> None:
    """Start a chapter with its program and its page."""
    for path in new_chapter(Book.find(), chapter, part, title):
        console.print(str(path), markup=False)
    console.print(f"write both, look at `book run {chapter}`, then accept the output with `book lock {chapter}`")


@main.command("zip")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def zip_command(file: Path | None) -> None:
    """Build the site for reading from a folder and zip it.

    FILE is ground-up-offline.zip in the project's folder unless you name another. Unpacked, its index.html opens in a
    browser, without a network or a server.
    """
    book = Book.find()
    target = file or book.root / "ground-up-offline.zip"
    count = offline.zipped(book, target)
    console.print(f"{target.name}: {count} files, {target.stat().st_size / 1e6:.1f} MB", markup=False)


@main.command()
@click.argument("chapters", nargs=-1, metavar="[CHAPTER]...")
def time(chapters: tuple[str, ...]) -> None:
    """Show each program's seconds and memory."""
    book = Book.find()
    programs = _chosen(book.collect(), chapters)
    runs = _execute(book, programs, fresh=True)
    table = Table("chapter", "cells", "seconds", "MB", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for program in sorted(programs, key=lambda program: -runs[program.chapter].seconds):
        result = runs[program.chapter]
        table.add_row(program.chapter, str(len(program.cells)), f"{result.seconds:.2f}", str(result.megabytes))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
