"""PlantOps on the command line: `plantops --help` tells what it can do.

One file for each group of commands; to add a group, write its file and add it to ``GROUPS``.
"""

from typing import Annotated

import typer

from plantops import __version__

from . import (
    certs,
    check_settings,
    devices,
    export,
    firmware,
    house,
    keys,
    plants,
    production,
    registration_keys,
    tokens,
)
from .shell import say

GROUPS = (
    house,
    export,
    plants,
    tokens,
    registration_keys,
    devices,
    firmware,
    keys,
    certs,
    check_settings,
    production,
)
"""In the order in which the help shows them."""

cli = typer.Typer(
    name="plantops",
    help="PlantOps keeps every reading of your plants, and answers for them.\n\n"
    "Settings come from the environment (see docs/deployment.md); without DATABASE_URL an embedded PostgreSQL is used, "
    "in the folder PLANTOPS_DATA.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in GROUPS:
    cli.add_typer(group.commands)


@cli.callback(invoke_without_command=True)
def about(version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False) -> None:  # noqa: FBT002 - typer makes a flag of it
    """Show the version when asked."""
    if version:
        say.print(f"plantops {__version__}")
        raise typer.Exit


def main() -> None:
    """Begin here."""
    cli()
