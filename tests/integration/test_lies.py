"""A backend that stops telling the truth in the middle: no lie is shown, and the truth is as soon as it is told."""

import json

import pytest
from aiohttp import web
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant

from tests.integration.conftest import added, set_up
from tests.integration.flows import ANOTHER
from tests.integration.pretender import hello, pretender
from tests.integration.showcase import PLANT, garden
from tests.integration.waiting import until

HEALTH_OF_THE_FERN = "sensor.fern_health"
HUGE = {"type": "snapshot", "seq": 0, "garden": {"devices": [], "plants": [{"name": "x" * 1_000}] * 34_000}}
READING = {"metric": "soil_moisture", "unit": "%", "time": "2026-11-01T07:00:00Z", "channel_id": 1}


def _snapshot(**changes: object) -> dict[str, object]:
    return {"type": "snapshot", "seq": 0, "garden": garden() | changes}


def _readings(**changes: object) -> dict[str, object]:
    said = {"type": "readings", "seq": 1, "device_id": "plant-000001", "last_seen": "2026-11-01T07:00:00Z"}
    return {**said, "channels": [], "plants": [], **changes}


BEGINNINGS: dict[str, object] = {
    "a page of HTML": "<html><body>502 Bad Gateway</body></html>",
    "no JSON": '{"type": "snapshot", ',
    "a plant without anything": _snapshot(plants=[{}]),
    "a garden of other types": _snapshot(plants="many", devices=7),
    "a snapshot without a garden": {"type": "snapshot", "seq": 0},
    "more than anybody takes": HUGE,
}
EVENTS: dict[str, object] = {
    "readings of other types": _readings(plants="all"),
    "a value that is none": _readings(plants=[{"plant_id": PLANT, "value": {**READING, "value": "wet"}}]),
    "an event that was lost": _readings(seq=5),
    "a page of HTML": "<html></html>",
    "an event without a number": {"type": "plant"},
    "bytes": b"\x00\x01",
}


async def _say(socket: web.WebSocketResponse, lie: object) -> None:
    if isinstance(lie, bytes):
        await socket.send_bytes(lie)
    else:
        await socket.send_str(lie if isinstance(lie, str) else json.dumps(lie))


@pytest.mark.parametrize(
    ("lie", "after"), [(lie, "hello") for lie in BEGINNINGS] + [(lie, "snapshot") for lie in EVENTS]
)
@pytest.mark.usefixtures("expected_lingering_timers")
@pytest.mark.parametrize("expected_lingering_timers", [True])  # aiohttp's own, of a connection that it closes
async def test_a_lie_ends_the_connection_and_the_truth_is_shown_again(
    hass: HomeAssistant, lie: str, after: str, caplog: pytest.LogCaptureFixture
) -> None:
    sockets: list[web.WebSocketResponse] = []

    async def say(socket: web.WebSocketResponse) -> None:
        sockets.append(socket)
        await socket.send_json(hello())
        if len(sockets) == 2 and after == "hello":
            await _say(socket, BEGINNINGS[lie])
        else:
            await socket.send_json(_snapshot())
        await socket.receive()

    def state() -> str:
        found = hass.states.get(HEALTH_OF_THE_FERN)
        return "" if found is None else found.state

    async with pretender(say) as url:
        entry = added(hass, ANOTHER, url=url, token="plantops_x")  # noqa: S106 - nobody's token
        await set_up(hass, entry)
        assert state() == "problem"
        await (sockets[0].close() if after == "hello" else _say(sockets[0], EVENTS[lie]))
        # At the lie it leaves, and comes back by itself to hear the truth.
        await until(hass, lambda: len(sockets) == (3 if after == "hello" else 2))
        await until(hass, lambda: state() == "problem")
        assert entry.state is ConfigEntryState.LOADED
        assert await hass.config_entries.async_unload(entry.entry_id)
    assert state() == STATE_UNAVAILABLE
    assert [one.getMessage() for one in caplog.records if one.levelname in {"ERROR", "CRITICAL"}] == []
