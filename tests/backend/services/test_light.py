"""Each plant's light of now, as its answer and the stream tell it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from aioplantops.days import PlantLight
from plantops.services.alongside import alongside

from tests.backend.services.listening import Listening, agree
from tests.backend.services.measured import MIDNIGHT, NODE, TODAY, planted, steady
from tests.backend.services.rooms import Rooms

HOUR = timedelta(hours=1)
NOON = MIDNIGHT + 12 * HOUR


@pytest.fixture
async def rooms(embedded_database: str) -> AsyncIterator[Rooms]:
    """Give an empty garden."""
    async with Rooms.open(embedded_database) as opened:
        yield opened


async def light(rooms: Rooms, plant_id: UUID) -> PlantLight:
    found = (await rooms.garden.plant(plant_id)).light
    assert found is not None
    return found


async def test_the_light_of_now_grows_turns_and_ends(rooms: Rooms) -> None:
    plant_id = await planted(rooms, "ppfd")
    assert (await rooms.garden.plant(plant_id)).light is None
    await rooms.store(NODE, steady("ppfd", 100, MIDNIGHT - 24 * HOUR, 36))
    assert await rooms.lights.round() == 1
    now = await light(rooms, plant_id)
    assert (now.day, now.time) == (TODAY, NOON)
    assert [one.dli for one in (now.today, now.yesterday, now.last_24_hours)] == [4.32, 8.64, 8.64]
    assert await rooms.lights.round() == 0, "nothing new"
    rooms.clock.now = MIDNIGHT + 25 * HOUR
    assert await rooms.lights.round(unless_since=timedelta(minutes=1)) == 1
    turned = await light(rooms, plant_id)
    assert (turned.day, turned.today.dli) == (TODAY + timedelta(days=1), None)
    assert (turned.yesterday.dli, turned.yesterday.coverage) == (4.32, 0.5)
    assert turned.last_24_hours.dli == pytest.approx(100 * 11 * 0.0036, abs=1e-3)
    (assignment,) = (await rooms.plants.assignments(plant_id, None, 5)).items
    await rooms.plants.unassign(plant_id, assignment.id)
    rooms.lights.look_soon(plant_id)
    await rooms.lights.asked()
    await rooms.lights.look()
    assert (await rooms.garden.plant(plant_id)).light is None
    assert await rooms.lights.round() == 0


async def test_only_one_replica_looks_at_a_time_and_not_twice_in_a_row(rooms: Rooms) -> None:
    plant_id = await planted(rooms, "ppfd")
    await rooms.store(NODE, steady("ppfd", 100, MIDNIGHT, 12))
    assert sorted(await asyncio.gather(rooms.lights.round(), rooms.lights.round()), key=str) in ([1, None], [0, 1])
    await rooms.store(NODE, steady("ppfd", 100, MIDNIGHT - 12 * HOUR, 11.5))
    rooms.clock.now += timedelta(minutes=2)
    assert await rooms.lights.round(unless_since=timedelta(minutes=3)) == 0
    rooms.clock.now += timedelta(minutes=2)
    assert await rooms.lights.round(unless_since=timedelta(minutes=3)) == 1
    assert (await light(rooms, plant_id)).yesterday.coverage == 0.5


async def test_clients_of_the_stream_hear_of_light_and_derive_the_air(rooms: Rooms) -> None:
    plant_id = await planted(rooms, "ppfd", "temperature", "humidity", leaf_offset=-1)
    listening = Listening(rooms)
    async with alongside(client=listening.run()):
        await listening.joined.wait()
        await rooms.store(NODE, [("temperature", NOON, 25.0), ("humidity", NOON, 60.0), ("ppfd", NOON - HOUR, 100.0)])
        await agree(rooms, [listening])
        air = listening.heard.garden.plants[plant_id].air
        assert air is not None
        assert (air.vpd, air.dew_point, air.time) == (1.083, 16.7, NOON)
        rooms.clock.now = NOON + 2 * HOUR
        await rooms.store(NODE, [("humidity", NOON + 2 * HOUR, 70.0), ("ppfd", NOON, 100.0)])
        await rooms.lights.round()
        await agree(rooms, [listening])
        plant = listening.heard.garden.plants[plant_id]
        assert plant.air is None, "the temperature is two hours older"
        assert plant.light is not None
        assert plant.light.today.dli == 0.36
