"""A large garden: all its plants are set up, and a reading reaches its entity without touching the others."""

import asyncio

from aiohttp import web
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from tests.integration.conftest import added, set_up
from tests.integration.crowd import garden, readings
from tests.integration.flows import ANOTHER
from tests.integration.pretender import hello, pretender
from tests.integration.waiting import until

PLANTS = 60
"""More than are told in one turn; the three hundred of a greenhouse are measured by `make bench-ha`."""


async def test_a_large_garden(hass: HomeAssistant) -> None:
    sockets: list[web.WebSocketResponse] = []

    back = asyncio.Event()

    async def say(socket: web.WebSocketResponse) -> None:
        if sockets:
            await back.wait()
        await socket.send_json(hello())
        await socket.send_json({"type": "snapshot", "seq": 0, "garden": garden(PLANTS)})
        sockets.append(socket)
        await socket.receive()

    async with pretender(say) as url:
        entry: MockConfigEntry = added(hass, ANOTHER, url=url, token="plantops_x")  # noqa: S106 - nobody's token
        hass.loop.set_debug(False)  # each step of the loop would be timed
        await set_up(hass, entry)
        assert (
            len([state for state in hass.states.async_all("sensor") if state.entity_id.endswith("_health")]) == PLANTS
        )
        moisture = "sensor.plant_7_soil_moisture"
        written: list[Event[EventStateChangedData]] = async_capture_events(hass, EVENT_STATE_CHANGED)
        for seq in range(1, 51):
            await sockets[0].send_json({"seq": seq, **readings(7, soil_moisture=float(seq))})
        await until(hass, lambda: (state := hass.states.get(moisture)) is not None and state.state == "50.0")
        entities = {event.data["entity_id"] for event in written}
        assert {one for one in entities if one.startswith(("sensor.plant_", "binary_sensor.plant_"))} == {moisture}
        # All are told that the backend is away and back, though by turns.
        health = [state.entity_id for state in hass.states.async_all("sensor") if state.entity_id.endswith("_health")]
        await sockets[0].close()
        await until(hass, lambda: all(_is(hass, one, "unavailable") for one in health))
        back.set()
        await until(hass, lambda: all(_is(hass, one, "unknown") for one in health))
        assert await hass.config_entries.async_unload(entry.entry_id)


def _is(hass: HomeAssistant, entity_id: str, word: str) -> bool:
    return (state := hass.states.get(entity_id)) is not None and state.state == word
