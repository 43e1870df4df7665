"""What a plant, a device and the garden show, and what pressing and setting does on the backend."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.plantops.const import DOMAIN
from tests.integration.conftest import added, set_up
from tests.integration.garden import Gardener, House
from tests.integration.waiting import until


def entity_id(hass: HomeAssistant, platform: str, unique_id: str) -> str:
    """Find an entity by what never changes."""
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, unique_id)
    assert found is not None, unique_id
    return found


def state_of(hass: HomeAssistant, platform: str, thing: Mapping[str, Any], key: str) -> State:
    """Give the state of something of a plant."""
    state = hass.states.get(entity_id(hass, platform, f"{thing['id']}_{key}"))
    assert state is not None, key
    return state


async def test_what_is_measured_is_shown_in_its_unit_and_follows(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    probe = await gardener.probe(
        soil_moisture=41.4, temperature=21.0, humidity=55.0, illuminance=1200, battery=80, signal_strength=-60
    )
    await gardener.serve(fern, probe)
    await set_up(hass, entry)
    moisture = state_of(hass, "sensor", fern, "soil_moisture")
    assert (moisture.state, moisture.attributes["unit_of_measurement"]) == ("41.4", "%")
    assert moisture.attributes["device_class"] == "moisture"
    assert moisture.attributes["friendly_name"] == f"{fern['name']} Soil moisture"
    assert float(state_of(hass, "sensor", fern, "vpd").state) == pytest.approx(1.12, abs=0.01)
    instance = entry.runtime_data.instance
    battery = hass.states.get(entity_id(hass, "sensor", f"{instance}_{probe['id']}_battery"))
    assert battery is not None
    assert battery.state == "80.0"
    await gardener.probe(device_id=probe["id"], soil_moisture=38.0)
    await until(hass, lambda: state_of(hass, "sensor", fern, "soil_moisture").state == "38.0")


async def test_what_begins_disabled_tells_too_when_it_is_wanted(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    probe = await gardener.probe(temperature=21.0, humidity=55.0, battery_voltage=3.9, signal_strength=-60)
    await gardener.serve(fern, probe)
    await set_up(hass, entry)
    registry = er.async_get(hass)
    for one in er.async_entries_for_config_entry(registry, entry.entry_id):
        registry.async_update_entity(one.entity_id, disabled_by=None)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert float(state_of(hass, "sensor", fern, "dew_point").state) == pytest.approx(11.6, abs=0.1)
    device = {"id": f"{entry.runtime_data.instance}_{probe['id']}"}
    said = {key: state_of(hass, "sensor", device, key).state for key in ("battery_voltage", "signal_strength")}
    assert said == {"battery_voltage": "3.9", "signal_strength": "-60.0"}
    heard = datetime.fromisoformat(state_of(hass, "sensor", device, "last_seen").state)
    assert heard == datetime.fromisoformat(probe["last_seen"]).replace(second=0, microsecond=0)


async def test_a_metric_that_begins_to_be_measured_appears(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    registry = er.async_get(hass)
    assert registry.async_get_entity_id("sensor", DOMAIN, f"{fern['id']}_co2") is None
    await gardener.serve(fern, await gardener.probe(co2=600))
    await until(hass, lambda: registry.async_get_entity_id("sensor", DOMAIN, f"{fern['id']}_co2"))
    await until(hass, lambda: state_of(hass, "sensor", fern, "co2").state == "600.0")


async def test_a_probe_in_volts_is_no_percentage(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    probe = await gardener.volts(1.9)
    await gardener.serve(fern, probe)
    await set_up(hass, entry)
    soil = state_of(hass, "sensor", fern, "soil_moisture")
    assert (soil.state, soil.attributes["calibrated"]) == (STATE_UNKNOWN, False)


async def test_a_button_writes_into_the_care_log_and_the_event_fires_once(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    assert state_of(hass, "event", fern, "care").state == STATE_UNKNOWN
    button = entity_id(hass, "button", f"{fern['id']}_log_watering")
    await hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
    await until(hass, lambda: state_of(hass, "event", fern, "care").state != STATE_UNKNOWN)
    (logged,) = (await gardener.ask("GET", f"/api/v1/plants/{fern['id']}/care"))["items"]
    assert logged["kind"] == "watered"
    happened = state_of(hass, "event", fern, "care")
    assert (happened.attributes["event_type"], happened.attributes["source"]) == ("watered", "logged")
    await until(hass, lambda: state_of(hass, "sensor", fern, "last_watered").state != STATE_UNKNOWN)
    await gardener.ask("PATCH", f"/api/v1/plants/{fern['id']}/care/{logged['id']}", {"note": "much"})
    await gardener.ask("PATCH", f"/api/v1/plants/{fern['id']}", {"name": "Fern with a note"})
    await until(hass, lambda: entry.runtime_data.plant_of(entry_plant(entry, fern)) == "Fern with a note")
    assert state_of(hass, "event", fern, "care").state == happened.state


async def test_a_watering_of_before_that_is_corrected_has_not_happened_again(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    """A calibration, or a look at the soil hours later, corrects what is known of an old watering."""
    fern = await gardener.plant()
    place = f"/api/v1/plants/{fern['id']}/care"
    watered = await gardener.ask("POST", place, {"kind": "watered"})
    await set_up(hass, entry)
    assert state_of(hass, "sensor", fern, "last_watered").state != STATE_UNKNOWN
    await gardener.ask("PATCH", f"{place}/{watered['id']}", {"note": "much"})
    await gardener.ask("PATCH", f"/api/v1/plants/{fern['id']}", {"name": "Fern of before"})
    await until(hass, lambda: entry.runtime_data.plant_of(entry_plant(entry, fern)) == "Fern of before")
    assert state_of(hass, "event", fern, "care").state == STATE_UNKNOWN
    await gardener.ask("POST", place, {"kind": "watered"})
    await until(hass, lambda: state_of(hass, "event", fern, "care").state != STATE_UNKNOWN)


def entry_plant(entry: MockConfigEntry, plant: Mapping[str, Any]) -> Any:
    """Give a plant's id as the coordinator knows it."""
    return next(plant_id for plant_id in entry.runtime_data.data.plants if str(plant_id) == plant["id"])


