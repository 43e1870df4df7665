"""The garden as it is now: whole, in pages, one by one, always at a single moment."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from aioplantops.errors import DeviceNotFound, Invalid, PlantNotFound
from aioplantops.models import GardenSnapshot, Plant, PlantCreate

from tests.backend.services.intake import NOON
from tests.backend.services.rooms import SOIL, Rooms

HOUR = timedelta(hours=1)


@pytest.fixture
async def rooms(database: str) -> AsyncIterator[Rooms]:
    """Give a garden on each kind of database."""
    async with Rooms.open(database) as opened:
        yield opened


async def snapshot(rooms: Rooms) -> GardenSnapshot:
    """Read the whole garden."""
    return GardenSnapshot.model_validate_json(await rooms.garden.snapshot())


async def test_the_snapshot_says_what_the_single_answers_say(rooms: Rooms) -> None:
    for number in range(3):
        readings = [("soil_moisture", NOON - HOUR, 30.0 + number), ("temperature", NOON - HOUR / 2, 20.5)]
        await rooms.store(f"plant-{number}", readings)
    for name in ("Fern", "basil", "Aloe <b>", "Basil'); DROP TABLE plant;--"):
        plant = await rooms.plant(name)
        await rooms.assign(plant.id, await rooms.channel("plant-1"), NOON - 2 * HOUR)
        await rooms.assign(plant.id, await rooms.channel("plant-2", "temperature"), NOON - HOUR, NOON + 5 * HOUR)
    garden = await snapshot(rooms)
    assert [device.id for device in garden.devices] == ["plant-0", "plant-1", "plant-2"]
    assert [plant.name for plant in garden.plants] == ["Aloe <b>", "Basil'); DROP TABLE plant;--", "Fern", "basil"]
    for device in garden.devices:
        assert device == await rooms.garden.device(device.id)
    for plant in garden.plants:
        assert plant == await rooms.garden.plant(plant.id)
        assert [(value.metric, value.value) for value in plant.values] == [
            ("soil_moisture", 31.0),
            ("temperature", 20.5),
        ]
    assert garden.model_dump_json(by_alias=True).encode() == await rooms.garden.snapshot()


async def test_an_empty_garden_is_a_garden(rooms: Rooms) -> None:
    assert await snapshot(rooms) == GardenSnapshot(devices=(), plants=())
    with pytest.raises(DeviceNotFound):
        await rooms.garden.device("plant-1")
    with pytest.raises(PlantNotFound):
        await rooms.garden.plant(UUID(int=1))


async def test_a_plant_feels_only_what_was_read_while_its_channel_served_it(rooms: Rooms) -> None:
    await rooms.store("plant-1", [("soil_moisture", NOON - 3 * HOUR, 50.0)])
    channel = await rooms.channel("plant-1")
    before, now, later = [await rooms.plant(name) for name in ("before", "now", "later")]
    await rooms.assign(before.id, channel, NOON - 5 * HOUR, NOON - 2 * HOUR)
    await rooms.assign(now.id, channel, NOON - 2 * HOUR)
    await rooms.assign(later.id, channel, NOON + HOUR)
    assert [len(plant.values) for plant in (await snapshot(rooms)).plants] == [0, 0, 0]
    await rooms.store("plant-1", [("soil_moisture", NOON - HOUR, 49.0)])
    told = {plant.name: plant for plant in (await snapshot(rooms)).plants}
    assert {name: [value.value for value in plant.values] for name, plant in told.items()} == {
        "before": [],
        "now": [49.0],
        "later": [],
    }
    assert {name: len(plant.assignments) for name, plant in told.items()} == {"before": 0, "now": 1, "later": 1}
    rooms.clock.now = NOON + 2 * HOUR
    await rooms.store("plant-1", [("soil_moisture", NOON + HOUR, 48.0)])
    assert [value.value for value in (await rooms.garden.plant(later.id)).values] == [48.0]


async def test_pages_walk_through_everything_once(rooms: Rooms) -> None:
    names = ["Ficus"] * 5 + ["Ähre", "Zamia", "aloe", "🌱", "Ficus benjamina", "x" * 120, "Ⱥ" * 120]
    for name in names:
        await rooms.plants.create(PlantCreate(name=name))
    for number in range(7):
        await rooms.store(f"plant-{number}", [("temperature", NOON, 20.0)])
    for limit in (1, 3, 12, 200):
        seen: list[Plant] = []
        cursor = None
        while True:
            page = await rooms.garden.plant_page(cursor, limit)
            seen += page.items
            if (cursor := page.next) is None:
                break
        assert len({plant.id for plant in seen}) == len(seen) == len(names)
        assert [plant.name for plant in seen] == sorted(names)
    first = await rooms.garden.device_page(None, 4)
    second = await rooms.garden.device_page(first.next, 4)
    assert [device.id for device in (*first.items, *second.items)] == [f"plant-{number}" for number in range(7)]
    assert second.next is None


async def test_made_up_cursors_are_refused(rooms: Rooms) -> None:
    made_up = ("x", "", "bnVsbA", "WyJhIiwgImIiXQ", "e30", "W10", "\x00", "ü", "A" * 5_000, "WyJcdWQ4MDAiLCAiMSJd")
    for cursor in made_up:
        with pytest.raises(Invalid, match="cursor"):
            await rooms.garden.plant_page(cursor, 10)


async def test_the_snapshot_is_of_one_moment(rooms: Rooms) -> None:
    await rooms.store("plant-1", [("soil_moisture", NOON - HOUR, 1.0)])
    plant = await rooms.plant()
    await rooms.assign(plant.id, await rooms.channel("plant-1"), NOON - 2 * HOUR)
    done = asyncio.Event()

    async def write() -> None:
        for step in range(60):
            await rooms.store("plant-1", [("soil_moisture", NOON - HOUR + timedelta(seconds=step + 1), float(step))])
        done.set()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(write())
        while not done.is_set():
            garden = await snapshot(rooms)
            latest = garden.devices[0].channels[0].latest
            value = garden.plants[0].values[0]
            assert latest is not None
            assert (value.metric, value.time, value.value) == (SOIL, latest.time, latest.value)
