"""Changing what is bound: another sensor, other plants, none any more."""

from typing import Any
from uuid import UUID

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.plantops.const import DOMAIN
from custom_components.plantops.lib.aioplantops.metrics import Metric
from custom_components.plantops.moving import release
from custom_components.plantops.repairs import async_create_fix_flow
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener
from tests.integration.sensors import (
    answer,
    becomes,
    bind,
    change,
    choose,
    issue_of,
    registered,
    say,
    served,
    suggested,
)
from tests.integration.waiting import until


async def test_a_sensor_takes_over_from_a_probe_when_that_is_wanted(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern, probe = await gardener.plant(), await gardener.probe(soil_moisture=40.0)
    await gardener.serve(fern, probe)
    await set_up(hass, entry)
    sensor = registered(hass, "newer")
    say(hass, sensor.entity_id, 41)
    shown = await answer(hass, await choose(hass, entry, sensor.entity_id), metric="soil_moisture", plants=[fern["id"]])
    assert (shown["step_id"], await served(gardener, fern)) == ("replace", probe["id"])
    assert shown["description_placeholders"]["others"] == f"* {fern['name']}: {probe['name']}"
    made = await answer(hass, shown)
    assert made["type"] is FlowResultType.CREATE_ENTRY
    assert await served(gardener, fern) == f"ha-{sensor.id}"


async def test_other_plants_and_another_sensor(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    fern, lily = await gardener.plant(), await gardener.plant()
    await set_up(hass, entry)
    one, two = registered(hass, "worn_out"), registered(hass, "brand_new")
    say(hass, one.entity_id, 41)
    say(hass, two.entity_id, 2.1, {"unit_of_measurement": "V", "friendly_name": "New"})
    subentry_id = await bind(hass, entry, one.entity_id, fern)
    shown = await change(hass, entry, subentry_id, one.entity_id)
    assert (suggested(shown, "metric"), suggested(shown, "plants")) == ("soil_moisture", [fern["id"]])
    await answer(hass, shown, metric="soil_moisture", plants=[fern["id"], lily["id"]])
    assert await served(gardener, fern) == await served(gardener, lily) == f"ha-{one.id}"
    shown = await change(hass, entry, subentry_id, one.entity_id)
    done = await answer(hass, shown, metric="soil_moisture", plants=[lily["id"]])
    assert done["reason"] == "reconfigure_successful"
    assert (await served(gardener, fern), await served(gardener, lily)) == (None, f"ha-{one.id}")
    shown = await change(hass, entry, subentry_id, two.entity_id)
    shown = await answer(hass, shown, metric="soil_moisture", plants=[lily["id"]])
    assert (await answer(hass, shown))["reason"] == "reconfigure_successful"
    assert await served(gardener, lily) == f"ha-{two.id}"
    subentry = entry.subentries[subentry_id]
    assert (subentry.title, subentry.data["unit"], subentry.unique_id) == ("New", "V", f"ha-{two.id}/soil_moisture")


@pytest.mark.parametrize("loaded", [True, False])
async def test_a_sensor_that_is_deleted_measures_no_more(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, *, loaded: bool
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    probe = registered(hass, "unwanted")
    say(hass, probe.entity_id, 41)
    subentry_id = await bind(hass, entry, probe.entity_id, fern)
    if not loaded:
        await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    if not loaded:
        await set_up(hass, entry)
    await becomes(lambda: served(gardener, fern), lambda device: device is None)


async def test_a_plant_that_is_removed_leaves_its_sensor_behind(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    say(hass, "sensor.lonely", 41)
    subentry_id = await bind(hass, entry, "sensor.lonely", fern)
    issue_id = f"sensor_without_plant_{subentry_id}_{entry.entry_id}"
    issues = ir.async_get(hass)
    assert issues.async_get_issue(DOMAIN, issue_id) is None
    await gardener.leave()
    gardener.plants.clear()
    await until(hass, lambda: issues.async_get_issue(DOMAIN, issue_id))
    lily = await gardener.plant()
    await until(hass, lambda: len(entry.runtime_data.data.plants) > 0)
    shown = await change(hass, entry, subentry_id, "sensor.lonely")
    assert suggested(shown, "plants") == []
    await answer(hass, shown, metric="soil_moisture", plants=[lily["id"]])
    await until(hass, lambda: issues.async_get_issue(DOMAIN, issue_id) is None)


async def test_a_sensor_that_is_gone_is_deleted_in_repairs(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    probe = registered(hass, "lost_in_the_garden")
    say(hass, probe.entity_id, 41)
    await bind(hass, entry, probe.entity_id, fern)
    er.async_get(hass).async_remove(probe.entity_id)
    await until(hass, lambda: issue_of(hass, "sensor_gone"))
    issue = issue_of(hass, "sensor_gone")
    assert issue is not None
    flow: Any = await async_create_fix_flow(hass, issue.issue_id, issue.data)
    flow.hass, flow.handler, flow.issue_id, flow.flow_id = hass, DOMAIN, issue.issue_id, "test"
    assert (await flow.async_step_init())["description_placeholders"]["entity"] == probe.entity_id
    assert (await flow.async_step_confirm({}))["type"] is FlowResultType.CREATE_ENTRY
    assert not entry.subentries
    assert issue_of(hass, "sensor_gone") is None
    await becomes(lambda: served(gardener, fern), lambda device: device is None)


async def test_what_has_not_been_told_yet_is_ended_too(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    """Whoever deletes a sensor at once is quicker than the stream."""
    fern, probe = await gardener.plant(), await gardener.probe(soil_moisture=40.0)
    await set_up(hass, entry)
    coordinator = entry.runtime_data
    assert await hass.config_entries.async_unload(entry.entry_id)  # from now on it is told nothing
    await gardener.serve(fern, probe)
    await release(coordinator, probe["id"], Metric.SOIL_MOISTURE, [UUID(fern["id"])])
    assert await served(gardener, fern) is None
