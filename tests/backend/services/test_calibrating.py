"""The way to a calibration: dry soil, wet soil, live values that settle, on any backend, over any restart."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aioplantops.calibration import (
    Calibration,
    CalibrationInvalid,
    CalibrationNotBegun,
    CalibrationProcedure,
    CalibrationUnsteady,
    ProcedureCapture,
    ProcedureCommit,
    ProcedureStep,
)
from aioplantops.errors import ChannelNotFound
from aioplantops.models import PlantChange
from plantops.storage import calibration as store

from tests.backend.services.intake import NOON
from tests.backend.services.rooms import Rooms

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def rooms(database: str) -> AsyncIterator[Rooms]:
    """Give a garden with a probe that sends volts, on each kind of database."""
    async with Rooms.open(database) as opened:
        await opened.store("plant-1", [("soil_moisture", NOON - HOUR, 2.0)])
        async with opened.database.acquire() as connection:
            await connection.execute("UPDATE channel SET unit = 'V', sent_unit = 'V'")
        opened.registry.forget_all()
        yield opened


async def begin(rooms: Rooms, capture: str, **more: Any) -> CalibrationProcedure:
    """Begin a step."""
    wish = ProcedureStep.model_validate({"capture": capture, **more}, strict=False)
    return await rooms.procedures.begin(await rooms.channel("plant-1"), wish)


async def send(rooms: Rooms, *values: float) -> CalibrationProcedure:
    """Let the probe send values, one every half minute, and look."""
    for value in values:
        rooms.clock.now += MINUTE / 2
        await rooms.store("plant-1", [("soil_moisture", rooms.clock.now, value)])
    return await rooms.procedures.show(await rooms.channel("plant-1"))


async def capture(rooms: Rooms, *, anyway: bool = False) -> CalibrationProcedure:
    """Take the point."""
    return await rooms.procedures.capture(await rooms.channel("plant-1"), ProcedureCapture(anyway=anyway))


async def commit(rooms: Rooms, from_: datetime | None = None) -> Any:
    """Make the calibration."""
    wish = ProcedureCommit.model_validate({"from": from_})
    return await rooms.procedures.commit(await rooms.channel("plant-1"), wish)


async def test_from_dry_soil_to_a_calibration_on_two_backends(database: str, rooms: Rooms) -> None:
    async with Rooms.open(database, clock=rooms.clock) as other:
        told = await begin(rooms, "dry")
        assert told.live is not None
        assert (told.live.value, told.live.sent, told.live.steady) == (0.0, None, False), "what came before is not it"
        assert told.live.missing == "No reading came yet: wait until the device reports."
        assert told.missing == "No point was taken yet: two are needed, such as dry and wet."
        told = await send(rooms, 2.3, 2.6, 2.79, 2.8)
        with pytest.raises(CalibrationUnsteady, match="4 of 5 readings came: wait for 1 more"):
            await capture(other)
        told = await send(rooms, 2.81)
        assert told.live is not None
        assert told.live.missing is not None
        assert "lie 0.51 V apart" in told.live.missing
        told = await send(rooms, 2.8, 2.8)
        assert told.live is not None
        assert (told.live.steady, told.live.sent, told.live.missing) == (True, 2.8, None)
        told = await capture(other)
        assert told.live is None
        assert [(point.capture, point.sent, point.value, point.readings) for point in told.points] == [
            ("dry", 2.8, 0.0, 5)
        ]
        assert told.missing == "Only one point was taken (dry): a second one is needed."
        with pytest.raises(CalibrationInvalid, match="Only one point"):
            await commit(rooms)
        with pytest.raises(CalibrationNotBegun, match="taken already"):
            await capture(rooms)
        await begin(other, "wet")
        await send(rooms, 1.6, 1.3, 1.2, 1.2, 1.2, 1.2, 1.2)
        told = await capture(rooms)
        assert told.preview is not None
        assert told.preview.factor == pytest.approx(-62.5)
        made = await commit(other, NOON - 99 * HOUR)
        assert (made.factor, made.offset) == (pytest.approx(-62.5), pytest.approx(175))
        with pytest.raises(CalibrationNotBegun):
            await rooms.procedures.show(await rooms.channel("plant-1"))
        latest = (await rooms.devices.channel(await rooms.channel("plant-1"))).latest
        assert latest is not None
        assert latest.value == pytest.approx(100)


async def test_of_two_who_commit_at_once_one_makes_the_calibration(database: str, rooms: Rooms) -> None:
    async with Rooms.open(database, clock=rooms.clock) as other:
        for step, value in (("dry", 2.8), ("wet", 1.2)):
            await begin(rooms, step)
            await send(rooms, *[value] * 5)
            await capture(rooms)
        ends = await asyncio.gather(commit(rooms), commit(other), return_exceptions=True)
        assert {type(end) for end in ends} == {Calibration, CalibrationNotBegun}
        assert len((await other.calibrations.of_channel(await other.channel("plant-1"))).versions) == 1


async def test_readings_come_in_while_somebody_calibrates(rooms: Rooms) -> None:
    channel = await rooms.channel("plant-1")
    async with rooms.database.transaction() as connection:
        await store.channel(connection, channel, hold=True)
        async with rooms.database.acquire() as other:
            await other.execute("DELETE FROM channel_state")  # so that the next reading refers to the held row anew
        async with asyncio.timeout(60):
            await rooms.store("plant-1", [("soil_moisture", NOON, 2.0)])


async def test_the_substrate_is_that_of_the_plant_unless_another_is_named(rooms: Rooms) -> None:
    plant = await rooms.plant()
    await rooms.plants.change(plant.id, PlantChange(substrate="Coir"))
    await rooms.assign(plant.id, await rooms.channel("plant-1"), NOON - HOUR)
    assert (await begin(rooms, "dry")).substrate == "Coir"
    assert (await begin(rooms, "wet", substrate="Peat")).substrate == "Peat"
    assert (await begin(rooms, "dry")).substrate == "Peat"
    for step, value in (("dry", 2.8), ("wet", 1.2)):
        await begin(rooms, step)
        await send(rooms, *[value] * 5)
        await capture(rooms)
    assert (await commit(rooms)).substrate == "Peat"


async def test_a_point_taken_again_replaces_the_first_and_more_points_make_the_best_line(rooms: Rooms) -> None:
    for step, target, value in (("dry", 0, 2.7), ("dry", 0, 2.8), ("reference", 40, 2.2), ("wet", 100, 1.2)):
        await begin(rooms, step, value=target)
        await send(rooms, *[value] * 5)
        await capture(rooms)
    made = await commit(rooms)
    assert [(point.sent, point.value) for point in made.points] == [(2.8, 0), (2.2, 40), (1.2, 100)]
    assert [round(point.residual, 2) for point in made.points] == [1.02, -1.63, 0.61]


async def test_one_reading_is_enough_for_whoever_insists(rooms: Rooms) -> None:
    await begin(rooms, "dry")
    with pytest.raises(CalibrationUnsteady, match="No reading came yet"):
        await capture(rooms, anyway=True)
    await send(rooms, 2.8)
    with pytest.raises(CalibrationUnsteady, match="1 of 5"):
        await capture(rooms)
    assert (await capture(rooms, anyway=True)).points[0].sent == 2.8


async def test_what_cannot_be_is_refused_in_words(rooms: Rooms) -> None:
    with pytest.raises(CalibrationNotBegun):
        await capture(rooms)
    await begin(rooms, "dry", value=30)
    await send(rooms, *[2.8] * 5)
    await capture(rooms)
    with pytest.raises(CalibrationInvalid, match="upside down: wet soil was to be 20, but dry soil was taken as 30"):
        await begin(rooms, "wet", value=20)
    with pytest.raises(CalibrationInvalid, match="120 % is nothing that soil moisture can be"):
        await begin(rooms, "wet", value=120)
    await begin(rooms, "wet")
    await send(rooms, *[2.79] * 5)
    assert "too close" in ((await capture(rooms)).missing or "")
    with pytest.raises(CalibrationInvalid, match="too close"):
        await commit(rooms)
    await rooms.store("plant-2", [("temperature", NOON, 20.0)])
    with pytest.raises(CalibrationInvalid, match="says nothing of temperature"):
        await rooms.procedures.begin(
            await rooms.channel("plant-2", "temperature"), ProcedureStep.model_validate({"capture": "dry"})
        )
    with pytest.raises(ChannelNotFound):
        await rooms.procedures.show(99)
    await rooms.procedures.cancel(await rooms.channel("plant-1"))
    with pytest.raises(CalibrationNotBegun):
        await rooms.procedures.cancel(await rooms.channel("plant-1"))
