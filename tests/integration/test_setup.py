"""Connecting with a backend: devices come, are renamed and go; an absence is told once; another token is asked for."""

import logging
from types import MappingProxyType

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.plantops import async_remove_config_entry_device
from custom_components.plantops.const import DOMAIN
from tests.integration.conftest import added, set_up
from tests.integration.garden import Gardener, House
from tests.integration.waiting import until


def _device(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> dr.DeviceEntry | None:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return next((device for device in devices if device.name == name), None)


def _there(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> dr.DeviceEntry:
    device = _device(hass, entry, name)
    assert device is not None
    return device


async def test_plants_and_devices_hang_on_the_server(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    fern = await gardener.plant(area="Kitchen", species="Fern")
    probe = await gardener.probe(soil_moisture=40.0)
    await set_up(hass, entry)
    server = _there(hass, entry, "PlantOps")
    assert server.sw_version == (await gardener.ask("GET", "/api/health"))["version"]
    plant = _there(hass, entry, fern["name"])
    node = _there(hass, entry, probe["name"])
    assert plant.via_device_id == node.via_device_id == server.id
    assert plant.model == "Fern"
    assert plant.area_id is not None
    kitchen = ar.async_get(hass).async_get_area(plant.area_id)
    assert kitchen is not None
    assert kitchen.name == "Kitchen"


async def test_a_plant_that_comes_is_renamed_and_goes(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    await set_up(hass, entry)
    lily = await gardener.plant("Lily that comes")
    await until(hass, lambda: _device(hass, entry, "Lily that comes"))
    await gardener.ask("PATCH", f"/api/v1/plants/{lily['id']}", {"name": "Lily that stays"})
    await until(hass, lambda: _device(hass, entry, "Lily that stays"))
    device = _there(hass, entry, "Lily that stays")
    assert not await async_remove_config_entry_device(hass, entry, device)
    await gardener.ask("DELETE", f"/api/v1/plants/{lily['id']}")
    gardener.plants.remove(lily["id"])
    await until(hass, lambda: _device(hass, entry, "Lily that stays") is None)
    assert await async_remove_config_entry_device(hass, entry, device)


async def test_what_went_while_nobody_listened_is_removed(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener
) -> None:
    lily = await gardener.plant("Lily of one day")
    await set_up(hass, entry)
    assert _device(hass, entry, "Lily of one day")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await gardener.ask("DELETE", f"/api/v1/plants/{lily['id']}")
    gardener.plants.remove(lily["id"])
    await set_up(hass, entry)
    assert _device(hass, entry, "Lily of one day") is None


async def test_an_absence_is_told_once_and_ends_by_itself(
    hass: HomeAssistant, entry: MockConfigEntry, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up(hass, entry)
    caplog.set_level(logging.INFO, logger="custom_components.plantops")
    caplog.clear()
    await house.tell("stop")
    await until(hass, lambda: not entry.runtime_data.last_update_success)
    await house.tell("start")
    await until(hass, lambda: entry.runtime_data.last_update_success)
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]
    ours = [line for line in lines if line.startswith("PlantOps is")]
    assert [line[:16] for line in ours] == ["PlantOps is away", "PlantOps is back"]


async def test_a_token_that_is_revoked_is_asked_for(
    hass: HomeAssistant, house: House, instance: str, gardener: Gardener
) -> None:
    made = await gardener.token_of("read")
    entry = added(hass, instance, url=house.card["url"], token=made["token"])
    await set_up(hass, entry)
    await gardener.ask("DELETE", f"/api/v1/tokens/{made['id']}")
    await until(hass, hass.config_entries.flow.async_progress, "a flow that asks for another token")
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert not entry.runtime_data.last_update_success


@pytest.mark.parametrize(
    ("data", "state", "reauth"),
    [
        ({"token": "plantops_wrong"}, ConfigEntryState.SETUP_ERROR, True),
        ({"token": "träge"}, ConfigEntryState.SETUP_ERROR, True),
        ({"url": "http://127.0.0.1:9"}, ConfigEntryState.SETUP_RETRY, False),
        ({"url": "gopher://x"}, ConfigEntryState.SETUP_ERROR, False),
        ({"certificate": "nonsense"}, ConfigEntryState.SETUP_ERROR, False),
    ],
)
async def test_an_entry_that_does_not_fit_any_more(
    hass: HomeAssistant, entry: MockConfigEntry, data: dict[str, str], state: ConfigEntryState, *, reauth: bool
) -> None:
    hass.config_entries.async_update_entry(entry, data=MappingProxyType({**entry.data, **data}))
    assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is state
    assert bool(hass.config_entries.flow.async_progress()) is reauth


async def test_while_the_backend_is_away_no_device_is_removed(hass: HomeAssistant, instance: str) -> None:
    """Nobody can tell then whether the garden has it still."""
    entry = added(hass, instance, url="http://127.0.0.1:9", token="plantops_x")  # noqa: S106 - nobody's token
    assert not await hass.config_entries.async_setup(entry.entry_id)
    fern = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={(DOMAIN, "fern")})
    assert not await async_remove_config_entry_device(hass, entry, fern)
    await hass.config_entries.async_remove(entry.entry_id)


async def test_leaving_and_removing(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    await hass.config_entries.async_remove(entry.entry_id)
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
