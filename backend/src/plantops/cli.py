"""PlantOps on the command line: `plantops --help` tells what it can do."""

import asyncio
import re
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from aioplantops.errors import PlantOpsError, SpanInvalid
from aioplantops.models import Scope
from rich.console import Console
from rich.table import Column, Table

from plantops import __version__, bootstrap
from plantops.domain.resolution import Span
from plantops.ops.logs import configure
from plantops.services.export import Exports, ReaderGone, Selection
from plantops.settings import Settings
from plantops.storage.condition import condition
from plantops.storage.export import Sink


class OutputRefused(PlantOpsError):
    """What was asked for cannot be written."""


cli = typer.Typer(
    name="plantops",
    help="PlantOps keeps every reading of your plants, and answers for them.\n\n"
    "Settings come from the environment (see docs/deployment.md); without DATABASE_URL an embedded PostgreSQL is used, "
    "in the folder PLANTOPS_DATA.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
tokens = typer.Typer(help="Tokens that open the API. Each is shown once and kept as a hash only.", no_args_is_help=True)
cli.add_typer(tokens, name="token")
say = Console()
complain = Console(stderr=True, highlight=False)

_SPAN = re.compile(r"(\d+)\s*([mhdw])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def _moment(text: str) -> datetime:
    """Read `2026-11-23`, `2026-11-23T12:00:00Z`, or `14d` (ago)."""
    if found := _SPAN.fullmatch(text.strip()):
        return bootstrap.now() - int(found[1]) * _UNITS[found[2]]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("give a date (2026-11-23), a time (2026-11-23T12:00:00Z) or a span (14d)") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _later(text: str) -> datetime:
    """Read a span from now on, such as `90d`, or a date."""
    return bootstrap.now() + (bootstrap.now() - _moment(text)) if _SPAN.fullmatch(text.strip()) else _moment(text)


def _settings() -> Settings:
    settings = Settings.load()
    configure(level=settings.log_level, form=settings.log_format)
    return settings


def _run(work: Callable[[Settings], Coroutine[Any, Any, None]]) -> None:
    """Do the work; say what went wrong in words and leave with the error's exit code."""
    try:
        asyncio.run(work(_settings()))
    except PlantOpsError as error:
        complain.print(f"plantops: {error.detail}", style="red", markup=False)
        raise typer.Exit(getattr(error, "exit_code", 1)) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@cli.callback(invoke_without_command=True)
def about(version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False) -> None:  # noqa: FBT002 - typer makes a flag of it
    """Show the version when asked."""
    if version:
        say.print(f"plantops {__version__}")
        raise typer.Exit


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (HTTP_HOST).")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on (HTTP_PORT); 0: any.")] = None,
) -> None:
    """Run the backend until Ctrl-C or SIGTERM: ingest, API, stream, maintenance."""
    from plantops.app import serve as run  # noqa: PLC0415  other commands start faster without the whole house

    changes = {"http_host": host, "http_port": port}
    _run(lambda settings: run(settings.model_copy(update={k: v for k, v in changes.items() if v is not None})))


@cli.command()
def demo() -> None:
    """Run a whole installation with a virtual garden, to look at: broker, database, backend, devices."""
    from plantops.demo import run_demo  # noqa: PLC0415

    _run(lambda settings: run_demo(settings, say))


@cli.command()
def migrate() -> None:
    """Bring the database up to date, without serving. `serve` does so too, at its start."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_store(settings) as database, database.acquire("migrate") as connection:
            found = await condition(connection)
        extension = f"TimescaleDB {found.timescale}" if found.timescale else "plain PostgreSQL"
        say.print(f"The database ({extension}) is up to date: migration {found.migration}.")

    _run(work)


@cli.command()
def export(  # noqa: PLR0913  one parameter an option
    *,
    since: Annotated[
        datetime, typer.Option("--from", parser=_moment, help="Begin: a date, a time, or a span such as 14d.")
    ],
    until: Annotated[datetime | None, typer.Option("--until", parser=_moment, help="End; not given: now.")] = None,
    device: Annotated[str | None, typer.Option(help="Only this device.")] = None,
    channel: Annotated[int | None, typer.Option(help="Only this channel (its number).")] = None,
    plant: Annotated[UUID | None, typer.Option(help="Only what this plant's channels felt (its id).")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; else standard output.")] = None,
) -> None:
    """Write readings as CSV, a line each, however many there are."""

    async def work(settings: Settings) -> None:
        span = Span(since, until or bootstrap.now())
        if span.empty:
            raise SpanInvalid("The span ends before it begins: --until must lie after --from.")
        selection = Selection(span=span, channel_id=channel, plant_id=plant, device_id=device)
        with _writing_to(output) as write:
            async with bootstrap.open_store(settings) as database, Exports(database).open(selection) as found:
                await found.write(write)

    _run(work)


@contextmanager
def _writing_to(output: Path | None) -> Iterator[Sink]:
    """Give what writes to a file, or to standard output. Raises OutputRefused when that takes no more."""
    refused: OSError | None = None
    with ExitStack() as stack:
        try:
            target = sys.stdout.fileno() if output is None else output
            file = stack.enter_context(open(target, "wb", buffering=0, closefd=output is not None))
        except OSError as error:
            raise OutputRefused(f"{output} cannot be written: {error.strerror}.") from None

        async def write(lines: bytes) -> None:
            nonlocal refused
            try:
                while lines:
                    lines = lines[file.write(lines) :]
            except OSError as error:
                refused = error
                raise

        try:
            yield write
        except ReaderGone:
            why = "it takes no more" if refused is None else refused.strerror
            raise OutputRefused(f"{output or 'The output'} was not written to the end: {why}.") from None


@tokens.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="What it is for, e.g. home-assistant.")],
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="What it allows; may be given more than once. read ⊂ care ⊂ garden ⊂ admin; ingest."),
    ] = None,
    expires: Annotated[datetime | None, typer.Option(parser=_later, help="When it ends: 90d, or a date.")] = None,
) -> None:
    """Make a token and show it, once."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_access(settings) as access:
            token, secret = await access.create(name, tuple(scope or (Scope.READ,)), expires)
        complain.print(f"Token {token.name!r} ({', '.join(token.scopes)}). Keep it now: it is not shown again.")
        typer.echo(secret)

    _run(work)


@tokens.command("list")
def list_tokens() -> None:
    """List the tokens, without their secrets."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_access(settings) as access:
            found = await access.list()
        table = Table("name", "scopes", Column("id", no_wrap=True), "made", "last used", "ends")
        for token in found:
            end = (
                f"revoked {token.revoked_at:%F}"
                if token.revoked_at
                else f"{token.expires_at:%F}"
                if token.expires_at
                else "never"
            )
            used = f"{token.last_used_at:%F %H:%M}" if token.last_used_at else "never"
            table.add_row(token.name, ", ".join(token.scopes), str(token.id), f"{token.created_at:%F}", used, end)
        say.print(table if found else "There are no tokens yet: plantops token create NAME --scope admin")

    _run(work)


@tokens.command("revoke")
def revoke_token(which: Annotated[str, typer.Argument(help="The token's name or id.")]) -> None:
    """Make a token useless at once, on every replica."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_access(settings) as access:
            token = await access.find(which)
            await access.revoke(token.id, even_last=True)
        say.print(f"Token {token.name!r} is revoked.")

    _run(work)


def main() -> None:
    """Begin here."""
    cli()
