"""`plantops check-settings`: whether the production settings are complete, and the secrets secret."""

import os
from pathlib import Path
from typing import Annotated

import typer
from aioplantops.errors import PlantOpsError

from plantops.ops.env_file import EnvFile, read_env_file
from plantops.preflight import faults

from .shell import complain, say

commands = typer.Typer()


@commands.command("check-settings")
def check_settings(
    file: Annotated[
        Path | None, typer.Option(help="A file such as .env.prod; not given: this process's environment.")
    ] = None,
) -> None:
    """Name what is missing, a placeholder, weak or wrong in production settings, one a line; values are not shown."""
    try:
        read = read_env_file(file) if file else EnvFile(dict(os.environ), ())
    except PlantOpsError as error:
        complain.print(f"plantops: {error.detail}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    where = file or "the environment"
    found = (*read.faults, *faults(read.values, inside=file is None))
    if found:
        complain.print(f"{where} is not ready for production:", style="red", markup=False, soft_wrap=True)
        for line in found:
            typer.echo(line)
        raise typer.Exit(1)
    say.print(f"{where} is complete, and its secrets are strong.", markup=False, soft_wrap=True)
