"""Days of plants: what they are made from, and what was kept of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from aioplantops.days import LightSum, PlantLight
from aioplantops.metrics import Metric
from aioplantops.site import Site

from plantops.domain.calibration import Calibration
from plantops.domain.curve import Point
from plantops.domain.daily import Daily
from plantops.domain.resolution import LATEST, Line, Span

from . import calibration
from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class Served:
    """A time in which a channel served a plant for a metric by one calibration, or a part of it; whole UTC hours."""

    metric: Metric
    channel_id: int
    span: Span
    line: Line | None = None
    """None: as sent."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A day as it was kept."""

    made_from: str
    daily: Daily


async def measured_plants(connection: Connection, metrics: Collection[Metric], since: datetime) -> list[UUID]:
    """List the plants that a channel of some metrics served after a time."""
    return [row["plant_id"] async for row in queries.measured_plants(connection, metrics=list(metrics), since=since)]


async def site(connection: Connection, plant_id: UUID) -> tuple[Site, PlantLight | None] | None:
    """Give a plant's site, and its light as it was told last; None: no such plant."""
    row = await queries.site(connection, plant_id=plant_id)
    if row is None:
        return None
    told = None if row["light"] is None else PlantLight.model_validate(row["light"])
    return Site.model_validate(row["site"]), told


async def served(connection: Connection, plant_id: UUID, metrics: Collection[Metric], span: Span) -> list[Served]:
    """Give the times in which channels served a plant for some metrics, as far as they lie in a span."""
    rows = [
        row
        async for row in queries.served(
            connection, plant_id=plant_id, metrics=list(metrics), from_time=span.from_, until_time=span.until
        )
    ]
    known = await calibration.of_channels(connection, {row["channel_id"] for row in rows})
    return [
        Served(Metric(row["metric"]), row["channel_id"], part, line)
        for row in rows
        for part, line in _cut(known.get(row["channel_id"]), _served(row).within(span))
    ]


def _served(row: Mapping[str, Any]) -> Span:
    return Span(row["from_time"], row["until_time"] or LATEST)


def _cut(known: Calibration | None, span: Span) -> list[tuple[Span, Line | None]]:
    """Cut a span where the channel's calibration changes; what cannot be told in the metric's unit is left out."""
    if known is None:
        return [(span, None)]
    return [(part, line) for part, unit, line in known.cut(span) if unit == known.unit]


async def counts(connection: Connection, pieces: Sequence[Served]) -> list[int]:
    """Count the readings that each piece ever got, by the roll-ups: quick, and also when they are gone."""
    return [row["count"] async for row in queries.counts(connection, **_columns(pieces))]


async def readings(connection: Connection, pieces: Sequence[Served]) -> list[list[Point]]:
    """Give the readings of each piece in the order of time."""
    found: list[list[Point]] = [[] for _ in pieces]
    for place, second, value in await connection.fetch(queries.readings.sql, *_columns(pieces).values()):
        found[place - 1].append((second, value))
    return found


def _columns(pieces: Sequence[Served]) -> dict[str, list[Any]]:
    return {
        "channel_ids": [piece.channel_id for piece in pieces],
        "from_times": [piece.span.from_ for piece in pieces],
        "until_times": [piece.span.until for piece in pieces],
    }


async def kept(connection: Connection, plant_id: UUID, from_day: date, until_day: date) -> dict[date, Kept]:
    """Give the days of a plant that are kept; the last one does not belong to them."""
    rows = queries.kept(connection, plant_id=plant_id, from_day=from_day, until_day=until_day)
    return {row["day"]: _kept(row) async for row in rows}


def _kept(row: Mapping[str, Any]) -> Kept:
    fields = dict(row)
    del fields["day"]
    made_from = fields.pop("made_from")
    metric = fields.pop("light_metric")
    light = LightSum(
        dli=fields.pop("dli"),
        coverage=fields.pop("light_coverage"),
        metric=None if metric is None else Metric(metric),
    )
    return Kept(made_from, Daily(light=light, **fields))


async def keep(connection: Connection, plant_id: UUID, days: Mapping[date, Kept]) -> None:
    """Keep some days of a plant."""
    rows = []
    for day, one in days.items():
        fields = asdict(one.daily)
        light: LightSum = fields.pop("light")
        fields |= {"dli": light.dli, "light_coverage": light.coverage, "light_metric": light.metric}
        rows.append({"plant_id": str(plant_id), "day": day.isoformat(), "made_from": one.made_from, **fields})
    await queries.keep(connection, days=rows)


async def keep_light(connection: Connection, plant_id: UUID, light: PlantLight) -> None:
    """Keep a plant's light of now."""
    await queries.keep_light(connection, plant_id=plant_id, light=light.model_dump(mode="json"))


async def forget_light(connection: Connection, plant_ids: Collection[UUID]) -> list[UUID]:
    """Forget the light of all plants but some; tell which had any."""
    return [row["plant_id"] async for row in queries.forget_light(connection, plant_ids=list(plant_ids))]


async def drop_light(connection: Connection, plant_id: UUID) -> bool:
    """Forget the light of one plant; tell whether it had any."""
    return bool(await queries.drop_light(connection, plant_id=plant_id))
