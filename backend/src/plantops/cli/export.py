"""`plantops export`: readings as CSV, to a file or to standard output."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from aioplantops.errors import PlantOpsError, SpanInvalid

from plantops import bootstrap
from plantops.domain.resolution import Span
from plantops.services.export import Exports, ReaderGone, Selection
from plantops.settings import Settings
from plantops.storage.export import Sink

from .shell import moment, run

commands = typer.Typer()


class OutputRefused(PlantOpsError):
    """What was asked for cannot be written."""


@commands.command()
def export(  # noqa: PLR0913  one parameter an option
    *,
    since: Annotated[
        datetime, typer.Option("--from", parser=moment, help="Begin: a date, a time, or a span such as 14d.")
    ],
    until: Annotated[datetime | None, typer.Option("--until", parser=moment, help="End; not given: now.")] = None,
    device: Annotated[str | None, typer.Option(help="Only this device.")] = None,
    channel: Annotated[int | None, typer.Option(help="Only this channel (its number).")] = None,
    plant: Annotated[UUID | None, typer.Option(help="Only what this plant's channels felt (its id).")] = None,
    calibrated: Annotated[
        bool, typer.Option("--calibrated", help="Apply calibrations; else values are written as the channel sent them.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; else standard output.")] = None,
) -> None:
    """Write readings as CSV, a line each, however many there are."""

    async def work(settings: Settings) -> None:
        span = Span(since, until or bootstrap.now())
        if span.empty:
            raise SpanInvalid("The span ends before it begins: --until must lie after --from.")
        selection = Selection(span=span, channel_id=channel, plant_id=plant, device_id=device, calibrated=calibrated)
        with _writing_to(output) as write:
            async with bootstrap.open_store(settings) as database, Exports(database).open(selection) as found:
                await found.write(write)

    run(work)


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
