"""Readings on their way out: whole series as CSV, straight from the store, never more than a bufferful in memory."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from plantops.domain.resolution import Line, Span

from .pool import Connection
from .queries import load

queries = load(__file__)

LINES = queries.lines.sql.rstrip().removesuffix(";")
"""COPY takes a query without the semicolon at its end."""

LONGEST_SECONDS = 6 * 3600.0
"""One series may take so long; a reader that stands still is given up long before, by who writes to it."""

type Sink = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Series:
    """A channel's readings in a span, and what stands at the beginning of each of its lines."""

    channel_id: int
    device_id: str
    key: str
    metric: str
    unit: str
    span: Span
    line: Line | None = None
    """What is made of the values; None: they are written as stored."""


async def of_channel(connection: Connection, channel_id: int, span: Span) -> list[Series]:
    """Give the series of a channel; none when there is no such channel."""
    row = await queries.channel(connection, channel_id=channel_id)
    return [] if row is None else [Series(**row, span=span)]


async def of_devices(connection: Connection, device_id: str | None, span: Span) -> list[Series]:
    """Give the series of a device, or of all."""
    return [Series(**row, span=span) async for row in queries.channels(connection, device_id=device_id)]


async def of_plant(connection: Connection, plant_id: UUID, span: Span) -> list[Series]:
    """Give what served a plant, each channel for the time in which it did."""
    rows = queries.assignments(connection, plant_id=plant_id, from_time=span.from_, until_time=span.until)
    return [_cut(dict(row)) async for row in rows]


def _cut(row: dict[str, Any]) -> Series:
    """Take the times at the end of a row as the series' span."""
    return Series(span=Span(row.pop("from_time"), row.pop("until_time")), **row)


async def device_is_there(connection: Connection, device_id: str) -> bool:
    """Tell whether a device exists."""
    return bool(await queries.device_is_there(connection, device_id=device_id))


async def plant_is_there(connection: Connection, plant_id: UUID) -> bool:
    """Tell whether a plant exists."""
    return bool(await queries.plant_is_there(connection, plant_id=plant_id))


async def take_time(connection: Connection) -> None:
    """Let the current transaction take as long as its reader needs."""
    await queries.take_time(connection)


async def copy(connection: Connection, series: Series, write: Sink) -> None:
    """Write a series as lines of CSV. When `write` raises, the store stops reading at once."""

    async def write_lines(chunk: bytes) -> None:
        # PostgreSQL ends lines by LF, RFC 4180 by CRLF; no field can hold a line break.
        taken = False
        try:
            await write(chunk.replace(b"\n", b"\r\n"))
            taken = True
        finally:
            if not taken:  # asked to cancel a COPY whose reader failed, asyncpg 0.32 may wait until its timeout
                connection.terminate()

    await connection.copy_from_query(
        LINES,
        series.device_id,
        series.key,
        series.metric,
        series.unit,
        None if series.line is None else series.line.factor,
        None if series.line is None else series.line.shift,
        series.channel_id,
        series.span.from_,
        series.span.until,
        output=write_lines,
        format="csv",
        timeout=LONGEST_SECONDS,
    )
