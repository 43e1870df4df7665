"""Sensors of Home Assistant that have nothing to do with PlantOps, and binding them as a person does."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.plantops.binding import SENSOR
from custom_components.plantops.const import DOMAIN
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener
from tests.integration.waiting import until

PATIENCE_SECONDS = 120.0

MOISTURE = {"unit_of_measurement": "%", "device_class": "moisture", "friendly_name": "Soil probe"}


def registered(hass: HomeAssistant, unique_id: str, *, platform: str = "zigbee") -> er.RegistryEntry:
    """Enter a sensor into the registry."""
    return er.async_get(hass).async_get_or_create("sensor", platform, unique_id, suggested_object_id=unique_id)


def say(
    hass: HomeAssistant, entity_id: str, value: object, attributes: Mapping[str, Any] = MOISTURE, *, ago: float = 0
) -> None:
    """Let a sensor say something, some seconds ago."""
    when = (datetime.now(UTC) - timedelta(seconds=ago)).timestamp()
    hass.states.async_set(entity_id, str(value), dict(attributes), timestamp=when)


async def change(hass: HomeAssistant, entry: MockConfigEntry, subentry_id: str, entity_id: str) -> Mapping[str, Any]:
    """Begin to change what is bound; give what is shown when the sensor is chosen."""
    return await answer(hass, await entry.start_subentry_reconfigure_flow(hass, subentry_id), entity=entity_id)


async def choose(hass: HomeAssistant, entry: MockConfigEntry, entity_id: str) -> Mapping[str, Any]:
    """Begin to bind a sensor; give what is shown then."""
    shown = await hass.config_entries.subentries.async_init((entry.entry_id, SENSOR), context={"source": SOURCE_USER})
    assert shown["type"] is FlowResultType.FORM
    return await answer(hass, shown, entity=entity_id)


async def answer(hass: HomeAssistant, shown: Mapping[str, Any], **said: object) -> Mapping[str, Any]:
    """Fill a form in; give what comes of it."""
    result: Mapping[str, Any] = await hass.config_entries.subentries.async_configure(shown["flow_id"], dict(said))
    await hass.async_block_till_done()
    return result


async def bind(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    entity_id: str,
    *plants: Mapping[str, Any],
    metric: str = "soil_moisture",
) -> str:
    """Bind a sensor for plants; give its subentry's id."""
    before = set(entry.subentries)
    await until(hass, lambda: {UUID(plant["id"]) for plant in plants} <= set(entry.runtime_data.data.plants))
    made = await answer(
        hass, await choose(hass, entry, entity_id), metric=metric, plants=[plant["id"] for plant in plants]
    )
    assert made["type"] is FlowResultType.CREATE_ENTRY, made
    (subentry_id,) = set(entry.subentries) - before
    return subentry_id


async def measuring(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, unique_id: str, *, said: tuple[int, int]
) -> er.RegistryEntry:
    """Set up, and let a sensor measure for a new plant; `said` is what it said before, and so many seconds ago."""
    await set_up(hass, entry)
    probe = registered(hass, unique_id)
    value, ago = said
    say(hass, probe.entity_id, value, ago=ago)
    await bind(hass, entry, probe.entity_id, await gardener.plant())
    return probe


async def told(gardener: Gardener, device_id: str, key: str = "soil_moisture") -> list[tuple[float, float]]:
    """Give what the backend has of a sensor: seconds and values."""
    device = await gardener.ask("GET", f"/api/v1/devices/{device_id}")
    channel = next(channel for channel in device["channels"] if channel["key"] == key)
    since = (datetime.now(UTC) - timedelta(days=2)).isoformat().replace("+", "%2B")
    history = await gardener.ask("GET", f"/api/v1/channels/{channel['id']}/history?from={since}&points=2000")
    return [
        (round(datetime.fromisoformat(point["time"]).timestamp(), 3), point["mean"])
        for point in history["points"]
        if point["count"]
    ]


async def becomes[T](ask: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
    """Ask again and again until the answer is as wanted; give it."""
    found = await ask()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not wanted(found):
                await asyncio.sleep(0.05)
                found = await ask()
    except TimeoutError:
        raise AssertionError(f"in {PATIENCE_SECONDS:g} s it did not come about; at the end: {found}") from None
    return found


async def stored(gardener: Gardener, device_id: str, *values: float, key: str = "soil_moisture") -> None:
    """Wait until the backend has these values of a sensor, in this order and no other."""
    times = await becomes(
        lambda: told(gardener, device_id, key), lambda found: [value for _, value in found] == [*values]
    )
    assert times == sorted(set(times))


def issue_of(hass: HomeAssistant, key: str) -> ir.IssueEntry | None:
    """Give what is put up for repair under a sentence."""
    issues = ir.async_get(hass).issues.values()
    return next((issue for issue in issues if issue.domain == DOMAIN and issue.translation_key == key), None)


async def served(gardener: Gardener, plant: dict[str, Any], metric: str = "soil_moisture") -> str | None:
    """Tell which device measures for a plant now."""
    assignments = (await gardener.ask("GET", f"/api/v1/plants/{plant['id']}"))["assignments"]
    return next((one["device_id"] for one in assignments if one["metric"] == metric and one["until"] is None), None)


def suggested(shown: Any, field: str) -> Any:
    """Tell what a form suggests in a field."""
    key = next(key for key in shown["data_schema"].schema if key == field)
    return (key.description or {}).get("suggested_value")
