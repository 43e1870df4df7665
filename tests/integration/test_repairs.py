"""What is put up for repair, its ways out, and what helps to find a fault."""

from typing import Any

import pytest
from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.plantops.const import DOMAIN
from custom_components.plantops.repairs import async_create_fix_flow
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener, House
from tests.integration.test_actions import device
from tests.integration.waiting import until


def issue_of(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    """Give what is put up for repair; None: it is not, or not any more."""
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


async def flow_of(hass: HomeAssistant, issue_id: str) -> RepairsFlow:
    """Begin the way out of an issue, as the frontend does."""
    issue = issue_of(hass, issue_id)
    assert issue is not None
    flow = await async_create_fix_flow(hass, issue_id, issue.data)
    flow.hass, flow.handler, flow.issue_id, flow.flow_id = hass, DOMAIN, issue_id, "test"
    return flow


async def _silent(hass: HomeAssistant, entry: MockConfigEntry, house: House, probe: dict[str, Any]) -> str:
    """Let a probe be silent, and set the entry up; give the issue's id."""
    await house.alert("device_silent", device_id=probe["id"])
    await set_up(hass, entry)
    return f"device_silent_{probe['id']}_{entry.entry_id}"


async def test_a_silent_device_got_another_battery(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    issue_id = await _silent(hass, entry, house, await gardener.probe(soil_moisture=40))
    flow: Any = await flow_of(hass, issue_id)
    shown = await flow.async_step_init()
    assert (shown["type"], shown["menu_options"]) == (FlowResultType.MENU, ["battery", "move", "ignore"])
    assert (await flow.async_step_battery())["reason"] == "acknowledged"
    await until(hass, lambda: issue_of(hass, issue_id) is None)


async def test_a_silent_device_is_left_alone_for_a_week(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    issue_id = await _silent(hass, entry, house, await gardener.probe(soil_moisture=40))
    flow: Any = await flow_of(hass, issue_id)
    assert (await flow.async_step_ignore())["reason"] == "snoozed"
    await until(hass, lambda: issue_of(hass, issue_id) is None)


async def test_another_probe_takes_over(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    fern = await gardener.plant()
    old, new = await gardener.probe(soil_moisture=40), await gardener.probe(soil_moisture=35)
    other = await gardener.probe(co2=600)
    await gardener.serve(fern, old)
    issue_id = await _silent(hass, entry, house, old)
    flow: Any = await flow_of(hass, issue_id)
    assert (await flow.async_step_move())["type"] is FlowResultType.FORM
    nothing = await flow.async_step_move({"probe": device(hass, entry, other)})
    assert nothing["reason"] == "nothing_to_move"
    wrong = await flow.async_step_move({"probe": device(hass, entry, fern)})
    assert wrong["reason"] == "failed"
    assert (await flow.async_step_move({"probe": device(hass, entry, new)}))["reason"] == "moved"
    told = await gardener.ask("GET", f"/api/v1/plants/{fern['id']}")
    assert [one["device_id"] for one in told["assignments"]] == [new["id"]]
    assert [one["value"] for one in told["values"]] == [35.0]


async def test_what_is_mended_already_or_refused(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    issue_id = await _silent(hass, entry, house, await gardener.probe(soil_moisture=40))
    flow: Any = await flow_of(hass, issue_id)
    await house.tell("sql UPDATE alert SET resolved_at = now(), ending = 'It is heard.'")
    assert (await flow.async_step_battery())["reason"] == "failed"
    assert (await flow.async_step_ignore())["reason"] == "failed"
    entry.runtime_data.data = type(entry.runtime_data.data)({}, {})
    assert (await flow.async_step_init())["reason"] == "gone"
    assert (await flow.async_step_move())["reason"] == "gone"


async def test_a_way_out_for_which_the_token_allows_too_little(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    token = (await gardener.token_of("read"))["token"]
    hass.config_entries.async_update_entry(entry, data={**entry.data, "token": token})
    issue_id = await _silent(hass, entry, house, await gardener.probe(soil_moisture=40))
    flow: Any = await flow_of(hass, issue_id)
    assert (await flow.async_step_ignore())["reason"] == "failed"
    assert issue_of(hass, f"token_scope_{entry.entry_id}")


async def test_a_token_that_allows_too_little(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    made = await gardener.token_of("read")
    hass.config_entries.async_update_entry(entry, data={**entry.data, "token": made["token"]})
    fern = await gardener.plant()
    await set_up(hass, entry)
    with pytest.raises(Exception, match="allow"):
        await hass.services.async_call(
            DOMAIN, "log_care", {"device_id": device(hass, entry, fern), "kind": "watered"}, blocking=True
        )
    flow: Any = await flow_of(hass, f"token_scope_{entry.entry_id}")
    assert (await flow.async_step_confirm())["type"] is FlowResultType.FORM
    assert (await flow.async_step_confirm({}))["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    (asked,) = hass.config_entries.flow.async_progress()
    assert asked["context"]["source"] == SOURCE_REAUTH


async def test_an_issue_of_an_entry_that_is_gone(hass: HomeAssistant) -> None:
    for issue_id in ("device_silent_x_y", "certificate_server.crt_y", "unknown_y"):
        flow: Any = await async_create_fix_flow(hass, issue_id, {"entry_id": "y"})
        flow.hass, flow.handler, flow.issue_id = hass, DOMAIN, issue_id
        assert (await flow.async_step_init())["type"] is FlowResultType.FORM


async def test_diagnostics_tell_no_secret(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, hass_client: ClientSessionGenerator
) -> None:
    fern = await gardener.plant(notes="The key is below the pot.", area="Bedroom")
    await set_up(hass, entry)
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    text = str(told)
    assert fern["name"] in text
    for secret in (entry.data["token"], "127.0.0.1", "below the pot", "Bedroom", entry.runtime_data.instance):
        assert secret not in text
    assert isinstance(told, dict)
    assert told["connected"] is True


async def test_system_health(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await gardener.plant()
    await set_up(hass, entry)
    told = await get_system_health_info(hass, DOMAIN)
    assert (told["backends"], told["connected"]) == (1, True)
    assert told["plants"] == len(entry.runtime_data.data.plants)
