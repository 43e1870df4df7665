"""Automations: what begins them and what they may ask, through Home Assistant's own machinery."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import condition as conditions
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.plantops.condition import CONDITIONS
from custom_components.plantops.lib.aioplantops.care import CareEvent
from custom_components.plantops.lib.aioplantops.events import AlertEvent, CareToldEvent
from custom_components.plantops.trigger import TRIGGERS
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener, House
from tests.integration.test_actions import device
from tests.integration.test_entities import entity_id
from tests.integration.waiting import until


async def _automation(hass: HomeAssistant, trigger: str, target: Mapping[str, object]) -> list[ServiceCall]:
    calls = async_mock_service(hass, "test", "done")
    begin: dict[str, object] = {"trigger": f"plantops.{trigger}", "target": target}
    then = {"action": "test.done", "data": {"entity": "{{ trigger.entity_id }}"}}
    assert await async_setup_component(hass, "automation", {"automation": {"triggers": [begin], "actions": [then]}})
    await hass.async_block_till_done()
    return calls


async def water(gardener: Gardener, plant: Mapping[str, Any], *days_ago: int) -> None:
    for days in days_ago:
        at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        await gardener.ask("POST", f"/api/v1/plants/{plant['id']}/care", {"kind": "watered", "at": at})


async def test_thirst_begins_an_automation(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    """A plant that is watered every five days was last watered three days ago; then the newest one is taken back."""
    fern = await gardener.plant()
    await water(gardener, fern, 18, 13, 8, 3)
    await set_up(hass, entry)
    thirst = entity_id(hass, "binary_sensor", f"{fern['id']}_needs_water")
    calls = await _automation(hass, "needs_water", {"device_id": device(hass, entry, fern)})
    await until(hass, lambda: _is(hass, thirst, "off"))
    newest = (await gardener.ask("GET", f"/api/v1/plants/{fern['id']}/care"))["items"][0]
    await gardener.ask("DELETE", f"/api/v1/plants/{fern['id']}/care/{newest['id']}")
    await until(hass, lambda: calls, "an automation that begins with thirst")
    assert calls[0].data["entity"] == thirst
    assert await _holds(hass, "needs_water", thirst)


def _is(hass: HomeAssistant, entity: str, state: str) -> bool:
    found = hass.states.get(entity)
    return found is not None and found.state == state


async def _holds(hass: HomeAssistant, condition: str, entity: str) -> bool:
    config = {"condition": f"plantops.{condition}", "target": {"entity_id": entity}}
    valid = await conditions.async_validate_condition_config(hass, config)
    check = await conditions.async_from_config(hass, valid)
    await check.async_setup()
    try:
        return bool(check.async_check())
    finally:
        check.async_unload()


async def test_problems_begin_automations(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    problem = entity_id(hass, "binary_sensor", f"{fern['id']}_problem")
    opened = await _automation(hass, "problem_opened", {"entity_id": problem})
    assert not await _holds(hass, "has_problem", problem)
    alert_id = await house.alert("frost", plant_id=fern["id"])
    await gardener.ask("POST", f"/api/v1/alerts/{alert_id}/acknowledge")  # whereby the stream tells it
    await until(hass, lambda: opened)
    assert await _holds(hass, "has_problem", problem)
    state = hass.states.get(problem)
    assert state is not None
    assert state.attributes["problems"] == ["frost"]


async def test_the_end_of_a_problem_begins_an_automation(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    fern = await gardener.plant()
    alert_id = await house.alert("frost", plant_id=fern["id"])
    await set_up(hass, entry)
    problem = entity_id(hass, "binary_sensor", f"{fern['id']}_problem")
    cleared = await _automation(hass, "problem_cleared", {"entity_id": problem})
    coordinator = entry.runtime_data
    alert = next(one for one in coordinator.data.alerts.values() if str(one.id) == alert_id)
    over = AlertEvent(alert=alert.model_copy(update={"resolved_at": datetime.now(UTC)}))
    coordinator._take(coordinator.data.after(over), over)
    await until(hass, lambda: cleared)


async def _connect_anew(house: House) -> None:
    await house.tell("stop")
    await house.tell("start")


async def test_silence_begins_an_automation_of_a_device(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    """Whether a device is heard is a diagnosis, but a trigger that targets the device means it all the same."""
    probe = await gardener.probe(soil_moisture=40)
    await set_up(hass, entry)
    calls = await _automation(hass, "device_silent", {"device_id": device(hass, entry, probe)})
    await house.alert("device_silent", device_id=probe["id"])
    await _connect_anew(house)
    heard = entity_id(hass, "binary_sensor", f"{entry.runtime_data.instance}_{probe['id']}_connectivity")
    await until(hass, lambda: _is(hass, heard, "off"))
    assert await _holds(hass, "is_silent", heard)
    assert not calls, "an absence of the backend is none of the device's"


async def test_a_watering_that_the_soil_tells_of_begins_an_automation(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    calls = await _automation(hass, "watering_detected", {"device_id": device(hass, entry, fern)})
    await water(gardener, fern, 0)
    care = entity_id(hass, "event", f"{fern['id']}_care")
    await until(hass, lambda: not _is(hass, care, "unknown"))
    assert not calls, "somebody wrote it down: nothing was detected"
    coordinator = entry.runtime_data
    seen = {"id": "0b5f2a5e-7b1c-4a5e-9d57-3f1f9b6a0c12", "plant_id": fern["id"], "kind": "watered"}
    event = CareEvent.model_validate({**seen, "source": "detected", "at": datetime.now(UTC), "soaked_through": True})
    coordinator._take(coordinator.data, CareToldEvent(event=event))
    await until(hass, lambda: calls)
    state = hass.states.get(care)
    assert state is not None
    assert state.attributes["soaked_through"] is True


async def test_entities_of_others_are_left_alone(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    await gardener.plant()
    await set_up(hass, entry)
    other = er.async_get(hass).async_get_or_create("binary_sensor", "other", "1", translation_key="needs_water")
    hass.states.async_set(other.entity_id, "off")
    calls = await _automation(hass, "needs_water", {"entity_id": other.entity_id})
    hass.states.async_set(other.entity_id, "on")
    await hass.async_block_till_done()
    assert not calls


async def test_for_what_is_chosen_the_fitting_ones_are_offered(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, hass_ws_client: WebSocketGenerator
) -> None:
    """Whoever picks a probe in the editor is offered its silence, whoever picks a plant is not."""
    fern, probe = await gardener.plant(), await gardener.probe(soil_moisture=40)
    await set_up(hass, entry)
    assert await async_setup_component(hass, "automation", {})
    client = await hass_ws_client(hass)

    async def offered(kind: str, thing: Mapping[str, Any]) -> set[str]:
        target = {"device_id": [device(hass, entry, thing)]}
        await client.send_json_auto_id({"type": f"get_{kind}_for_target", "target": target})
        found: list[str] = (await client.receive_json())["result"]
        return {one.removeprefix("plantops.") for one in found if one.startswith("plantops.")}

    assert await offered("triggers", probe) == {"device_silent"}
    assert await offered("conditions", probe) == {"is_silent"}
    assert await offered("triggers", fern) == set(TRIGGERS) - {"device_silent"}
    assert await offered("conditions", fern) == set(CONDITIONS) - {"is_silent"}
