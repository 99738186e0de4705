"""The `drill` command.

Each command here finds what it works on and hands it to the module of that name. Nothing is imported that a command
does not use: `drill list` is there in a tenth of a second, and NumPy, PyTorch and pytest are never loaded in this
process.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from groundup import catalogue
from groundup.catalogue import Drill
from groundup.drill import completion, errors
from groundup.drill.screen import Pulse

if TYPE_CHECKING:
    from groundup.drill.clock import Stamp
    from groundup.drill.history import History
    from groundup.drill.session import Session

_SECTIONS = {
    "Practise": ("list", "start", "check", "watch", "submit", "hint", "status", "timer", "solution", "reset"),
    "Look back and go on": ("report", "review", "mock", "plan"),
    "Teach": ("grade", "author"),
    "The tool": ("doctor", "daemon", "completion"),
}

_CODES = """\b
How a command ends (exit codes):
  0  pass, or done            5  error: the file does not load
  1  fail: answers are wrong  6  timeout
  2  not understood           7  crash
  3  partial: a mark is lost  8  void: our fault, nothing recorded
  4  rule: a forbidden call   9  this machine cannot do it
                             10  the history cannot be used
"""

_EPILOG = f"""{_CODES}
NO_COLOR=1 is as good as --no-color. GROUNDUP_HOME is the folder of your history, GROUNDUP_DRILLS a folder with drills
of your own.
"""


# How commands behave


def _no_color(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.find_root().color = False


class _Command(click.Command):
    """A command that takes ``--no-color`` where people type it: anywhere."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.params.append(
            click.Option(
                ["--no-color"], is_flag=True, is_eager=True, expose_value=False, callback=_no_color, hidden=True
            )
        )


class _Group(click.Group):
    """Ends with a sentence, not with a traceback, when something is not as it should be."""

    command_class = _Command

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a sign that the terminal's encoding lacks is no reason to fail
        try:
            return super().invoke(ctx)
        except catalogue.UnknownDrill as error:
            raise errors.UnknownDrill(error.name, error.near) from None
        except catalogue.CatalogueError as error:
            raise errors.BadDrill(f"The drills cannot be read: {error}.") from None
        except KeyboardInterrupt:
            ctx.exit(errors.INTERRUPTED)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of a name; a drill's name alone is answered with the command that starts it."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            if self is main and any(drill.name == args[0] for drill in catalogue.drills()):
                ctx.fail(f"{args[0]} is a drill, not a command. `drill start {args[0]}` starts it.")
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order in which they are written here."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands in their sections."""
        if self is not main:
            return super().format_commands(ctx, formatter)
        wide = max(map(len, self.commands))
        for title, names in _SECTIONS.items():
            with formatter.section(title):
                limit = formatter.width - wide - 6
                found = [(name, self.commands[name]) for name in names]
                formatter.write_dl([(f"{name:{wide}}", each.get_short_help_str(limit)) for name, each in found])
        return None


