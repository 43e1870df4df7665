"""Everything that was measured, to take away: CSV of any span, written as fast as the reader reads.

Columns: device_id, channel (its key), metric, unit, time (ISO 8601, UTC), value (in that unit: as stored, or where it
is wanted so, calibrated by what held at that time). Lines end by
CRLF (RFC 4180). No field comes from free text, and none but a number can begin with a sign, so that no spreadsheet
takes one for a formula.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from aioplantops.errors import ChannelNotFound, DeviceNotFound, PlantNotFound, RateLimited, Unavailable

from plantops.domain.resolution import Span
from plantops.storage import calibration
from plantops.storage import export as store
from plantops.storage.export import Series, Sink
from plantops.storage.pool import Connection, Database

HEADING = b"device_id,channel,metric,unit,time,value\r\n"

MOST_AT_ONCE = 2
"""Exports that run at a time: each keeps one of the few connections busy for as long as its reader takes."""

RETRY_SECONDS = 10


class ReaderGone(Exception):
    """Whoever took the export does not take any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to export: a span, of one channel, one plant, one device, or (if none is named) of everything."""

    span: Span
    channel_id: int | None = None
    plant_id: UUID | None = None
    device_id: str | None = None
    calibrated: bool = False
    """Whether calibrations are applied; the unit tells where none held."""


class Export:
    """An export that is ready to be written."""

    def __init__(self, connection: Connection, series: Sequence[Series]) -> None:
        """Take a connection that sees a single moment, and the series to write."""
        self._connection = connection
        self._series = series
        self.reader_gone = False

    async def write(self, write: Sink) -> None:
        """Write heading and lines; when `write` raises an OSError (a timeout too), stop and raise ReaderGone."""

        async def hand_over(chunk: bytes) -> None:
            try:
                await write(chunk)
            except OSError as error:
                self.reader_gone = True
                raise ReaderGone from error  # not the store's fault, which an OSError would be taken for

        await hand_over(HEADING)
        for series in self._series:
            await store.copy(self._connection, series, hand_over)


class Exports:
    """Opens exports, a few at a time."""

    def __init__(self, database: Database) -> None:
        """Take the store."""
        self._database = database
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    @asynccontextmanager
    async def open(self, selection: Selection) -> AsyncIterator[Export]:
        """Find what is to be exported, all as of this moment.

        Raises ChannelNotFound, PlantNotFound, DeviceNotFound, and RateLimited when too many exports run already;
        ReaderGone when leaving.
        """
        if self._room.locked():
            raise RateLimited(f"{MOST_AT_ONCE} exports run already: wait for one to end.", retry_after=RETRY_SECONDS)
        async with self._room:
            export: Export | None = None
            try:
                async with self._database.snapshot("export") as connection:
                    series = await _series(connection, selection)
                    await store.take_time(connection)
                    export = Export(connection, series)
                    yield export
            except Unavailable:
                if export is None or not export.reader_gone:
                    raise
                raise ReaderGone from None  # the connection was given up because of the reader


async def _series(connection: Connection, selection: Selection) -> list[Series]:
    span = selection.span
    if selection.channel_id is not None:
        if not (found := await store.of_channel(connection, selection.channel_id, span)):
            raise ChannelNotFound
    elif selection.plant_id is not None:
        found = await store.of_plant(connection, selection.plant_id, span)
        if not found and not await store.plant_is_there(connection, selection.plant_id):
            raise PlantNotFound
    else:
        found = await store.of_devices(connection, selection.device_id, span)
        if selection.device_id and not found and not await store.device_is_there(connection, selection.device_id):
            raise DeviceNotFound
    return await _calibrated(connection, found) if selection.calibrated else found


async def _calibrated(connection: Connection, found: Sequence[Series]) -> list[Series]:
    """Cut series where their calibrations change."""
    known = await calibration.of_channels(connection, {series.channel_id for series in found})
    cut: list[Series] = []
    for series in found:
        if (one := known.get(series.channel_id)) is None:
            cut.append(series)
            continue
        cut += [replace(series, span=span, unit=unit, line=line) for span, unit, line in one.cut(series.span)]
    return cut
