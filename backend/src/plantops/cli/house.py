"""Running the house: `serve`, `demo`, `migrate`."""

from pathlib import Path
from typing import Annotated

import typer

from plantops import bootstrap
from plantops.settings import Settings
from plantops.storage.condition import condition

from .shell import run, say

commands = typer.Typer()


@commands.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (HTTP_HOST).")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on (HTTP_PORT); 0: any.")] = None,
) -> None:
    """Run the backend until Ctrl-C or SIGTERM: ingest, API, stream, maintenance."""
    from plantops.app import serve as run_house  # noqa: PLC0415  other commands start faster without the whole house

    changes = {"http_host": host, "http_port": port}
    run(lambda settings: run_house(settings.model_copy(update={k: v for k, v in changes.items() if v is not None})))


@commands.command()
def demo(
    hass: Annotated[Path | None, typer.Option(help="A Home Assistant (its program `hass`) to run beside it.")] = None,
    release: Annotated[Path | None, typer.Option(help="The integration for it (the zip of `make release`).")] = None,
    hass_port: Annotated[int, typer.Option(min=1, max=65535, help="Where Home Assistant answers, if free.")] = 8123,
) -> None:
    """Run a whole installation with a virtual garden, to look at: broker, database, backend, devices."""
    from plantops.demo import HassParts, run_demo  # noqa: PLC0415

    if (hass is None) != (release is None):
        raise typer.BadParameter("--hass and --release belong together")
    parts = HassParts(hass, release, hass_port) if hass and release else None
    run(lambda settings: run_demo(settings, say, parts))


@commands.command()
def migrate() -> None:
    """Bring the database up to date, without serving. `serve` does so too, at its start."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_store(settings) as database, database.acquire("migrate") as connection:
            found = await condition(connection)
        extension = f"TimescaleDB {found.timescale}" if found.timescale else "plain PostgreSQL"
        say.print(f"The database ({extension}) is up to date: migration {found.migration}.")

    run(work)
