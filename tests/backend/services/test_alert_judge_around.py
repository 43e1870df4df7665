"""What alerts are about beside needs: frost, sensors, batteries, days of light; on a real database."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from math import sin

import pytest
from aioplantops.alerts import AlertKind
from aioplantops.errors import Invalid
from aioplantops.forecast import ForecastPointWish, ForecastWish
from aioplantops.models import PlantCreate
from aioplantops.site import SiteWish

from tests.backend.services.growing import DAY, HOUR, MINUTE, Garden
from tests.backend.services.rooms import Rooms
from tests.servers import DatabaseServer


@pytest.fixture
async def rooms(embedded_server: DatabaseServer) -> AsyncIterator[Rooms]:
    """Give a garden."""
    async with embedded_server.migrated() as url, Rooms.open(url) as opened:
        yield opened


async def test_frost_is_told_for_plants_outside_only(rooms: Rooms) -> None:
    garden = await Garden.planted(rooms, "soil_moisture")
    await rooms.plants.create(PlantCreate(name="Fig", site=SiteWish(outdoors=True)))
    at = rooms.clock() + 8 * HOUR
    with pytest.raises(Invalid, match="all of them are over"):
        await rooms.forecasts.put(wish(rooms.clock() - HOUR, 1.0))
    told = await rooms.forecasts.put(wish(at, -2.0))
    assert [(point.time, point.temperature) for point in told.points] == [(at, -2.0)]
    assert await rooms.forecasts.show() == told
    await garden.turn()
    (frost,) = await garden.alerts()
    assert (frost.kind, frost.value, frost.bound) == (AlertKind.FROST, -2.0, 3.0)
    await rooms.forecasts.put(wish(at, 9.0))
    await garden.turn()
    assert await garden.alerts() == []


def wish(at: datetime, degrees: float) -> ForecastWish:
    """Foretell the weather of one hour."""
    return ForecastWish(source="test", points=(ForecastPointWish(time=at, temperature=degrees),))


async def test_a_stuck_probe_is_told_and_its_plant_is_held(rooms: Rooms) -> None:
    rooms.clock.now -= 6 * DAY
    garden = await Garden.planted(rooms, "soil_moisture")
    await garden.live(5 * DAY, 30 * MINUTE, 6 * HOUR, soil_moisture=lambda hour: 24.0 + sin(7 * hour) / 3)
    assert await garden.kinds() == {AlertKind.SOIL_MOISTURE_LOW}
    await garden.live(26 * HOUR, 20 * MINUTE, HOUR, soil_moisture=24.0)
    dry, stuck = await garden.alerts()
    assert stuck.kind is AlertKind.SENSOR_FAULT
    assert stuck.words == (
        "plant-1: Soil moisture has said exactly 24 % for a day, which it never did before: it seems to be stuck."
    )
    assert dry.held == "Its sensor “Soil moisture” cannot be right."
    await garden.live(2 * HOUR, 20 * MINUTE, HOUR, soil_moisture=lambda hour: 24.0 + hour / 9)
    assert await garden.kinds() == {AlertKind.SOIL_MOISTURE_LOW}


async def test_an_empty_battery_is_foretold_and_a_fresh_one_ends_it(rooms: Rooms) -> None:
    rooms.clock.now -= 20 * DAY
    garden = await Garden.planted(rooms, "battery")
    await garden.live(19 * DAY, 8 * HOUR, 8 * HOUR, battery=lambda hour: 48.0 - 1.8 * hour / 24)
    alerts = {alert.kind: alert for alert in await garden.alerts(is_open=None)}
    assert "as it falls, it will be empty" in alerts[AlertKind.BATTERY_LOW].words
    await garden.live(2 * DAY, 8 * HOUR, 8 * HOUR, battery=98.0)
    assert AlertKind.BATTERY_LOW not in await garden.kinds()


async def test_dark_days_are_told_and_one_of_them_is_not(rooms: Rooms) -> None:
    rooms.clock.now = datetime(2026, 11, 10, 0, 0, tzinfo=UTC)
    garden = await Garden.planted(rooms, "ppfd")

    def sun(strength: float) -> Callable[[float], float]:
        return lambda hour: strength if 8 <= hour % 24 < 16 else 0.0

    await garden.live(4 * DAY, 10 * MINUTE, 6 * HOUR, ppfd=sun(400.0))
    await garden.live(1 * DAY, 10 * MINUTE, 6 * HOUR, ppfd=sun(50.0))
    assert await garden.alerts(is_open=None) == []
    await garden.live(4 * DAY, 10 * MINUTE, 6 * HOUR, ppfd=sun(100.0))
    (dark,) = await garden.alerts()
    assert (dark.kind, dark.unit, dark.bound) == (AlertKind.DLI_LOW, "mol/m²/d", 8.0)
