"""The past of channels: readings, and buckets of readings, of many pieces of time at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from aioplantops.history import Resolution
from aioplantops.metrics import Metric

from plantops.domain.calibration import Calibration, Version
from plantops.domain.chart import SegmentReading
from plantops.domain.resolution import ORIGIN, Bucket, Line, Piece, Segment, Span

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """What a chart must know of a channel."""

    metric: Metric
    unit: str
    """Unit of the stored values."""
    calibration: Calibration | None


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A time in which a channel served a plant."""

    channel_id: int
    channel: ChannelRow
    from_: datetime
    until: datetime | None


async def channel(connection: Connection, channel_id: int) -> ChannelRow | None:
    """Give a channel; None when there is no such one."""
    rows = [row async for row in queries.channel(connection, channel_id=channel_id)]
    return _channel(rows) if rows else None


def _channel(rows: Sequence[Mapping[str, Any]]) -> ChannelRow:
    """Make a channel of its rows, one for each calibration that holds, or one without any."""
    first = rows[0]
    metric, unit = Metric(first["metric"]), first["unit"]
    if first["calibrated_from"] is None:
        return ChannelRow(metric, unit, None)
    versions = [Version(row["calibrated_from"], Line(row["factor"], row["shift"])) for row in rows]
    return ChannelRow(metric, unit, Calibration(first["device_id"], metric, unit, versions))


async def plant_is_there(connection: Connection, plant_id: UUID) -> bool:
    """Tell whether a plant exists."""
    return bool(await queries.plant_is_there(connection, plant_id=plant_id))


async def assignments(connection: Connection, plant_id: UUID, metric: Metric, span: Span) -> list[AssignmentRow]:
    """Give the times in which channels served a plant for one metric and that touch a span, in order."""
    rows = queries.assignments(
        connection, plant_id=plant_id, metric=metric, from_time=span.from_, until_time=span.until
    )
    found = [row async for row in rows]
    return [
        AssignmentRow(same[0]["channel_id"], _channel(same), from_time, same[0]["until_time"])
        for from_time, group in groupby(found, key=itemgetter("from_time"))
        if (same := list(group))
    ]


async def finest_whole(connection: Connection, segments: Sequence[Segment]) -> Resolution:
    """Tell the finest store that still has everything of some segments; what is old is trimmed from the finer ones."""
    channels, froms, untils = _columns(segments)
    trimmed = await queries.trimmed(connection, channel_ids=channels, from_times=froms, until_times=untils)
    if trimmed["hourly"]:
        return Resolution.DAILY
    return Resolution.HOURLY if trimmed["raw"] else Resolution.RAW


async def count_at_least(connection: Connection, pieces: Sequence[Piece]) -> int:
    """Count the readings of all whole hours and days among some pieces, from the roll-ups: quick for any span."""
    channels, froms, untils = _columns(pieces)
    counted = await queries.count_at_least(
        connection,
        sources=[piece.source for piece in pieces],
        channel_ids=channels,
        from_times=froms,
        until_times=untils,
    )
    return int(counted)


async def readings(connection: Connection, segments: Sequence[Segment], most: int) -> list[SegmentReading]:
    """Give the readings of some segments in the order of time, but no more than ``most``."""
    channels, froms, untils = _columns(segments)
    rows = queries.readings(
        connection,
        segments=list(range(len(segments))),
        channel_ids=channels,
        from_times=froms,
        until_times=untils,
        most=most,
    )
    return sorted([(row["segment"], row["time"], row["value"]) async for row in rows], key=lambda row: row[1])


async def buckets(connection: Connection, pieces: Sequence[Piece], width: timedelta) -> list[Bucket]:
    """Fold some pieces into buckets, each piece from its own store."""
    channels, froms, untils = _columns(pieces)
    rows = queries.buckets(
        connection,
        segments=[piece.segment for piece in pieces],
        sources=[piece.source for piece in pieces],
        channel_ids=channels,
        from_times=froms,
        until_times=untils,
        width=width,
        origin=ORIGIN,
    )
    return [Bucket(*row) async for row in rows]


def _columns(parts: Sequence[Segment] | Sequence[Piece]) -> tuple[list[int], list[datetime], list[datetime]]:
    return (
        [part.channel_id for part in parts],
        [part.span.from_ for part in parts],
        [part.span.until for part in parts],
    )
