"""What people's cards and automations rest on: names, units, attributes and ids, as they were at the last look.

A change here breaks somebody's dashboard. Where it is meant: `pytest … --snapshot-update`, and a line in the changelog.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import async_get_platforms
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.plantops.lib.aioplantops.care import CareEvent
from tests.integration.conftest import added, set_up
from tests.integration.flows import ANOTHER
from tests.integration.pretender import HEALTH, hello, pretender
from tests.integration.showcase import CERTIFICATES, NODE, PLANT, garden
from tests.integration.waiting import until

IDENTIFIERS = {"plant": PLANT, "device": f"{ANOTHER}/{NODE}", "server": ANOTHER}
CHANGES_WITH_TIME = {"image"}
"""Platforms whose states hold the moment of their making."""


@pytest.fixture
async def shown(hass: HomeAssistant) -> AsyncIterator[MockConfigEntry]:
    """Show the garden that has everything."""

    async def say(socket: web.WebSocketResponse) -> None:
        await socket.send_json(hello())
        await socket.send_json({"type": "snapshot", "seq": 0, "garden": garden()})
        await socket.receive()

    async with pretender(say, {**HEALTH, "certificates": CERTIFICATES}) as url:
        entry = added(hass, ANOTHER, url=url, token="plantops_x")  # noqa: S106 - nobody's token
        await set_up(hass, entry)
        await until(hass, lambda: entry.runtime_data.health is not None)
        yield entry
        assert await hass.config_entries.async_unload(entry.entry_id)


def _plain(value: Any) -> Any:
    """Give what a card sees: text, numbers and lists, by sorted names."""
    return json.loads(json.dumps(value, default=str, sort_keys=True))


def _seen(hass: HomeAssistant, entity: er.RegistryEntry) -> dict[str, Any]:
    """Give what cards, automations and templates rest on; not how Home Assistant's version lays its registry out."""
    state = hass.states.get(entity.entity_id)
    told: dict[str, Any] = {
        "unique_id": entity.unique_id,
        "translation_key": entity.translation_key,
        "category": entity.entity_category,
        "disabled": entity.disabled,
    }
    if state is not None and entity.domain not in CHANGES_WITH_TIME:
        told |= {"state": state.state, "attributes": dict(state.attributes)}
    read: dict[str, Any] = _plain(told)
    return read


@pytest.mark.parametrize("thing", IDENTIFIERS)
async def test_what_is_shown_stays_as_it_is(
    hass: HomeAssistant, shown: MockConfigEntry, snapshot: SnapshotAssertion, thing: str
) -> None:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), shown.entry_id)
    device = next(one for one in devices if any(name == IDENTIFIERS[thing] for _, name in one.identifiers))
    said = ("name", "manufacturer", "model", "serial_number", "sw_version", "entry_type")
    assert _plain({key: getattr(device, key) for key in said}) == snapshot(name="device")
    entities = er.async_entries_for_device(er.async_get(hass), device.id, include_disabled_entities=True)
    assert entities
    seen = {entity.entity_id: _seen(hass, entity) for entity in entities}
    for entity_id in sorted(seen):
        assert seen[entity_id] == snapshot(name=entity_id)


async def test_every_attribute_has_a_name(hass: HomeAssistant, shown: MockConfigEntry) -> None:
    care = set(CareEvent.model_fields) - {"id", "plant_id", "kind"} | {"care_id"}
    for platform in async_get_platforms(hass, shown.domain):
        named = platform.platform_data.platform_translations
        for entity in platform.entities.values():
            told = care if platform.domain == "event" else entity.extra_state_attributes or ()
            place = f"component.{shown.domain}.entity.{platform.domain}.{entity.translation_key}.state_attributes"
            assert [key for key in told if f"{place}.{key}.name" not in named] == [], entity.entity_id
