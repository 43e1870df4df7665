"""A large garden: three hundred plants are set up, and a reading reaches its entity without touching the others."""

from datetime import UTC, datetime
from uuid import UUID

from aiohttp import web
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.conftest import added, set_up
from tests.integration.flows import ANOTHER
from tests.integration.pretender import hello, pretender
from tests.integration.waiting import until

PLANTS = 300
METRICS = ("soil_moisture", "temperature", "humidity", "illuminance")


def _garden() -> dict[str, object]:
    now = datetime.now(UTC).isoformat()
    device = {"id": "plant-000001", "name": "Probe", "kind": "plantops", "status": "online", "created_at": now}
    plants = []
    for number in range(PLANTS):
        plant_id = str(UUID(int=number + 1))
        assignments = [
            {
                "id": str(UUID(int=number * 10 + place + 1000)),
                "plant_id": plant_id,
                "channel_id": number * 10 + place,
                "device_id": "plant-000001",
                "metric": metric,
                "from": now,
            }
            for place, metric in enumerate(METRICS)
        ]
        plants.append(
            {
                "id": plant_id,
                "name": f"Plant {number}",
                "created_at": now,
                "updated_at": now,
                "assignments": assignments,
                "site": {},
            }
        )
    return {"devices": [device], "plants": plants}


def _readings(number: int, value: float) -> dict[str, object]:
    now = datetime.now(UTC).isoformat()
    told = {"metric": "soil_moisture", "unit": "%", "value": value, "time": now, "channel_id": number * 10}
    return {
        "type": "readings",
        "device_id": "plant-000001",
        "last_seen": now,
        "channels": [],
        "plants": [{"plant_id": str(UUID(int=number + 1)), "value": told}],
    }


async def test_a_large_garden(hass: HomeAssistant) -> None:
    sockets: list[web.WebSocketResponse] = []

    async def say(socket: web.WebSocketResponse) -> None:
        await socket.send_json(hello())
        await socket.send_json({"type": "snapshot", "seq": 0, "garden": _garden()})
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
        writes: list[str] = []
        hass.bus.async_listen("state_changed", lambda event: writes.append(event.data["entity_id"]))
        for seq in range(1, 51):
            await sockets[0].send_json({"seq": seq, **_readings(7, float(seq))})
        await until(hass, lambda: (state := hass.states.get(moisture)) is not None and state.state == "50.0")
        assert {entity for entity in writes if entity.startswith(("sensor.plant_", "binary_sensor.plant_"))} == {
            moisture
        }
        assert await hass.config_entries.async_unload(entry.entry_id)
