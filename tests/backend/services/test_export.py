"""Readings to take away: all of them, once, in order, and no more of them in memory than a bufferful."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from aioplantops.errors import ChannelNotFound, DeviceNotFound, PlantNotFound, RateLimited
from plantops.domain.resolution import Span
from plantops.services.export import ReaderGone, Selection

from tests.backend.services.intake import NOON
from tests.backend.services.rooms import Rooms

HOUR = timedelta(hours=1)
SPAN = Span(NOON - 100 * HOUR, NOON + HOUR)


@pytest.fixture
async def rooms(database: str) -> AsyncIterator[Rooms]:
    """Give a garden with two devices, on each kind of database."""
    async with Rooms.open(database) as opened:
        for device in ("plant-2", "plant-1"):
            readings = [
                (key, NOON - hour * HOUR, hour / 8 - 3)
                for key in ("temperature", "soil_moisture")
                for hour in range(90)
            ]
            await opened.store(device, readings)
        yield opened


async def taken(rooms: Rooms, selection: Selection) -> list[dict[str, str]]:
    """Take an export away and read it."""
    written = bytearray()

    async def write(chunk: bytes) -> None:
        written.extend(chunk)

    async with rooms.exports.open(selection) as export:
        await export.write(write)
    text = written.decode()
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_everything_comes_once_in_order(rooms: Rooms) -> None:
    lines = await taken(rooms, Selection(span=SPAN))
    assert list(lines[0]) == ["device_id", "channel", "metric", "unit", "time", "value"]
    keys = [(line["device_id"], line["channel"], datetime.fromisoformat(line["time"])) for line in lines]
    assert keys == sorted(keys)
    assert len(set(keys)) == 4 * 90
    assert lines[0] == {
        "device_id": "plant-1",
        "channel": "soil_moisture",
        "metric": "soil_moisture",
        "unit": "%",
        "time": "2026-11-16T19:00:00.000000Z",
        "value": "8.125",
    }
    assert {keys[0][2].tzinfo} == {UTC}


async def test_the_end_of_the_span_does_not_belong_to_it(rooms: Rooms) -> None:
    lines = await taken(rooms, Selection(span=Span(NOON - 2 * HOUR, NOON), device_id="plant-2"))
    assert [(line["channel"], line["time"][11:13]) for line in lines] == [
        ("soil_moisture", "10"),
        ("soil_moisture", "11"),
        ("temperature", "10"),
        ("temperature", "11"),
    ]


async def test_a_plants_readings_are_those_of_its_channels_in_their_time(rooms: Rooms) -> None:
    plant = await rooms.plant()
    await rooms.assign(plant.id, await rooms.channel("plant-1"), NOON - 10 * HOUR, NOON - 5 * HOUR)
    await rooms.assign(plant.id, await rooms.channel("plant-2"), NOON - 5 * HOUR)
    lines = await taken(rooms, Selection(span=Span(NOON - 7 * HOUR, NOON - 2 * HOUR), plant_id=plant.id))
    assert [(line["device_id"], line["time"][11:13]) for line in lines] == [
        ("plant-1", "05"),
        ("plant-1", "06"),
        ("plant-2", "07"),
        ("plant-2", "08"),
        ("plant-2", "09"),
    ]
    assert await taken(rooms, Selection(span=SPAN, plant_id=(await rooms.plant("New")).id)) == []


async def test_what_is_not_there_cannot_be_taken(rooms: Rooms) -> None:
    for selection, error in (
        (Selection(span=SPAN, channel_id=99), ChannelNotFound),
        (Selection(span=SPAN, plant_id=UUID(int=5)), PlantNotFound),
        (Selection(span=SPAN, device_id="nobody"), DeviceNotFound),
    ):
        with pytest.raises(error):
            await taken(rooms, selection)


async def copies(rooms: Rooms) -> int:
    async with rooms.database.acquire() as connection:
        running: int = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'"
        )
    return running


async def test_a_reader_that_goes_stops_the_store(rooms: Rooms) -> None:
    start = NOON - 400 * 24 * HOUR
    channel = await rooms.channel("plant-1")
    async with rooms.database.acquire() as connection:
        await connection.execute(
            "INSERT INTO telemetry SELECT $1, time, 5 FROM generate_series($2::timestamptz, $3, '1 minute') AS time",
            channel, start, NOON - 200 * 24 * HOUR,
        )  # fmt: skip
    chunks = []

    async def write(chunk: bytes) -> None:
        chunks.append(len(chunk))
        if len(chunks) == 3:
            raise ConnectionResetError

    with pytest.raises(ReaderGone):
        async with rooms.exports.open(Selection(span=Span(start, NOON), channel_id=channel)) as export:
            await export.write(write)
    assert max(chunks) < 1_000_000
    while await copies(rooms):
        await asyncio.sleep(0.01)
    assert len(await taken(rooms, Selection(span=SPAN, channel_id=channel))) == 90


async def test_only_a_few_run_at_a_time(rooms: Rooms) -> None:
    selection = Selection(span=SPAN)
    async with rooms.exports.open(selection), rooms.exports.open(selection):
        with pytest.raises(RateLimited):
            async with rooms.exports.open(selection):
                pass
    assert len(await asyncio.wait_for(taken(rooms, selection), 60)) == 360
