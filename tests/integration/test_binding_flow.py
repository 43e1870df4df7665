"""Binding a sensor in the UI: what is offered, and what is refused in which words."""

from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.plantops.const import DOMAIN
from tests.integration.conftest import added, set_up
from tests.integration.garden import Gardener, House
from tests.integration.sensors import (
    MOISTURE,
    answer,
    bind,
    choose,
    registered,
    say,
    served,
    suggested,
)
from tests.integration.waiting import until


def _offered(shown: Any, field: str) -> list[Any]:
    selector = next(value for key, value in shown["data_schema"].schema.items() if key == field)
    return [option if isinstance(option, str) else option["label"] for option in selector.config["options"]]


def _subentry(entry: MockConfigEntry) -> ConfigSubentry:
    (subentry,) = entry.subentries.values()
    return subentry


@pytest.mark.parametrize(
    ("state", "attributes", "key"),
    [
        ("wet", {}, "not_numeric"),
        ("nan", {"unit_of_measurement": "%"}, "not_numeric"),
        ("12", {"unit_of_measurement": "km/h"}, "unit_unfit"),
        ("unknown", {"unit_of_measurement": "kWh"}, "unit_unfit"),
    ],
)
async def test_what_cannot_measure_for_a_plant_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, state: str, attributes: dict[str, str], key: str
) -> None:
    await set_up(hass, entry)
    say(hass, "sensor.strange", state, attributes)
    shown = await choose(hass, entry, "sensor.strange")
    assert shown["errors"] == {"entity": key}
    say(hass, "sensor.strange", 20, {"unit_of_measurement": "°C"})
    assert (await answer(hass, shown, entity="sensor.strange"))["step_id"] == "measure"


