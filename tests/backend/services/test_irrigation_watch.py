"""What happens after and between waterings: the soil is asked, leaks are stopped, and dry plants are watered."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aioplantops.irrigation import (
    BlockKind,
    Irrigator,
    IrrigatorState,
    Soil,
)
from aioplantops.irrigation_errors import WateringRefused
from aioplantops.telemetry import CommandState

from tests.backend.services.watering_place import Place


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


async def water_and_wait(place: Place, *levels: float) -> Irrigator:
    """Water, and let the probe say some levels in the hour after it."""
    irrigator = await place.irrigator()
    await place.done(await place.water(20))
    for level in levels:
        place.pass_by(minutes=10)
        await place.feel(soil_moisture=level)
    await place.turns(minutes=60)
    return await place.irrigators.show(irrigator.id)


async def test_soil_that_gets_wetter_is_well(place: Place) -> None:
    irrigator = await water_and_wait(place, 30, 33, 36, 36)
    assert irrigator.last_command is not None
    assert (irrigator.last_command.soil, irrigator.last_command.moisture_after) == (Soil.RISEN, 36)
    assert irrigator.state is IrrigatorState.IDLE


async def test_soil_that_stays_dry_blocks_until_a_person_clears(place: Place) -> None:
    irrigator = await water_and_wait(place, 30, 30.5, 30, 29.5)
    assert irrigator.last_command is not None
    assert irrigator.last_command.soil is Soil.NOT_RISEN
    assert irrigator.block is not None
    assert irrigator.block.kind is BlockKind.NO_RISE
    assert irrigator.block.words == (
        "The soil of Basil did not get wetter within 60 minutes after the last watering "
        "(30 % before, 30 % since): look at hose, pump and probe."
    )
    assert await place.alerts() == [("irrigation_failed", "warning")]
    place.pass_by(minutes=60)
    assert await reasons(place, force=True) == ["blocked"]
    await place.orders.clear(irrigator.id)
    await place.feel(soil_moisture=30)
    await place.water(20)


async def test_a_silent_probe_says_nothing_of_a_watering(place: Place) -> None:
    irrigator = await water_and_wait(place)
    assert irrigator.last_command is not None
    assert (irrigator.last_command.soil, irrigator.state) == (Soil.UNKNOWN, IrrigatorState.IDLE)


@pytest.mark.parametrize(("key", "value"), [("leak", 1), ("flow", 0.9)])
async def test_a_leak_closes_everything_and_alarms(place: Place, key: str, value: float) -> None:
    channels = {"leak_channel_id": await place.channel("leak"), "flow_channel_id": await place.channel("flow")}
    irrigator = await place.irrigator(**channels)
    await place.feel(leak=0, flow=0)
    await place.turns(minutes=5)
    await place.feel(**{key: value})
    await place.turns(minutes=0.2)
    leaking = await place.irrigators.show(irrigator.id)
    assert leaking.block is not None
    assert (leaking.state, leaking.block.kind) == (IrrigatorState.BLOCKED, BlockKind.LEAK)
    assert [sent["action"] for sent in await place.sent()] == ["stop"], "once, not at every look"
    assert await place.alerts() == [("leak", "critical")]
    assert "blocked" in await reasons(place, force=True)
    await place.orders.clear(irrigator.id)
    await place.watch.turn()
    assert (await place.irrigators.show(irrigator.id)).state is IrrigatorState.BLOCKED, "it still leaks"
    await place.feel(leak=0, flow=0)
    assert (await place.orders.clear(irrigator.id)).state is IrrigatorState.IDLE
    await place.watch.turn()
    assert await place.alerts() == []


async def test_a_leak_in_the_middle_of_a_watering_stops_it(place: Place) -> None:
    await place.irrigator(leak_channel_id=await place.channel("leak"))
    await place.feel(leak=0)
    command = await place.water(20)
    await place.tell(command.id, CommandState.RUNNING)
    assert await place.watch.turn() is True
    await place.feel(leak=1)
    await place.watch.turn()
    assert [sent["action"] for sent in await place.sent()] == ["water", "stop"]


async def test_a_reservoir_that_falls_while_nothing_runs_is_a_leak(place: Place) -> None:
    irrigator = await place.irrigator(reservoir_channel_id=await place.channel("water_level"))
    await place.watch.turn()
    place.pass_by(minutes=10)
    for level in (80, 80, 79, 76, 73, 71):
        place.pass_by(minutes=5)
        await place.feel(water_level=level)
    await place.watch.turn()
    found = await place.irrigators.show(irrigator.id)
    assert found.block is not None
    assert found.block.words == "The reservoir fell from 80 % to 73 % while nothing was watered."


async def test_an_empty_reservoir_is_told_and_filled_up(place: Place) -> None:
    await place.irrigator(reservoir_channel_id=await place.channel("water_level"))
    await place.watch.turn()
    place.pass_by(minutes=5)
    await place.feel(water_level=8)
    await place.watch.turn()
    assert await place.alerts() == [("reservoir_empty", "warning")]
    place.pass_by(minutes=5)
    await place.feel(water_level=90)
    await place.watch.turn()
    assert await place.alerts() == []


DAILY = {"seconds": 20, "from": "07:00", "until": "21:00", "most_per_day": 2}


async def test_the_automatic_waters_what_is_dry_as_often_as_it_may(place: Place) -> None:
    irrigator = await place.irrigator(automatic=DAILY, pause_seconds=0)
    await place.turns(minutes=1)
    assert await place.sent() == [], "not right after a start"
    for times in (1, 2, 2):
        await place.feel(soil_moisture=35)
        await place.turns(minutes=2)
        assert len(await place.sent()) == times
        last = await place.last(irrigator)
        if last.state.open:
            await place.done(last)
            await place.turns(minutes=10)
            assert len(await place.sent()) == times, "the soil must have spoken first"
            for level in (37, 40):
                place.pass_by(minutes=5)
                await place.feel(soil_moisture=level)
            await place.turns(minutes=1)


@pytest.mark.parametrize(
    ("levels", "hours"), [({"soil_moisture": 45}, 0), ({}, 3), ({"soil_moisture": 30}, 10)],
    ids=["moist enough", "silent probe", "at night"],
)  # fmt: skip
async def test_the_automatic_does_nothing_else(place: Place, levels: dict[str, float], hours: float) -> None:
    await place.irrigator(automatic=DAILY)
    await place.watch.turn()
    place.pass_by(hours=hours, minutes=3)
    await place.feel(**levels)
    await place.turns(minutes=1)
    assert await place.sent() == []


async def test_two_replicas_water_automatically_once(place: Place) -> None:
    await place.irrigator(automatic=DAILY)
    await place.watch.turn()
    place.pass_by(minutes=3)
    await place.feel(soil_moisture=30)
    automaton = place.watch._automaton
    await asyncio.gather(*(automaton.round(place.rooms.clock()) for _ in range(4)))
    assert len(await place.sent()) == 1
