"""From a wish to water to what becomes of it: refused in words, sent once, answered, judged by the soil, stopped."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from aioplantops.care import CareSource
from aioplantops.errors import DeviceNotFound, Invalid, PlantNotFound, PlantOpsError
from aioplantops.irrigation import (
    BlockKind,
    IrrigatorChange,
    IrrigatorState,
    Soil,
    WateringState,
    WaterPlant,
)
from aioplantops.irrigation_errors import IrrigatorNotFound, IrrigatorTaken, NoIrrigator, WateringRefused
from aioplantops.models import DeviceStatus, PlantCreate
from aioplantops.telemetry import CommandState, Info
from plantops.domain.irrigation import Wish
from plantops.services.irrigation_orders import Order, one
from plantops.storage import irrigation as store

from tests.backend.services.watering_place import NODE, Place


@pytest.fixture
async def place(embedded_database: str) -> AsyncIterator[Place]:
    async with Place.open(embedded_database) as place:
        await place.feel(soil_moisture=30)
        yield place


async def reasons(place: Place, seconds: float = 20, **wish: object) -> list[str]:
    """Tell why the basil is not watered."""
    with pytest.raises(WateringRefused) as refused:
        await place.water(seconds, **wish)
    assert all(error["why"] in refused.value.detail for error in refused.value.errors)
    return [error["where"] for error in refused.value.errors]


async def test_a_watering_is_sent_told_and_written_down(place: Place) -> None:
    irrigator = await place.irrigator()
    assert (irrigator.name, irrigator.litres_per_minute, irrigator.state) == ("Drip hose", 1.2, IrrigatorState.IDLE)
    command = await place.water(20)
    now = place.rooms.clock().timestamp()
    (sent,) = await place.sent()
    assert sent == {
        "id": str(command.id), "action": "water", "valve": "pump", "seconds": 20.0, "issued": now, "expires": now + 30,
    }  # fmt: skip
    assert (command.state, command.moisture_before) == (WateringState.SENT, 30)
    assert command.litres == pytest.approx(0.4)
    assert (await place.irrigators.show(irrigator.id)).state is IrrigatorState.STARTING
    await place.tell(command.id, CommandState.RUNNING)
    assert (await place.irrigators.show(irrigator.id)).state is IrrigatorState.RUNNING
    begun = place.rooms.clock()
    place.pass_by(seconds=15)
    await place.tell(command.id, CommandState.STOPPED, seconds=15)
    last = await place.last(irrigator)
    assert (last.state, last.ran_seconds, last.started_at) == (WateringState.STOPPED, 15, begun)
    assert last.litres == pytest.approx(0.3)
    (event,) = (await place.rooms.care.page(place.plant_id, None, 10)).items
    assert (event.source, event.at, event.command_id) == (CareSource.IRRIGATED, begun, command.id)
    assert event.litres == pytest.approx(0.3)


async def test_the_same_key_is_the_same_watering(place: Place) -> None:
    await place.irrigator()
    first = await place.water(20, key="tea-time-1")
    assert await place.water(20, key="tea-time-1") == first
    await place.done(first)
    assert (await place.water(20, key="tea-time-1")).state is WateringState.DONE
    assert len(await place.sent()) == 1
    other = await place.rooms.plants.create(PlantCreate(name="Mint"))
    with pytest.raises(Invalid, match="another plant"):
        await place.orders.water(other.id, WaterPlant(seconds=20, key="tea-time-1"))


async def test_many_ask_at_once_and_one_waters(place: Place) -> None:
    await place.irrigator()
    tries = await asyncio.gather(*(place.water(20) for _ in range(6)), return_exceptions=True)
    assert sum(not isinstance(one, WateringRefused) for one in tries) == 1
    assert len(await place.sent()) == 1


async def test_litres_become_seconds_where_the_flow_is_known(place: Place) -> None:
    irrigator = await place.irrigator(litres_per_minute=2)
    command = await place.orders.water(place.plant_id, WaterPlant(litres=0.5))
    assert command.seconds == 15
    await place.done(command)
    await place.irrigators.remove(irrigator.id)
    await place.introduce(Info.model_validate({"valves": {"pump": {}}}))
    await place.irrigator(pause_seconds=0)
    with pytest.raises(Invalid, match="litres_per_minute"):
        await place.orders.water(place.plant_id, WaterPlant(litres=0.5))


async def test_it_is_refused_in_words(place: Place) -> None:
    with pytest.raises(NoIrrigator):
        await place.water(20)
    level, leak = await place.channel("water_level"), await place.channel("leak")
    irrigator = await place.irrigator(reservoir_channel_id=level, leak_channel_id=leak)
    assert await reasons(place) == ["leak_unknown", "reservoir_unknown"]
    await place.feel(water_level=5, leak=1)
    assert await reasons(place) == ["leak", "reservoir_empty"]
    await place.feel(water_level=50, leak=0, soil_moisture=75)
    assert await reasons(place) == ["plant_wet"]
    assert await reasons(place, seconds=61, force=True) == ["too_long"]
    await place.introduce(status=DeviceStatus.OFFLINE)
    assert await reasons(place, force=True) == ["device_offline"]
    await place.introduce(Info.model_validate({"valves": {}}))
    assert await reasons(place, force=True) == ["no_valve"]
    await place.introduce()
    await place.irrigators.change(irrigator.id, IrrigatorChange(enabled=False))
    assert await reasons(place, force=True) == ["irrigator_off"]
    assert [sent["action"] for sent in await place.sent()] == ["stop"], "switching off closes"


async def test_force_waters_a_wet_plant_and_says_what_spoke_against_it(place: Place) -> None:
    await place.irrigator()
    await place.feel(soil_moisture=75)
    command = await place.water(20, force=True)
    assert command.warnings == ("Basil is wet: 75 %, and 70 % is its upper bound.",)
    assert (await place.irrigators.waterings(command.irrigator_id or uuid4(), None, 5)).items == (command,)


async def test_pause_and_daily_maximum_count_what_may_have_flowed(place: Place) -> None:
    await place.irrigator(daily_max_seconds=50, pause_seconds=600)
    await place.done(await place.water(20))
    assert await reasons(place) == ["pause"]
    place.pass_by(minutes=11)
    lost = await place.water(20)
    await place.turns(minutes=2)  # nobody answers
    assert (await place.orders.clear(lost.irrigator_id or uuid4())).state is IrrigatorState.IDLE
    place.pass_by(minutes=11)
    assert await reasons(place, seconds=11) == ["daily_maximum"]
    place.pass_by(hours=12)
    await place.water(11)


async def test_removing_and_adding_the_irrigator_does_not_begin_the_day_anew(place: Place) -> None:
    irrigator = await place.irrigator(daily_max_seconds=30, pause_seconds=0)
    await place.done(await place.water(20))
    await place.irrigators.remove(irrigator.id)
    await place.irrigator(daily_max_seconds=30, pause_seconds=0)
    assert await reasons(place) == ["daily_maximum"]


async def test_a_device_ends_its_own_commands_only_and_once(place: Place) -> None:
    irrigator = await place.irrigator()
    command = await place.water(20)
    await place.tell(command.id, CommandState.DONE, node="somebody-else")
    await place.tell("6f1c", CommandState.DONE)
    await place.tell(uuid4(), CommandState.DONE)
    assert (await place.last(irrigator)).state is WateringState.SENT
    for _ in range(3):
        await place.done(command)
    assert (await place.last(irrigator)).state is WateringState.DONE
    await place.tell(command.id, CommandState.FAILED)
    assert (await place.last(irrigator)).state is WateringState.DONE
    assert len((await place.rooms.care.page(place.plant_id, None, 10)).items) == 1


@pytest.mark.parametrize("state", [CommandState.REFUSED, CommandState.EXPIRED])
async def test_what_was_not_done_counts_for_nothing(place: Place, state: CommandState) -> None:
    irrigator = await place.irrigator(daily_max_seconds=20)
    await place.tell((await place.water(20)).id, state)
    last = await place.last(irrigator)
    assert (last.state, last.soil) == (WateringState(state), Soil.UNKNOWN)
    assert last.detail
    assert (await place.rooms.care.page(place.plant_id, None, 10)).items == ()
    await place.water(20)


async def test_a_lost_result_closes_the_valve_and_blocks_until_somebody_looks(place: Place) -> None:
    irrigator = await place.irrigator()
    command = await place.water(20)
    await place.turns(minutes=2)
    last = await place.last(irrigator)
    assert (last.state, last.ran_seconds) == (WateringState.FAILED, None)
    blocked = await place.irrigators.show(irrigator.id)
    assert blocked.block is not None
    assert (blocked.state, blocked.block.kind) == (IrrigatorState.BLOCKED, BlockKind.UNANSWERED)
    assert [sent["action"] for sent in await place.sent()] == ["water", "stop"]
    assert await place.alerts() == [("irrigation_failed", "warning")]
    assert "blocked" in await reasons(place, force=True)
    await place.tell(command.id, CommandState.DONE, seconds=20)  # the device was only out of reach
    answered = await place.irrigators.show(irrigator.id)
    assert (answered.state, answered.block) == (IrrigatorState.IDLE, None)
    assert await place.alerts() == []
    assert len((await place.rooms.care.page(place.plant_id, None, 10)).items) == 1


async def test_a_watering_that_failed_blocks(place: Place) -> None:
    irrigator = await place.irrigator()
    command = await place.water(20)
    await place.tell(command.id, CommandState.RUNNING)
    await place.tell(command.id, CommandState.FAILED, seconds=3)
    blocked = await place.irrigators.show(irrigator.id)
    assert blocked.block is not None
    assert blocked.block.kind is BlockKind.FAILED
    cleared = await place.orders.clear(irrigator.id)
    assert (cleared.state, cleared.block) == (IrrigatorState.IDLE, None)
    assert await place.alerts() == []


async def test_the_kill_switch_stops_what_runs(place: Place) -> None:
    irrigator = await place.irrigator()
    command = await place.water(20)
    await place.tell(command.id, CommandState.RUNNING)
    await place.orders.switch_off()
    assert [sent["action"] for sent in await place.sent()] == ["water", "stop"]
    assert "house_off" in await reasons(place, force=True)
    await place.tell(command.id, CommandState.STOPPED, seconds=4)
    off = await place.irrigators.show(irrigator.id)
    assert (off.state, off.last_command and off.last_command.ran_seconds) == (IrrigatorState.OFF, 4)


async def test_a_house_that_was_switched_off_elsewhere_is_noticed(place: Place) -> None:
    await place.irrigator()
    await place.water(20)
    async with place.rooms.database.acquire() as connection:
        await connection.execute("UPDATE garden_setting SET irrigation_enabled = false")
    for _ in range(3):
        await place.watch.turn()
    assert [sent["action"] for sent in await place.sent()] == ["water", "stop"]


async def test_an_order_that_meets_the_kill_switch_goes_out_before_what_closes_its_valve(place: Place) -> None:
    irrigator = await place.irrigator()
    async with place.rooms.database.transaction("water") as connection:
        await store.alone(connection)
        order = Order(await one(connection, irrigator.id), place.plant_id, Wish(20.0))
        switched = asyncio.create_task(place.orders.switched(on=False))
        await asyncio.wait({switched}, timeout=0.3)
        await place.orders.give(connection, order, place.rooms.clock())
    await switched
    assert [sent["action"] for sent in await place.sent()] == ["water", "stop"]


DAILY = {"seconds": 31, "from": "07:00", "until": "21:00", "most_per_day": 2}


async def test_what_can_be_set_wrong(place: Place) -> None:
    soil = await place.channel("soil_moisture")
    wrong: list[tuple[dict[str, object], type[PlantOpsError]]] = [
        ({"valve": "fountain"}, Invalid),
        ({"device_id": "nobody"}, DeviceNotFound),
        ({"plant_ids": [str(uuid4())]}, PlantNotFound),
        ({"plant_ids": [str(place.plant_id)] * 2}, Invalid),
        ({"leak_channel_id": soil}, Invalid),
        ({"automatic": DAILY}, Invalid),
    ]
    for wish, error in wrong:
        with pytest.raises(error):
            await place.irrigator(**wish)
    irrigator = await place.irrigator()
    with pytest.raises(IrrigatorTaken):
        await place.irrigator()
    with pytest.raises(IrrigatorNotFound):
        await place.irrigators.show(uuid4())
    changed = await place.irrigators.change(
        irrigator.id, IrrigatorChange(max_seconds=10, automatic=None, leak_channel_id=await place.channel("leak"))
    )
    assert (changed.max_seconds, changed.daily_max_seconds, changed.name) == (10, 120, "Drip hose")
    device = await place.rooms.garden.device(NODE)
    assert [(valve.key, valve.max_seconds) for valve in device.valves] == [("pump", 60)]
    assert timedelta(seconds=changed.pause_seconds) == timedelta(hours=1)
