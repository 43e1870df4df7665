"""Looks at everything that decides whether a plant may be watered: switches, sensors, the day's use, the soil."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aioplantops.metrics import METRICS, Metric
from aioplantops.models import DeviceKind, DeviceStatus, Plant

from plantops.domain.garden_day import Calendar
from plantops.domain.irrigation import SOAKED, Gauge, Level, Rig, Situation, Thirst
from plantops.storage import calibration
from plantops.storage import irrigation as store
from plantops.storage.irrigation import IrrigatorRow
from plantops.storage.pool import Connection

from .garden import Garden

PERCENT = METRICS[Metric.SOIL_MOISTURE].unit


def day_begins(now: datetime, zone: ZoneInfo) -> datetime:
    """Tell when the garden's day began, UTC."""
    calendar = Calendar(zone)
    return calendar.beginning(calendar.day(now))


async def situation(
    connection: Connection, garden: Garden, row: IrrigatorRow, now: datetime, zone: ZoneInfo
) -> Situation:
    """Look at everything at one moment."""
    device = await store.device(connection, row.device_id)
    used = await store.use(connection, row.device_id, row.valve, day_begins(now, zone))
    gauges = await _gauges(connection, row.channel_ids)
    return Situation(
        now=now,
        house_on=row.house_on,
        rig=Rig(
            enabled=row.enabled,
            blocked=None if row.block is None else row.block.words,
            max_seconds=row.max_seconds,
            pause=timedelta(seconds=row.pause_seconds),
            daily_max_seconds=row.daily_max_seconds,
            reservoir_minimum=row.reservoir_minimum,
        ),
        declared=row.declared,
        device_max_seconds=row.device_max_seconds,
        online=device == (DeviceKind.PLANTOPS, DeviceStatus.ONLINE),
        busy=await store.busy(connection, row.device_id),
        last_ended=used.last_ended,
        used_seconds=used.seconds,
        reservoir=gauges.get(row.reservoir_channel_id or 0, Gauge()),
        leak=gauges.get(row.leak_channel_id or 0, Gauge()),
        plants=await thirsts(connection, garden, row.plant_ids, now),
    )


async def _gauges(connection: Connection, channel_ids: Sequence[int]) -> dict[int, Gauge]:
    """Read some channels by their calibrations; one that says nothing is there all the same."""
    if not channel_ids:
        return {}
    levels = await store.levels(connection, channel_ids)
    known = await calibration.of_channels(connection, channel_ids)
    gauges = dict.fromkeys(channel_ids, Gauge(there=True))
    for channel_id, level in levels.items():
        shown = known[channel_id].shown(level.at, level.value) if channel_id in known else level.value
        if shown is not None:
            gauges[channel_id] = Gauge(there=True, level=Level(shown, level.at))
    return gauges


async def thirsts(connection: Connection, garden: Garden, plant_ids: Sequence[UUID], now: datetime) -> list[Thirst]:
    """Tell how plants feel, in the order in which they are named."""
    soaked = await store.soaked(connection, plant_ids, now - SOAKED)
    faulty = await store.faulty(connection, plant_ids)
    plants = [await garden.plant_within(connection, plant_id) for plant_id in plant_ids]
    return [_thirst(plant, soaked.get(plant.id), faulty=plant.id in faulty) for plant in plants]


def _thirst(plant: Plant, soaked_at: datetime | None, *, faulty: bool) -> Thirst:
    band = plant.thresholds.soil_moisture
    value = next((value for value in plant.values if value.metric is Metric.SOIL_MOISTURE), None)
    moisture = Gauge(there=any(one.metric is Metric.SOIL_MOISTURE for one in plant.assignments))
    if value is not None and value.unit == PERCENT:
        moisture = Gauge(there=True, level=Level(value.value, value.time))
    return Thirst(
        name=plant.name,
        moisture=moisture,
        faulty=faulty,
        low=None if band is None else band.low,
        high=None if band is None else band.high,
        soaked_at=soaked_at,
        wants_at=None if plant.next_watering is None else plant.next_watering.at,
    )
