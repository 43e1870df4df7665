"""Sensors that the user already has, while their backend is away, or Home Assistant is."""

from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.plantops import own_sensors
from custom_components.plantops.const import DOMAIN
from custom_components.plantops.repairs import async_create_fix_flow
from custom_components.plantops.satchel import Satchel
from tests.integration.conftest import added, set_up
from tests.integration.garden import Gardener, House
from tests.integration.sensors import bind, issue_of, measuring, registered, say, stored
from tests.integration.waiting import until


async def test_nothing_is_lost_or_doubled_while_the_backend_is_away(
    hass: HomeAssistant, entry: MockConfigEntry, house: House, gardener: Gardener
) -> None:
    await set_up(hass, entry)
    probe, other = registered(hass, "outdoor"), registered(hass, "indoor")
    for sensor in (probe, other):
        say(hass, sensor.entity_id, 30, ago=1000)
        await bind(hass, entry, sensor.entity_id, await gardener.plant())
    await house.tell("stop")
    await until(hass, lambda: not entry.runtime_data.last_update_success)
    for step in range(1, 11):
        say(hass, probe.entity_id, 30 + step, ago=1000 - step * 60)
        say(hass, other.entity_id, 30 - step, ago=1000 - step * 60)
    await house.tell("start")
    say(hass, probe.entity_id, 60, ago=5)
    await stored(gardener, f"ha-{probe.id}", *range(30, 41), 60)
    await stored(gardener, f"ha-{other.id}", *range(30, 19, -1))


async def test_what_waits_outlives_a_restart_of_home_assistant(
    hass: HomeAssistant, entry: MockConfigEntry, house: House, gardener: Gardener, hass_storage: dict[str, Any]
) -> None:
    """Also while the backend stays away after the restart, so that the entry cannot be loaded."""
    probe = await measuring(hass, entry, gardener, "veranda", said=(30, 900))
    await stored(gardener, f"ha-{probe.id}", 30)
    await house.tell("stop")
    await until(hass, lambda: not entry.runtime_data.last_update_success)
    for step in range(1, 6):
        say(hass, probe.entity_id, 30 + step, ago=900 - step * 100)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    del hass.data[own_sensors.ALL]  # as a new process begins
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    say(hass, probe.entity_id, 50, ago=60)
    await house.tell("start")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await stored(gardener, f"ha-{probe.id}", 30, 31, 32, 33, 34, 35, 50)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=30))
    written = f"{DOMAIN}.{entry.entry_id}.readings"
    await until(hass, lambda: hass_storage[written]["data"]["readings"] == [])
    await hass.config_entries.async_remove(entry.entry_id)
    assert written not in hass_storage


async def test_where_too_much_waits_the_oldest_is_lost_and_that_is_said(
    hass: HomeAssistant, entry: MockConfigEntry, house: House, gardener: Gardener, caplog: pytest.LogCaptureFixture
) -> None:
    own_sensors.of(hass, entry).satchel = Satchel(3)
    probe = await measuring(hass, entry, gardener, "long_outage", said=(30, 900))
    await stored(gardener, f"ha-{probe.id}", 30)
    await house.tell("stop")
    await until(hass, lambda: not entry.runtime_data.last_update_success)
    for step in range(1, 6):
        say(hass, probe.entity_id, 30 + step, ago=900 - step * 100)
    assert issue_of(hass, "readings_lost")
    assert "1 readings are lost so far" in caplog.text
    await house.tell("start")
    await stored(gardener, f"ha-{probe.id}", 30, 33, 34, 35)
    await until(hass, lambda: not len(own_sensors.of(hass, entry).satchel))
    issue = issue_of(hass, "readings_lost")
    assert issue is not None
    assert issue.translation_placeholders == {"name": "PlantOps", "lost": "2"}
    flow: Any = await async_create_fix_flow(hass, issue.issue_id, issue.data)
    flow.hass, flow.handler, flow.issue_id, flow.flow_id = hass, DOMAIN, issue.issue_id, "test"
    assert (await flow.async_step_confirm({}))["type"] == "create_entry"