async def test_bounds_are_set_for_the_plant_alone(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant(species_id="monstera-deliciosa")
    await gardener.serve(fern, await gardener.probe(soil_moisture=50))
    await set_up(hass, entry)
    low = entity_id(hass, "number", f"{fern['id']}_soil_moisture_low")
    before = state_of(hass, "number", fern, "soil_moisture_low").state
    assert before not in {STATE_UNKNOWN, "33.0"}
    await hass.services.async_call("number", "set_value", {"entity_id": low, "value": 33}, blocking=True)
    await until(hass, lambda: state_of(hass, "number", fern, "soil_moisture_low").state == "33.0")
    high = {"entity_id": entity_id(hass, "number", f"{fern['id']}_soil_moisture_high"), "value": 20}
    with pytest.raises(ServiceValidationError, match="must lie below") as refused:
        await hass.services.async_call("number", "set_value", high, blocking=True)
    assert refused.value.translation_key == "refused"


async def test_bounds_come_with_what_is_measured(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    """Whoever binds a first sensor to a new plant wants its bounds, and no others."""
    await set_up(hass, entry)
    registry = er.async_get(hass)
    fern = await gardener.plant()
    await until(hass, lambda: registry.async_get_entity_id("sensor", DOMAIN, f"{fern['id']}_health"))
    await gardener.serve(fern, await gardener.probe(soil_moisture=50))
    await until(hass, lambda: registry.async_get_entity_id("number", DOMAIN, f"{fern['id']}_soil_moisture_high"))
    known = er.async_entries_for_config_entry(registry, entry.entry_id)
    bounds = {one.unique_id: one.disabled for one in known if one.domain == "number" and fern["id"] in one.unique_id}
    assert bounds == {f"{fern['id']}_soil_moisture_{end}": False for end in ("low", "high")}


async def test_a_profile_is_chosen_by_name(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    profile = state_of(hass, "select", fern, "species_profile")
    assert profile.state == STATE_UNKNOWN
    (wanted,) = [name for name in profile.attributes["options"] if name.startswith("Monstera deliciosa")]
    choice = {"entity_id": profile.entity_id, "option": wanted}
    await hass.services.async_call("select", "select_option", choice, blocking=True)
    await until(hass, lambda: state_of(hass, "select", fern, "species_profile").state == wanted)
    assert (await gardener.ask("GET", f"/api/v1/plants/{fern['id']}"))["species_id"] == "monstera-deliciosa"


async def test_a_token_that_may_only_look(hass: HomeAssistant, house: House, instance: str, gardener: Gardener) -> None:
    fern = await gardener.plant()
    entry = added(hass, instance, url=house.card["url"], token=(await gardener.token_of("read"))["token"])
    await set_up(hass, entry)
    button = entity_id(hass, "button", f"{fern['id']}_log_watering")
    with pytest.raises(HomeAssistantError) as refused:
        await hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
    assert refused.value.translation_key == "scope_missing"


async def test_a_plant_that_waits_for_water(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    """Written waterings make a habit; when their interval is over the plant wants water."""
    fern = await gardener.plant()
    now = datetime.now(UTC).timestamp()
    for days in (20, 15, 10):
        at = datetime.fromtimestamp(now - days * 86_400, UTC).isoformat()
        await gardener.ask("POST", f"/api/v1/plants/{fern['id']}/care", {"kind": "watered", "at": at})
    await set_up(hass, entry)
    await until(hass, lambda: state_of(hass, "binary_sensor", fern, "needs_water").state == "on")
    assert state_of(hass, "sensor", fern, "health").state == "thirsty"
    assert state_of(hass, "sensor", fern, "days_to_dry").state == "0.0"
    when = state_of(hass, "sensor", fern, "next_watering")
    assert when.attributes["basis"] == "care_log"
    assert when.attributes["reason"]
    assert when.attributes["earliest"] <= when.attributes["latest"]


async def test_a_plant_whose_probe_has_fallen_silent(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    fern, moss = await gardener.plant(), await gardener.plant("Moss")
    probe = await gardener.probe(soil_moisture=40)
    await gardener.serve(fern, probe)
    await house.alert("device_silent", device_id=probe["id"])
    await set_up(hass, entry)
    health = state_of(hass, "sensor", fern, "health")
    assert health.attributes["silent"] is True
    assert health.attributes["last_heard"] is not None
    assert state_of(hass, "sensor", moss, "health").attributes["silent"] is False


async def test_everything_is_unavailable_while_the_backend_is_away_but_the_word_that_it_is(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    connected = entity_id(hass, "binary_sensor", f"{entry.runtime_data.instance}_connected")
    try:
        await house.tell("stop")
        await until(hass, lambda: state_of(hass, "sensor", fern, "health").state == STATE_UNAVAILABLE)
        state = hass.states.get(connected)
        assert state is not None
        assert state.state == "off"
        assert state_of(hass, "button", fern, "log_watering").state == STATE_UNAVAILABLE
    finally:
        await house.tell("start")
    await until(hass, lambda: state_of(hass, "sensor", fern, "health").state != STATE_UNAVAILABLE)
