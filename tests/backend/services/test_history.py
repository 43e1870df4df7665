"""The past as a chart shows it equals what a slow, simple recomputation from every single reading says."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from aioplantops.calibration import CalibrationCreate
from aioplantops.errors import ChannelNotFound, PlantNotFound
from aioplantops.history import History, Resolution
from aioplantops.metrics import Metric
from plantops.domain.resolution import DAY, HOUR, Span, floor
from plantops.services.history import MOST_HOURS, MOST_READINGS

from tests.backend.services.rooms import SOIL, Rooms

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAYS = 45


@pytest.fixture
async def rooms(database: str) -> AsyncIterator[Rooms]:
    """Give a garden on each kind of database."""
    async with Rooms.open(database) as opened:
        yield opened


@dataclass
class Service:
    """A time in which a channel served the plant, and every reading of that channel."""

    span: Span
    readings: dict[datetime, float]


@dataclass
class Past:
    """What was really measured, channel by channel, and which channel served the plant when."""

    channels: dict[int, dict[datetime, float]] = field(default_factory=dict)
    services: list[Service] = field(default_factory=list)


def series(chance: random.Random, minutes: int) -> dict[datetime, float]:
    """Make up readings every so many minutes over some weeks, with outages, jitter and bursts."""
    readings: dict[datetime, float] = {}
    time = NOW - timedelta(days=DAYS) + timedelta(seconds=chance.uniform(0, 3_600))
    while time < NOW:
        readings[datetime.fromtimestamp(time.timestamp(), UTC)] = round(chance.uniform(-20, 120), 3)
        time += timedelta(minutes=minutes) * chance.choice((1, 1, 1, 0.01, 1.2))
        if chance.random() < 0.002:
            time += timedelta(hours=chance.uniform(0.5, 60))
    return readings


async def fill(rooms: Rooms, chance: random.Random) -> Past:
    """Fill the garden with two channels of different pace that took turns at a plant, with a time of neither."""
    past = Past()
    plant = await rooms.plant()
    numbers = []
    for device, minutes in (("plant-1", 9), ("plant-2", 37)):
        readings = series(chance, minutes)
        await rooms.store(device, [("soil_moisture", time, value) for time, value in readings.items()])
        numbers.append(await rooms.channel(device))
        past.channels[numbers[-1]] = readings
    start = floor(NOW, HOUR) - DAYS * DAY
    cuts = [start + chance.randrange(24 * DAYS) * HOUR for _ in range(6)]
    begins = sorted(set(cuts))
    ends: list[datetime | None] = [*begins[1:], None]
    for index, (from_, until) in enumerate(zip(begins, ends, strict=True)):
        if index == 2:
            continue
        channel = numbers[index % 2]
        await rooms.assign(plant.id, channel, from_, until)
        past.services.append(Service(Span(from_, until or NOW + DAY), past.channels[channel]))
    return past


def check(history: History, services: list[Service], asked: int) -> None:
    """Compare a chart with every reading that belongs on it."""
    points = history.points
    assert len(points) <= asked
    assert all(one.time < two.time for one, two in pairwise(points))
    assert all(one.count or two.count for one, two in pairwise(points))
    assert not points or (points[0].count and points[-1].count)
    drawn = {point.time: point for point in points if point.count}
    width = None if history.bucket_seconds is None else timedelta(seconds=history.bucket_seconds)
    wanted: dict[datetime, list[float]] = {}
    for service in services:
        span = service.span.within(Span(history.from_, history.until))
        for time, value in service.readings.items():
            if span.from_ <= time < span.until:
                start = time if width is None else max(floor(time, width), span.from_)
                wanted.setdefault(start, []).append(value)
    assert drawn.keys() == wanted.keys()
    for time, values in wanted.items():
        point = drawn[time]
        assert point.count == len(values)
        assert (point.min, point.max) == pytest.approx((min(values), max(values)), rel=1e-12, abs=1e-9)
        assert point.mean == pytest.approx(sum(values) / len(values), abs=1e-9)
        assert None not in (point.min, point.mean, point.max)
        assert point.min <= point.mean <= point.max  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(3))
async def test_charts_equal_a_recomputation_from_every_reading(rooms: Rooms, seed: int) -> None:
    chance = random.Random(seed)
    past = await fill(rooms, chance)
    plant = (await rooms.garden.plant_page(None, 1)).items[0]
    used = set()
    for _ in range(60):
        length = timedelta(seconds=DAYS * 86_400 * chance.random() ** 4 + 1)
        from_ = NOW - timedelta(days=DAYS + 1) + (timedelta(days=DAYS + 2) - length) * chance.random()
        span = Span(from_, from_ + length)
        asked = chance.choice((2, 3, 10, 100, 500, 2_000))
        channel, readings = chance.choice(list(past.channels.items()))
        history = await rooms.histories.of_channel(channel, span, asked)
        check(history, [Service(span, readings)], asked)
        used.add((history.resolution, history.bucket_seconds is None))
        history = await rooms.histories.of_plant(plant.id, SOIL, span, max(asked, 2 * len(past.services)))
        check(history, past.services, max(asked, 2 * len(past.services)))
        used.add((history.resolution, history.bucket_seconds is None))
    assert len(used) == 4, "raw readings, raw buckets, hours and days were all drawn"


FIRST = ((10.0, 0.0), (90.0, 100.0))
UPSIDE_DOWN = ((20.0, 100.0), (80.0, 0.0))
"""Points of calibrations: what was sent, what it should have said."""


async def calibrate(rooms: Rooms, channel: int, from_: datetime, points: tuple[tuple[float, float], ...]) -> None:
    """Calibrate a channel from an hour on."""
    wish = {"points": [{"sent": sent, "value": value} for sent, value in points], "from": from_}
    await rooms.calibrations.create(channel, CalibrationCreate.model_validate(wish))


def told(readings: dict[datetime, float], one: datetime, two: datetime) -> dict[datetime, float]:
    """Calibrate readings one by one: `FIRST` from an hour on, `UPSIDE_DOWN` from another."""
    return {
        time: value if time < one else (value - 10) * 1.25 if time < two else 100 - (value - 20) / 0.6
        for time, value in readings.items()
    }


@pytest.mark.parametrize("seed", range(2))
async def test_charts_across_calibrations_equal_a_recomputation_from_every_reading(rooms: Rooms, seed: int) -> None:
    chance = random.Random(seed)
    past = await fill(rooms, chance)
    plant = (await rooms.garden.plant_page(None, 1)).items[0]
    one, two = sorted(floor(NOW, HOUR) - days * DAY + HOUR * chance.randrange(24) for days in (33, 12))
    for channel in past.channels:
        await calibrate(rooms, channel, two, UPSIDE_DOWN)
        await calibrate(rooms, channel, one, FIRST)
    parts = (Span(NOW - 99 * DAY, one), Span(one, two), Span(two, NOW + 99 * DAY))
    services = [
        Service(service.span.within(part), told(service.readings, one, two))
        for service in past.services
        for part in parts
        if not service.span.within(part).empty
    ]
    used = set()
    for _ in range(40):
        length = timedelta(seconds=DAYS * 86_400 * chance.random() ** 2 + 1)
        from_ = NOW - timedelta(days=DAYS + 1) + (timedelta(days=DAYS + 2) - length) * chance.random()
        span = Span(from_, from_ + length)
        asked = chance.choice((12, 50, 100, 500, 2_000))
        channel, readings = chance.choice(list(past.channels.items()))
        history = await rooms.histories.of_channel(channel, span, asked)
        check(history, [Service(part, told(readings, one, two)) for part in parts], asked)
        used.add((history.resolution, history.bucket_seconds is None))
        history = await rooms.histories.of_channel(channel, span, asked, as_sent=True)
        check(history, [Service(span, readings)], asked)
        history = await rooms.histories.of_plant(plant.id, SOIL, span, max(asked, 2 * len(services)))
        check(history, services, max(asked, 2 * len(services)))
        used.add((history.resolution, history.bucket_seconds is None))
    assert len(used) == 4, "raw readings, raw buckets, hours and days were all drawn"


async def test_more_assignments_than_points_still_fit(rooms: Rooms) -> None:
    plant = await rooms.plant()
    start = NOW - 2 * DAY
    for device in ("plant-1", "plant-2"):
        await rooms.store(
            device, [("soil_moisture", start + minute * timedelta(minutes=10), 50.0) for minute in range(288)]
        )
    for hour in range(40):
        channel = await rooms.channel(f"plant-{1 + hour % 2}")
        await rooms.assign(plant.id, channel, start + hour * HOUR, start + (hour + 1) * HOUR)
    history = await rooms.histories.of_plant(plant.id, SOIL, Span(start, NOW), 5)
    assert 0 < len(history.points) <= 5


async def test_trimmed_readings_are_drawn_from_roll_ups(rooms: Rooms) -> None:
    readings = [
        ("soil_moisture", NOW - timedelta(hours=hours, minutes=1), float(hours % 50)) for hours in range(24 * 40)
    ]
    await rooms.store("plant-1", readings)
    channel = await rooms.channel("plant-1")
    async with rooms.database.acquire() as connection:
        await connection.execute("DELETE FROM telemetry WHERE time < $1", NOW - 10 * DAY)
        await connection.execute("DELETE FROM telemetry_hourly WHERE bucket < $1", floor(NOW - 20 * DAY, DAY))
    spans = {
        Resolution.RAW: Span(NOW - 9 * DAY, NOW - 8 * DAY),
        Resolution.HOURLY: Span(NOW - 12 * DAY, NOW - 11 * DAY),
        Resolution.DAILY: Span(floor(NOW - 30 * DAY, DAY), floor(NOW - 25 * DAY, DAY)),
    }
    for resolution, span in spans.items():
        history = await rooms.histories.of_channel(channel, span, 2_000)
        assert history.resolution is resolution
        assert sum(point.count for point in history.points) == (span.until - span.from_) / HOUR
    mixed = await rooms.histories.of_channel(channel, Span(NOW - 12 * DAY, NOW), 2_000)
    assert (mixed.resolution, sum(point.count for point in mixed.points)) == (Resolution.HOURLY, 12 * 24)


async def test_what_would_take_long_is_drawn_from_fewer_rows(rooms: Rooms) -> None:
    start = floor(NOW, DAY) - 400 * DAY
    await rooms.store("plant-1", [("soil_moisture", start, 1.0)])
    channel = await rooms.channel("plant-1")
    async with rooms.database.acquire() as connection:
        await connection.execute("TRUNCATE telemetry, telemetry_hourly, telemetry_daily")
        await connection.execute(
            "INSERT INTO telemetry SELECT $1, time, 5 FROM generate_series($2::timestamptz, $3, '2 minutes') AS time",
            channel, start, start + 399 * DAY,
        )  # fmt: skip
        for table, width in (("telemetry_hourly", "1 hour"), ("telemetry_daily", "1 day")):
            await connection.execute(
                f"INSERT INTO {table} SELECT channel_id, date_bin('{width}', time, 'epoch'), count(*), sum(value), "  # noqa: S608
                "min(value), max(value) FROM telemetry GROUP BY 1, 2"
            )
    year = await rooms.histories.of_channel(channel, Span(start, start + 365 * DAY), 2_000)
    assert (year.resolution, len(year.points)) == (Resolution.DAILY, 365)
    assert MOST_HOURS < 365 * 24
    weeks = await rooms.histories.of_channel(channel, Span(start, start + 60 * DAY), 2_000)
    assert (weeks.resolution, weeks.bucket_seconds) == (Resolution.HOURLY, 3_600)
    assert MOST_READINGS < 60 * 24 * 30
    week = await rooms.histories.of_channel(channel, Span(start, start + 7 * DAY), 2_000)
    assert (week.resolution, week.bucket_seconds) == (Resolution.RAW, 360)


async def test_a_channel_that_speaks_another_unit_is_left_out(rooms: Rooms) -> None:
    plant = await rooms.plant()
    for device, value in (("plant-1", 2.1), ("plant-2", 40.0)):
        await rooms.store(device, [("soil_moisture", NOW - hours * HOUR, value) for hours in range(1, 49)])
    volts, percent = await rooms.channel("plant-1"), await rooms.channel("plant-2")
    async with rooms.database.acquire() as connection:
        await connection.execute("UPDATE channel SET unit = 'V' WHERE id = $1", volts)
    await rooms.assign(plant.id, volts, NOW - 2 * DAY, NOW - DAY)
    await rooms.assign(plant.id, percent, NOW - DAY)
    history = await rooms.histories.of_plant(plant.id, SOIL, Span(NOW - 2 * DAY, NOW), 500)
    assert history.unit == "%"
    assert {point.mean for point in history.points} == {40.0}


async def test_nothing_known_is_an_empty_chart(rooms: Rooms) -> None:
    plant = await rooms.plant()
    span = Span(NOW - DAY, NOW)
    history = await rooms.histories.of_plant(plant.id, Metric.CO2, span, 500)
    assert (history.points, history.unit, history.from_, history.until) == ((), "ppm", span.from_, span.until)
    with pytest.raises(PlantNotFound):
        await rooms.histories.of_plant(UUID(int=7), SOIL, span, 500)
    with pytest.raises(ChannelNotFound):
        await rooms.histories.of_channel(99, span, 500)