async def test_a_token_that_may_not_post_makes_readings_wait(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    probe = await measuring(hass, entry, gardener, "patient", said=(41, 200))
    await stored(gardener, f"ha-{probe.id}", 41)
    for scopes, value in ((("garden",), 42), (("garden", "ingest"), 43)):
        token = (await gardener.token_of(*scopes))["token"]
        hass.config_entries.async_update_entry(entry, data=MappingProxyType({**entry.data, "token": token}))
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        say(hass, probe.entity_id, value, ago=(45 - value) * 50)
        if "ingest" not in scopes:
            await until(hass, lambda: issue_of(hass, "token_scope"))
    await stored(gardener, f"ha-{probe.id}", 41, 42, 43)


async def test_a_token_that_is_revoked_makes_readings_wait(
    hass: HomeAssistant, house: House, instance: str, gardener: Gardener
) -> None:
    made = await gardener.token_of("garden", "ingest")
    entry = added(hass, instance, url=house.card["url"], token=made["token"])
    probe = await measuring(hass, entry, gardener, "locked_out", said=(41, 200))
    await stored(gardener, f"ha-{probe.id}", 41)
    await gardener.ask("DELETE", f"/api/v1/tokens/{made['id']}")
    say(hass, probe.entity_id, 42, ago=150)
    await until(hass, hass.config_entries.flow.async_progress)
    hass.config_entries.async_update_entry(entry, data=MappingProxyType({**entry.data, "token": house.card["token"]}))
    await hass.config_entries.async_reload(entry.entry_id)
    await stored(gardener, f"ha-{probe.id}", 41, 42)


async def test_a_token_that_may_not_assign_cannot_unbind(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up(hass, entry)
    probe = registered(hass, "clinging")
    say(hass, probe.entity_id, 41)
    subentry_id = await bind(hass, entry, probe.entity_id, await gardener.plant())
    token = (await gardener.token_of("read", "ingest"))["token"]
    hass.config_entries.async_update_entry(entry, data=MappingProxyType({**entry.data, "token": token}))
    await hass.config_entries.async_reload(entry.entry_id)
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    await until(hass, lambda: "Soil probe still counts as measuring for its plants" in caplog.text)


async def test_what_waits_is_written_down_now_and_then(
    hass: HomeAssistant, entry: MockConfigEntry, house: House, gardener: Gardener, hass_storage: dict[str, Any]
) -> None:
    """So that a Home Assistant that is killed loses little."""
    probe = await measuring(hass, entry, gardener, "killed", said=(30, 900))
    await stored(gardener, f"ha-{probe.id}", 30)
    await house.tell("stop")
    await until(hass, lambda: not entry.runtime_data.last_update_success)
    own_sensors.of(hass, entry).save_seconds = 0
    say(hass, probe.entity_id, 31, ago=800)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=60))

    def written() -> list[Any]:
        return [one["readings"] for one in hass_storage[f"{DOMAIN}.{entry.entry_id}.readings"]["data"]["readings"]]

    await until(hass, lambda: [[value for _, value in one] for one in written()] == [[31.0]])
    await house.tell("start")
    await stored(gardener, f"ha-{probe.id}", 30, 31)


async def test_a_name_that_a_node_took_meanwhile(
    hass: HomeAssistant, entry: MockConfigEntry, house: House, gardener: Gardener
) -> None:
    probe = await measuring(hass, entry, gardener, "impostor", said=(30, 900))
    await stored(gardener, f"ha-{probe.id}", 30)
    await house.tell("stop")
    await until(hass, lambda: not entry.runtime_data.last_update_success)
    await house.tell(f"sql UPDATE device SET kind = 'plantops' WHERE id = 'ha-{probe.id}'")  # noqa: S608 - our own words
    await house.tell("start")
    say(hass, probe.entity_id, 31, ago=800)
    await until(hass, lambda: issue_of(hass, "sensor_refused"))
    issue = issue_of(hass, "sensor_refused")
    assert issue is not None
    assert "reports over MQTT" in (issue.translation_placeholders or {})["reason"]
