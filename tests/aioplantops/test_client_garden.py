"""The client walks through a whole garden: readings in, plants and assignments, history and export out."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession
from aioplantops.care import CareChange, CareEventNotFound, CareKind, CareLog
from aioplantops.client import PlantOpsClient
from aioplantops.errors import (
    AssignmentNotFound,
    AssignmentOverlaps,
    ChannelNotFound,
    DeviceNotFound,
    PlantNotFound,
    SpanInvalid,
    SpeciesInUse,
    SpeciesNotFound,
    SpeciesNotYours,
)
from aioplantops.garden import Garden
from aioplantops.history import Outcome, PostedReading, ReadingsPost, Resolution
from aioplantops.metrics import Metric
from aioplantops.models import (
    AssignmentChange,
    AssignmentCreate,
    ChannelChange,
    DeviceChange,
    DeviceKind,
    PlantChange,
    PlantCreate,
    Scope,
)
from aioplantops.species import Species, SpeciesChange, SpeciesCreate
from aioplantops.tasks import TaskClosed, TaskComplete, TaskKind, TaskRuleChange, TaskRuleCreate
from aioplantops.telemetry import ChannelInfo

from tests.backend.api.conftest import PATIENCE, open_house
from tests.servers import DatabaseServer

DEVICE = "balcony"


NOW = datetime.now(UTC)
THIS_HOUR = NOW.replace(minute=0, second=0, microsecond=0)
"""When the tests were read: no hour turns while they run."""


@pytest.fixture
async def client(embedded_server: DatabaseServer) -> AsyncIterator[PlantOpsClient]:
    """Give a client of an empty garden that may do everything."""
    async with embedded_server.migrated() as url, open_house(url) as house, ClientSession() as session:
        address = house.client.make_url("/")
        yield PlantOpsClient(address, house.tokens[Scope.ADMIN], session, timeout_seconds=PATIENCE)


def post(*values: object, hours_ago: int = 3) -> ReadingsPost:
    """Write readings of the balcony, one a minute."""
    begin = (THIS_HOUR - timedelta(hours=hours_ago)).timestamp()
    readings = tuple(PostedReading(c="soil", t=begin + 60 * number, v=value) for number, value in enumerate(values))
    soil = ChannelInfo(metric="soil_moisture", unit="%", name="Soil")
    return ReadingsPost(device_id=DEVICE, name="Balcony", channels={"soil": soil}, readings=readings)


async def test_posted_readings_are_told_one_by_one(client: PlantOpsClient) -> None:
    posted = await client.post_readings(post(40.0, "wet", 41.0, 5_000.0))
    assert (posted.stored, posted.duplicate, posted.refused) == (2, 0, 2)
    told = [(result.outcome, result.reason) for result in posted.results]
    refused = Outcome.REFUSED
    assert told == [(Outcome.STORED, None), (refused, "wrong_type"), (Outcome.STORED, None), (refused, "range")]
    assert (await client.post_readings(post(40.0))).duplicate == 1
    letters = [letter async for letter in client.dead_letters()]
    assert {letter.reason for letter in letters} == {"wrong_type", "range"}
    assert {letter.device_id for letter in letters} == {DEVICE}


async def test_devices_and_channels_are_seen_and_named(client: PlantOpsClient) -> None:
    await client.post_readings(post(40.0))
    (device,) = [device async for device in client.devices()]
    assert (device.id, device.name, device.kind) == (DEVICE, "Balcony", DeviceKind.HTTP)
    changed = await client.change_device(DEVICE, DeviceChange(area="Outside"))
    assert (changed.name, changed.area) == ("Balcony", "Outside")
    assert (await client.change_device(DEVICE, DeviceChange(area=None))).area is None
    (channel,) = (await client.device(DEVICE)).channels
    assert (await client.change_channel(channel.id, ChannelChange(name="Left pot"))).name == "Left pot"
    assert (await client.channel(channel.id)).latest == channel.latest
    with pytest.raises(DeviceNotFound):
        await client.device("nobody")
    with pytest.raises(ChannelNotFound):
        await client.channel(9_999)


async def test_a_plant_lives(client: PlantOpsClient) -> None:
    plant = await client.create_plant(PlantCreate(name="Fern <i>'; DROP TABLE plant; --", pot_litres=2))
    assert (await client.plant(plant.id)).name == "Fern <i>'; DROP TABLE plant; --"
    changed = await client.change_plant(plant.id, PlantChange(name="Fern", area="Hall"))
    assert (changed.name, changed.area, changed.pot_litres) == ("Fern", "Hall", 2)
    assert [found.id async for found in client.plants()] == [plant.id]
    await client.delete_plant(plant.id)
    with pytest.raises(PlantNotFound):
        await client.plant(plant.id)


async def test_care_is_written_down_corrected_and_taken_back(client: PlantOpsClient) -> None:
    plant = await client.create_plant(PlantCreate(name="Monstera"))
    event = await client.log_care(plant.id, CareLog(kind=CareKind.REPOTTED, pot_litres=4.0))
    assert (await client.plant(plant.id)).pot_litres == 4.0
    changed = await client.change_care(plant.id, event.id, CareChange(substrate="Bark"))
    assert (changed.pot_litres, changed.substrate) == (4.0, "Bark")
    day_ago = NOW - timedelta(days=1)
    assert [one async for one in client.house_care(kind=CareKind.REPOTTED, since=day_ago)] == [changed]
    assert [one async for one in client.house_care(kind=CareKind.PRUNED, plant_id=plant.id)] == []
    await client.delete_care(plant.id, event.id)
    assert [one async for one in client.care(plant.id)] == []
    with pytest.raises(CareEventNotFound):
        await client.delete_care(plant.id, event.id)


async def test_tasks_are_made_done_put_off_and_left_out(client: PlantOpsClient) -> None:
    plant = await client.create_plant(PlantCreate(name="Monstera"))
    (watering,) = [task async for task in client.tasks(plant_id=plant.id)]
    assert watering.title == "Water Monstera"
    rule = await client.create_task_rule(TaskRuleCreate(plant_id=plant.id, kind=TaskKind.PRUNED, every=2))
    rule = await client.change_task_rule(rule.id, TaskRuleChange(every=1))
    assert [one.id async for one in client.task_rules(plant.id)].count(rule.id) == 1
    soon = NOW + timedelta(days=3)
    (task,) = [task async for task in client.tasks(due_before=soon)]
    assert task.rule_id == rule.id
    assert (await client.snooze_task(task.id, days=1)).snoozed_until
    assert (await client.garden()).tasks[0].id == task.id
    done = await client.complete_task(task.id)
    assert done == await client.complete_task(task.id, TaskComplete(note="Again."))
    assert [one async for one in client.tasks(state="completed")] == [done]
    assert (await client.undo_task(task.id)).completed_at is None
    await client.skip_task(task.id)
    with pytest.raises(TaskClosed):
        await client.complete_task(task.id)
    await client.delete_task_rule(rule.id)
    assert [one.id async for one in client.tasks()] == [watering.id]


async def test_a_channel_serves_a_plant_and_its_past_is_drawn(client: PlantOpsClient) -> None:
    await client.post_readings(post(40.0, 42.0, 44.0))
    plant = await client.create_plant(PlantCreate(name="Fern"))
    (channel,) = (await client.device(DEVICE)).channels
    begin = THIS_HOUR - timedelta(hours=4)
    assignment = await client.assign(
        plant.id, AssignmentCreate.model_validate({"channel_id": channel.id, "from": begin})
    )
    assert [found.id async for found in client.assignments(plant.id)] == [assignment.id]
    with pytest.raises(AssignmentOverlaps):
        await client.assign(plant.id, AssignmentCreate(channel_id=channel.id))
    garden = Garden.of(await client.garden())
    value = garden.value(plant.id, Metric.SOIL_MOISTURE)
    assert value is not None
    assert value.value == 44.0
    drawn = await client.plant_history(plant.id, Metric.SOIL_MOISTURE, begin, points=100)
    assert drawn.resolution is Resolution.RAW
    assert [point.mean for point in drawn.points if point.count] == [40.0, 42.0, 44.0]
    same = await client.channel_history(channel.id, begin, begin + timedelta(hours=3), points=100)
    assert [point.mean for point in same.points if point.count] == [40.0, 42.0, 44.0]
    with pytest.raises(SpanInvalid):
        await client.channel_history(channel.id, begin, begin - timedelta(hours=1))
    ended = await client.change_assignment(plant.id, assignment.id, AssignmentChange(until=THIS_HOUR))
    assert ended.until == THIS_HOUR
    await client.unassign(plant.id, assignment.id)
    with pytest.raises(AssignmentNotFound):
        await client.unassign(plant.id, assignment.id)


async def test_everything_can_be_taken_away(client: PlantOpsClient) -> None:
    await client.post_readings(post(*(float(number % 100) for number in range(500)), hours_ago=10))
    lines = [line async for line in client.export(THIS_HOUR - timedelta(hours=11))]
    assert lines[0].startswith("device_id,channel,metric,unit,time,value")
    assert len(lines) == 501
    assert lines[1].startswith(f"{DEVICE},soil,soil_moisture,%,")


async def test_a_list_is_walked_through_to_its_end(client: PlantOpsClient) -> None:
    names = [f"Plant {number:03}" for number in range(250)]
    for name in names:
        await client.create_plant(PlantCreate(name=name))
    assert [plant.name async for plant in client.plants()] == names


async def test_species_are_found_made_and_used(client: PlantOpsClient) -> None:
    (found,) = await client.find_species("geigenfiege", limit=1)
    assert (found.id, found.matched) == ("ficus-lyrata", "Geigenfeige")
    assert await client.species(found.id) == Species.model_validate(found.model_dump())
    made = await client.create_species(SpeciesCreate(name="Erna's fig"))
    assert made.id in {species.id async for species in client.all_species()}
    changed = await client.change_species(made.id, SpeciesChange.model_validate({"needs": {"dli": {"low": 4}}}))
    plant = await client.create_plant(PlantCreate(name="Fig", species_id=made.id))
    assert plant.thresholds.dli is not None
    assert changed.needs.dli is not None
    assert plant.thresholds.dli.low == changed.needs.dli.low == 4
    with pytest.raises(SpeciesInUse):
        await client.delete_species(made.id)
    with pytest.raises(SpeciesNotYours):
        await client.delete_species(found.id)
    mended = PlantChange.model_validate({"species_id": None, "thresholds": {"humidity": {"high": 70}}})
    assert (await client.change_plant(plant.id, mended)).species_id is None
    await client.delete_species(made.id)
    with pytest.raises(SpeciesNotFound):
        await client.species(made.id)