class _DrillName(click.types.StringParamType):
    """The name of a drill, which the shell completes."""

    name = "drill"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Drills whose names begin like that."""
        try:
            found = catalogue.drills()
        except catalogue.CatalogueError:
            return []
        return [CompletionItem(each.name, help=each.summary) for each in found if each.name.startswith(incomplete)]


_F = TypeVar("_F", bound=Callable[..., Any])

_NAME = _DrillName()


def _drill_argument(function: _F) -> _F:
    return click.argument("name", type=_NAME)(function)


def _session_argument(function: _F) -> _F:
    return click.argument("name", type=_NAME, required=False)(function)


def _json_option(function: _F) -> _F:
    return click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")(function)


def _device_option(function: _F) -> _F:
    return click.option(
        "--device",
        type=click.Choice(["cpu", "cuda"]),
        default="cpu",
        help="Where the model runs that your part is plugged into (cpu).",
    )(function)


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise errors.Request("The current folder is gone; go to another one.") from None


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _print_json(data: Any) -> None:
    click.echo(json.dumps(data, indent=2))


def _history() -> History:
    from groundup.drill.history import History

    return History(_tell)


def _chosen(history: History, name: str | None) -> tuple[Session, Drill, Stamp]:
    """The session that a command speaks of, its drill, and this moment."""
    from groundup.drill import clock, session

    if name is not None:
        catalogue.find(name)
    now = clock.now()
    chosen = session.choose(history.sessions(), _here(), now, name)
    return chosen, catalogue.find(chosen.drill), now


@click.group(
    "drill",
    cls=_Group,
    invoke_without_command=True,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--no-color", is_flag=True, is_eager=True, expose_value=False, callback=_no_color, help="Plain text.")
@click.version_option(package_name="groundup", prog_name="drill")
@_json_option
@click.pass_context
def main(ctx: click.Context, as_json: bool) -> None:
    """Practise under a clock what the book teaches.

    You write a small part of a model. It is graded against hidden checks, and plugged into a model of the book. Without
    a command: where you are, and what to do next.
    """
    if ctx.invoked_subcommand is not None:
        return
    from groundup.drill import place
    from groundup.drill.record import Record

    drills, record = catalogue.drills(), Record.read(_tell)
    if as_json:
        _print_json(place.to_json(drills, record))
    else:
        place.show(drills, record, _here())


# Practise


@main.command("list")
@click.option("--topic", help="Only drills with such a topic.")
@_json_option
def list_command(topic: str | None, as_json: bool) -> None:
    """List all drills, with your best result of each."""
    from groundup.drill import listing
    from groundup.drill.record import Record

    drills: Sequence[Drill] = catalogue.drills()
    if topic is not None:
        wanted = topic.casefold()
        found = [drill for drill in drills if any(wanted in each.casefold() for each in drill.topics)]
        if not found:
            topics = sorted({each for drill in drills for each in drill.topics})
            raise errors.Request(f"No drill has the topic “{topic}”. There are: {', '.join(topics)}.")
        drills = found
    record = Record.read(_tell)
    if as_json:
        _print_json(listing.rows(drills, record))
    else:
        listing.show(drills, record)


@main.command(short_help="Open a drill and start the clock.")
@_drill_argument
@click.option("--minutes", type=click.IntRange(1, 600), help="Time on the clock, if not the drill's own.")
@_device_option
@click.option("--practice", is_flag=True, help="No clock, and every failed check is explained at once.")
@click.option("--fresh", is_flag=True, help="Set work that is there aside.")
@click.option("--keep", is_flag=True, help="Begin with the work that is there.")
@_json_option
def start(name: str, minutes: int | None, device: str, practice: bool, fresh: bool, keep: bool, as_json: bool) -> None:
    """Write the question and a starter into ./NAME/, and start the clock."""
    from groundup.drill import start

    if practice and minutes is not None:
        raise click.UsageError("--practice has no clock; leave --minutes out.")
    if fresh and keep:
        raise click.UsageError("--fresh and --keep are opposites; choose one.")
    drill = catalogue.find(name)
    with _history() as history:
        opened = start.start(
            history, drill, _here(), minutes=minutes, device=device, practice=practice, fresh=fresh, keep=keep
        )
    if as_json:
        _print_json(opened.to_json())
    else:
        opened.show()
    start.warm(drill)


@main.command(epilog=_CODES)
@_session_argument
@_json_option
@click.pass_context
def check(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Run the checks on your file.

    While the clock runs, the public checks are explained and the hidden ones counted.
    """
    from groundup.drill import feedback, grader
    from groundup.drill.desk import Desk
    from groundup.drill.screen import say, show
    from groundup.drill.submission import notice_save
    from groundup.drill.verdict import Outcome

    with _history() as history:
        session, drill, now = _chosen(history, name)
        desk = Desk(drill, session.folder)
        source = desk.read()
        session = notice_save(history, session, desk, now)
        with Pulse("checking") as pulse:
            verdict = grader.check(drill, source, progress=pulse)
        if verdict.outcome is not Outcome.VOID and session.ending is None:
            session = history.count_check(session)
    open_book = session.open_book(now)
    if as_json:
        _print_json(feedback.told(verdict, open_book))
    else:
        show(feedback.headline(session, "", now), "", feedback.Feedback(drill, verdict, open_book=open_book))
        if verdict.outcome is Outcome.VOID:
            say()
            say(feedback.sentence(drill, verdict))
        elif verdict.outcome is Outcome.PASS and session.ending is None:
            say()
            say("All checks pass. `drill submit` draws fresh inputs, and plugs your part into the model.")
    ctx.exit(verdict.outcome.exit_code)


@main.command()
@_session_argument
@click.pass_context
def watch(ctx: click.Context, name: str | None) -> None:
    """Run the checks whenever you save.

    Keys: h takes a hint, s hands in, q quits.
    """
    from groundup.drill.watch import Watch

    with _history() as history:
        session, drill, _ = _chosen(history, name)
        try:
            code = Watch(history, session, drill).run()
        except KeyboardInterrupt:
            code = 0
    ctx.exit(code)


