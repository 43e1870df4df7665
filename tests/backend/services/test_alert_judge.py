"""The judge on a real database: what opens and ends alerts, whom it does not believe, and that it says things once."""

from collections.abc import AsyncIterator
from math import sin
from uuid import UUID

import asyncpg
import pytest
from aioplantops.alerts import AlertKind
from aioplantops.calibration import CalibrationCreate
from aioplantops.care import CareLog
from aioplantops.models import PlantChange
from pydantic import ValidationError

from tests.backend.services.growing import DAY, HOUR, MINUTE, NODE, Garden
from tests.backend.services.intake import NOON
from tests.backend.services.rooms import Rooms
from tests.servers import DatabaseServer


@pytest.fixture
async def rooms(embedded_server: DatabaseServer) -> AsyncIterator[Rooms]:
    """Give a garden."""
    async with embedded_server.migrated() as url, Rooms.open(url) as opened:
        yield opened


@pytest.fixture
async def each(database: str) -> AsyncIterator[Rooms]:
    """Give a garden on each kind of database."""
    async with Rooms.open(database) as opened:
        yield opened


async def test_dry_soil_opens_an_alert_and_a_watering_ends_it(each: Rooms) -> None:
    rooms = each
    garden = await Garden.planted(rooms, "soil_moisture")
    await garden.live(3 * HOUR, 10 * MINUTE, HOUR, soil_moisture=50.0)
    assert await garden.alerts(is_open=None) == []
    await garden.live(3 * HOUR, 10 * MINUTE, 30 * MINUTE, soil_moisture=22.0)
    (alert,) = await garden.alerts()
    assert (alert.kind, alert.plant_id, alert.value, alert.bound, alert.unit) == (
        AlertKind.SOIL_MOISTURE_LOW, garden.plant.id, 22.0, 30.0, "%"
    )  # fmt: skip
    assert alert.channel_id == await rooms.channel(NODE)
    assert alert.device_id == NODE
    assert alert.words == "The soil of Basil is at 22 %, below its 30 %: it wants water."
    await rooms.care.log(garden.plant.id, CareLog(litres=0.5))
    await garden.live(3 * HOUR, 10 * MINUTE, 30 * MINUTE, soil_moisture=80.0)
    assert await garden.alerts() == [], "right after a watering nothing is too wet"
    (ended,) = await garden.alerts(is_open=None)
    assert ended.ending == "It is at 80 % again."
    assert await garden.notices() == [
        ("alert_opened", "Basil is too dry"), ("alert_resolved", "Basil is moist enough again")
    ]  # fmt: skip
    await garden.live(26 * HOUR, 30 * MINUTE, 2 * HOUR, soil_moisture=80.0)
    assert await garden.kinds() == {AlertKind.SOIL_MOISTURE_HIGH}


