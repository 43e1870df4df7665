"""A probe that has wandered says so with its channel, until it is calibrated."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid7

import pytest
from aioplantops.calibration import CalibrationCreate
from aioplantops.care import CareSource
from plantops.storage import care as store

from tests.backend.services.intake import Clock
from tests.backend.services.rooms import Rooms

DEVICE = "plant-3fa2c1"
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
async def rooms(database: str) -> AsyncIterator[Rooms]:
    clock = Clock()
    clock.now = BEGIN + timedelta(days=1)
    async with Rooms.open(database, clock=clock) as rooms:
        yield rooms


async def test_a_probe_that_wanders_is_told_until_it_is_calibrated(rooms: Rooms) -> None:
    rooms.clock.now = BEGIN + timedelta(days=45)
    dry = [("soil_moisture", BEGIN + timedelta(hours=hour), 80.0 - hour / 4) for hour in range(72)]
    await rooms.store(DEVICE, dry)
    channel, plant = await rooms.channel(DEVICE), await rooms.plant()
    await rooms.assign(plant.id, channel, BEGIN)
    for third in range(12):
        level = 88.0 - 2.0 * max(0, third - 3)
        at = BEGIN + timedelta(days=4 + 3 * third)
        seen = store.Kept(uuid7(), CareSource.DETECTED, at, 30.0, level, soaked_through=True)
        async with rooms.database.acquire() as connection:
            await store.add_detected(connection, plant.id, seen, rooms.clock())
    assert await rooms.watch.turn() == 1
    told = (await rooms.devices.channel(channel)).calibration_hint
    assert told is not None
    assert "88 %" in told.reason
    assert told.shift < -8.0
    assert BEGIN < told.since < rooms.clock()
    device = await rooms.garden.device(DEVICE)
    assert [one.calibration_hint for one in device.channels] == [told]
    points = [{"sent": 10.0, "value": 0.0}, {"sent": 90.0, "value": 100.0}]
    await rooms.calibrations.create(channel, CalibrationCreate.model_validate({"points": points}))
    assert (await rooms.devices.channel(channel)).calibration_hint is None, "it was calibrated a moment ago"
    rooms.clock.now += timedelta(minutes=20)
    assert await rooms.watch.turn() == 1
    assert (await rooms.devices.channel(channel)).calibration_hint is None
