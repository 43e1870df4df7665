"""Plants and assignments: what may be, what overlaps, what stays; and names that people give."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from aioplantops.errors import (
    AssignmentNotFound,
    AssignmentOverlaps,
    ChannelNotFound,
    DeviceNotFound,
    Invalid,
    PlantNotFound,
    SpanInvalid,
)
from aioplantops.models import AssignmentChange, AssignmentCreate, ChannelChange, DeviceChange, PlantChange, PlantCreate
from pydantic import ValidationError

from tests.backend.services.intake import NOON
from tests.backend.services.rooms import Rooms

HOUR = timedelta(hours=1)


@pytest.fixture
async def rooms(database: str) -> AsyncIterator[Rooms]:
    """Give a garden with two probes, on each kind of database."""
    async with Rooms.open(database) as opened:
        for device in ("plant-1", "plant-2"):
            await opened.store(device, [("soil_moisture", NOON, 40.0), ("temperature", NOON, 20.0)])
        yield opened


async def test_a_change_touches_only_what_it_names(rooms: Rooms) -> None:
    plant = await rooms.plants.create(
        PlantCreate(name="Fern", species="Nephrolepis", area="Bath", pot_litres=2.5, notes="Likes it wet.")
    )
    assert plant.id.version == 7
    rooms.clock.now += HOUR
    changed = await rooms.plants.change(plant.id, PlantChange.model_validate({"area": None, "name": "Big fern"}))
    assert changed == plant.model_copy(update={"area": None, "name": "Big fern", "updated_at": NOON + HOUR})
    assert await rooms.plants.change(plant.id, PlantChange()) == changed
    emptied = {"species": None, "substrate": None, "pot_litres": None, "notes": ""}
    bare = await rooms.plants.change(plant.id, PlantChange.model_validate(emptied))
    assert (bare.species, bare.pot_litres, bare.notes, bare.name) == (None, None, "", "Big fern")
    with pytest.raises(ValidationError):
        PlantChange.model_validate({"name": None})


async def test_what_is_not_there_cannot_be_changed(rooms: Rooms) -> None:
    plant, nobody = await rooms.plant(), UUID(int=3)
    channel = await rooms.channel("plant-1")
    for act in (
        rooms.plants.change(nobody, PlantChange(name="x")),
        rooms.plants.remove(nobody),
        rooms.plants.assignments(nobody, None, 10),
        rooms.plants.assign(nobody, AssignmentCreate(channel_id=channel)),
        rooms.plants.reassign(nobody, nobody, AssignmentChange()),
        rooms.plants.unassign(nobody, nobody),
    ):
        with pytest.raises(PlantNotFound):
            await act
    for act in (
        rooms.plants.reassign(plant.id, nobody, AssignmentChange()),
        rooms.plants.unassign(plant.id, nobody),
    ):
        with pytest.raises(AssignmentNotFound):
            await act
    for number in (99, 0, -1, 2**31, 2**70):
        with pytest.raises(ChannelNotFound):
            await rooms.plants.assign(plant.id, AssignmentCreate(channel_id=number))
    with pytest.raises(DeviceNotFound):
        await rooms.devices.change("nobody", DeviceChange(name="x"))
    with pytest.raises(ChannelNotFound):
        await rooms.devices.rename_channel(99, ChannelChange(name="x"))


async def test_an_assignment_begins_with_the_current_hour(rooms: Rooms) -> None:
    rooms.clock.now = NOON + timedelta(minutes=42)
    plant = await rooms.plant()
    await rooms.assign(plant.id, await rooms.channel("plant-1"))
    assignment = (await rooms.garden.plant(plant.id)).assignments[0]
    assert (assignment.from_, assignment.until, assignment.device_id) == (NOON, None, "plant-1")


async def test_a_second_channel_for_the_same_metric_is_refused_by_name(rooms: Rooms) -> None:
    plant = await rooms.plant()
    first, second = await rooms.channel("plant-1"), await rooms.channel("plant-2")
    await rooms.devices.rename_channel(first, ChannelChange(name="Probe in the pot"))
    await rooms.assign(plant.id, first, NOON - 3 * HOUR)
    with pytest.raises(AssignmentOverlaps) as refusal:
        await rooms.assign(plant.id, second, NOON)
    assert "“Probe in the pot” (plant-1/soil_moisture)" in refusal.value.detail
    assert "since 2026-11-20 09:00 UTC until further notice" in refusal.value.detail
    await rooms.assign(plant.id, await rooms.channel("plant-2", "temperature"), NOON)
    other = await rooms.plant("Other")
    await rooms.assign(other.id, first, NOON - 3 * HOUR)


async def test_a_probe_moves_and_the_past_stays(rooms: Rooms) -> None:
    plant = await rooms.plant()
    first, second = await rooms.channel("plant-1"), await rooms.channel("plant-2")
    old = await rooms.assign(plant.id, first, NOON - 30 * HOUR)
    ended = await rooms.plants.reassign(plant.id, old, AssignmentChange.model_validate({"until": NOON}))
    assert (ended.from_, ended.until) == (NOON - 30 * HOUR, NOON)
    await rooms.assign(plant.id, second, NOON)
    with pytest.raises(AssignmentOverlaps):
        await rooms.plants.reassign(plant.id, old, AssignmentChange.model_validate({"until": None}))
    with pytest.raises(SpanInvalid, match="before it begins"):
        await rooms.plants.reassign(plant.id, old, AssignmentChange.model_validate({"from": NOON + HOUR}))
    with pytest.raises(Invalid, match="beginning"):
        await rooms.plants.reassign(plant.id, old, AssignmentChange.model_validate({"from": None}))
    with pytest.raises(SpanInvalid):
        await rooms.assign(plant.id, second, None, NOON - HOUR)
    page = await rooms.plants.assignments(plant.id, None, 1)
    assert [assignment.channel_id for assignment in page.items] == [second]
    rest = await rooms.plants.assignments(plant.id, page.next, 1)
    assert ([assignment.id for assignment in rest.items], rest.next) == ([old], None)
    await rooms.plants.unassign(plant.id, old)
    assert len((await rooms.plants.assignments(plant.id, None, 9)).items) == 1


async def test_of_two_at_once_only_one_gets_the_plant(rooms: Rooms) -> None:
    plant = await rooms.plant()
    channels = [await rooms.channel("plant-1"), await rooms.channel("plant-2")]
    outcomes = await asyncio.gather(
        *(rooms.assign(plant.id, channel, NOON) for channel in channels * 3), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes].count(AssignmentOverlaps) == 5
    assert len((await rooms.garden.plant(plant.id)).assignments) == 1


async def test_removing_a_plant_keeps_the_readings(rooms: Rooms) -> None:
    plant = await rooms.plant()
    await rooms.assign(plant.id, await rooms.channel("plant-1"), NOON)
    await rooms.plants.remove(plant.id)
    with pytest.raises(PlantNotFound):
        await rooms.garden.plant(plant.id)
    assert (await rooms.garden.device("plant-1")).channels[0].latest is not None


@pytest.mark.parametrize(
    "wish",
    [
        {"channel_id": 1, "from": "2026-11-20T12:30:00Z"},
        {"channel_id": 1, "from": "2026-11-20T12:00:00+05:30"},
        {"channel_id": 1, "from": "2026-11-20T12:00:00"},
        {"channel_id": 1, "from": "0001-01-01T00:00:00+14:00"},
        {"channel_id": 1, "from": "1969-12-31T23:00:00Z"},
        {"channel_id": 1, "from": "9999-12-31T23:00:00Z"},
        {"channel_id": 1, "from": "2026-11-20T12:00:00Z", "until": "2200-01-01T00:00:00Z"},
        {"channel_id": 1, "from": "2026-11-20T12:00:00Z", "until": "2026-11-20T12:00:00Z"},
        {"channel_id": 1, "since": "2026-11-20T12:00:00Z"},
    ],
)
def test_assignments_that_cannot_be_are_refused_at_the_door(wish: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AssignmentCreate.model_validate(wish)


async def test_names_that_people_give_stay(rooms: Rooms) -> None:
    wish = DeviceChange.model_validate({"name": "Window sill", "area": "Kitchen"})
    device = await rooms.devices.change("plant-1", wish)
    assert (device.name, device.area) == ("Window sill", "Kitchen")
    channel = await rooms.devices.rename_channel(device.channels[0].id, ChannelChange(name="Soil, deep"))
    assert channel == (await rooms.garden.device("plant-1")).channels[0]
    assert channel == await rooms.devices.channel(channel.id)
    async with rooms.database.acquire() as connection:
        named = await connection.fetch("SELECT named_by_user FROM device WHERE id = 'plant-1'")
        assert [tuple(row) for row in named] == [(True,)]
    emptied = await rooms.devices.change("plant-1", DeviceChange.model_validate({"area": None}))
    assert (emptied.name, emptied.area) == ("Window sill", None)
