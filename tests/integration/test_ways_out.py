"""The ways out that go step by step: calibrating a probe, looking whether a certificate or a backend was renewed."""

from typing import Any

import pytest
from aiohttp import web
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.plantops import issues
from custom_components.plantops.lib.aioplantops.health import CertificateHealth
from custom_components.plantops.repairs import async_create_fix_flow
from tests.integration.conftest import added, set_up
from tests.integration.flows import ANOTHER
from tests.integration.garden import Gardener
from tests.integration.pretender import HEALTH, hello, pretender
from tests.integration.test_entities import state_of
from tests.integration.test_repairs import flow_of, issue_of
from tests.integration.waiting import until

TWO_POINTS = {"low_sent": 2.8, "low": 0.0, "high_sent": 1.2, "high": 100.0}


async def _uncalibrated(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, volts: float = 2.0
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Let a probe that tells volts serve a plant; give both, and the issue's id."""
    fern, probe = await gardener.plant(), await gardener.volts(volts)
    await gardener.serve(fern, probe)
    await set_up(hass, entry)
    return fern, probe, f"channel_uncalibrated_{probe['channels'][0]['id']}_{entry.entry_id}"


async def test_a_probe_is_calibrated_in_dry_and_in_wet_soil(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern, probe, issue_id = await _uncalibrated(hass, entry, gardener)
    issue = issue_of(hass, issue_id)
    assert issue is not None
    assert issue.is_fixable
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["plants"] == fern["name"]
    flow: Any = await flow_of(hass, issue_id)
    shown = await flow.async_step_init()
    assert (shown["type"], shown["menu_options"]) == (FlowResultType.MENU, ["dry", "known"])
    assert shown["description_placeholders"]["sent"] == "2 V"
    shown = await flow.async_step_dry()
    assert (shown["step_id"], shown["description_placeholders"]["sent"]) == ("dry", "? V")
    shown = await flow.async_step_dry({"anyway": False})
    assert (shown["step_id"], shown["errors"]) == ("dry", {"base": "unsteady"})
    assert shown["description_placeholders"]["reason"]
    await gardener.volts(2.8, device_id=probe["id"])
    shown = await flow.async_step_dry({"anyway": True})
    assert shown["step_id"] == "wet"
    await gardener.volts(1.2, device_id=probe["id"])
    assert (await flow.async_step_wet({"anyway": True}))["type"] is FlowResultType.CREATE_ENTRY
    await until(hass, lambda: issue_of(hass, issue_id) is None)
    await until(hass, lambda: state_of(hass, "sensor", fern, "soil_moisture").state == "100.0")
    assert (await flow.async_step_init())["reason"] == "calibrated"
    assert (await flow.async_step_known())["reason"] == "calibrated"


async def test_a_probe_is_calibrated_by_points_that_are_known(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern, _, issue_id = await _uncalibrated(hass, entry, gardener)
    flow: Any = await flow_of(hass, issue_id)
    assert (await flow.async_step_known())["type"] is FlowResultType.FORM
    shown = await flow.async_step_known({**TWO_POINTS, "high_sent": 2.8})
    assert shown["errors"] == {"base": "invalid"}
    assert shown["description_placeholders"]["reason"]
    assert (await flow.async_step_known(TWO_POINTS))["type"] is FlowResultType.CREATE_ENTRY
    await until(hass, lambda: state_of(hass, "sensor", fern, "soil_moisture").state == "50.0")
    assert issue_of(hass, issue_id) is None


async def test_a_german_house_reads_volts_with_a_comma(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    hass.config.language = "de"
    _, _, issue_id = await _uncalibrated(hass, entry, gardener, 2.181)
    flow: Any = await flow_of(hass, issue_id)
    assert (await flow.async_step_known())["description_placeholders"]["sent"] == "2,181 V"


async def test_a_calibration_that_the_backend_refuses(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    token = (await gardener.token_of("care"))["token"]
    hass.config_entries.async_update_entry(entry, data={**entry.data, "token": token})
    _, _, issue_id = await _uncalibrated(hass, entry, gardener)
    flow: Any = await flow_of(hass, issue_id)
    for refused in (await flow.async_step_dry(), await flow.async_step_known(TWO_POINTS)):
        assert (refused["type"], refused["reason"]) == (FlowResultType.ABORT, "failed")
    assert issue_of(hass, f"token_scope_{entry.entry_id}")


async def test_a_certificate_near_its_end(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await set_up(hass, entry)
    coordinator = entry.runtime_data
    await until(hass, lambda: coordinator.health is not None)
    issue_id = f"certificate_server.crt_{entry.entry_id}"
    assert issue_of(hass, issue_id) is None
    ends = CertificateHealth(file="server.crt", problem="It ends in 3 days: make certs-renew.")
    issues.certificates(coordinator, coordinator.health.model_copy(update={"certificates": (ends,)}))
    flow: Any = await flow_of(hass, issue_id)
    shown = await flow.async_step_init()
    assert (shown["type"], shown["description_placeholders"]["file"]) == (FlowResultType.FORM, "server.crt")
    # The real backend's certificate is young.
    assert (await flow.async_step_confirm({}))["type"] is FlowResultType.CREATE_ENTRY
    assert issue_of(hass, issue_id) is None


async def test_a_certificate_that_is_there_no_more(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await set_up(hass, entry)
    coordinator = entry.runtime_data
    await until(hass, lambda: coordinator.health is not None)
    ends = CertificateHealth(file="old.crt", problem="It ends in 3 days: make certs-renew.")
    issue_id = f"certificate_old.crt_{entry.entry_id}"
    issues.certificates(coordinator, coordinator.health.model_copy(update={"certificates": (ends,)}))
    assert issue_of(hass, issue_id)
    issues.certificates(coordinator, coordinator.health.model_copy(update={"certificates": None}))
    assert issue_of(hass, issue_id) is None


async def test_a_certificate_that_still_ends(hass: HomeAssistant) -> None:
    certificate = {"file": "server.crt", "ends_at": "2026-11-28T12:00:00Z", "days_left": 3, "problem": "Three days."}

    async def say(socket: web.WebSocketResponse) -> None:
        await socket.send_json(hello())
        await socket.send_json({"type": "snapshot", "seq": 0, "garden": {"devices": [], "plants": []}})
        await socket.receive()

    async with pretender(say, {**HEALTH, "certificates": [certificate]}) as url:
        entry = added(hass, ANOTHER, url=url, token="plantops_x")  # noqa: S106 - nobody's token
        await set_up(hass, entry)
        issue_id = f"certificate_server.crt_{entry.entry_id}"
        await until(hass, lambda: issue_of(hass, issue_id))
        flow: Any = await flow_of(hass, issue_id)
        shown = await flow.async_step_confirm({})
        assert (shown["errors"], shown["description_placeholders"]["reason"]) == ({"base": "still"}, "Three days.")
        assert await hass.config_entries.async_unload(entry.entry_id)
        assert (await flow.async_step_confirm({}))["errors"] == {"base": "still"}
    assert issue_of(hass, issue_id)


@pytest.mark.usefixtures("expected_lingering_timers")
@pytest.mark.parametrize("expected_lingering_timers", [True])  # aiohttp's own, of a connection that it closes
async def test_a_backend_that_was_updated_is_connected_with_at_once(hass: HomeAssistant) -> None:
    greeting = hello(schema_version=0, min_schema_version=0)

    async def say(socket: web.WebSocketResponse) -> None:
        await socket.send_json(greeting)
        await socket.send_json({"type": "snapshot", "seq": 0, "garden": {"devices": [], "plants": []}})
        await socket.receive()

    async with pretender(say) as url:
        entry = added(hass, ANOTHER, url=url, token="plantops_x")  # noqa: S106 - nobody's token
        assert not await hass.config_entries.async_setup(entry.entry_id)
        issue_id = f"server_too_old_{entry.entry_id}"
        flow: Any = await flow_of(hass, issue_id)
        shown = await flow.async_step_confirm({})
        assert shown["errors"] == {"base": "still"}
        assert shown["description_placeholders"]["reason"]
        greeting.update(hello())
        assert (await flow.async_step_confirm({}))["type"] is FlowResultType.CREATE_ENTRY
        assert entry.state is ConfigEntryState.LOADED
        assert issue_of(hass, issue_id) is None
        assert await hass.config_entries.async_unload(entry.entry_id)
    assert await async_create_fix_flow(hass, "channel_uncalibrated_1_x", {"entry_id": entry.entry_id})