async def test_a_value_that_dances_around_its_bound_for_a_day_makes_one_alert(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture", "temperature")
    await garden.live(
        DAY,
        15 * MINUTE,
        soil_moisture=lambda hour: 30.0 + 1.5 * sin(20.1 * hour) + 3.0 * sin(0.9 * hour),
        temperature=lambda hour: 15.5 + 4.0 * sin(1.1 * hour),
    )
    kinds = [alert.kind for alert in await garden.alerts(is_open=None)]
    assert sorted(kinds) == [AlertKind.SOIL_MOISTURE_LOW, AlertKind.TEMPERATURE_LOW]
    opened = [title for kind, title in await garden.notices() if kind == "alert_opened"]
    assert sorted(opened) == ["Basil is too cold", "Basil is too dry"]


async def test_a_short_draught_is_no_alert(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "temperature")
    await garden.live(2 * HOUR, 5 * MINUTE, HOUR, temperature=20.0)
    await garden.live(20 * MINUTE, 5 * MINUTE, temperature=4.0)
    await garden.live(HOUR, 5 * MINUTE, temperature=20.0)
    assert await garden.alerts(is_open=None) == []


async def test_a_silent_node_is_told_and_its_plants_are_not_called_well(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture")
    await garden.live(4 * HOUR, 10 * MINUTE, soil_moisture=22.0)
    assert await garden.kinds() == {AlertKind.SOIL_MOISTURE_LOW}
    await garden.live(2 * HOUR, 10 * MINUTE)
    dry, silent = await garden.alerts()
    assert (silent.kind, silent.device_id, silent.plant_id) == (AlertKind.DEVICE_SILENT, NODE, None)
    assert silent.words.startswith("plant-1 has said nothing since")
    assert "usually it is heard every few minutes" in silent.words
    assert dry.held == silent.words.partition(";")[0] + "."
    await garden.live(3 * HOUR, 10 * MINUTE, soil_moisture=50.0)
    assert await garden.alerts() == []
    assert {alert.kind for alert in await garden.alerts(is_open=None)} == {
        AlertKind.SOIL_MOISTURE_LOW, AlertKind.DEVICE_SILENT
    }  # fmt: skip


async def test_a_node_that_sleeps_half_a_day_and_never_changes_is_well(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture")
    for _ in range(8):
        await garden.live(12 * HOUR, 12 * HOUR, soil_moisture=50.0)
        for _ in range(5):
            rooms.clock.now += 2 * HOUR
            await garden.turn()
        rooms.clock.now -= 10 * HOUR
    assert await garden.alerts(is_open=None) == []


async def test_nobody_is_silent_while_nobody_listened(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture")
    await garden.live(4 * HOUR, 10 * MINUTE, soil_moisture=50.0)
    rooms.clock.now += 3 * DAY
    rooms.judge.begin()
    await garden.turn()
    assert await garden.alerts(is_open=None) == [], "we were away, not the node"
    await garden.live(HOUR, 10 * MINUTE)
    assert await garden.kinds() == {AlertKind.DEVICE_SILENT}


async def test_nothing_is_judged_by_a_clock_that_went_back(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture")
    await garden.live(HOUR, 10 * MINUTE, soil_moisture=22.0)
    rooms.clock.now -= 300 * DAY
    await garden.turn()
    assert await garden.alerts(is_open=None) == []


async def _unassign(garden: Garden) -> None:
    (assignment,) = (await garden.rooms.garden.plant(garden.plant.id)).assignments
    await garden.rooms.plants.unassign(garden.plant.id, assignment.id)


async def _drop_bound(garden: Garden) -> None:
    await garden.rooms.plants.change(garden.plant.id, PlantChange(thresholds=None))


async def _remove(garden: Garden) -> None:
    await garden.rooms.plants.remove(garden.plant.id)


TAKE_AWAY = {"assignment": _unassign, "threshold": _drop_bound, "plant": _remove}


@pytest.mark.parametrize("gone", sorted(TAKE_AWAY))
async def test_what_an_alert_hangs_on_takes_it_along(rooms: Rooms, gone: str) -> None:
    garden = await Garden.planted(rooms, "soil_moisture")
    await garden.live(4 * HOUR, 10 * MINUTE, HOUR, soil_moisture=22.0)
    assert await garden.kinds() == {AlertKind.SOIL_MOISTURE_LOW}
    await TAKE_AWAY[gone](garden)
    await garden.turn()
    assert await garden.alerts() == []


async def test_a_calibration_is_applied_and_volts_are_not_judged(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture")
    async with rooms.database.acquire("test") as connection:
        await connection.execute("UPDATE channel SET unit = 'V', sent_unit = 'V'")
    await garden.live(4 * HOUR, 10 * MINUTE, HOUR, soil_moisture=2.4)
    assert await garden.alerts() == []
    points = {"points": [{"sent": 2.7, "value": 0}, {"sent": 1.2, "value": 100}], "from": NOON - 2 * DAY}
    await rooms.calibrations.create(await rooms.channel(NODE), CalibrationCreate.model_validate(points))
    await garden.turn()
    (alert,) = await garden.alerts()
    assert alert.value == pytest.approx(20.0)


async def test_what_nobody_acknowledges_is_told_again_once(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture", "temperature")
    await garden.live(4 * HOUR, 10 * MINUTE, HOUR, soil_moisture=22.0, temperature=10.0)
    dry, cold = sorted(await garden.alerts(), key=lambda alert: alert.kind)
    await rooms.alerts.acknowledge(cold.id)
    await garden.live(30 * HOUR, HOUR, soil_moisture=22.0, temperature=10.0)
    told = [title for kind, title in await garden.notices() if kind == "alert_escalated"]
    assert told == ["Still: Basil is too dry"]
    assert (await rooms.alerts.alert(dry.id)).escalated_at is not None
    assert (await rooms.alerts.alert(cold.id)).escalated_at is None


async def test_a_snoozed_alert_waits_until_its_snooze_is_over(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture")
    await garden.live(4 * HOUR, 10 * MINUTE, HOUR, soil_moisture=22.0)
    (dry,) = await garden.alerts()
    await rooms.alerts.snooze(dry.id, rooms.clock() + 10 * HOUR)
    await garden.live(20 * HOUR, HOUR, soil_moisture=22.0)
    assert (await rooms.alerts.alert(dry.id)).escalated_at is None
    await garden.live(3 * HOUR, HOUR, soil_moisture=22.0)
    assert (await rooms.alerts.alert(dry.id)).escalated_at is not None


async def test_the_store_itself_lets_no_second_alert_be_open(rooms: Rooms) -> None:
    plant = await rooms.plant()
    add = (
        "INSERT INTO alert (id, kind, severity, plant_id, device_id, opened_at, words)"
        " VALUES ($1, 'frost', 'info', $2, $3, $4, '')"
    )
    await rooms.store(NODE, [("soil_moisture", NOON, 50.0)])
    async with rooms.database.acquire("test") as connection:
        for number, (plant_id, device_id) in enumerate([(plant.id, None), (None, NODE)]):
            await connection.execute(add, UUID(int=number), plant_id, device_id, NOON)
            with pytest.raises(asyncpg.UniqueViolationError):
                await connection.execute(add, UUID(int=number + 10), plant_id, device_id, NOON)


async def test_a_plant_that_cannot_be_judged_keeps_no_other_back(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture")
    broken = await rooms.plant("Broken")
    async with rooms.database.acquire("test") as connection:
        await connection.execute("""UPDATE plant SET own_thresholds = '{"dli": 5}' WHERE id = $1""", broken.id)
    await garden.live(4 * HOUR, 10 * MINUTE, DAY, soil_moisture=22.0)
    for _ in range(2):
        with pytest.raises(ValidationError):
            await garden.turn()
    await garden.turn()
    assert await garden.kinds() == {AlertKind.SOIL_MOISTURE_LOW}
