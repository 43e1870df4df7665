"""The actions: what they do on the backend, what they answer, and what they refuse in words."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.plantops.const import DOMAIN
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener


def device(hass: HomeAssistant, entry: MockConfigEntry, thing: Mapping[str, Any]) -> str:
    """Find the device of a plant or a probe."""
    names = {(DOMAIN, thing["id"]), (DOMAIN, f"{entry.runtime_data.instance}/{thing['id']}")}
    entries = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return next(one.id for one in entries if one.identifiers & names)


async def call(hass: HomeAssistant, action: str, **data: object) -> dict[str, Any]:
    """Call an action and give its answer."""
    answer = await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)
    assert isinstance(answer, dict)
    return answer


async def test_care_is_written_down_for_several_plants(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    ferns = [await gardener.plant(), await gardener.plant()]
    await set_up(hass, entry)
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    told = await call(
        hass,
        "log_care",
        device_id=[device(hass, entry, fern) for fern in ferns],
        kind="repotted",
        at=at.isoformat(),
        pot_litres=3,
        substrate="Peat free",
    )
    assert [event["kind"] for event in told["events"]] == ["repotted", "repotted"]
    assert datetime.fromisoformat(told["events"][0]["at"]) == at
    assert (await gardener.ask("GET", f"/api/v1/plants/{ferns[1]['id']}"))["substrate"] == "Peat free"


async def test_what_does_not_fit_is_refused_in_words(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    with pytest.raises(ServiceValidationError, match="a note needs words"):
        await call(hass, "log_care", device_id=device(hass, entry, fern), kind="note")
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "log_care", device_id="nothing", kind="watered")
    assert refused.value.translation_key == "no_plant"


async def test_a_plant_that_goes_while_an_action_runs(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    """The list of plants still has it when the action begins; the backend does not any more."""
    fern = await gardener.plant()
    await set_up(hass, entry)
    coordinator = entry.runtime_data
    kept, device_id = coordinator.data, device(hass, entry, fern)
    await gardener.ask("DELETE", f"/api/v1/plants/{fern['id']}")
    gardener.plants.remove(fern["id"])
    coordinator.data = kept
    with pytest.raises(HomeAssistantError) as refused:
        await call(hass, "log_care", device_id=device_id, kind="watered")
    assert refused.value.translation_key in {"gone", "no_plant"}


async def test_a_probe_begins_to_measure_for_a_plant_and_its_past_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern, probe = await gardener.plant(), await gardener.probe(soil_moisture=44.0, temperature=20.0)
    await set_up(hass, entry)
    plant, node = device(hass, entry, fern), device(hass, entry, probe)
    made = await call(hass, "assign_channel", device_id=plant, probe=node, channel="soil_moisture")
    assert made["device_id"] == probe["id"]
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    past = await call(hass, "get_history", device_id=plant, metric="soil_moisture", **{"from": hour_ago})
    assert [point["mean"] for point in past["points"] if point["count"]] == [44.0]
    with pytest.raises(ServiceValidationError, match="end or remove that assignment first"):
        await call(hass, "assign_channel", device_id=plant, probe=node, channel="soil_moisture")
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "assign_channel", device_id=plant, probe=node, channel="co2")
    assert refused.value.translation_key == "no_such_channel"
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "assign_channel", device_id=plant, probe=plant, channel="co2")
    assert refused.value.translation_key == "no_device"


async def test_a_calibration_goes_step_by_step(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    probe = await gardener.volts(2.8)
    await set_up(hass, entry)
    way = {"device_id": device(hass, entry, probe), "channel": "soil_moisture"}
    for step, volts in (("dry", 2.8), ("wet", 1.2)):
        begun = await call(hass, "calibrate", step=step, **way)
        assert begun["live"]["capture"] == step
        await gardener.volts(volts, device_id=probe["id"])
        assert (await call(hass, "calibrate", step="status", **way))["live"]["readings"] == 1
        await call(hass, "calibrate", step="take", anyway=True, **way)
    made = await call(hass, "calibrate", step="commit", **way)
    assert made["factor"] == pytest.approx(-62.5)
    await call(hass, "calibrate", step="reference", value=40, **way)
    assert await call(hass, "calibrate", step="cancel", **way) == {}
    with pytest.raises(ServiceValidationError, match="No calibration"):
        await call(hass, "calibrate", step="status", **way)


async def test_what_is_to_come_and_who_holds_out(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    for days in (15, 10, 5):
        at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        await gardener.ask("POST", f"/api/v1/plants/{fern['id']}/care", {"kind": "watered", "at": at})
    await set_up(hass, entry)
    items = (await call(hass, "get_schedule", days=30))["items"]
    (ours,) = [item for item in items if item["plant"] == fern["name"]]
    assert (ours["kind"], ours["task_kind"]) == ("task", "watered")
    assert ours["reason"]
    assert [item["due"] for item in items] == sorted(item["due"] for item in items)
    back = (datetime.now(UTC) + timedelta(days=10)).isoformat()
    plan = await call(hass, "plan_absence", until=back, config_entry_id=entry.entry_id)
    assert fern["name"] in [plant["name"] for plant in plan["plants"]]


async def test_without_a_backend_an_action_says_so(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    plant = device(hass, entry, fern)
    assert await hass.config_entries.async_unload(entry.entry_id)
    for action, data in (("get_schedule", {}), ("log_care", {"device_id": plant})):
        with pytest.raises(ServiceValidationError) as refused:
            await call(hass, action, **data)
        assert refused.value.translation_key == "backend_not_loaded"
