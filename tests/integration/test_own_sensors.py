"""Sensors that the user already has: what they say reaches their plants, whatever happens to either side."""

import math
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import restore_state
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    mock_restore_cache,
)

from custom_components.plantops.const import DOMAIN
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener
from tests.integration.sensors import MOISTURE, bind, issue_of, measuring, registered, say, stored
from tests.integration.waiting import until

FAHRENHEIT = {"unit_of_measurement": "°F", "device_class": "temperature", "friendly_name": "Thermometer"}


def _plant_state(hass: HomeAssistant, plant: dict[str, Any], metric: str) -> str | None:
    entity_id = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{plant['id']}_{metric}")
    state = None if entity_id is None else hass.states.get(entity_id)
    return None if state is None else state.state


async def test_a_sensor_measures_for_a_plant(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    probe = registered(hass, "probe_1")
    say(hass, probe.entity_id, 41.5)
    await bind(hass, entry, probe.entity_id, fern)
    await until(hass, lambda: _plant_state(hass, fern, "soil_moisture") == "41.5")
    device = await gardener.ask("GET", f"/api/v1/devices/ha-{probe.id}")
    assert (device["name"], device["kind"]) == ("Soil probe", "http")
    say(hass, probe.entity_id, 44, ago=-20)
    await until(hass, lambda: _plant_state(hass, fern, "soil_moisture") == "44.0")


async def test_a_thermometer_serves_all_plants_of_a_room(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    """What is sent is in the metric's own unit, also when the user lets Home Assistant show another one meanwhile."""
    fern, lily = await gardener.plant(), await gardener.plant()
    await set_up(hass, entry)
    room = registered(hass, "room")
    say(hass, room.entity_id, 68, FAHRENHEIT, ago=40)
    await bind(hass, entry, room.entity_id, fern, lily, metric="temperature")
    say(hass, room.entity_id, 25, {**FAHRENHEIT, "unit_of_measurement": "°C"}, ago=20)
    await stored(gardener, f"ha-{room.id}", 20.0, 25.0, key="temperature")
    await until(
        hass, lambda: _plant_state(hass, fern, "temperature") == _plant_state(hass, lily, "temperature") == "25.0"
    )


async def test_a_value_that_is_only_reported_again_is_a_reading(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    probe = await measuring(hass, entry, gardener, "steady", said=(41, 300))
    for ago in (290, 239, 200, 170, 20):
        say(hass, probe.entity_id, 41, ago=ago)
    await stored(gardener, f"ha-{probe.id}", 41, 41, 41, 41)


async def test_renaming_is_harmless(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    probe = await measuring(hass, entry, gardener, "before", said=(41, 60))
    er.async_get(hass).async_update_entity(probe.entity_id, new_entity_id="sensor.after")
    hass.states.async_remove("sensor.before")
    await hass.async_block_till_done()
    say(hass, "sensor.after", 43, ago=30)
    await stored(gardener, f"ha-{probe.id}", 41, 43)
    assert issue_of(hass, "sensor_gone") is None


async def test_a_sensor_that_is_gone_is_told_until_it_comes_back(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    probe = await measuring(hass, entry, gardener, "fleeting", said=(41, 60))
    er.async_get(hass).async_remove(probe.entity_id)
    hass.states.async_remove(probe.entity_id)
    await until(hass, lambda: issue_of(hass, "sensor_gone"))
    assert registered(hass, "fleeting").id == probe.id
    await until(hass, lambda: issue_of(hass, "sensor_gone") is None)
    say(hass, probe.entity_id, 42, ago=30)
    await stored(gardener, f"ha-{probe.id}", 41, 42)


async def test_a_sensor_without_a_unique_id_is_known_by_its_name(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    await set_up(hass, entry)
    say(hass, "sensor.from_yaml", 41, ago=60)
    subentry_id = await bind(hass, entry, "sensor.from_yaml", await gardener.plant())
    subentry = entry.subentries[subentry_id]
    device_id = subentry.data["device_id"]
    assert (subentry.data["entity"], len(device_id), device_id[:3]) == ("sensor.from_yaml", 35, "ha-")
    await stored(gardener, device_id, 41)
    hass.states.async_remove("sensor.from_yaml")
    await until(hass, lambda: issue_of(hass, "sensor_gone"))
    say(hass, "sensor.from_yaml", 42, ago=30)
    await until(hass, lambda: issue_of(hass, "sensor_gone") is None)
    await stored(gardener, device_id, 41, 42)


async def test_what_is_no_reading_is_none(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    probe = await measuring(hass, entry, gardener, "odd", said=(41, 200))
    for word in ("unavailable", "unknown"):
        say(hass, probe.entity_id, word, ago=190)
    assert issue_of(hass, "sensor_text") is None
    for word in ("nan", "-inf", "wet"):
        say(hass, probe.entity_id, word, ago=180)
        issue = issue_of(hass, "sensor_text")
        assert issue is not None
        assert (issue.translation_placeholders or {})["said"] == "nan"
    say(hass, probe.entity_id, 300, {"unit_of_measurement": "lx"}, ago=160)
    assert issue_of(hass, "sensor_text") is None
    issue = issue_of(hass, "sensor_unit")
    assert issue is not None
    words = issue.translation_placeholders or {}
    assert (words["said"], words["unit"]) == ("lx", "%")
    say(hass, probe.entity_id, 2.1, {"unit_of_measurement": "V"}, ago=140)
    assert issue_of(hass, "sensor_unit")
    say(hass, probe.entity_id, 43, ago=120)
    assert issue_of(hass, "sensor_unit") is None
    await stored(gardener, f"ha-{probe.id}", 41, 43)


@pytest.mark.parametrize("place", ["last_states", "last_states_by_entity_registry_id", "nowhere"])
async def test_what_home_assistant_remembers_is_not_measured(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, place: str
) -> None:
    """A restored state bears the time of the start. It counts once it is reported, or is another one."""
    probe = registered(hass, f"sleeper_{place}")
    mock_restore_cache(hass, [])
    memory = restore_state.async_get(hass)
    kept = restore_state.StoredState(State(probe.entity_id, "41"), None, dt_util.utcnow())
    memory.__dict__ |= {"last_states": {}, place: {probe.id: kept, probe.entity_id: kept}}
    await set_up(hass, entry)
    say(hass, probe.entity_id, 41, ago=300)
    await bind(hass, entry, probe.entity_id, await gardener.plant())
    say(hass, probe.entity_id, "unavailable", ago=280)
    say(hass, probe.entity_id, 41, ago=260)
    say(hass, probe.entity_id, 41, ago=200)
    say(hass, probe.entity_id, "unavailable", ago=180)
    say(hass, probe.entity_id, 40, ago=160)
    await stored(gardener, f"ha-{probe.id}", *([41, 41, 40] if place == "nowhere" else [41, 40]))


async def test_a_flood_is_thinned(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    """More than a hundred values a second for half a minute: one in ten seconds is kept, and the last one."""
    probe = await measuring(hass, entry, gardener, "torrent", said=(10, 100))
    began = math.floor(dt_util.utcnow().timestamp()) - 60
    for step in range(30 * 128):
        hass.states.async_set(probe.entity_id, str(20 + step / 128), MOISTURE, timestamp=began + step / 128)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=11))
    await stored(gardener, f"ha-{probe.id}", 10, 20.0, 30.0, 40.0, 49.9921875)


async def test_a_value_that_flaps_back_in_time_was_never_there(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    probe = await measuring(hass, entry, gardener, "flap", said=(10, 60))
    say(hass, probe.entity_id, 90, ago=58)
    say(hass, probe.entity_id, 10, ago=57)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=11))
    say(hass, probe.entity_id, 12, ago=30)
    await stored(gardener, f"ha-{probe.id}", 10, 12)


async def test_what_the_backend_refuses_is_said_in_its_words(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    probe = await measuring(hass, entry, gardener, "broken", said=(41, 200))
    say(hass, probe.entity_id, 900, ago=150)
    await until(hass, lambda: issue_of(hass, "sensor_refused"))
    issue = issue_of(hass, "sensor_refused")
    assert issue is not None
    assert "900 % cannot be" in (issue.translation_placeholders or {})["reason"]
    say(hass, probe.entity_id, 43, ago=100)
    await until(hass, lambda: issue_of(hass, "sensor_refused") is None)
    await stored(gardener, f"ha-{probe.id}", 41, 43)