@main.command(epilog=_CODES)
@_session_argument
@_json_option
@click.pass_context
def submit(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Hand in: fresh inputs, all checks, and the model at the end.

    A pass ends the drill. Otherwise you may go on until the time is over, and after that, marked late.
    """
    from groundup.drill.screen import show
    from groundup.drill.submission import Handin, Result

    with _history() as history:
        session, drill, _ = _chosen(history, name)
        handin = Handin.prepare(history, session, drill)
        with Pulse("handing in") as pulse:
            verdict = handin.grade(pulse)
        done = handin.finish(history, verdict)
    if as_json:
        _print_json(done.to_json())
    else:
        show(Result(done))
    ctx.exit(done.exit_code)


@main.command()
@_session_argument
@click.option("--again", is_flag=True, help="Show those that you have taken, and take none.")
@_json_option
def hint(name: str | None, again: bool, as_json: bool) -> None:
    """Take the next of three hints: the idea, the shapes, the steps. Each is counted."""
    from groundup.drill import hints
    from groundup.drill.screen import show

    with _history() as history:
        session, drill, _ = _chosen(history, name)
        if again:
            shown = drill.hints[: session.hints]
        else:
            session, shown = hints.take(history, session, drill)
    if as_json:
        _print_json(
            {
                "drill": drill.name,
                "taken": session.hints,
                "of": len(drill.hints),
                "hints": [{"title": each.title, "text": each.text} for each in shown],
            }
        )
        return
    if shown:
        show(hints.Page(shown), "")
    show(f"{session.hints} of {len(drill.hints)} hints taken.")


@main.command()
@_session_argument
@_json_option
def status(name: str | None, as_json: bool) -> None:
    """Say how the open drill stands: time, hints, submissions."""
    from groundup.drill import place
    from groundup.drill.desk import Desk
    from groundup.drill.submission import notice_save

    with _history() as history:
        session, drill, now = _chosen(history, name)
        session = notice_save(history, session, Desk(drill, session.folder), now)
        attempts = history.attempts(session)
    if as_json:
        _print_json(place.facts(session, attempts, now, len(drill.hints)))
    else:
        place.show_session(session, attempts, now, len(drill.hints))


@main.command()
@_session_argument
def timer(name: str | None) -> None:
    """Show the clock, large, for a second pane. q quits."""
    from groundup.drill import timer

    with _history() as history:
        session, _, _ = _chosen(history, name)
        try:
            timer.run(history, session)
        except KeyboardInterrupt:
            return


@main.command(short_help="Show the reference beside your file.")
@_session_argument
@click.option("--give-up", is_flag=True, help="Show it now, and end the drill.")
@_json_option
def solution(name: str | None, give_up: bool, as_json: bool) -> None:
    """Show the reference as a diff against your file, and what an interviewer asks next.

    After a pass, when the time is over, or when you give up.
    """
    from groundup.drill import solution

    with _history() as history:
        session, drill, _ = _chosen(history, name)
        session = solution.unlock(history, session, give_up=give_up)
    if as_json:
        _print_json(solution.to_json(drill, session))
    else:
        solution.show(drill, session)


@main.command()
@_session_argument
@click.option("--end", is_flag=True, help="Leave your file alone, and end the drill without seeing the solution.")
def reset(name: str | None, end: bool) -> None:
    """Put the starter back; your file is set aside. The clock goes on."""
    from groundup.drill.desk import Desk
    from groundup.drill.session import Ending, Mode

    with _history() as history:
        session, drill, now = _chosen(history, name)
        if end:
            if session.mode is Mode.MOCK and session.ending is None:
                raise errors.Request("This drill is part of a mock interview, which `drill mock --end` ends.")
            if session.ending is not None:
                raise errors.Ended(f"{drill.name} has ended already: {session.ending.value}.")
            session = history.end(session, Ending.LEFT, now)
            click.echo(f"{drill.name} is ended. `drill start {drill.name}` begins anew.")
            return
        aside = Desk(drill, session.folder).lay(fresh=True)
    if aside is not None:
        click.echo(f"Your file is kept as {aside}.")
    click.echo(f"{session.file} is the starter again.")


# Look back and go on


@main.command(short_help="Say how you have done.")
@click.option("--export", type=click.Path(dir_okay=False, allow_dash=True), help="Write all that is kept to a file.")
@_json_option
def report(export: str | None, as_json: bool) -> None:
    """Say how you have done: attempts, times, hints and marks; by drill and by topic."""
    from groundup.drill import report
    from groundup.drill.record import Record

    record = Record.read(_tell)
    if export is not None:
        with _history() as history:
            data = report.export(history, record)
        if export == "-":
            _print_json(data)
        else:
            report.write(data, Path(export))
            _tell(f"{len(record.sessions)} sessions and {len(record.attempts)} submissions are in {export}.")
        return
    summary = report.Report(record, catalogue.drills())
    if as_json:
        _print_json(summary.to_json())
    else:
        from groundup.drill.screen import show

        show(summary)


@main.command()
@_json_option
def review(as_json: bool) -> None:
    """Say which drills should be solved again, and when.

    Dates come from FSRS and from how you did: whether you passed, in what part of the time, with how many hints.
    """
    from groundup.drill import review
    from groundup.drill.record import Record

    record = Record.read(_tell)
    due = review.schedule(record.sessions, record.attempts, record.now)
    if as_json:
        _print_json([each.to_json(record.now.wall) for each in due])
    else:
        review.show(due, record.now.wall)


@main.command()
@click.argument("names", type=_NAME, nargs=-1, metavar="[NAME]...")
@click.option("--count", type=click.IntRange(1, 10), help="How many drills to draw, where none is named (3).")
@click.option(
    "--minutes",
    type=click.IntRange(1, 600),
    help="Time for all of them, if not the sum of their own. Alone: as many drills are drawn as fit.",
)
@_device_option
@click.option("--next", "go_on", is_flag=True, help="Go on to the next drill.")
@click.option("--end", is_flag=True, help="End it before its time.")
@click.option("--debrief", is_flag=True, help="Show again how the last one went.")
@_json_option
def mock(
    names: tuple[str, ...],
    count: int | None,
    minutes: int | None,
    device: str,
    go_on: bool,
    end: bool,
    debrief: bool,
    as_json: bool,
) -> None:
    """Several drills under one clock, as in an interview.

    Without an option: begin one, or say where you are in the one that goes on. `drill mock --minutes 45` is a short
    interview, `--minutes 90` a long one. How hard the drills are and how you did is told at the end.
    """
    from groundup.drill import grader, mock

    asked = [word for word, given in (("--next", go_on), ("--end", end), ("--debrief", debrief)) if given]
    settings = bool(names or count or minutes or device != "cpu")
    if len(asked) > 1 or (asked and settings):
        raise click.UsageError(f"{asked[0]} stands alone.")
    with _history() as history:
        interview = mock.Interview(history, _here())
        answer: mock.Whereabouts | mock.Debrief
        if go_on:
            answer = interview.go_on()
        elif end:
            answer = interview.end()
        elif debrief:
            answer = interview.debrief()
        elif settings or interview.current is None:
            answer = interview.begin([catalogue.find(name) for name in names], count, minutes, device)
        else:
            answer = interview.where()
    if as_json:
        _print_json(answer.to_json())
    else:
        from groundup.drill.screen import show

        show(answer)
    if isinstance(answer, mock.Whereabouts):
        grader.warm(catalogue.find(answer.session.drill))


@main.command()
@click.option(
    "--begin",
    is_flag=False,
    flag_value="today",
    metavar="[YYYY-MM-DD]",
    help="Make a day the first one: today, or the one that you name.",
)
@click.option("--forget", is_flag=True, help="Forget the first day; what you have passed stays.")
@_json_option
def plan(begin: str | None, forget: bool, as_json: bool) -> None:
    """Say what the plan of four weeks asks for, and how far you are.

    It is that of the chapter on interviews: in each week some reading, some drills, and later mock interviews.
    """
    from datetime import date

    from groundup import plan as plans
    from groundup.drill import clock, plan
    from groundup.drill.record import Record

    if begin is not None and forget:
        raise click.UsageError("--begin and --forget are opposites; choose one.")
    today = date.fromtimestamp(clock.now().wall)
    try:
        first_day = today if begin in (None, "today") else date.fromisoformat(begin)
    except ValueError:
        raise click.UsageError(f"--begin takes a day such as {today}, not {begin!r}.") from None
    weeks = plans.weeks()
    if not weeks:
        raise errors.Request(f"The folder of drills {catalogue.root()} has no plan ({plans.FILE}).")
    if begin is not None or forget:
        with _history() as history:
            history.begin_plan(None if forget else first_day)
    record = Record.read(_tell)
    progress = plan.Progress(weeks, record, today)
    if as_json:
        _print_json(progress.to_json())
    else:
        plan.show(progress, {drill.name: drill for drill in catalogue.drills()}, record)


# Teach


@main.command(short_help="Grade files, without a session.", epilog=_CODES)
@_drill_argument
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False), metavar="FILE...")
@click.option("--seed", type=click.IntRange(min=0), help="Of the inputs, for all files; by default fresh.")
@_device_option
@click.option("--allow-weak-sandbox", is_flag=True, help="Grade even where a layer of the sandbox is missing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each file.")
@click.pass_context
def grade(
    ctx: click.Context,
    name: str,
    files: tuple[str, ...],
    seed: int | None,
    device: str,
    allow_weak_sandbox: bool,
    as_json: bool,
) -> None:
    """Grade files without a session and without a record, for teachers and CI.

    Ends with the code of the worst outcome.
    """
    from groundup.drill import classroom, grader

    drill = catalogue.find(name)
    grader.need_device(drill, device)
    classroom.need_sandbox(weak=allow_weak_sandbox)
    wide = max(map(len, files))
    outcomes = []
    for graded in classroom.grade(drill, files, seed=seed, device=device):
        outcomes.append(graded.verdict.outcome)
        click.echo(json.dumps(graded.to_json()) if as_json else graded.line(wide))
        last = graded.verdict
    if not as_json:
        click.echo(f"seed {last.seed}", err=True)
    ctx.exit(classroom.worst(outcomes).exit_code)


@main.group(cls=_Group)
def author() -> None:
    """Write drills."""


@author.command("check")
@click.argument("name", type=_NAME, required=False)
@click.option("--repeat", type=click.IntRange(1, 1000), default=1, help="Grade each file so often (1).")
@click.option("--no-mutants", is_flag=True, help="Leave the generated mutants out, which take longest.")
@_device_option
@_json_option
@click.pass_context
def author_check(
    ctx: click.Context, name: str | None, repeat: int, no_mutants: bool, device: str, as_json: bool
) -> None:
    """Check that a drill, or every drill, grades as it should.

    The reference gets full marks, the starter passes nothing, right/ keeps correctness, wrong/ loses a mark, the
    prompt's example runs, and mutants of the reference are rejected. Ends with 1 when something is not so.
    """
    from groundup.drill import grader
    from groundup.drill.author import gate

    drills = [catalogue.find(name)] if name else catalogue.drills()
    if not name and device != "cpu":
        drills = [drill for drill in drills if drill.device != "cpu"]
    for drill in drills:
        grader.need_device(drill, device)
    gates = []
    with grader.engine() as engine:
        for drill in drills:
            with Pulse(drill.name) as pulse:
                found = gate.check(
                    drill, engine, mutants=not no_mutants, repeat=repeat, device=device, progress=pulse.of
                )
            gates.append(found)
            if not as_json:
                for line in found.lines():
                    click.echo(line)
    if as_json:
        _print_json([found.to_json() for found in gates])
    ctx.exit(1 if any(found.faults for found in gates) else 0)


# The tool


@main.command(short_help="Say what there is to work with.")
@_json_option
def doctor(as_json: bool) -> None:
    """Say what there is to work with: Python, packages, devices, and the layers of the sandbox."""
    from groundup.drill import checkup

    found = checkup.examine()
    if as_json:
        _print_json(found.to_json())
    else:
        checkup.show(found)


@main.group(cls=_Group, short_help="The process that keeps the libraries warm.")
def daemon() -> None:
    """The process that keeps Python's libraries warm between commands.

    It starts by itself with the first drill, and ends by itself after half an hour without work.
    """


@daemon.command("status")
@_json_option
def daemon_status(as_json: bool) -> None:
    """Say whether it runs."""
    from groundup.drill import checkup

    found = checkup.daemon()
    if as_json:
        _print_json(found)
    else:
        click.echo(f"The daemon {checkup.daemon_words(found)}.")


@daemon.command("stop")
def daemon_stop() -> None:
    """End it; the next check starts it again."""
    from groundup.drill import grader

    click.echo("The daemon is stopped." if grader.stop() else "No daemon runs.")


@main.command("completion", short_help="Say how your shell learns to complete.")
@click.argument("shell", type=click.Choice(completion.SHELLS))
def completion_command(shell: str) -> None:
    """Say how your shell learns to complete commands and drills."""
    click.echo(completion.instructions(shell))
