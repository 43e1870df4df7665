"""`plantops prepare` and `plantops announce`: the two small services beside the backend in the production stack."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Annotated

import typer
from aioplantops.errors import PlantOpsError
from yarl import URL

from plantops import bootstrap
from plantops.prepare import NotReady
from plantops.prepare import prepare as lay_out
from plantops.services.alongside import alongside
from plantops.settings import Settings

from .shell import complain, run, say

commands = typer.Typer()


@commands.command("prepare")
def prepare(
    certificates: Annotated[Path, typer.Option(help="Folder of the certificates.")] = Path("/certs"),
    target: Annotated[Path, typer.Option(help="Folder with a volume for each service.")] = Path("/prepared"),
    mounted: Annotated[Path, typer.Option(help="Folder with what other containers mount.")] = Path("/mounted"),
) -> None:
    """Look over settings and certificates before the production stack starts, and lay out what each service needs.

    Says in words what is missing or weak, a line each, and ends with code 1; then nothing else starts.
    """
    try:
        attention = lay_out(os.environ, certificates, target, bootstrap.now(), mounted=mounted)
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
    say.print("Settings and certificates are in order; everybody finds what they need.", soft_wrap=True)


@commands.command("announce")
def announce(
    url: Annotated[str, typer.Option(help="Where the API is, seen from this machine.")] = "http://127.0.0.1:8000",
) -> None:
    """Tell the home's network that PlantOps is here (zeroconf, _plantops._tcp), until Ctrl-C or SIGTERM.

    The HTTPS port that is told is HTTPS_PORT. Quiet as long as no backend answers or there is no network.
    """
    from plantops.ops.announce import Announcer  # noqa: PLC0415  nobody else needs zeroconf

    async def work(settings: Settings) -> None:
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with alongside(announcer=Announcer(URL(url), settings.https_port).run()):
            await ended.wait()

    run(work)
