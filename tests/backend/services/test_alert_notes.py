"""What the ingest marks becomes notes: of plants for any of their channels, of devices for all of theirs."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from aioplantops.models import Plant, PlantChange
from aioplantops.needs import NeedsWish
from aioplantops.species import SpeciesChange, SpeciesCreate
from plantops.storage import alert_notes, care, soil

from tests.backend.services.rooms import Rooms

DEVICE = "plant-3fa2c1"
HOUR = timedelta(hours=1)
MOST = 100


@pytest.fixture
async def rooms(database: str) -> AsyncIterator[Rooms]:
    async with Rooms.open(database) as rooms:
        yield rooms


async def planted(rooms: Rooms, key: str, name: str = "Basil") -> Plant:
    """Plant a plant that one channel of the device serves, with nothing noted."""
    await say(rooms, key)
    plant = await rooms.plant(name)
    await rooms.assign(plant.id, await rooms.channel(DEVICE, key), rooms.clock() - 48 * HOUR)
    await noted(rooms)
    return plant


async def say(rooms: Rooms, *keys: str, at: datetime | None = None) -> None:
    await rooms.store(DEVICE, [(key, at or rooms.clock(), 21.0) for key in keys])


async def noted(rooms: Rooms) -> tuple[set[UUID], set[UUID], set[str]]:
    """Take marks, tell which plants' soil, which plants' alerts and which devices are noted, and give all back."""
    async with rooms.database.transaction() as connection:
        await care.take_marks(connection, rooms.clock(), 0, MOST)
        soils = await soil.due(connection, rooms.clock(), [], MOST)
        await soil.judged(connection, soils)
        plants = await alert_notes.plants(connection, MOST)
        await alert_notes.plants_judged(connection, plants)
        devices = await alert_notes.devices(connection, MOST)
        await alert_notes.devices_judged(connection, devices)
    return {note.plant_id for note in soils}, {note.plant_id for note in plants}, {note.device_id for note in devices}


async def test_any_channel_makes_news_of_its_plants_and_of_its_device(rooms: Rooms) -> None:
    basil = await planted(rooms, "soil_moisture")
    air = await planted(rooms, "temperature", "Fern")
    assert await noted(rooms) == (set(), set(), set()), "all was given back"
    rooms.clock.now += HOUR
    await say(rooms, "temperature")
    assert await noted(rooms) == (set(), {air.id}, {DEVICE})
    rooms.clock.now += HOUR
    await say(rooms, "soil_moisture", "battery")
    assert await noted(rooms) == ({basil.id}, {basil.id}, {DEVICE})
    rooms.clock.now += HOUR
    await say(rooms, "battery")
    assert await noted(rooms) == (set(), set(), {DEVICE}), "a channel that serves no plant is still a device's"


async def test_news_that_comes_while_alerts_are_judged_is_kept(rooms: Rooms) -> None:
    plant = await planted(rooms, "temperature")
    await say(rooms, "temperature", at=rooms.clock() - HOUR / 2)
    async with rooms.database.acquire() as connection:
        await care.take_marks(connection, rooms.clock(), 0, MOST)
        plants = await alert_notes.plants(connection, MOST)
        devices = await alert_notes.devices(connection, MOST)
        rooms.clock.now += HOUR
    await say(rooms, "temperature")
    async with rooms.database.acquire() as connection:
        await care.take_marks(connection, rooms.clock(), 0, MOST)
        await alert_notes.plants_judged(connection, plants)
        await alert_notes.devices_judged(connection, devices)
        assert [note.plant_id for note in await alert_notes.plants(connection, MOST)] == [plant.id]
        assert [note.device_id for note in await alert_notes.devices(connection, MOST)] == [DEVICE]
        assert await alert_notes.plants(connection, MOST, [plant.id]) == []
        assert await alert_notes.devices(connection, MOST, [DEVICE]) == []


async def test_channels_that_are_never_quiet_starve_no_others(rooms: Rooms) -> None:
    keys = [f"temperature_{number}" for number in range(6)]
    await say(rooms, *keys)
    seen: list[int] = []
    async with rooms.database.acquire() as connection:
        for _ in range(3):
            taken = await care.take_marks(connection, rooms.clock(), seen[-1] if seen else 0, 2)
            seen += taken
            rooms.clock.now += timedelta(minutes=1)
            await say(rooms, *keys)
    assert len(set(seen)) == len(keys)


async def test_what_people_change_is_judged_anew(rooms: Rooms) -> None:
    species = await rooms.species.create(SpeciesCreate(name="House basil"))
    plant = await planted(rooms, "soil_moisture")
    await rooms.plants.change(plant.id, PlantChange(species_id=species.id))
    assert await noted(rooms) == ({plant.id}, {plant.id}, set())
    needs = NeedsWish.model_validate({"soil_moisture": {"low": 30.0}})
    await rooms.species.change(species.id, SpeciesChange(needs=needs))
    assert await noted(rooms) == ({plant.id}, {plant.id}, set())
    async with rooms.database.transaction() as connection:
        await care.note_channel(connection, await rooms.channel(DEVICE), rooms.clock())
    assert await noted(rooms) == ({plant.id}, {plant.id}, {DEVICE})
    async with rooms.database.transaction() as connection:
        await alert_notes.note_device(connection, DEVICE, rooms.clock())
    assert await noted(rooms) == (set(), set(), {DEVICE})
