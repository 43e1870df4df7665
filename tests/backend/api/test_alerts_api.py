"""Alerts over HTTP and on the stream: who may ask, what people may do, and what a client then knows."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from aioplantops.alerts import Alert, AlertKind, AlertNotFound, AlertResolved
from aioplantops.client import PlantOpsClient
from aioplantops.errors import Invalid
from aioplantops.garden import Garden
from aioplantops.models import PlantCreate, Scope
from aioplantops.severity import Severity
from aioplantops.stream import Update
from plantops.api.keys import HUB
from plantops.domain.alerts import Finding, Subject
from plantops.domain.tongue import IN_ENGLISH
from plantops.services.alerts import open_alert, resolve_alert, tell

from tests.backend.api.conftest import PATIENCE, House


async def opened(house: House, plant_id: UUID, kind: AlertKind = AlertKind.SOIL_MOISTURE_LOW, *, ago: int = 0) -> Alert:
    """Open an alert as a judge would, and tell of it."""
    finding = Finding(
        Subject(kind, plant_id), Severity.WARNING, "Basil's soil is at 18 %.", value=18.0, unit="%", bound=30.0
    )
    at = house.clock() - timedelta(hours=ago)
    async with house.database.transaction("test") as connection:
        (alert_id,) = await open_alert(connection, finding, at, IN_ENGLISH)
    tell(house.client.app[HUB], [alert_id])
    return await _alert(house, alert_id)


async def over(house: House, alert: Alert) -> None:
    """Let an alert be over."""
    async with house.database.transaction("test") as connection:
        subject = Subject(alert.kind, alert.plant_id)
        assert await resolve_alert(connection, subject, "Somebody watered it.", house.clock(), IN_ENGLISH) == {alert.id}
    tell(house.client.app[HUB], [alert.id])


async def _alert(house: House, alert_id: UUID) -> Alert:
    answer = await house.client.get(f"/api/v1/alerts/{alert_id}", headers=house.bearer(Scope.READ))
    return Alert.model_validate(await answer.json())


async def test_alerts_are_listed_in_parts_and_by_what_they_are_about(house: House, client: PlantOpsClient) -> None:
    basil, cactus = [await client.create_plant(PlantCreate(name=name)) for name in ("Basil", "Cactus")]
    dry = await opened(house, basil.id, ago=3)
    wet = await opened(house, cactus.id, AlertKind.SOIL_MOISTURE_HIGH, ago=2)
    cold = await opened(house, basil.id, AlertKind.TEMPERATURE_LOW, ago=1)
    await over(house, wet)
    assert [alert.id async for alert in client.alerts()] == [cold.id, dry.id]
    assert [alert.id async for alert in client.alerts(state="resolved")] == [wet.id]
    assert [alert.id async for alert in client.alerts(state="all", plant_id=cactus.id)] == [wet.id]
    assert [alert.id async for alert in client.alerts(kind=AlertKind.TEMPERATURE_LOW)] == [cold.id]
    assert [alert.id async for alert in client.alerts(device_id="nobody")] == []
    first = await house.client.get("/api/v1/alerts?state=all&limit=2", headers=house.bearer(Scope.READ))
    page = await first.json()
    rest = await house.client.get(f"/api/v1/alerts?state=all&cursor={page['next']}", headers=house.bearer(Scope.READ))
    assert [one["id"] for one in page["items"]] + [one["id"] for one in (await rest.json())["items"]] == [
        str(cold.id), str(wet.id), str(dry.id)
    ]  # fmt: skip
    assert (await house.client.get("/api/v1/alerts?cursor=x", headers=house.bearer(Scope.READ))).status == 422


async def test_people_acknowledge_and_snooze_what_is_open(house: House, client: PlantOpsClient) -> None:
    plant = await client.create_plant(PlantCreate(name="Basil"))
    alert = await opened(house, plant.id)
    path = f"/api/v1/alerts/{alert.id}"
    assert (await house.client.post(f"{path}/acknowledge", headers=house.bearer(Scope.READ))).status == 403
    assert not alert.quiet(house.clock())
    known = await client.acknowledge_alert(alert.id)
    assert known.acknowledged_at is not None
    assert known.quiet(house.clock())
    assert (await client.acknowledge_alert(alert.id)).acknowledged_at == known.acknowledged_at
    until = (house.clock() + timedelta(days=2)).replace(microsecond=0)
    assert (await client.snooze_alert(alert.id, until)).snoozed_until == until
    assert (await client.unsnooze_alert(alert.id)).snoozed_until is None
    with pytest.raises(Invalid, match="over already"):
        await client.snooze_alert(alert.id, house.clock() - timedelta(seconds=1))
    with pytest.raises(Invalid, match="more than a year"):
        await client.snooze_alert(alert.id, house.clock() + timedelta(days=400))
    await over(house, alert)
    for act in (client.acknowledge_alert(alert.id), client.snooze_alert(alert.id, until)):
        with pytest.raises(AlertResolved):
            await act
    ended = await client.alert(alert.id)
    assert ended.resolved_at is not None
    assert ended.ending == "Somebody watered it."
    with pytest.raises(AlertNotFound):
        await client.alert(plant.id)


async def test_a_client_hears_of_alerts_until_they_are_over(house: House, client: PlantOpsClient) -> None:
    plant = await client.create_plant(PlantCreate(name="Basil"))
    old = await opened(house, plant.id)
    updates = client.listen()
    async with asyncio.timeout(PATIENCE):
        first = await anext(updates)
        assert dict(first.garden.alerts) == {old.id: old}
        known = await client.acknowledge_alert(old.id)
        garden = await _until(updates, lambda garden: garden.alerts[old.id].acknowledged_at is not None)
        assert garden.alerts[old.id] == known
        await over(house, old)
        assert (await _until(updates, lambda garden: not garden.alerts)).plants
        other = await opened(house, plant.id, AlertKind.HUMIDITY_LOW)
        await _until(updates, lambda garden: other.id in garden.alerts)
        await client.delete_plant(plant.id)
        await _until(updates, lambda garden: not garden.alerts)
    await updates.aclose()
    assert Garden.of(await client.garden()).alerts == {}


async def _until(updates: AsyncGenerator[Update], true: Callable[[Garden], bool]) -> Garden:
    """Listen until something is true."""
    async for update in updates:
        if true(update.garden):
            return update.garden
    raise AssertionError


async def test_what_comes_back_within_a_day_is_the_same_alert(house: House, client: PlantOpsClient) -> None:
    plant = await client.create_plant(PlantCreate(name="Basil"))
    first = await opened(house, plant.id)
    await client.acknowledge_alert(first.id)
    await over(house, first)
    house.clock.ahead = timedelta(hours=23)
    again = await opened(house, plant.id)
    assert again.id == first.id
    assert (again.opened_at, again.resolved_at, again.ending) == (first.opened_at, None, None)
    assert again.acknowledged_at is not None
    await over(house, again)
    house.clock.ahead += timedelta(hours=25)
    assert (await opened(house, plant.id)).id != first.id
