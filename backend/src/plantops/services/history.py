"""What the past looked like: the history of a plant or a channel, drawn with at most the points asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from aioplantops.errors import ChannelNotFound, PlantNotFound
from aioplantops.history import History, Point, Resolution
from aioplantops.metrics import METRICS, Metric

from plantops.domain.chart import draw_buckets, draw_readings
from plantops.domain.resolution import HOUR, Segment, Span, joined, lay_out, pieces
from plantops.storage import history as store
from plantops.storage.history import ChannelRow
from plantops.storage.pool import Connection, Database

MOST_READINGS = 30_000
"""Readings that are folded for one chart at most; of more, hourly roll-ups are drawn. Keeps an answer below 30 ms."""

MOST_HOURS = 24 * 184
"""Hourly roll-ups that are folded for one chart at most: half a year of one channel. Beyond, days are drawn."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The points of a chart, and what they were drawn from."""

    points: Sequence[Point]
    resolution: Resolution
    width: timedelta | None = None


class Histories:
    """Draws the past."""

    def __init__(self, database: Database) -> None:
        """Take the store."""
        self._database = database

    async def of_channel(self, channel_id: int, span: Span, points: int, *, as_sent: bool = False) -> History:
        """Draw a channel's readings with at most so many points (two or more), calibrated unless wanted as sent.

        The unit is the newest one in the span; what has another unit is left out. Raises ChannelNotFound.
        """
        async with self._database.snapshot("channel_history") as connection:
            channel = await store.channel(connection, channel_id)
            if channel is None:
                raise ChannelNotFound
            parts = [(Segment(channel_id, span), channel.unit)] if as_sent else _cut(channel_id, channel, span)
            segments, unit = _alike(parts, channel.unit)
            drawn = await _draw(connection, segments, points)
        return _history(drawn, span, channel.metric, unit, channel_id=channel_id)

    async def of_plant(self, plant_id: UUID, metric: Metric, span: Span, points: int) -> History:
        """Draw what a plant felt: each assigned channel for the time in which it served the plant.

        The unit is the newest one in the span; what has another unit is left out, since volts and per cent make no
        line. Raises PlantNotFound.
        """
        async with self._database.snapshot("plant_history") as connection:
            assignments = await store.assignments(connection, plant_id, metric, span)
            if not assignments and not await store.plant_is_there(connection, plant_id):
                raise PlantNotFound
            parts = [
                part
                for one in assignments
                for part in _cut(one.channel_id, one.channel, Span(one.from_, one.until or span.until).within(span))
            ]
            segments, unit = _alike(parts, METRICS[metric].unit)
            drawn = await _draw(connection, segments, points)
        return _history(drawn, span, metric, unit, plant_id=plant_id)


def _cut(channel_id: int, channel: ChannelRow, span: Span) -> list[tuple[Segment, str]]:
    """Cut a channel's span where its calibration changes: segments with their units."""
    if channel.calibration is None:
        return [(Segment(channel_id, span), channel.unit)]
    return [(Segment(channel_id, part, line), unit) for part, unit, line in channel.calibration.cut(span)]


def _alike(parts: Sequence[tuple[Segment, str]], otherwise: str) -> tuple[list[Segment], str]:
    """Give the segments that have the newest one's unit, and that unit."""
    newest = parts[-1][1] if parts else otherwise
    return [segment for segment, unit in parts if unit == newest], newest


async def _draw(connection: Connection, segments: Sequence[Segment], points: int) -> _Drawn:
    """Draw single readings where they fit, else buckets."""
    if not segments:
        return _Drawn((), Resolution.RAW)
    whole = joined(segments)
    finest = await store.finest_whole(connection, whole)
    known = await store.count_at_least(connection, list(pieces(whole, Resolution.DAILY)))
    if finest is Resolution.RAW and known <= points:
        readings = await store.readings(connection, segments, points + 1)
        drawn = draw_readings(segments, readings)
        if len(drawn) <= points:
            return _Drawn(drawn, Resolution.RAW)
    layout = lay_out(segments, points, _affordable(segments, known, finest))
    cut = list(pieces(segments, layout.source))
    return _Drawn(
        draw_buckets(segments, await store.buckets(connection, cut, layout.width), layout), layout.source, layout.width
    )


def _affordable(segments: Sequence[Segment], known: int, finest: Resolution) -> Resolution:
    """Tell the finest store whose rows are few enough to be folded while somebody waits."""
    hours = sum((segment.span.until - segment.span.from_ for segment in segments), timedelta(0)) / HOUR
    if finest is Resolution.RAW and known > MOST_READINGS:
        finest = Resolution.HOURLY
    if finest is Resolution.HOURLY and min(hours, known) > MOST_HOURS:
        finest = Resolution.DAILY
    return finest


def _history(  # noqa: PLR0913 - the keyword-only ones cannot be mixed up
    drawn: _Drawn, span: Span, metric: Metric, unit: str, *, plant_id: UUID | None = None, channel_id: int | None = None
) -> History:
    return History.model_construct(
        plant_id=plant_id,
        channel_id=channel_id,
        metric=metric,
        unit=unit,
        from_=span.from_,
        until=span.until,
        resolution=drawn.resolution,
        bucket_seconds=None if drawn.width is None else int(drawn.width.total_seconds()),
        points=tuple(drawn.points),
    )
