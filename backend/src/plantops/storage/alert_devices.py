"""What devices' alerts are judged by: when they were heard, how they usually are, their sensors and batteries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aioplantops.metrics import Metric
from aioplantops.models import DeviceStatus

from plantops.domain.alert_battery import Battery
from plantops.domain.alert_clock import Presence
from plantops.domain.alert_faults import Hour, Past, Sensor, limits
from plantops.domain.alert_silence import Rhythm, Signs

from .pool import Connection
from .queries import load

queries = load(__file__)

BATTERIES = (Metric.BATTERY, Metric.BATTERY_VOLTAGE)


@dataclass(frozen=True, slots=True)
class SensorRow:
    """A channel that serves a plant now."""

    channel_id: int
    device_id: str
    name: str
    metric: Metric
    unit: str
    time: datetime | None
    """Of its newest reading."""
    device_name: str
    last_seen: datetime | None
    """When its device was heard."""


async def devices(connection: Connection) -> list[Signs]:
    """Give the devices that may speak and were ever heard."""
    return [
        Signs(
            device_id=row["id"],
            name=row["name"],
            last_seen=row["last_seen"],
            lost_at=row["status_at"] if row["status"] == DeviceStatus.OFFLINE else None,
            sleep=timedelta(seconds=row["sleep_seconds"]) if row["sleep_seconds"] else None,
            rhythm=Rhythm() if row["gaps"] is None else Rhythm(tuple(row["gaps"]), row["at"]),
        )
        async for row in queries.devices(connection)
    ]


async def keep_rhythms(connection: Connection, rhythms: Mapping[str, Rhythm], now: datetime) -> None:
    """Keep what was learnt of some devices; all of it holds for now."""
    gaps = {device_id: list(rhythm.weights) for device_id, rhythm in rhythms.items()}
    await queries.keep_rhythms(connection, rhythms=gaps, now=now)


async def presence(connection: Connection) -> Presence | None:
    """Tell since when devices have been listened to; None: nobody ever did."""
    row = await queries.presence(connection)
    return None if row is None else Presence(row["listening_since"], row["seen_at"])


async def be_present(connection: Connection, here: Presence) -> None:
    """Write down since when devices have been listened to."""
    await queries.be_present(connection, listening_since=here.listening_since, seen_at=here.seen_at)


async def sensors(connection: Connection, metrics: Collection[Metric], now: datetime) -> list[SensorRow]:
    """Give the channels of some metrics that serve plants now, by device."""
    return [
        SensorRow(
            row["id"], row["device_id"], row["name"], Metric(row["metric"]), row["unit"], row["time"],
            row["device_name"], row["last_seen"],
        )
        async for row in queries.sensors(connection, metrics=list(metrics), now=now)
    ]  # fmt: skip


async def suspects(connection: Connection, sensors: Collection[Sensor], since: datetime) -> list[int]:
    """Give the channels of some sensors that may be wrong, at a glance at their hours since a time."""
    swings, lows, highs = zip(*(limits(sensor) for sensor in sensors), strict=True)
    rows = queries.suspects(
        connection,
        channel_ids=[sensor.channel_id for sensor in sensors],
        swings=swings,
        lows=lows,
        highs=highs,
        from_time=since,
    )
    return [row["channel_id"] async for row in rows]


async def hours(connection: Connection, channel_ids: Collection[int], since: datetime) -> dict[int, list[Hour]]:
    """Give the hours of some channels since a time, in order, as sent."""
    found: dict[int, list[Hour]] = {}
    async for channel_id, *hour in queries.hours(connection, channel_ids=list(channel_ids), from_time=since):
        found.setdefault(channel_id, []).append(Hour(*hour))
    return found


async def pasts(
    connection: Connection, channel_ids: Collection[int], since: datetime, until: datetime
) -> dict[int, Past]:
    """Tell how some channels were in a span."""
    rows = queries.pasts(connection, channel_ids=list(channel_ids), from_time=since, until_time=until)
    return {
        row["channel_id"]: Past(row["hours"], row["lively"], row["longest_gap"] or timedelta()) async for row in rows
    }


async def batteries(connection: Connection, since: datetime) -> list[Battery]:
    """Give the batteries of all devices that may speak; a device that tells per cent and volts is told by per cent."""
    found: dict[str, Battery] = {}
    async for row in queries.batteries(connection, metrics=list(BATTERIES), from_time=since):
        if row["device_id"] not in found:
            days = [(bucket.date(), mean) for bucket, mean in zip(row["days"], row["means"], strict=True)]
            found[row["device_id"]] = Battery(row["device_id"], row["name"], row["id"], Metric(row["metric"]), days)
    return list(found.values())
