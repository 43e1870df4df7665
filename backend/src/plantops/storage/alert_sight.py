"""What plants' alerts are judged by, read for many plants at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aioplantops.metrics import Metric
from aioplantops.needs import Thresholds

from plantops.domain.alert_needs import Felt

from .bounds import Bounds
from .pool import Connection
from .queries import load

queries = load(__file__)

LIGHT = (Metric.ILLUMINANCE, Metric.PPFD)


@dataclass(frozen=True, slots=True)
class PlantRow:
    """A plant with what its alerts are judged by."""

    id: UUID
    name: str
    thresholds: Thresholds
    outdoors: bool
    last_watered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServedRow:
    """A channel that serves a plant for a metric now; its value as sent."""

    plant_id: UUID
    metric: Metric
    since: datetime
    channel_id: int
    device_id: str
    unit: str
    time: datetime | None
    value: float | None


@dataclass(frozen=True, slots=True)
class Window:
    """A channel, from a time until another, both included."""

    channel_id: int
    from_: datetime
    until: datetime


async def plants(connection: Connection, ids: Collection[UUID], month: int) -> list[PlantRow]:
    """Give some plants, with the spans of a month as profiles count them."""
    bounds = Bounds(month)
    rows = []
    async for row in queries.plants(connection, ids=list(ids)):
        stored = (row["source"], row["profile_name"], row["profile"]) if row["source"] else None
        spans = Thresholds.model_validate(bounds.of(row["species_id"], stored, row["own"]))
        rows.append(PlantRow(row["id"], row["name"], spans, row["outdoors"], row["last_watered_at"]))
    return rows


async def served(
    connection: Connection, plant_ids: Collection[UUID], metrics: Collection[Metric], now: datetime
) -> list[ServedRow]:
    """Give the channels that serve some plants for some metrics now."""
    rows = queries.served(connection, plant_ids=list(plant_ids), metrics=list(metrics), now=now)
    return [
        ServedRow(
            row["plant_id"], Metric(row["metric"]), row["from_time"], row["id"], row["device_id"], row["unit"],
            row["time"], row["value"],
        )
        async for row in rows
    ]  # fmt: skip


async def windows(connection: Connection, wanted: Mapping[int, Window], *, hourly: bool) -> dict[int, Felt]:
    """Sum up what channels said in some windows, as sent, by the windows' places; empty ones are left out."""
    if not wanted:
        return {}
    query = queries.hourly_windows if hourly else queries.windows
    since = min(window.from_ for window in wanted.values())
    rows = query(connection, **_laid_out(wanted), since=since)
    return {
        row["place"]: Felt(row["count"], row["first"], row["low"], row["high"], row["median"]) async for row in rows
    }


async def before(connection: Connection, wanted: Mapping[int, Window]) -> dict[int, float]:
    """Give the last reading in each of some windows, as sent; their ends do not belong to them."""
    if not wanted:
        return {}
    return {row["place"]: row["value"] async for row in queries.before(connection, **_laid_out(wanted))}


def _laid_out(wanted: Mapping[int, Window]) -> dict[str, Sequence[object]]:
    return {
        "places": list(wanted),
        "channel_ids": [window.channel_id for window in wanted.values()],
        "from_times": [window.from_ for window in wanted.values()],
        "until_times": [window.until for window in wanted.values()],
    }


async def newest_of_devices(connection: Connection, device_ids: Collection[str]) -> dict[str, datetime]:
    """Give the time of the newest reading of each of some devices."""
    rows = queries.newest_of_devices(connection, device_ids=list(device_ids))
    return {row["device_id"]: row["time"] async for row in rows}


async def note_plants_of(connection: Connection, device_ids: Collection[str], now: datetime) -> None:
    """Note that the alerts of the plants that some devices serve are to be judged."""
    await queries.note_plants_of(connection, device_ids=list(device_ids), now=now)


async def note_all_plants(connection: Connection, now: datetime) -> None:
    """Note that the alerts of all plants are to be judged."""
    await queries.note_all_plants(connection, now=now)


async def lit_plants(connection: Connection, now: datetime) -> list[UUID]:
    """List the plants whose light is measured now, or was when an alert about it was opened."""
    return [row["plant_id"] async for row in queries.lit_plants(connection, metrics=list(LIGHT), now=now)]
