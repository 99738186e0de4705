"""The `drill` command."""

from typing import NoReturn

import click


class NotThereYet(click.ClickException):
    """Practice was asked for, and there is none yet."""

    exit_code = 1

    def __init__(self) -> None:
        super().__init__("practice is not there yet: this version of Ground Up holds the book only.")


class _Group(click.Group):
    def resolve_command(self, ctx: click.Context, args: list[str]) -> NoReturn:
        raise NotThereYet


@click.group(cls=_Group, invoke_without_command=True)
@click.version_option(package_name="groundup", prog_name="drill")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Practise under a clock what the book teaches.

    Practice is not there yet: this command has no drills, and every call but --help and --version exits with status 1.
    """
    if ctx.invoked_subcommand is None:
        raise NotThereYet
