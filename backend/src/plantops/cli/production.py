"""`plantops prepare` and `plantops announce`: the two small services beside the backend in the production stack."""

import os
from pathlib import Path
from typing import Annotated

import typer
from aioplantops.errors import PlantOpsError

from plantops import bootstrap
from plantops.prepare import NotReady
from plantops.prepare import prepare as lay_out

from .shell import complain, say

commands = typer.Typer()


@commands.command("prepare")
def prepare(
    certificates: Annotated[Path, typer.Option(help="Folder of the certificates.")] = Path("/certs"),
    target: Annotated[Path, typer.Option(help="Folder with a volume for each service.")] = Path("/prepared"),
) -> None:
    """Look over settings and certificates before the production stack starts, and lay out what each service needs.

    Says in words what is missing or weak, a line each, and ends with code 1; then nothing else starts.
    """
    try:
        attention = lay_out(os.environ, certificates, target, bootstrap.now())
    except NotReady as unready:
        complain.print("plantops: nothing is started, because:", style="red", markup=False)
        for line in unready.detail.splitlines():
            typer.echo(f"  {line}", err=True)
        typer.echo("Mend .env.prod (compare .env.prod.example) or certs/ (make certs), then start again.", err=True)
        raise typer.Exit(1) from None
    except PlantOpsError as error:
        complain.print(f"plantops: {error.detail}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    for line in attention:
        say.print(f"Mind: {line}", style="yellow", markup=False, soft_wrap=True)
    say.print("Settings and certificates are in order; broker, frontend and backend find what they need.")
