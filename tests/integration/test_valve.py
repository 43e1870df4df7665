"""Valves: a node that declares one, an irrigator on the backend, opened and closed from Home Assistant."""

import asyncio
import secrets
import time

import pytest
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.plantops.const import DOMAIN
from tests.integration.conftest import set_up
from tests.integration.garden import Gardener, House
from tests.integration.test_actions import call, device
from tests.integration.test_entities import entity_id
from tests.integration.waiting import PATIENCE_SECONDS, until


async def _node(hass: HomeAssistant, gardener: Gardener, house: House) -> str:
    """Let a node with a pump come; give its id."""
    node = f"plant-{secrets.token_hex(3)}"
    info = {"model": "Test node", "valves": {"pump": {"name": "Drip hose", "max_seconds": 60}}}
    house.publish(f"plantops/{node}/info", info, retain=True)
    house.publish(f"plantops/{node}/status", "online", retain=True)
    house.publish(f"plantops/{node}/telemetry", {"readings": [{"c": "soil_moisture", "t": time.time(), "v": 20.0}]})

    async def has_come() -> bool:
        devices = (await gardener.ask("GET", "/api/v1/devices?limit=200"))["items"]
        return any(one["id"] == node and one["valves"] and one["status"] == "online" for one in devices)

    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await has_come():
            await asyncio.sleep(0.05)
            await hass.async_block_till_done()
    return node


async def test_a_valve_is_opened_and_closed(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    fern, node = await gardener.plant(), await _node(hass, gardener, house)
    await set_up(hass, entry)
    wish = {"plant_ids": [fern["id"]], "device_id": node, "valve": "pump", "max_seconds": 20, "pause_seconds": 0}
    made = await gardener.ask("POST", "/api/v1/irrigators", wish)
    await until(hass, lambda: _known(hass, made["id"]), "the valve")
    valve = entity_id(hass, "valve", f"{made['id']}_irrigator")
    assert _state(hass, valve).state == "closed"
    assert _state(hass, valve).attributes["friendly_name"].endswith("Drip hose")
    await hass.services.async_call("valve", "open_valve", {"entity_id": valve}, blocking=True)
    await until(hass, lambda: _state(hass, valve).state == "opening")
    with pytest.raises(ServiceValidationError):
        await call(hass, "water", device_id=device(hass, entry, fern), seconds=5)
    (command,) = (await gardener.ask("GET", f"/api/v1/irrigators/{made['id']}/waterings"))["items"]
    assert command["seconds"] == 15
    house.publish(f"plantops/{node}/command/result", {"id": command["id"], "ok": True, "state": "running"})
    await until(hass, lambda: _state(hass, valve).state == "open")
    await hass.services.async_call("valve", "close_valve", {"entity_id": valve}, blocking=True)
    done = {"id": command["id"], "ok": True, "state": "stopped", "seconds": 3.0}
    house.publish(f"plantops/{node}/command/result", done)
    await until(hass, lambda: _state(hass, valve).state == "closed")
    assert _state(hass, valve).attributes["last_result"] == "stopped"
    watered = await call(hass, "water", device_id=device(hass, entry, fern), seconds=5, force=True)
    assert watered["state"] == "sent"
    await gardener.ask("DELETE", f"/api/v1/irrigators/{made['id']}")
    await until(hass, lambda: er.async_get(hass).async_get(valve) is None, "the valve's end")


async def test_a_valve_that_went_while_nobody_listened_is_removed(
    hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener, house: House
) -> None:
    fern, node = await gardener.plant(), await _node(hass, gardener, house)
    wish = {"plant_ids": [fern["id"]], "device_id": node, "valve": "pump", "max_seconds": 20}
    gone = await gardener.ask("POST", "/api/v1/irrigators", wish)
    await set_up(hass, entry)
    assert entity_id(hass, "valve", f"{gone['id']}_irrigator")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await gardener.ask("DELETE", f"/api/v1/irrigators/{gone['id']}")
    new = await gardener.ask("POST", "/api/v1/irrigators", wish)
    await set_up(hass, entry)
    assert er.async_get(hass).async_get_entity_id("valve", DOMAIN, f"{gone['id']}_irrigator") is None
    assert _state(hass, entity_id(hass, "valve", f"{new['id']}_irrigator")).state == "closed"


def _known(hass: HomeAssistant, irrigator_id: str) -> bool:
    return any(state.entity_id.startswith("valve.") for state in hass.states.async_all("valve")) and bool(irrigator_id)


def _state(hass: HomeAssistant, entity: str) -> State:
    state = hass.states.get(entity)
    assert state is not None
    return state