async def test_neither_echoes_nor_what_is_not_there(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant()
    await set_up(hass, entry)
    ours = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{fern['id']}_health")
    assert ours is not None
    with pytest.raises(InvalidData):
        await choose(hass, entry, ours)
    registered(hass, "later", platform=DOMAIN)
    assert (await choose(hass, entry, "sensor.nowhere"))["errors"] == {"entity": "no_such_entity"}


async def test_an_echo_that_was_only_just_made(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await set_up(hass, entry)
    shown = await choose(hass, entry, "sensor.nowhere")
    late = registered(hass, "late", platform=DOMAIN)
    say(hass, late.entity_id, 20)
    assert (await answer(hass, shown, entity=late.entity_id))["errors"] == {"entity": "own_entity"}


@pytest.mark.parametrize(
    ("attributes", "offered", "guessed"),
    [
        ({"unit_of_measurement": "lx", "device_class": "illuminance"}, ["illuminance"], "illuminance"),
        (
            {"unit_of_measurement": "°F", "device_class": "temperature"},
            ["soil_temperature", "temperature"],
            "temperature",
        ),
        ({"unit_of_measurement": "%"}, ["soil_moisture", "humidity", "water_level"], "soil_moisture"),
        ({"unit_of_measurement": "mV"}, ["soil_moisture"], None),
        ({"unit_of_measurement": "psi", "device_class": "pressure"}, ["pressure"], "pressure"),
    ],
)
async def test_only_what_the_unit_allows_is_offered(
    hass: HomeAssistant, entry: MockConfigEntry, attributes: dict[str, str], offered: list[str], guessed: str | None
) -> None:
    await set_up(hass, entry)
    say(hass, "sensor.some_probe", 20, attributes)
    shown = await choose(hass, entry, "sensor.some_probe")
    assert (_offered(shown, "metric"), suggested(shown, "metric")) == (offered, guessed)
    with pytest.raises(InvalidData):
        await answer(hass, shown, metric="co2", plants=[])


async def test_a_plant_that_is_not_there_yet_is_planted(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    """Also when it does not go well at once: then no second one is planted."""
    await set_up(hass, entry)
    probe = registered(hass, "first")
    say(hass, probe.entity_id, 41)
    shown = await choose(hass, entry, probe.entity_id)
    assert shown["description_placeholders"]["said"] == "41 %"
    shown = await answer(hass, shown, metric="soil_moisture")
    assert shown["errors"] == {"plants": "no_plant"}
    shown = await answer(hass, shown, metric="soil_moisture", new_plant="x" * 121)
    assert shown["errors"] == {"base": "refused"}
    assert "120 characters" in shown["description_placeholders"]["reason"]
    made = await answer(hass, shown, metric="soil_moisture", new_plant=" Basil of the flow ")
    assert made["type"] is FlowResultType.CREATE_ENTRY
    (plant_id,) = _subentry(entry).data["plants"]
    gardener.plants.append(plant_id)
    await until(hass, lambda: [one.name for one in entry.runtime_data.data.plants.values() if str(one.id) == plant_id])
    assert await served(gardener, {"id": plant_id}) == f"ha-{probe.id}"


async def test_a_token_that_may_not_post(hass: HomeAssistant, instance: str, gardener: Gardener, house: House) -> None:
    made = await gardener.token_of("garden")
    entry = added(hass, instance, url=house.card["url"], token=made["token"])
    await set_up(hass, entry)
    say(hass, "sensor.some_probe", 20, MOISTURE)
    name = f"Basil {made['name']}"
    shown = await choose(hass, entry, "sensor.some_probe")
    for _ in range(2):
        shown = await answer(hass, shown, metric="soil_moisture", new_plant=name)
        assert shown["errors"] == {"base": "scope_missing"}
    planted = [
        plant["id"] for plant in (await gardener.ask("GET", "/api/v1/garden"))["plants"] if plant["name"] == name
    ]
    gardener.plants += planted
    assert len(planted) == 1


async def test_a_channel_that_is_something_else_already(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    await set_up(hass, entry)
    probe = registered(hass, "occupied")
    say(hass, probe.entity_id, 41)
    reading = {"c": "soil_moisture", "v": 41}
    channels = {"soil_moisture": {"metric": "humidity"}}
    body = {"device_id": f"ha-{probe.id}", "channels": channels, "readings": [reading]}
    await gardener.ask("POST", "/api/v1/readings", body)
    shown = await answer(
        hass, await choose(hass, entry, probe.entity_id), metric="soil_moisture", plants=[], new_plant="Basil in vain"
    )
    assert shown["errors"] == {"base": "refused"}
    assert "takes no soil_moisture in %" in shown["description_placeholders"]["reason"]
    garden = await gardener.ask("GET", "/api/v1/garden")
    gardener.plants += [plant["id"] for plant in garden["plants"] if plant["name"] == "Basil in vain"]


async def test_a_unit_that_changes_under_the_form(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await set_up(hass, entry)
    say(hass, "sensor.some_probe", 20, MOISTURE)
    shown = await choose(hass, entry, "sensor.some_probe")
    say(hass, "sensor.some_probe", 20, {"unit_of_measurement": "lx"})
    shown = await answer(hass, shown, metric="soil_moisture", new_plant="Nobody")
    assert shown["errors"] == {"metric": "unit_unfit"}
    hass.states.async_remove("sensor.some_probe")
    shown = await answer(hass, shown, metric="illuminance", new_plant="Nobody")
    assert shown["errors"] == {"metric": "unit_unfit"}


async def test_one_sensor_for_a_metric_of_a_plant(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern, lily = await gardener.plant(), await gardener.plant()
    await set_up(hass, entry)
    for name in ("sensor.one", "sensor.two"):
        say(hass, name, 20, {**MOISTURE, "friendly_name": name})
    await bind(hass, entry, "sensor.one", fern)
    shown = await choose(hass, entry, "sensor.two")
    shown = await answer(hass, shown, metric="soil_moisture", plants=[fern["id"], lily["id"]])
    assert shown["errors"] == {"plants": "plant_taken"}
    words = shown["description_placeholders"]
    assert (words["plant"], words["other"]) == (fern["name"], "sensor.one")
    assert suggested(shown, "plants") == [fern["id"], lily["id"]]
    shown = await choose(hass, entry, "sensor.one")
    shown = await answer(hass, shown, metric="soil_moisture", plants=[lily["id"]])
    assert shown["errors"] == {"metric": "already_bound"}
    made = await answer(hass, shown, metric="humidity", plants=[fern["id"]])
    assert made["type"] is FlowResultType.CREATE_ENTRY
    await bind(hass, entry, "sensor.two", lily)


async def test_nothing_is_bound_while_the_backend_is_away(
    hass: HomeAssistant, entry: MockConfigEntry, house: House
) -> None:
    await set_up(hass, entry)
    await house.tell("stop")
    await until(hass, lambda: not entry.runtime_data.last_update_success)
    for _ in range(2):
        shown = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "sensor"), context={"source": SOURCE_USER}
        )
        assert (shown["type"], shown["reason"]) == (FlowResultType.ABORT, "away")
        await hass.config_entries.async_unload(entry.entry_id)
    await house.tell("start")
